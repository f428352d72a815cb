// Pages for people: one file that needs nothing but a browser, with its style, its scripts and its figures in it.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace weir::cli {

/// A file of cli/reports/page/, as it was when weir was built; empty if there is none of that name.
std::string_view page_file(std::string_view name);

struct Page {
  std::string title;
  std::string_view body;                  ///< a file of page/
  std::vector<std::string_view> scripts;  ///< files of page/, in their order, behind elements.js and page.js
  std::string data;                       ///< JSON, which the scripts know as `weir`
};

/// The page, with the library that draws. Nothing where that library, Debian's libjs-chart.js, is not installed.
std::optional<std::string> as_html(const Page& page);
/// For who has to say so.
inline constexpr std::string_view no_charts = "weir: the page needs Debian's libjs-chart.js, which is not installed\n";

}  // namespace weir::cli
