// weir bench --report: a page that needs nothing but a browser.
#pragma once
#include <optional>
#include <string>

namespace weir::cli {

/// What the figures were measured on, as the members of a JSON object.
std::string machine_json();

/// The page: the figures (`json`, as --json writes them), and what is drawn of them. Nothing where the library that
/// draws is not installed.
std::optional<std::string> bench_page(const std::string& json);

}  // namespace weir::cli
