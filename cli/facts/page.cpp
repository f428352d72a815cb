// docs/COVERAGE-OF-FACTS.md: the facts as a page.
#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <sstream>

#include "cli/facts/facts.hpp"
#include "model/clause.hpp"
#include "model/vocabulary/names.hpp"

namespace weir::cli {
namespace {

/// Where a reader finds more: the group of clauses in SPEC.md, the field, or the sysctl's history.
std::string link(const std::string& name) {
  if (!clause_from(name) && !name.ends_with('.')) {
    const bool sysctl = enum_from<Sysctl>(name).has_value();
    return fmt::format("[`{}`](../model/{})", name, sysctl ? "profile/history.hpp" : "profile.hpp");
  }
  std::string group = name.substr(0, name.find('.'));
  std::transform(group.begin(), group.end(), group.begin(), [](unsigned char c) { return std::tolower(c); });
  return fmt::format("[{}](SPEC.md#{})", name, group);
}

std::string links(std::string_view where) {
  std::istringstream words{std::string(where)};
  std::string text;
  for (std::string word; words >> word;) text += (text.empty() ? "" : ", ") + link(word);
  return text;
}

std::string summary() {
  std::size_t whole = 0, part = 0, outside = 0, open = 0;
  for (const Fact& each : facts) {
    whole += each.absent.empty() ? 1 : 0;
    part += !each.where.empty() && !each.absent.empty() ? 1 : 0;
    outside += each.where.empty() && each.absent.starts_with("outside") ? 1 : 0;
    open += each.where.empty() && each.absent.starts_with("open") ? 1 : 0;
  }
  return fmt::format(
      "Of {} rows {} are in the model, {} in part and {} not, of which {} are outside of what weir is for and {} are "
      "open.\n",
      facts.size(), whole, part, outside + open, outside, open);
}

std::string table_of(const Part& part) {
  std::string text =
      fmt::format("\n## {}: {}\n\n| row | fact | in weir | not in weir |\n|---|---|---|---|\n", part.name, part.title);
  for (const Fact& each : facts)
    if (part_of(each.id) == part.name)
      text += fmt::format("| {} | {} | {} | {} |\n", each.id, each.title, links(each.where), each.absent);
  return text;
}

}  // namespace

std::string facts_page() {
  std::string text =
      "# What of the facts is in the model\n\n"
      "Generated: `weir explain --facts > docs/COVERAGE-OF-FACTS.md`. A row is a fact about Linux as it was found out\n"
      "before weir was written: a row of a table (A), a numbered rule (B), a bug of the past (C). Each is a clause of "
      "the\n"
      "spec, a field of a profile or a sysctl of one; or the last column says what is missing, and whether that is\n"
      "*outside* of what weir is for or *open*.\n\n" +
      summary();
  for (const Part& each : fact_parts) text += table_of(each);
  text += "\n## Beyond the facts\n\n| in weir | why |\n|---|---|\n";
  for (const Beyond& each : beyond_facts) text += fmt::format("| {} | {} |\n", links(each.where), each.reason);
  return text;
}

}  // namespace weir::cli
