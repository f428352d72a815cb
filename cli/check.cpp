// weir check: holds a trace or an strace log against the model.
#include <fmt/format.h>

#include <string>
#include <vector>

#include "cli/common.hpp"
#include "oracle/check/check.hpp"
#include "oracle/strace/check.hpp"
#include "oracle/text/malformed.hpp"

namespace weir::cli {
namespace {

struct Arguments {
  std::vector<std::string> files;
  std::string format = "auto";
  const Profile* profile = nullptr;
  bool all = false;
};

const Profile& default_profile = releases::linux_6_18;

void print_verdict(const std::string& file, std::uint64_t divergences, const Profile& profile) {
  const std::string verdict = divergences == 0   ? green("agrees")
                              : divergences == 1 ? red("1 divergence")
                                                 : red(fmt::format("{} divergences", divergences));
  print(fmt::format("{}: {}, profile {}\n", file, verdict, profile.name));
}

int check_trace(oracle::Lines lines, const Arguments& given) {
  oracle::TraceReader trace(std::move(lines));
  const Profile& profile = given.profile == nullptr ? *trace.header().profile : *given.profile;
  const auto result = oracle::check(trace, {.profile = given.profile, .all = given.all},
                                    [&](const auto& found) { print(oracle::to_text(found, trace.file(), profile)); });
  if (result.undecided) {
    print(fmt::format("{}: undecided, profile {}: {}\n", trace.file(), profile.name, *result.undecided));
    return undecided;
  }
  print_verdict(trace.file(), result.divergences, profile);
  print(fmt::format("  {} operations, {} of them with something observed; {} of {} clauses passed{}\n",
                    result.operations, result.compared, result.clauses.size(), clause_count,
                    result.stopped ? "; stopped there" : ""));
  return result.agrees() ? agreed : diverged;
}

void print_counts(std::string_view what, const oracle::strace::Counts& counts) {
  if (counts.total() != 0) print(fmt::format("  {} {}: {}\n", counts.total(), what, counts.text()));
}

int check_strace(oracle::Lines lines, const Arguments& given) {
  const Profile& profile = given.profile == nullptr ? default_profile : *given.profile;
  const std::string file = lines.file();
  const auto report = oracle::strace::check(std::move(lines), profile, given.all,
                                            [&](const auto& found) { print(oracle::to_text(found, file, profile)); });
  print_verdict(file, report.divergences, profile);
  print(fmt::format("  {} listen-plane calls checked, {} outside the model\n", report.checked.total(),
                    report.outside.total()));
  print_counts("checked", report.checked);
  print_counts("of these allowed because of the world outside the log", report.explained);
  print_counts("outside the model", report.outside);
  print_counts("not checked, on descriptors that the log does not show for sure", report.unsure);
  print_counts("without a result", report.without_result);
  if (report.stopped) print("  stopped at the divergence; --all goes on\n");
  return report.divergences == 0 ? agreed : diverged;
}

int check_file(const std::string& file, const Arguments& given) {
  try {
    oracle::Lines lines(oracle::read_file(file), file);
    const bool json = given.format == "json" || (given.format == "auto" && oracle::is_json(lines));
    return json ? check_trace(std::move(lines), given) : check_strace(std::move(lines), given);
  } catch (const std::exception& error) {
    complain(fmt::format("weir: {}\n", error.what()));
    return malformed;
  }
}

}  // namespace

void add_check(CLI::App& app, int& exit_code) {
  const auto given = std::make_shared<Arguments>();
  CLI::App* const command = app.add_subcommand("check", "Say whether Linux allows what a trace or strace log shows");
  command->add_option("FILE", given->files,
                      "traces (docs/TRACE.md) or strace logs (docs/strace.md); - or nothing: "
                      "standard input");
  add_profile_option(*command, given->profile, "hold it against this release (a log: linux-6.18 unless said)");
  command->add_option("--format", given->format, "what the files are; auto looks at the first character")
      ->check(CLI::IsMember({"auto", "json", "strace"}))
      ->capture_default_str();
  command->add_flag("--all", given->all, "go on behind a divergence where that is possible");
  command->footer(
      "Exit code 0: allowed; 1: not, with line, rule and what is allowed; 2: a file cannot be read; 3: undecided.\n"
      "Examples:\n"
      "  weir check --profile linux-2.6.32 trace.jsonl\n"
      "  strace -f -e trace=network,close,clone,fork,vfork -o nginx.log nginx; weir check nginx.log\n");
  command->callback([given, &exit_code] {
    if (given->files.empty()) given->files.emplace_back("-");
    for (const auto& file : given->files) exit_code = std::max(exit_code, check_file(file, *given));
  });
}

}  // namespace weir::cli
