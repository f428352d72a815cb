// weir prove: the theorems, proved now.
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <memory>
#include <string>
#include <vector>

#include "cli/common.hpp"
#include "oracle/text/suggest.hpp"
#include "proofs/run.hpp"

namespace weir::cli {
namespace {

struct Arguments {
  proofs::Options options;
  bool list = false;
  bool markdown = false;
  bool json = false;
};

std::string joined(const std::vector<std::string_view>& names) { return oracle::join(names); }

void list() {
  for (const auto& each : proofs::catalogue())
    print(fmt::format("{}  [{}]{}\n  {}\n", bold(each.name), joined(each.profiles),
                      each.counterexample_expected ? "  counterexample expected" : "", each.sentence));
}

/// The page docs/VERIFIED.md.
void list_as_markdown() {
  print(
      "# What is proved\n\n"
      "`weir prove` proves these theorems about the rules in `model/`, for all values and on all paths. Each has a "
      "twin "
      "that is\nwrong and must be refuted: `weir prove --must-fail`. This page is the output of "
      "`weir prove --list --markdown`.\n");
  std::string_view file;
  for (const auto& each : proofs::catalogue()) {
    if (each.file != file) print(fmt::format("\n## [{0}](../{0})\n\n", each.file));
    file = each.file;
    print(fmt::format("* **{}** ({}{}): {}\n", each.name, joined(each.profiles),
                      each.counterexample_expected ? "; counterexample expected" : "", each.sentence));
  }
}

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

void print_row(const proofs::Result& result, bool must_fail) {
  const std::string verdict = fmt::format("{:<34}", verdict_text(result, must_fail));
  print(fmt::format("{:<60} {:<13} {} {:>6} {:>7.2f} s\n", result.theorem, result.profile,
                    result.good ? green(verdict) : red(verdict), result.paths, result.seconds));
  if (result.good && result.verdict == proofs::Verdict::proved) return;
  print(fmt::format("    {}\n", result.detail));
  if (!result.counterexample.empty()) print(fmt::format("    {}\n", inputs_text(result)));
}

void print_table(const proofs::Summary& summary, bool must_fail) {
  print(bold(fmt::format("{:<60} {:<13} {:<34} {:>6} {:>9}", must_fail ? "TWIN OF" : "THEOREM", "PROFILE", "VERDICT",
                         "PATHS", "TIME")) +
        "\n");
  std::size_t good = 0, paths = 0;
  for (const auto& each : summary.results) {
    print_row(each, must_fail);
    good += each.good ? 1 : 0;
    paths += each.paths;
  }
  const auto total = fmt::format("{} of {} {}", good, summary.results.size(),
                                 must_fail ? "twins refuted" : "have the verdict that is right");
  print(fmt::format("\n{}, {} paths in {:.1f} s\n", summary.all_good() ? green(total) : red(total), paths,
                    summary.seconds));
}

/// One line: a JSON object.
void print_json(const proofs::Result& result) {
  std::string inputs;
  for (const auto& [name, value] : result.counterexample)
    inputs += fmt::format("{}{}:{}", inputs.empty() ? "" : ",", json_string(name), value);
  print(
      fmt::format(R"({{"theorem":{},"profile":{},"verdict":"{}","good":{},"expected":"{}","paths":{},"seconds":{:.3f},)"
                  R"("detail":{},"counterexample":{{{}}}}})"
                  "\n",
                  json_string(result.theorem), json_string(result.profile), name_of_enum(result.verdict), result.good,
                  result.expected_counterexample ? "counterexample" : "proved", result.paths, result.seconds,
                  json_string(result.detail), inputs));
}

/// Whether every name that was given is one; complains about the first that is not.
bool known_names(const proofs::Options& options) {
  std::vector<std::string_view> theorems, profiles;
  for (const auto& each : proofs::catalogue()) {
    theorems.push_back(each.name);
    for (const auto& about : each.profiles)
      if (std::find(profiles.begin(), profiles.end(), about) == profiles.end()) profiles.push_back(about);
  }
  for (const std::string& wanted : options.theorems) {
    if (std::any_of(theorems.begin(), theorems.end(), [&](auto name) { return proofs::selects(wanted, name); }))
      continue;
    const auto close = oracle::nearest(wanted, theorems);
    complain(fmt::format("weir: there is no theorem {}; {}\n", wanted,
                         close.empty() ? "`weir prove --list` lists them" : "did you mean " + joined(close) + "?"));
    return false;
  }
  for (const std::string& wanted : options.profiles) {
    if (std::find(profiles.begin(), profiles.end(), wanted) != profiles.end()) continue;
    complain(fmt::format("weir: no theorem is about {}; they are about: {}\n", wanted, joined(profiles)));
    return false;
  }
  return true;
}

int prove(const Arguments& given) {
  if (given.list) {
    given.markdown ? list_as_markdown() : list();
    return agreed;
  }
  if (!known_names(given.options)) return malformed;
  const bool progress = ::isatty(STDERR_FILENO) != 0;
  std::size_t done = 0;
  const auto summary = proofs::run_all(given.options, [&](const proofs::Result& result) {
    if (progress) complain(fmt::format("\r\x1b[K{} done, last {}", ++done, result.theorem));
  });
  if (progress) complain("\r\x1b[K");
  if (summary.results.empty()) {
    complain("weir: no theorem named here is about such a profile\n");
    return malformed;
  }
  if (given.json)
    for (const auto& each : summary.results) print_json(each);
  else
    print_table(summary, given.options.must_fail);
  return summary.exit_code();
}

}  // namespace

void add_prove(CLI::App& app, int& exit_code) {
  const auto given = std::make_shared<Arguments>();
  CLI::App* const command = app.add_subcommand("prove", "Prove theorems about the model, for all values on all paths");
  command->add_option("THEOREM", given->options.theorems, "names; \"listen.\" is a whole plane; nothing: all of them");
  command->add_option("--profile", given->options.profiles, "only about these releases")->allow_extra_args(false);
  command->add_flag("--must-fail", given->options.must_fail,
                    "prove the wrong twin of each theorem: all must be refuted");
  command->add_option("--smt2", given->options.smt2, "write each obligation as SMT-LIB 2 into this folder");
  CLI::Option* const list = command->add_flag("--list", given->list, "list the theorems instead of proving them");
  command->add_flag("--markdown", given->markdown, "the list as the page docs/VERIFIED.md")->needs(list);
  command->add_flag("--json", given->json, "a JSON object a line");
  command->footer(
      "Exit codes: 0 every verdict is the right one, 1 a counterexample, 3 undecided.\n"
      "Examples:\n  weir prove\n  weir prove listen. --profile linux-2.6.32\n  weir prove --must-fail\n");
  command->callback([given, &exit_code] { exit_code = prove(*given); });
}

}  // namespace weir::cli
