// The campaign engine: finds a broken implementation soon, finds nothing in a sound one, and does the same again for
// the same seed.
#include <gtest/gtest.h>

#include "fuzz/canary.hpp"
#include "fuzz/report.hpp"
#include "fuzz/targets.hpp"

namespace weir::fuzz {
namespace {

/// Ten seconds' worth at a fifth of the rate of an optimised build; a number of inputs does not depend on how busy the
/// machine is. The deadline is a backstop.
constexpr std::uint64_t ten_seconds = 200000;
constexpr auto backstop = std::chrono::minutes(5);

CampaignStats campaign(Target target, std::uint64_t max_inputs, std::uint32_t max_findings) {
  CampaignOptions options;
  options.max_inputs = max_inputs;
  options.max_findings = max_findings;
  Campaign run(std::move(options), std::move(target));
  return run.run(Campaign::Clock::now() + backstop);
}

TEST(Campaign, SameSeedSameRun) {
  const auto first = campaign(lockfree_target(), 2000, 1);
  const auto second = campaign(lockfree_target(), 2000, 1);
  EXPECT_EQ(first.inputs, 2000U);
  EXPECT_EQ(first.effort.operations, second.effort.operations);
  EXPECT_EQ(first.effort.probes, second.effort.probes);
  EXPECT_EQ(first.corpus, second.corpus);
  EXPECT_EQ(first.covered, second.covered);
}

TEST(Campaign, FindsNothingWhereNothingIs) {
  const auto stats = campaign(lockfree_target(), 20000, 1);
  EXPECT_EQ(stats.inputs, 20000U);
  for (const auto& each : stats.findings)
    ADD_FAILURE() << to_sentence(each.difference) << '\n' << to_trace(each.input, each.difference);
}

TEST(CampaignMustFail, CatchesEveryCanary) {
  for (const auto& make :
       {canary_accept_queue, canary_backlog_limit, canary_signed_clamp, canary_decimal, canary_unix_queue}) {
    const Target target = make();
    const auto stats = campaign(target, ten_seconds, 1);
    ASSERT_EQ(stats.findings.size(), 1U) << target.name;
    EXPECT_LE(stats.findings[0].input.ops.size(), 10U) << target.name << " is not minimal";
  }
}

}  // namespace
}  // namespace weir::fuzz
