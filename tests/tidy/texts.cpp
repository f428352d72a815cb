// Clause names, leftover markers, paths of somebody's machine.
#include <algorithm>
#include <array>
#include <cctype>
#include <map>
#include <optional>
#include <string_view>

#include "tests/tidy/checks.hpp"

namespace weir::tidy {
namespace {

struct ClauseLine {
  const SourceFile* file;
  std::size_t line;
  std::string enumerator;
  std::string name;
};

/// CLAUSE(ENUMERATOR, "NAME", ...
std::optional<ClauseLine> clause_on(const SourceFile& file, std::size_t index) {
  static constexpr std::string_view opening = "CLAUSE(";
  const std::string_view line = file.lines[index];
  if (!line.starts_with(opening)) return std::nullopt;
  const auto comma = line.find(',');
  const auto open = line.find('"');
  const auto close = line.find('"', open + 1);
  if (comma == std::string_view::npos || close == std::string_view::npos) return std::nullopt;
  return ClauseLine{&file, index + 1, std::string(line.substr(opening.size(), comma - opening.size())),
                    std::string(line.substr(open + 1, close - open - 1))};
}

std::vector<ClauseLine> clause_table(const Tree& tree) {
  std::vector<ClauseLine> table;
  for (const auto& file : tree)
    if (file.path.starts_with("model/clauses/"))
      for (std::size_t i = 0; i < file.lines.size(); ++i)
        if (auto clause = clause_on(file, i)) table.push_back(std::move(*clause));
  return table;
}

bool is_noted(const Tree& tree, std::string_view enumerator) {
  return std::ranges::any_of(tree, [&](const SourceFile& file) {
    return file.path.starts_with("model/") &&
           std::ranges::any_of(file.code, [&](const std::string& line) { return has_word(line, enumerator); });
  });
}

std::string lower(std::string_view text) {
  std::string out(text);
  std::ranges::transform(out, out.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return out;
}

template <class Offends>
Violations lines_that(const Tree& tree, std::string_view rule, Offends&& offends) {
  Violations found;
  for (const auto& file : tree)
    for (std::size_t i = 0; i < file.lines.size(); ++i)
      if (const std::string_view what = offends(file.lines[i]); !what.empty())
        found.push_back({file.path, i + 1, std::string(rule), std::string(what)});
  return found;
}

}  // namespace

Violations clause_names(const Tree& tree) {
  Violations found;
  std::map<std::string, const ClauseLine*> first;
  const auto table = clause_table(tree);
  for (const auto& clause : table)
    if (const auto [at, is_new] = first.emplace(clause.name, &clause); !is_new)
      found.push_back({clause.file->path, clause.line, "clause-name", clause.name + " is taken"});
  return found;
}

Violations dead_clauses(const Tree& tree) {
  Violations found;
  for (const auto& clause : clause_table(tree))
    if (!is_noted(tree, clause.enumerator))
      found.push_back({clause.file->path, clause.line, "dead-clause", clause.name + ": no rule of the spec notes it"});
  return found;
}

Violations leftover_markers(const Tree& tree) {
  // Written in halves, or this file would be the first to be reported.
  static constexpr auto words =
      std::to_array<std::string_view>({"TO"
                                       "DO",
                                       "FIX"
                                       "ME",
                                       "XX"
                                       "X",
                                       "HA"
                                       "CK",
                                       "GTEST_"
                                       "SKIP"});
  static constexpr std::string_view phrase =
      "not imple"
      "mented";
  return lines_that(tree, "leftover-marker", [](const std::string& line) -> std::string_view {
    for (const auto word : words)
      if (has_word(line, word)) return word;
    return lower(line).find(phrase) == std::string::npos ? std::string_view{} : phrase;
  });
}

Violations machine_paths(const Tree& tree) {
  static constexpr auto prefixes =
      std::to_array<std::string_view>({"/ho"
                                       "me/",
                                       "/ro"
                                       "ot/",
                                       "/wo"
                                       "rk/",
                                       "/Us"
                                       "ers/",
                                       "/tmp/"
                                       "brief"});
  return lines_that(tree, "machine-path", [](const std::string& line) -> std::string_view {
    for (const auto prefix : prefixes)
      if (line.find(prefix) != std::string::npos) return prefix;
    return {};
  });
}

Violations check(const Tree& tree) {
  Violations all;
  for (const auto rule : {include_direction, pragma_once, dead_headers, file_length, function_length, clause_names,
                          dead_clauses, leftover_markers, machine_paths})
    for (auto& violation : rule(tree)) all.push_back(std::move(violation));
  return all;
}

}  // namespace weir::tidy
