// weir mutants: starts the program weir-mutants, which lies beside this one where it has been built. It is the theorems
// once more, compiled against the mutated rules, so it cannot be part of this program.
#include <unistd.h>

#include <filesystem>
#include <string>
#include <vector>

#include "cli/common.hpp"

namespace weir::cli {
namespace {

int start(std::vector<std::string> arguments) {
  std::error_code error;
  std::string program =
      (std::filesystem::read_symlink("/proc/self/exe", error).parent_path() / "weir-mutants").string();
  std::vector<char*> argv{program.data()};
  for (std::string& each : arguments) argv.push_back(each.data());
  argv.push_back(nullptr);
  ::execv(program.c_str(), argv.data());
  complain("weir: " + program + " is not there; `./weir mutants` builds it, and so does the target weir-mutants\n");
  return not_available;
}

}  // namespace

void add_mutants(CLI::App& app, int& exit_code) {
  CLI::App* const command =
      app.add_subcommand("mutants", "Change the rules, one place at a time, and see which theorem notices");
  command->set_help_flag();  // that program's own
  command->prefix_command();
  command->callback([command, &exit_code] { exit_code = start(command->remaining()); });
}

}  // namespace weir::cli
