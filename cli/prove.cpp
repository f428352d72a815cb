// weir prove: the theorems, proved now.
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "cli/prove.hpp"
#include "oracle/text/suggest.hpp"
#include "proofs/symbolic/releases.hpp"

namespace weir::cli {
namespace {

struct Arguments {
  proofs::Options options;
  bool no_cache = false;
  std::string recheck;
  ReportFiles files_for_ci;
  std::filesystem::path html, traces;
  bool list = false;
  bool markdown = false;
  bool json = false;
};

void list() {
  for (const auto& each : proofs::catalogue())
    print(fmt::format("{}  [{}]{}\n  {}\n", bold(each.name), proofs::spans_of(each.profiles), refuted_text(each),
                      each.sentence));
}

/// Whether every name that was given is one; complains about the first that is not.
bool known_names(const proofs::Options& options) {
  std::vector<std::string_view> theorems, profiles;
  for (const auto& each : proofs::catalogue()) theorems.push_back(each.name);
  for (const Profile* each : releases::all) profiles.push_back(each->name);
  for (const std::string& wanted : options.theorems) {
    if (std::any_of(theorems.begin(), theorems.end(), [&](auto name) { return proofs::selects(wanted, name); }))
      continue;
    const auto close = oracle::nearest(wanted, theorems);
    complain(
        fmt::format("weir: there is no theorem {}; {}\n", wanted,
                    close.empty() ? "`weir prove --list` lists them" : "did you mean " + oracle::join(close) + "?"));
    return false;
  }
  for (const std::string& wanted : options.profiles) {
    if (std::find(profiles.begin(), profiles.end(), wanted) != profiles.end()) continue;
    const auto close = oracle::nearest(wanted, profiles);
    complain(fmt::format("weir: there is no release {}; {}\n", wanted,
                         close.empty() ? "`weir profiles` lists them" : "did you mean " + oracle::join(close) + "?"));
    return false;
  }
  return true;
}

bool write_reports(const Arguments& given, const proofs::Summary& summary) {
  bool written = given.files_for_ci.write(report_of(summary));
  if (!given.html.empty()) written &= write_file(given.html, proofs_as_html(summary));
  if (given.traces.empty()) return written;
  std::filesystem::create_directories(given.traces);
  for (const auto& each : summary.results)
    if (!each.trace.empty()) written &= write_file(given.traces / (each.name() + ".jsonl"), trace_of(each));
  return written;
}

/// A folder that is gone when this is.
class ScratchFolder {
 public:
  ScratchFolder() {
    std::string name = (std::filesystem::temp_directory_path() / "weir-prove-XXXXXX").string();
    if (::mkdtemp(name.data()) != nullptr) path_ = name;
  }
  ~ScratchFolder() {
    std::error_code ignored;
    if (!path_.empty()) std::filesystem::remove_all(path_, ignored);
  }
  ScratchFolder(const ScratchFolder&) = delete;
  ScratchFolder& operator=(const ScratchFolder&) = delete;
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

/// The exit code of a run that another solver has gone over.
int after_recheck(const Arguments& given, const proofs::Summary& summary) {
  const auto recheck = proofs::recheck(summary, given.recheck, given.options.processes, nullptr);
  complain(recheck_as_text(recheck, given.recheck));
  if (recheck.count(proofs::Opinion::disagrees) != 0) return diverged;
  constexpr std::size_t fewer_than_one_in = 50;  // may be given up
  if (recheck.count(proofs::Opinion::failed) != 0 ||
      recheck.count(proofs::Opinion::gave_up) * fewer_than_one_in >= recheck.all.size())
    return std::max(summary.exit_code(), undecided);
  return summary.exit_code();
}

int prove(Arguments given) {
  if (given.list) {
    given.markdown ? print(catalogue_page()) : list();
    return agreed;
  }
  if (!known_names(given.options)) return malformed;
  if (!given.recheck.empty() && !proofs::is_program(given.recheck)) {
    complain(fmt::format("weir: there is no program {} here\n", given.recheck));
    return not_available;
  }
  std::optional<ScratchFolder> scratch;
  if (!given.recheck.empty() && given.options.smt2.empty()) given.options.smt2 = scratch.emplace().path();
  if (given.options.cache.empty() && !given.no_cache) given.options.cache = default_proof_cache();
  if (given.no_cache) given.options.cache.clear();
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
  print(given.json ? proofs_as_json(summary) : proofs_as_table(summary, given.options.must_fail));
  if (!write_reports(given, summary)) return malformed;
  return given.recheck.empty() ? summary.exit_code() : after_recheck(given, summary);
}

}  // namespace

std::filesystem::path default_proof_cache() {
  const auto from = [](const char* name) { return std::filesystem::path(std::getenv(name) ? std::getenv(name) : ""); };
  if (const auto caches = from("XDG_CACHE_HOME"); caches.is_absolute()) return caches / "weir" / "proofs";
  if (const auto home = from("HOME"); home.is_absolute()) return home / ".cache" / "weir" / "proofs";
  return {};
}

void add_prove(CLI::App& app, int& exit_code) {
  const auto given = std::make_shared<Arguments>();
  CLI::App* const command = app.add_subcommand("prove", "Prove theorems about the model, for all values on all paths");
  command->add_option("THEOREM,--theorem", given->options.theorems,
                      "names, or patterns like \"queues.*never*\"; \"listen.\" is a whole plane; nothing: all of them");
  command->add_option("--profile", given->options.profiles, "only about these releases")->allow_extra_args(false);
  command->add_flag("--must-fail", given->options.must_fail,
                    "prove the wrong twin of each theorem: all must be refuted");
  command->add_option("--export", given->options.smt2, "write each obligation as SMT-LIB 2 into this folder");
  command->add_option("--recheck", given->recheck,
                      "a program that shall decide all obligations again: cvc5, or the path of another");
  command->add_option("--traces", given->traces, "write counterexamples into this folder, for `weir run`");
  given->files_for_ci.add_options(*command);
  command->add_option("--html", given->html, "write a page");
  command->add_option("--rlimit", given->options.rlimit, "resources of the solver for each question")
      ->check(CLI::PositiveNumber);
  command->add_option("--jobs", given->options.processes, "processes at once; default: one for each processor")
      ->check(CLI::PositiveNumber);
  command->add_option("--cache", given->options.cache,
                      "folder of verdicts to start from and to add to; default: weir/proofs in the user's cache");
  command->add_flag("--no-cache", given->no_cache, "prove all anew, and keep nothing");
  CLI::Option* const list = command->add_flag("--list", given->list, "list the theorems instead of proving them");
  command->add_flag("--markdown", given->markdown, "the list as the page docs/VERIFIED.md")->needs(list);
  command->add_flag("--json", given->json, "a JSON object a line");
  command->footer(
      "Exit codes: 0 every verdict is the right one, 1 a counterexample that should not be or a solver that "
      "disagrees,\n"
      "3 undecided, 4 there is no such solver here.\n"
      "Examples:\n  weir prove\n  weir prove listen. --profile linux-2.6.32\n  weir prove --theorem 'queues.*never*'\n "
      " weir prove --must-fail\n");
  command->callback([given, &exit_code] { exit_code = prove(*given); });
}

}  // namespace weir::cli
