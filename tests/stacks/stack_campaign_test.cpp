// A campaign against a stack behind the driver protocol. The stack is the model itself, of one release or another.
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>

#include "fuzz/kind.hpp"
#include "fuzz/report.hpp"
#include "fuzz/stack_target.hpp"

namespace weir::fuzz {
namespace {

CampaignStats campaign(std::vector<std::string> arguments, std::uint64_t inputs,
                       const oracle::Comparison& comparison = {}, std::uint64_t seed = 4) {
  arguments.insert(arguments.begin(), WEIR_MODEL_DRIVER);
  const auto driver = std::make_shared<oracle::DriverTarget>(arguments);
  StackEffort effort;
  Campaign campaign({.seed = seed,
                     .generator = stack_cases(driver),
                     .profiles = {&releases::linux_6_18},
                     .max_inputs = inputs,
                     .max_findings = 64,
                     .shrink_attempts = 400},
                    stack_target(driver, comparison, effort));
  return campaign.run(Campaign::Clock::now() + std::chrono::seconds(60));
}

bool has(const CampaignStats& stats, std::string_view kind) {
  return std::any_of(stats.findings.begin(), stats.findings.end(),
                     [&](const Finding& each) { return kind_of(each.difference).starts_with(kind); });
}

TEST(StackCampaign, AgreesWithItself) {
  const CampaignStats stats = campaign({"linux-6.18"}, 1500);
  for (const Finding& each : stats.findings) ADD_FAILURE() << to_sentence(each.difference);
  EXPECT_EQ(stats.inputs, 1500u);
  EXPECT_GT(stats.effort.operations, 10'000u);
}

/// One difference does not hide another: options, errors and limits of another release, each found once and small.
TEST(StackCampaign, FindsWhatAnotherReleaseDoes) {
  const CampaignStats stats = campaign({"linux-2.6.32"}, 4000);
  EXPECT_TRUE(has(stats, "getsockopt SO_REUSEPORT"));
  EXPECT_TRUE(has(stats, "setsockopt SO_REUSEPORT"));
  EXPECT_TRUE(has(stats, "tcp_info LISTEN sacked"));
  EXPECT_TRUE(has(stats, "getsockopt TCP_FASTOPEN"));
  // A third client that is let in late takes thirteen.
  for (const Finding& each : stats.findings)
    EXPECT_LE(each.input.ops.size(), 13u) << to_trace(each.input, each.difference);
}

TEST(StackCampaign, DoesNotFindWhatIsIgnored) {
  const CampaignStats stats = campaign({"linux-2.6.32"}, 1000, {.counters = false});
  EXPECT_FALSE(has(stats, "tcp_info LISTEN sacked"));
  EXPECT_TRUE(has(stats, "getsockopt SO_REUSEPORT"));
}

/// It takes a crowd, and a second thought: a socket, its port, its listen, two clients with a connect each, a listen.
/// Without either a campaign needs thousands of inputs for it.
TEST(StackCampaign, FindsThatAListenerMayNotHaveLessRoomThanItNeeds) {
  for (std::uint64_t seed = 1; seed <= 6; ++seed) {
    const CampaignStats stats = campaign({"linux-6.18", "relisten"}, 1000, {}, seed);
    EXPECT_TRUE(has(stats, "listen")) << "seed " << seed;
    for (const Finding& each : stats.findings)
      EXPECT_EQ(each.input.ops.size(), 8u) << to_trace(each.input, each.difference);
  }
}

TEST(StackCampaign, ACrashIsAFinding) {
  const CampaignStats stats = campaign({"linux-6.18", "die"}, 60);
  ASSERT_FALSE(stats.findings.empty());
  const Difference& difference = stats.findings.front().difference;
  EXPECT_TRUE(std::holds_alternative<op::Accept>(difference.operation));
  EXPECT_TRUE(std::holds_alternative<outcome::Oops>(difference.observed));
  EXPECT_EQ(stats.findings.front().input.ops.size(), 1u);
}

TEST(StackCampaign, NonsenseEndsTheCampaign) {
  EXPECT_THROW(campaign({"linux-6.18", "babble"}, 60), std::runtime_error);
}

}  // namespace
}  // namespace weir::fuzz
