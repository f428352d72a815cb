// weir test: belongs to the launcher, which can build.
#include "cli/common.hpp"

namespace weir::cli {

void add_test(CLI::App& app, int& exit_code) {
  CLI::App* const command = app.add_subcommand("test", "Build and run all tests (through the launcher, ./weir)");
  command->footer("Example:\n  ./weir test -L unit\n");
  command->allow_extras();
  command->callback([&exit_code] {
    complain("weir: the tests are built and run by the launcher in the source tree: ./weir test\n");
    exit_code = not_available;
  });
}

}  // namespace weir::cli
