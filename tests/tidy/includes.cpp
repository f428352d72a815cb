// Which folder may include what.
#include <algorithm>
#include <array>
#include <optional>
#include <set>
#include <span>
#include <string_view>

#include "tests/tidy/checks.hpp"

namespace weir::tidy {
namespace {

using Paths = std::span<const std::string_view>;

/// What the lock-free code shares with the spec: words, never a rule.
constexpr auto vocabulary =
    std::to_array<std::string_view>({"model/op.hpp", "model/outcome.hpp", "model/errno.hpp", "model/profile.hpp",
                                     "model/profile/", "model/vocabulary/", "lockfree/"});
constexpr auto for_model = std::to_array<std::string_view>({"model/"});
constexpr auto for_oracle = std::to_array<std::string_view>({"oracle/", "lockfree/", "model/"});
constexpr auto for_proofs = std::to_array<std::string_view>({"proofs/", "lockfree/", "model/"});
constexpr auto for_fuzz = std::to_array<std::string_view>({"fuzz/", "oracle/", "lockfree/", "model/"});
constexpr auto for_bench = std::to_array<std::string_view>({"bench/", "fuzz/", "oracle/", "lockfree/", "model/"});

struct Folder {
  std::string_view name;
  Paths may_include;
  bool only_standard_library;  ///< nothing else in angle brackets
};

/// A folder that is not here (cli, tests) may include all of them.
constexpr auto folders = std::to_array<Folder>({{"include/", {}, false},  // stands alone: <weir/…> and what C has
                                                {"basin/", {}, false},    // stands on include/ alone
                                                {"model/", for_model, true},
                                                {"lockfree/", vocabulary, true},
                                                {"oracle/", for_oracle, false},
                                                {"proofs/", for_proofs, false},
                                                {"fuzz/", for_fuzz, false},
                                                {"bench/", for_bench, false}});

struct Include {
  std::size_t line;
  std::string_view path;
  bool angled;
};

std::optional<Include> include_on(const SourceFile& file, std::size_t index) {
  if (!file.code[index].starts_with("#include")) return std::nullopt;  // a comment would be blank here
  const std::string_view line = file.lines[index];
  const auto open = line.find_first_of("<\"");
  if (open == std::string_view::npos) return std::nullopt;
  const auto close = line.find_first_of(">\"", open + 1);
  if (close == std::string_view::npos) return std::nullopt;
  return Include{index + 1, line.substr(open + 1, close - open - 1), line[open] == '<'};
}

template <class Visit>
void for_each_include(const Tree& tree, Visit&& visit) {
  for (const auto& file : tree)
    for (std::size_t i = 0; i < file.code.size(); ++i)
      if (const auto include = include_on(file, i)) visit(file, *include);
}

const Folder* folder_of(std::string_view path) {
  const auto found = std::ranges::find_if(folders, [&](const Folder& each) { return path.starts_with(each.name); });
  return found == folders.end() ? nullptr : &*found;
}

/// Headers of the C++ library have neither a dot nor a slash in their names.
bool is_standard(std::string_view path) { return path.find_first_of("./") == std::string_view::npos; }

}  // namespace

Violations include_direction(const Tree& tree) {
  Violations found;
  for_each_include(tree, [&](const SourceFile& file, const Include& include) {
    const auto report = [&](std::string_view why) {
      found.push_back({file.path, include.line, "include-direction", std::string(include.path).append(why)});
    };
    const Folder* folder = folder_of(file.path);
    const bool hides_solver = file.path.starts_with("proofs/symbolic/");
    if (include.path.starts_with("z3") && !hides_solver) return report(": only proofs/symbolic sees the solver");
    if (folder == nullptr) return;
    if (include.angled) {
      if (folder->only_standard_library && !is_standard(include.path)) report(": only the C++ library here");
      return;
    }
    const auto allowed = [&](std::string_view prefix) { return include.path.starts_with(prefix); };
    if (std::ranges::none_of(folder->may_include, allowed)) report(": not below this folder");
  });
  return found;
}

Violations dead_headers(const Tree& tree) {
  std::set<std::string_view> included;
  for_each_include(tree, [&](const SourceFile& file, const Include& include) {
    if (include.path != file.path) included.insert(include.path);
  });
  // Public headers are included as their users do it: <weir/weir.h>.
  static constexpr std::string_view shown = "include/";
  const auto name_of = [](const SourceFile& file) {
    return std::string_view(file.path).substr(file.path.starts_with(shown) ? shown.size() : 0);
  };
  Violations found;
  for (const auto& file : tree)
    if (file.is_header() && !included.contains(name_of(file)))
      found.push_back({file.path, 1, "dead-header", "no file includes it"});
  return found;
}

Violations pragma_once(const Tree& tree) {
  Violations found;
  for (const auto& file : tree)
    if (file.is_header() && std::ranges::find(file.lines, "#pragma once") == file.lines.end())
      found.push_back({file.path, 1, "pragma-once", "the header lacks #pragma once"});
  return found;
}

}  // namespace weir::tidy
