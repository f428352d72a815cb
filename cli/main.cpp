// The `weir` command: a thin roof over the rest.
#include <algorithm>
#include <csignal>
#include <cstdio>
#include <exception>
#include <string>
#include <vector>

#include "cli/common.hpp"
#include "oracle/text/suggest.hpp"

namespace {

constexpr std::string_view exit_codes =
    "Exit codes:\n"
    "  0  agreement, proved        1  divergence, counterexample\n"
    "  2  usage, malformed input   3  undecided\n"
    "  4  not available here\n\n"
    "Examples:\n"
    "  weir run trace.jsonl              what would Linux answer?\n"
    "  weir check server.strace          does Linux allow what was seen?\n"
    "  weir explain LISTEN.CLAMP         what does this rule say?\n";

void add_commands(CLI::App& app, int& exit_code) {
  using namespace weir::cli;
#ifdef WEIR_HAVE_CAMPAIGN
  add_campaign(app, exit_code);
#endif
#ifdef WEIR_HAVE_REPORT
  add_report(app, exit_code);
#endif
#ifdef WEIR_HAVE_PROVE
  add_prove(app, exit_code);
#endif
#ifdef WEIR_HAVE_MUTANTS
  add_mutants(app, exit_code);
#endif
#ifdef WEIR_HAVE_DIFF
  add_diff(app, exit_code);
#endif
#ifdef WEIR_HAVE_EXPLORE
  add_explore(app, exit_code);
#endif
  add_run(app, exit_code);
  add_check(app, exit_code);
  add_serve(app, exit_code);
  add_profiles(app, exit_code);
  add_explain(app, exit_code);
#ifdef WEIR_HAVE_BENCH
  add_bench(app, exit_code);
#endif
  add_test(app, exit_code);
  add_help(app, exit_code);
}

/// Says which command was meant where the first word is none. \return whether it is one
bool expect_command(const CLI::App& app, int argc, char** argv) {
  if (argc < 2 || *argv[1] == '-') return true;
  const std::string word = argv[1];
  std::vector<std::string> known;
  for (const CLI::App* each : app.get_subcommands({})) known.push_back(each->get_name());
  const std::vector<std::string_view> names(known.begin(), known.end());
  if (std::find(known.begin(), known.end(), word) != known.end()) return true;
  const auto close = weir::oracle::nearest(word, names);
  weir::cli::complain(
      "weir: there is no command " + word + "; " +
      (close.empty() ? "known: " + weir::oracle::join(names) : "did you mean " + weir::oracle::join(close) + "?") +
      "\n");
  return false;
}

/// Parsing runs the command. \return the exit code
int run(CLI::App& app, int argc, char** argv, const int& exit_code) {
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& stop) {
    return app.exit(stop) == 0 ? weir::cli::agreed : weir::cli::malformed;  // --help is such a stop, too
  } catch (const std::exception& error) {
    weir::cli::complain("weir: " + std::string(error.what()) + "\n");
    return weir::cli::malformed;
  }
  return exit_code;
}

}  // namespace

int main(int argc, char** argv) {
  std::signal(SIGPIPE, SIG_DFL);  // whoever started us may have it ignored
  CLI::App app("weir: an executable reference model of Linux's backlogs (sysctl, listen, softnet)", "weir");
  app.set_version_flag("--version", "weir " WEIR_VERSION);
  app.require_subcommand(1);
  app.footer(std::string(exit_codes));
  int exit_code = weir::cli::agreed;
  add_commands(app, exit_code);
  if (!expect_command(app, argc, argv)) return weir::cli::malformed;
  const int code = run(app, argc, argv, exit_code);
  if (std::fflush(stdout) != 0 || std::ferror(stdout) != 0) {
    std::perror("weir: cannot write");
    return weir::cli::malformed;
  }
  return code;
}
