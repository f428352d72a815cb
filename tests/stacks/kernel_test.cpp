// The sockets of this machine behind the driver protocol: the way to every other stack, where the answers are known.
#include <chrono>

#include "fuzz/report.hpp"
#include "fuzz/stack_target.hpp"
#include "oracle/targets/this_kernel.hpp"
#include "tests/stacks/stack_under_test.hpp"

namespace weir {

std::vector<std::string> command_under_test() {
  if (oracle::running_profile() != &releases::linux_6_18)
    throw std::runtime_error("what these tests know was seen on 6.18, this is " + oracle::running_release());
  return {WEIR_DRIVERS "/weir-driver"};
}

namespace {

fuzz::CampaignStats campaign(const std::vector<std::string>& command, std::uint64_t inputs) {
  const auto driver = std::make_shared<oracle::DriverTarget>(command);
  fuzz::StackEffort effort;
  fuzz::Campaign campaign({.seed = 5,
                           .generator = fuzz::stack_cases(driver),
                           .profiles = {&releases::linux_6_18},
                           .max_inputs = inputs,
                           .shrink_attempts = 200},
                          fuzz::stack_target(driver, {}, effort));
  return campaign.run(fuzz::Campaign::Clock::now() + std::chrono::seconds(60));
}

TEST(KernelStack, AgreesThroughTheDriverInC) {
  const auto stats = campaign(command_under_test(), 2000);
  for (const auto& each : stats.findings) ADD_FAILURE() << fuzz::to_trace(each.input, each.difference);
  EXPECT_EQ(stats.inputs, 2000u);
}

TEST(KernelStack, AgreesThroughTheExampleInC) {
  command_under_test();  // of this release
  const auto stats = campaign({"unshare", "-Urn", WEIR_DRIVERS "/weir-driver-example"}, 2000);
  for (const auto& each : stats.findings) ADD_FAILURE() << fuzz::to_trace(each.input, each.difference);
  EXPECT_EQ(stats.inputs, 2000u);
}

/// The example has one difference to show, and it is Python's: socket.listen takes a negative backlog for 0.
TEST(KernelStack, AgreesThroughTheDriverInPythonButForPython) {
  if (std::system("python3 -c '' 2>/dev/null") != 0) FAIL() << "python3 is in packages.txt";
  const auto stats = campaign({"unshare", "-Urn", "python3", WEIR_PYTHON_DRIVER}, 600);
  for (const auto& each : stats.findings) {
    bool negative = false;
    for (const Op& op : each.input.ops)
      if (const auto* listen = std::get_if<op::Listen>(&op)) negative = negative || listen->backlog < 0;
    EXPECT_TRUE(negative) << fuzz::to_trace(each.input, each.difference);
  }
  EXPECT_EQ(stats.inputs, 600u);
}

}  // namespace
}  // namespace weir
