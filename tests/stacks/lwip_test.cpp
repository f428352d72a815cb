// What was found in lwIP (docs/FINDINGS.md).
#include "tests/stacks/stack_under_test.hpp"

namespace weir {

std::vector<std::string> command_under_test() { return oracle::stacks[1].command(WEIR_DRIVERS); }

namespace {

TEST(LwipStack, FindingsHold) { expect_findings_hold("lwip"); }

}  // namespace
}  // namespace weir
