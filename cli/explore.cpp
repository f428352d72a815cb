// weir explore: every execution of the lock-free code under the C++20 memory model.
#include "cli/explore.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <memory>
#include <thread>

#include "cli/common.hpp"
#include "oracle/text/suggest.hpp"
#include "proofs/memory/clients/client.hpp"
#include "proofs/memory/report.hpp"

namespace weir::cli {

namespace memory = proofs::memory;

memory::Plan plan_of(const ExploreArguments& given) {
  memory::Plan plan;
  plan.workers = given.workers != 0 ? given.workers : std::max(1U, std::thread::hardware_concurrency());
  if (!given.budget.empty()) plan.max_seconds = static_cast<double>(duration_from(given.budget).count()) / 1000;
  return plan;
}

namespace {

bool is_wanted(const ExploreArguments& given, const memory::Client& client) {
  if (given.names.empty()) return !client.too_large;
  return std::any_of(given.names.begin(), given.names.end(), [&](const std::string& name) {
    return name == client.name || (name.ends_with('.') && client.name.starts_with(name));
  });
}

bool known_names(const ExploreArguments& given) {
  std::vector<std::string_view> known;
  for (const memory::Client& each : memory::clients()) known.push_back(each.name);
  for (const std::string& name : given.names) {
    const auto is = [&](std::string_view each) {
      return each == name || (name.ends_with('.') && each.starts_with(name));
    };
    if (std::any_of(known.begin(), known.end(), is)) continue;
    const auto close = oracle::nearest(name, known);
    complain(
        fmt::format("weir: there is no client {}; {}\n", name,
                    close.empty() ? "`weir explore --list` lists them" : "did you mean " + oracle::join(close) + "?"));
    return false;
  }
  return true;
}

int list(const ExploreArguments& given) {
  if (given.markdown) print("| client | threads | what they do |\n|---|---|---|\n");
  for (const memory::Client& each : memory::clients())
    print(given.markdown ? fmt::format("| {} | {} | {} |\n", each.name, each.threads, each.sentence)
                         : fmt::format("{}  [{} threads]\n  {}\n", bold(each.name), each.threads, each.sentence));
  return agreed;
}

void print_failure(const memory::Client& client, const memory::Report& report) {
  if (report.verdict == memory::Verdict::complete) return;
  print(fmt::format("    {}\n", report.why));
  if (report.execution.empty()) return;
  print(memory::execution_table(report.execution));
  print(fmt::format("replay: weir explore {} --replay {}\n", client.name, memory::replay_text(report.execution)));
}

int code_of(memory::Verdict verdict) {
  return verdict == memory::Verdict::complete         ? agreed
         : verdict == memory::Verdict::counterexample ? diverged
                                                      : undecided;
}

int replay(const ExploreArguments& given) {
  const auto client = std::find_if(memory::clients().begin(), memory::clients().end(),
                                   [&](const auto& each) { return is_wanted(given, each); });
  memory::Plan plan = plan_of(given);
  plan.limits = client->limits;
  const memory::Report report = memory::replay(client->factory, plan, given.replay);
  print(report.execution.empty() ? report.why + "\n" : memory::execution_table(report.execution));
  if (report.verdict != memory::Verdict::complete) print(fmt::format("{}: {}\n", name_of(report.verdict), report.why));
  return report.execution.empty() ? malformed : code_of(report.verdict);
}

/// As JSON, with the execution that went wrong, or else the first of those that there are.
void print_json(const memory::Client& client, const memory::Plan& plan, const memory::Report& report) {
  const auto shown = report.execution.empty() ? memory::replay(client.factory, plan, "").execution : report.execution;
  print(explored_as_json(client.name, client.sentence, false, report, shown));
}

void print_row(const memory::Client& client, const memory::Report& report) {
  const std::string verdict = fmt::format("{:<14}", name_of(report.verdict));
  print(fmt::format("{:<24} {:>7} {} {:>11} {:>9} {:>9} {:>8.2f} s {:>10.0f}\n", client.name, client.threads,
                    report.verdict == memory::Verdict::complete ? green(verdict) : red(verdict), report.executions,
                    report.blocked, report.inconsistent, report.seconds,
                    static_cast<double>(report.explored()) / report.seconds));
  print_failure(client, report);
}

/// One client. \return its verdict
memory::Verdict explore_one(const memory::Client& client, memory::Plan plan, bool json, memory::Report& sum,
                            Report& noted) {
  plan.limits = client.limits;
  const bool terminal = ::isatty(STDERR_FILENO) != 0;
  if (terminal)
    plan.progress = [&](const memory::Report& so_far, double part) {
      complain(fmt::format("\r\x1b[K{}: {} executions, {:.0f} a second, about {:.0f} % done", client.name,
                           so_far.explored(), static_cast<double>(so_far.explored()) / so_far.seconds, 100 * part));
    };
  const memory::Report report = memory::explore(client.factory, plan);
  if (terminal) complain("\r\x1b[K");
  json ? print_json(client, plan, report) : print_row(client, report);
  sum.executions += report.executions;
  sum.seconds += report.seconds;
  noted.cases.push_back(case_of(client, report));
  return report.verdict;
}

int explore_clients(const ExploreArguments& given) {
  if (!given.json)
    print(bold(fmt::format("{:<24} {:>7} {:<14} {:>11} {:>9} {:>9} {:>10} {:>10}", "CLIENT", "THREADS", "VERDICT",
                           "EXECUTIONS", "BLOCKED", "NOT SC", "TIME", "A SECOND")) +
          "\n");
  memory::Report sum;
  std::size_t complete = 0, asked = 0;
  int code = agreed;
  Report noted{.tool = "weir explore", .summary = "", .cases = {}};
  for (const memory::Client& client : memory::clients()) {
    if (!is_wanted(given, client)) continue;
    ++asked;
    const memory::Verdict verdict = explore_one(client, plan_of(given), given.json, sum, noted);
    complete += verdict == memory::Verdict::complete ? 1 : 0;
    if (code != diverged && verdict != memory::Verdict::complete) code = code_of(verdict);
  }
  const std::string total = fmt::format("{} of {} clients complete", complete, asked);
  if (!given.json)
    print(fmt::format("\n{}, {} executions in {:.1f} s\n", complete == asked ? green(total) : red(total),
                      sum.executions, sum.seconds));
  noted.summary = total;
  return given.files_for_ci.write(noted) ? code : malformed;
}

int explore(const ExploreArguments& given) {
  if (given.litmus) return explore_litmus();
  if (given.list) return list(given);
  if (given.must_fail) return explore_planted_bugs(given);
  if (!known_names(given)) return malformed;
  if (given.weaken) return explore_weakenings(given);
  return given.replay.empty() ? explore_clients(given) : replay(given);
}

}  // namespace

void add_explore(CLI::App& app, int& exit_code) {
  const auto given = std::make_shared<ExploreArguments>();
  CLI::App* const command =
      app.add_subcommand("explore", "Explore every execution of the lock-free code under the C++20 memory model");
  CLI::Option* const names =
      command->add_option("CLIENT", given->names, "names; \"queue.\" is a whole group; nothing: all of them");
  command->add_option("--workers", given->workers, "threads to explore with; nothing: one a processor");
  command->add_option("--budget", given->budget, "time for each client, as 90s or 5m; then its verdict is incomplete");
  command->add_option("--replay", given->replay, "run one execution again, as it was printed")->needs(names);
  CLI::Option* const listing = command->add_flag("--list", given->list, "list the clients instead");
  CLI::Option* const weaken = command->add_flag(
      "--weaken", given->weaken, "weaken each memory order one step at a time: each must lead to a counterexample");
  command->add_flag("--litmus", given->litmus, "litmus tests instead: counts and verdicts against what is published")
      ->excludes(names);
  command->add_flag("--must-fail", given->must_fail, "plant bugs, each of which must be found; by name: shows how");
  command->add_flag("--markdown", given->markdown, "with --list or --weaken: the tables of docs/MEMORY.md");
  command->add_flag("--json", given->json, "a JSON object a line, each with an execution, for `weir report`")
      ->excludes(listing)
      ->excludes(weaken);
  listing->excludes(weaken);
  given->files_for_ci.add_options(*command);
  command->footer(
      "Exit codes: 0 every client complete, 1 a counterexample, 3 a bound was hit.\n"
      "Examples:\n  weir explore\n  weir explore queue. --workers 1\n  weir explore --must-fail hearsay\n");
  command->callback([given, &exit_code] { exit_code = explore(*given); });
}

}  // namespace weir::cli
