// weir explain: what a clause says, and what a line of a trace may be.
#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <string>
#include <vector>

#include "cli/common.hpp"
#include "cli/facts/facts.hpp"
#include "model/clause.hpp"
#include "oracle/json/schema.hpp"
#include "oracle/text/suggest.hpp"

namespace weir::cli {
namespace {

std::string_view group_of(std::string_view name) { return name.substr(0, name.find('.')); }

std::string releases_of(const ClauseInfo& clause) {
  if (clause.since.empty() && clause.until.empty()) return "all";
  if (clause.since.empty()) return fmt::format("until {}", clause.until);
  if (clause.until.empty()) return fmt::format("from {}", clause.since);
  return fmt::format("{} to {}", clause.since, clause.until);
}

void explain(const ClauseInfo& clause) {
  std::vector<std::string_view> related;
  for (const auto& each : clauses)
    if (each.clause != clause.clause &&
        (group_of(each.name) == group_of(clause.name) || each.function == clause.function))
      related.push_back(each.name);
  print(fmt::format("{}\n  {}\n\n  decided in  {}\n  releases    {}\n", bold(clause.name), clause.sentence,
                    clause.function, releases_of(clause)));
  if (!related.empty()) print(fmt::format("  related     {}\n", oracle::join(related)));
}

void list(std::string_view group) {
  for (const auto& each : clauses)
    if (group.empty() || group_of(each.name) == group)
      print(fmt::format("{}  {}\n", bold(fmt::format("{:26}", each.name)), each.sentence));
}

void list_as_table(std::string_view group) {
  print(fmt::format("\n## {}\n\n| clause | what it says | decided in | releases |\n|---|---|---|---|\n", group));
  for (const auto& each : clauses)
    if (group_of(each.name) == group)
      print(fmt::format("| `{}` | {} | `{}` | {} |\n", each.name, each.sentence, each.function, releases_of(each)));
}

/// The page docs/SPEC.md: every clause, under the group of its name; groups in the order of the table.
void list_as_markdown() {
  print(
      "# What weir says about Linux\n\n"
      "Generated: `weir explain --markdown > docs/SPEC.md`. Each line is a clause: a branch of the spec in `model/`,\n"
      "the function of the kernel that decides it, and the releases that have it. Which release differs from which\n"
      "in what else is the table of `weir profiles`.\n");
  std::vector<std::string_view> groups;
  for (const auto& each : clauses)
    if (std::find(groups.begin(), groups.end(), group_of(each.name)) == groups.end())
      groups.push_back(group_of(each.name));
  for (const auto group : groups) list_as_table(group);
}

int explain(std::string name) {
  std::transform(name.begin(), name.end(), name.begin(), [](unsigned char c) { return std::toupper(c); });
  if (const auto found = clause_from(name)) {
    explain(info(*found));
    return agreed;
  }
  const bool is_group =
      std::any_of(clauses.begin(), clauses.end(), [&](const auto& each) { return group_of(each.name) == name; });
  if (name.empty() || is_group) {
    list(name);
    return agreed;
  }
  std::vector<std::string_view> all;
  for (const auto& each : clauses) all.push_back(each.name);
  const auto close = oracle::nearest(name, all, 5);
  complain(fmt::format("weir: there is no clause {}; {}\n", name,
                       close.empty() ? "`weir explain` lists them all" : "did you mean " + oracle::join(close) + "?"));
  return malformed;
}

}  // namespace

void add_explain(CLI::App& app, int& exit_code) {
  const auto name = std::make_shared<std::string>();
  CLI::App* const command = app.add_subcommand("explain", "Say what a rule of the model means, or what a trace may be");
  command->add_option("CLAUSE", *name, "a clause or a group of clauses; nothing: all of them");
  const auto markdown = std::make_shared<bool>(false);
  command->add_flag("--markdown", *markdown, "all of them, as the page docs/SPEC.md");
  const auto facts_too = std::make_shared<bool>(false);
  command->add_flag("--facts", *facts_too,
                    "where each known fact about Linux is in the model, as the page docs/COVERAGE-OF-FACTS.md");
  const auto schema = std::make_shared<bool>(false);
  command->add_flag("--schema", *schema, "a JSON Schema of the lines of traces, as the file docs/trace.schema.json");
  command->footer(
      "Examples:\n  weir explain LISTEN.CLAMP\n  weir explain BACKLOG\n  weir explain --schema > trace.schema.json\n");
  command->callback([=, &exit_code] {
    if (*schema)
      print(oracle::trace_schema());
    else if (*facts_too)
      print(facts_page());
    else if (*markdown)
      list_as_markdown();
    else
      exit_code = explain(*name);
  });
}

}  // namespace weir::cli
