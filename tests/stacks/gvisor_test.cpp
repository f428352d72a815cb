// What was found in gVisor (docs/FINDINGS.md).
#include "tests/stacks/stack_under_test.hpp"

namespace weir {

std::vector<std::string> command_under_test() { return oracle::stacks[0].command(WEIR_DRIVERS); }

namespace {

TEST(GvisorStack, FindingsHold) { expect_findings_hold("gvisor"); }

}  // namespace
}  // namespace weir
