// weir explore --must-fail and --weaken: does the explorer find what is wrong, and is every order needed?
#include <fmt/format.h>

#include <algorithm>
#include <string>

#include "cli/common.hpp"
#include "cli/explore.hpp"
#include "proofs/memory/faults.hpp"
#include "proofs/memory/report.hpp"

namespace weir::cli {
namespace {

namespace memory = proofs::memory;

bool is_wanted(const ExploreArguments& given, std::string_view name) {
  return given.names.empty() || std::any_of(given.names.begin(), given.names.end(), [&](const std::string& each) {
           return each == name || (each.ends_with('.') && name.starts_with(each));
         });
}

std::string access_text(const memory::SourceSite& site) {
  return fmt::format("{}:{} {}, {}", site.file, site.line, site.function, memory::name_of(site.part));
}

void print_row(const memory::Killed& row, bool markdown) {
  const std::string step = fmt::format(
      "{} -> {}", memory::short_name(row.site.order),
      row.site.part == memory::Weakening::Part::fence && row.to == memory::Order::relaxed ? "none"
                                                                                          : memory::short_name(row.to));
  const bool survives = row.client.empty();
  const std::string why = row.why.substr(0, row.why.find(" with these answers"));  // the answers fill a page
  if (markdown)
    return print(fmt::format("| `{}` {} | {} | {} | {} | {} |\n", row.site.file, row.site.function,
                             fmt::format("{}, line {}", memory::name_of(row.site.part), row.site.line), step,
                             survives ? "**nobody**" : row.client, why));
  print(fmt::format("{:<55} {:<11} {}\n", access_text(row.site), step,
                    survives ? red("survives") : fmt::format("{:<24} {}", row.client, why)));
}

}  // namespace

int explore_planted_bugs(const ExploreArguments& given) {
  const memory::Plan plan = plan_of(given);
  std::size_t found = 0, asked = 0;
  Report noted{.tool = "weir explore --must-fail", .summary = "", .cases = {}};
  for (const memory::Planted& bug : memory::planted_bugs()) {
    if (!is_wanted(given, bug.name)) continue;
    ++asked;
    const memory::Report report = memory::explore_planted(bug, plan);
    const bool good = report.verdict == memory::Verdict::counterexample;
    found += good ? 1 : 0;
    const std::string verdict = good ? green("found") : red(std::string(name_of(report.verdict)));
    if (given.json)
      print(explored_as_json(std::string(bug.name), std::string(bug.sentence), true, report, report.execution));
    else
      print(fmt::format("{:<25} {} after {} executions of {}: {}\n    {}\n", bug.name, verdict, report.explored(),
                        bug.client, report.why, bug.sentence));
    if (good && !given.names.empty() && !given.json) print(memory::execution_table(report.execution));
    noted.cases.push_back({.suite = noted.tool,
                           .name = std::string(bug.name),
                           .verdict = good ? ReportCase::Verdict::passed : ReportCase::Verdict::failed,
                           .seconds = report.seconds,
                           .message = report.why});
    if (good)
      noted.cases.back().problems.push_back(problem_of(std::string(bug.name), std::string(bug.sentence), report));
    if (good) noted.cases.back().problems.back().expected = true;
  }
  if (asked == 0) {
    complain("weir: no planted bug has that name\n");
    return malformed;
  }
  const std::string total = fmt::format("{} of {} planted bugs found", found, asked);
  if (!given.json) print(fmt::format("\n{}\n", found == asked ? green(total) : red(total)));
  noted.summary = total;
  if (!given.files_for_ci.write(noted)) return malformed;
  return found == asked ? agreed : diverged;
}

int explore_weakenings(const ExploreArguments& given) {
  std::vector<memory::Client> chosen;
  for (const memory::Client& client : memory::clients())
    if (is_wanted(given, client.name)) chosen.push_back(client);
  if (given.markdown) print("| access | part | weakened | found by | as |\n|---|---|---|---|---|\n");
  std::size_t survivors = 0;
  const auto table = memory::weaken_all(chosen, plan_of(given).workers, [&](const memory::Killed& row) {
    survivors += row.client.empty() ? 1 : 0;
    print_row(row, given.markdown);
  });
  const std::string total = fmt::format("{} weakenings, {} survive", table.size(), survivors);
  if (!given.markdown) print(fmt::format("\n{}\n", survivors == 0 ? green(total) : red(total)));
  return survivors == 0 ? agreed : diverged;
}

}  // namespace weir::cli
