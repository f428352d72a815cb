#include <fmt/format.h>

#include "cli/prove.hpp"
#include "oracle/json/writer.hpp"
#include "proofs/symbolic/releases.hpp"

namespace weir::cli {
namespace {

/// "counterexample" alone is bad news; this says when it is the right one.
std::string verdict_text(const proofs::Result& result, bool must_fail) {
  if (result.verdict != proofs::Verdict::counterexample || !result.good)
    return std::string(name_of_enum(result.verdict));
  return must_fail ? "counterexample (replayed)" : "expected counterexample (replayed)";
}

std::string inputs_text(const proofs::Result& result) {
  std::string text;
  for (const auto& [name, value] : result.counterexample)
    text += fmt::format("{}{} = {}", text.empty() ? "" : ", ", name, value);
  return text;
}

std::string row(const proofs::Result& result, bool must_fail) {
  const std::string verdict = fmt::format("{:<34}", verdict_text(result, must_fail));
  std::string text =
      fmt::format("{:<56} {:<26} {} {:>6} {:>7} {:>8.1f}M {:>7.2f} s{}\n", result.theorem, result.kernels(),
                  result.good ? green(verdict) : red(verdict), result.paths, result.queries,
                  static_cast<double>(result.rlimit) / 1e6, result.seconds, result.cached ? "  cached" : "");
  if (result.good && result.verdict == proofs::Verdict::proved) return text;
  text += fmt::format("    {}\n", result.detail);
  if (result.trace.empty()) return result.counterexample.empty() ? text : text + "    " + inputs_text(result) + "\n";
  for (const auto& [operation, outcome] : result.trace)
    text += fmt::format("    {}\n", oracle::to_json(operation, outcome));
  return text;
}

std::string json_of_inputs(const proofs::Result& result) {
  std::string inputs;
  for (const auto& [name, value] : result.counterexample)
    inputs += fmt::format("{}{}:{}", inputs.empty() ? "" : ",", json_string(name), value);
  return inputs;
}

std::string json_of_profiles(const proofs::Result& result) {
  std::string names;
  for (const auto& each : result.profiles) names += fmt::format("{}{}", names.empty() ? "" : ",", json_string(each));
  return names;
}

std::string json_of_clauses(const proofs::Result& result) {
  std::string names;
  result.clauses.for_each(
      [&](Clause each) { names += fmt::format("{}{}", names.empty() ? "" : ",", json_string(info(each).name)); });
  return names;
}

}  // namespace

std::string refuted_text(const proofs::Entry& entry) {
  if (entry.refuted.empty()) return "";
  return fmt::format("; refuted in {}{}", proofs::spans_of(entry.refuted),
                     entry.facts.empty() ? "" : fmt::format(" ({})", entry.facts));
}

std::string catalogue_page() {
  std::string text =
      "# What is proved\n\n"
      "`weir prove` proves these theorems about the rules in `model/`, for all values and on all paths. Each has a "
      "twin "
      "that is\nwrong and must be refuted: `weir prove --must-fail`. This page is the output of "
      "`weir prove --list --markdown`.\n";
  std::string_view file;
  for (const auto& each : proofs::catalogue()) {
    if (each.file != file) text += fmt::format("\n## [{0}](../{0})\n\n", each.file);
    file = each.file;
    text += fmt::format("* **{}** ({}{}): {}\n", each.name, proofs::spans_of(each.profiles), refuted_text(each),
                        each.sentence);
  }
  return text;
}

std::string proofs_as_table(const proofs::Summary& summary, bool must_fail) {
  std::string text = bold(fmt::format("{:<56} {:<26} {:<34} {:>6} {:>7} {:>9} {:>9}", must_fail ? "TWIN OF" : "THEOREM",
                                      "KERNELS", "VERDICT", "PATHS", "QUERIES", "RLIMIT", "TIME")) +
                     "\n";
  std::size_t good = 0, paths = 0, queries = 0, cached = 0;
  double seconds = 0;
  for (const auto& each : summary.results) {
    text += row(each, must_fail);
    good += each.good ? 1 : 0;
    cached += each.cached ? 1 : 0;
    paths += each.paths;
    queries += each.queries;
    seconds += each.cached ? 0 : each.seconds;
  }
  const auto total = fmt::format("{} of {} {}", good, summary.results.size(),
                                 must_fail ? "twins refuted" : "obligations have the verdict that is right");
  return text + fmt::format("\n{}, {} from the cache, {} paths, {} queries; {:.1f} s of proving in {:.1f} s\n",
                            summary.all_good() ? green(total) : red(total), cached, paths, queries, seconds,
                            summary.seconds);
}

std::string proofs_as_json(const proofs::Summary& summary) {
  std::string text;
  for (const auto& each : summary.results) {
    std::string trace;
    for (const auto& [operation, outcome] : each.trace)
      trace += (trace.empty() ? "" : ",") + oracle::to_json(operation, outcome);
    text += fmt::format(
        R"({{"theorem":{},"profiles":[{}],"verdict":"{}","good":{},"expected":"{}","paths":{},"queries":{},)"
        R"("rlimit":{},"seconds":{:.3f},"cached":{},"detail":{},"counterexample":{{{}}},"trace":[{}],"clauses":[{}]}})"
        "\n",
        json_string(each.theorem), json_of_profiles(each), name_of_enum(each.verdict), each.good,
        each.expected_counterexample ? "counterexample" : "proved", each.paths, each.queries, each.rlimit, each.seconds,
        each.cached, json_string(each.detail), json_of_inputs(each), trace, json_of_clauses(each));
  }
  return text;
}

std::string recheck_as_text(const proofs::Recheck& recheck, const std::string& solver) {
  std::string text;
  for (const auto& each : recheck.all)
    if (each.opinion != proofs::Opinion::agrees)
      text += fmt::format("{:<60} {}: {}\n", each.name, red(name_of_enum(each.opinion)), each.answer);
  const std::size_t agrees = recheck.count(proofs::Opinion::agrees), all = recheck.all.size();
  const auto total = fmt::format("{} of {} obligations decided the same by {}", agrees, all, solver);
  return text + fmt::format("{}, {} disagree, {} given up, {} failed, in {:.1f} s\n",
                            agrees == all ? green(total) : red(total), recheck.count(proofs::Opinion::disagrees),
                            recheck.count(proofs::Opinion::gave_up), recheck.count(proofs::Opinion::failed),
                            recheck.seconds);
}

}  // namespace weir::cli
