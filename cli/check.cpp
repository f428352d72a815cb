// weir check: holds a trace, an strace log or a packetdrill script against the model.
#include <fmt/format.h>

#include <chrono>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "cli/common.hpp"
#include "cli/reports/divergence.hpp"
#include "oracle/check/check.hpp"
#include "oracle/packetdrill/check.hpp"
#include "oracle/strace/check.hpp"
#include "oracle/text/malformed.hpp"

namespace weir::cli {
namespace {

struct Arguments {
  std::vector<std::string> files;
  std::string format = "auto";
  const Profile* profile = nullptr;
  bool all = false;
  ReportFiles files_for_ci;
};

/// What is printed of a file, and noted for CI.
class Findings {
 public:
  Findings(std::string file, ReportCase& noted) : file_(std::move(file)), noted_(&noted) {}

  void add(const oracle::Divergence& found, const Profile& profile) {
    const std::string text = oracle::to_text(found, file_, profile);
    print(text);
    noted_->problems.push_back(problem_of(found, file_ == "-" ? "stdin" : file_, content(), profile));
    if (noted_->message.empty())
      noted_->message = fmt::format("line {}: {}", found.line, noted_->problems.back().message);
    noted_->details += text;
  }

 private:
  /// What the way to a line is taken from. Standard input is gone by now.
  const std::string& content() {
    if (content_.empty() && file_ != "-") {
      std::ifstream in(file_, std::ios::binary);
      content_.assign(std::istreambuf_iterator<char>(in), {});
    }
    return content_;
  }

  std::string file_;
  ReportCase* noted_;
  std::string content_;
};

const Profile& default_profile = releases::linux_6_18;

void print_verdict(const std::string& file, std::uint64_t divergences, const Profile& profile) {
  const std::string verdict = divergences == 0   ? green("agrees")
                              : divergences == 1 ? red("1 divergence")
                                                 : red(fmt::format("{} divergences", divergences));
  print(fmt::format("{}: {}, profile {}\n", file, verdict, profile.name));
}

int check_trace(oracle::Lines lines, const Arguments& given, ReportCase& noted) {
  oracle::TraceReader trace(std::move(lines));
  const Profile& profile = given.profile == nullptr ? *trace.header().profile : *given.profile;
  Findings findings(trace.file(), noted);
  const auto result = oracle::check(trace, {.profile = given.profile, .all = given.all},
                                    [&](const auto& found) { findings.add(found, profile); });
  if (result.undecided) {
    noted.message = *result.undecided;
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

int check_strace(oracle::Lines lines, const Arguments& given, ReportCase& noted) {
  const Profile& profile = given.profile == nullptr ? default_profile : *given.profile;
  const std::string file = lines.file();
  Findings findings(file, noted);
  const auto report = oracle::strace::check(std::move(lines), profile, given.all,
                                            [&](const auto& found) { findings.add(found, profile); });
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

void print_places(std::string_view what, const oracle::packetdrill::Places& places) {
  if (places.empty()) return;
  print(fmt::format("  {} {}\n", places.total(), what));
  for (const std::string& each : places.texts()) print(fmt::format("    {}\n", each));
}

int check_packetdrill(oracle::Lines lines, const Arguments& given, ReportCase& noted) {
  const Profile& profile = given.profile == nullptr ? default_profile : *given.profile;
  const std::string file = lines.file();
  Findings findings(file, noted);
  const auto report = oracle::packetdrill::check(std::move(lines), profile, given.all,
                                                 [&](const auto& found) { findings.add(found, profile); });
  if (report.undecided) {
    noted.message = *report.undecided;
    print(fmt::format("{}: undecided, profile {}: {}\n", file, profile.name, *report.undecided));
    return undecided;
  }
  print_verdict(file, report.divergences, profile);
  print_places("calls, settings and segments checked", report.checked);
  print_places("outside the model, or not looked at", report.outside);
  print_places("sent and not expected before the end, in answer to", report.unawaited);
  if (report.stopped) print("  stopped at the divergence; --all goes on\n");
  return report.divergences == 0 ? agreed : diverged;
}

int check_file(const std::string& file, const Arguments& given, ReportCase& noted) {
  try {
    oracle::Lines lines(oracle::read_file(file), file);
    const bool script = given.format == "packetdrill" || (given.format == "auto" && file.ends_with(".pkt"));
    if (script) return check_packetdrill(std::move(lines), given, noted);
    const bool json = given.format == "json" || (given.format == "auto" && oracle::is_json(lines));
    return json ? check_trace(std::move(lines), given, noted) : check_strace(std::move(lines), given, noted);
  } catch (const std::exception& error) {
    complain(fmt::format("weir: {}\n", error.what()));
    noted.message = error.what();
    return malformed;
  }
}

/// The highest exit code of the files.
int check(const Arguments& given) {
  Report report{.tool = "weir check", .summary = "", .cases = {}};
  int code = agreed;
  std::size_t agreeing = 0;
  for (const auto& file : given.files) {
    ReportCase noted{.suite = "weir check", .name = file};
    const auto began = std::chrono::steady_clock::now();
    const int of_file = check_file(file, given, noted);
    noted.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
    noted.verdict = of_file == agreed     ? ReportCase::Verdict::passed
                    : of_file == diverged ? ReportCase::Verdict::failed
                                          : ReportCase::Verdict::open;
    agreeing += of_file == agreed ? 1 : 0;
    code = std::max(code, of_file);
    report.cases.push_back(std::move(noted));
  }
  report.summary = fmt::format("{} of {} agree", agreeing, given.files.size());
  return given.files_for_ci.write(report) ? code : malformed;
}

}  // namespace

void add_check(CLI::App& app, int& exit_code) {
  const auto given = std::make_shared<Arguments>();
  CLI::App* const command =
      app.add_subcommand("check", "Say whether Linux allows what a trace, strace log or packetdrill script shows");
  command->add_option("FILE", given->files,
                      "traces (docs/TRACE.md), strace logs (docs/strace.md) or packetdrill scripts "
                      "(docs/packetdrill.md); - or nothing: standard input");
  add_profile_option(*command, given->profile, "hold it against this release (a log: linux-6.18 unless said)");
  command
      ->add_option("--format", given->format,
                   "what the files are; auto looks at the name (.pkt) and the first character")
      ->check(CLI::IsMember({"auto", "json", "strace", "packetdrill"}))
      ->capture_default_str();
  command->add_flag("--all", given->all, "go on behind a divergence where that is possible");
  given->files_for_ci.add_options(*command);
  command->footer(
      "Exit code 0: allowed; 1: not, with line, rule and what is allowed; 2: a file cannot be read; 3: undecided.\n"
      "Examples:\n"
      "  weir check --profile linux-2.6.32 trace.jsonl\n"
      "  strace -f -e trace=network,close,clone,fork,vfork -o nginx.log nginx; weir check nginx.log\n"
      "  weir check --profile linux-4.19 examples/packetdrill/full-accept-queue.pkt\n");
  command->callback([given, &exit_code] {
    if (given->files.empty()) given->files.emplace_back("-");
    exit_code = check(*given);
  });
}

}  // namespace weir::cli
