// weir serve: an oracle for other processes, a line in and a line out.
#include <fmt/format.h>

#include <cstdio>
#include <span>

#include "cli/common.hpp"
#include "oracle/check/run.hpp"
#include "oracle/json/writer.hpp"
#include "oracle/text/malformed.hpp"

namespace weir::cli {
namespace {

void answer(std::string_view line) {
  print(line);
  print("\n");
}

/// Standard input. Before it waits for more the other side has all answers: so many that came at once cost one write.
oracle::Read questions() {
  return [read = oracle::read_file("-")](std::span<char> into) {
    std::fflush(stdout);
    return read(into);
  };
}

int serve(const oracle::RunOptions& options) {
  try {
    oracle::TraceReader trace(questions(), "-");
    oracle::run(trace, options, answer);
    return agreed;
  } catch (const oracle::Malformed& bad) {
    answer(oracle::error_json(bad));
    complain(fmt::format("weir: {}\n", bad.what()));
    return malformed;
  }
}

}  // namespace

void add_serve(CLI::App& app, int& exit_code) {
  const auto options = std::make_shared<oracle::RunOptions>();
  CLI::App* const command = app.add_subcommand("serve", "Answer operations as they come, line by line");
  add_profile_option(*command, options->profile, "answer as this release, whatever the header says");
  command->add_flag("--clauses", options->clauses, "name the rules that decided each answer");
  command->footer(
      "Standard input is a trace: the header, then an operation a line. Each operation is answered at once with its\n"
      "completed line; the header is not answered. The first line that cannot be read is answered with\n"
      "  {\"error\":\"expected …\",\"line\":3,\"column\":7}\n"
      "and ends the service with exit code 2. The end of the input ends it with 0. Example:\n"
      "  coproc weir serve --clauses\n");
  command->callback([options, &exit_code] { exit_code = serve(*options); });
}

}  // namespace weir::cli
