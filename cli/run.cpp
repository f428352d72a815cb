// weir run: fills in the results of a trace.
#include "oracle/check/run.hpp"
#include "cli/common.hpp"
#include "oracle/json/writer.hpp"

namespace weir::cli {
namespace {

struct Arguments {
  std::string file = "-";
  oracle::RunOptions options;
};

void run(const Arguments& given) {
  oracle::TraceReader trace(oracle::read_file(given.file), given.file);
  print(oracle::to_json(oracle::header_for(trace, given.options)) + "\n");
  oracle::run(trace, given.options, [](std::string_view line) {
    print(line);
    print("\n");
  });
}

}  // namespace

void add_run(CLI::App& app, int&) {
  const auto given = std::make_shared<Arguments>();
  CLI::App* const command = app.add_subcommand("run", "Fill in what Linux would answer to each line of a trace");
  command->add_option("FILE", given->file, "a trace in JSON Lines (docs/TRACE.md); - or nothing: standard input");
  add_profile_option(*command, given->options.profile, "answer as this release, whatever the header says");
  command->add_flag("--clauses", given->options.clauses, "name the rules that decided each answer");
  command->footer(
      "The completed trace goes to standard output. Example:\n"
      "  printf '%s\\n' '{\"weir\":1,\"profile\":\"linux-2.6.32\"}' \\\n"
      "    '{\"op\":\"socket\",\"family\":\"inet\",\"type\":\"stream\"}' '{\"op\":\"listen\",\"fd\":3,\"backlog\":-1}' "
      "\\\n"
      "    '{\"op\":\"tcp_info\",\"fd\":3}' | weir run\n");
  command->callback([given] { run(*given); });
}

}  // namespace weir::cli
