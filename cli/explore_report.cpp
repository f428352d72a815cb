// What weir explore tells CI.
#include <fmt/format.h>

#include "cli/common.hpp"
#include "cli/explore.hpp"
#include "proofs/memory/report.hpp"

namespace weir::cli {
namespace {

namespace memory = proofs::memory;

/// From the root of the repository: the compiler knows a file by the path that it was given.
std::string in_repository(std::string_view file) {
  for (const std::string_view folder : {"/lockfree/", "/proofs/"})
    if (const auto at = file.rfind(folder); at != std::string_view::npos) return std::string(file.substr(at + 1));
  return std::string(file);
}

std::vector<ReportStep> way_of(const memory::Report& report) {
  std::vector<ReportStep> way;
  for (const memory::ShownEvent& each : memory::shown_events(report.execution))
    if (each.site.line != 0)
      way.push_back({in_repository(each.site.file), static_cast<std::uint64_t>(each.site.line),
                     fmt::format("thread {} {}", each.thread, each.text)});
  return way;
}

}  // namespace

ReportProblem problem_of(const std::string& name, const std::string& sentence, const memory::Report& report) {
  ReportProblem problem{.rule = {.id = name, .sentence = sentence, .help = "", .help_uri = ""},
                        .message = report.why,
                        .file = "lockfree",
                        .fingerprint = name,
                        .clauses = {},
                        .way = way_of(report)};
  if (problem.way.empty()) return problem;
  // Where the execution ended is where it was noticed.
  problem.file = problem.way.back().file;
  problem.line = problem.way.back().line;
  return problem;
}

std::string explored_as_json(const std::string& name, const std::string& sentence, bool planted,
                             const memory::Report& report, const std::vector<memory::Event>& shown) {
  std::string events;
  for (const memory::ShownEvent& each : memory::shown_events(shown))
    events += fmt::format(R"({}{{"thread":{},"text":{},"file":{},"line":{}}})", events.empty() ? "" : ",", each.thread,
                          json_string(each.text), json_string(in_repository(each.site.file)), each.site.line);
  return fmt::format(
      R"({{"client":{},"sentence":{},"planted":{},"verdict":{},"executions":{},"blocked":{},"inconsistent":{},)"
      R"("seconds":{:.3f},"why":{},"replay":{},"events":[{}]}})"
      "\n",
      json_string(name), json_string(sentence), planted, json_string(name_of(report.verdict)), report.executions,
      report.blocked, report.inconsistent, report.seconds, json_string(report.why),
      json_string(memory::replay_text(shown)), events);
}

ReportCase case_of(const memory::Client& client, const memory::Report& report) {
  ReportCase each{.suite = "weir explore", .name = client.name, .seconds = report.seconds};
  if (report.verdict == memory::Verdict::complete) return each;
  const bool found = report.verdict == memory::Verdict::counterexample;
  each.verdict = found ? ReportCase::Verdict::failed : ReportCase::Verdict::open;
  each.message = fmt::format("{}: {}", name_of(report.verdict), report.why);
  if (!found) return each;
  each.details = memory::execution_table(report.execution) +
                 fmt::format("weir explore {} --replay {}\n", client.name, memory::replay_text(report.execution));
  each.problems.push_back(problem_of(client.name, client.sentence, report));
  return each;
}

}  // namespace weir::cli
