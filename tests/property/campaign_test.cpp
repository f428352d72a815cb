// The campaign engine: finds a broken implementation soon, finds nothing in a sound one, and does the same again for
// the same seed.
#include <gtest/gtest.h>

#include <chrono>
#include <functional>
#include <thread>
#include <vector>

#include "fuzz/canary.hpp"
#include "fuzz/exchange.hpp"
#include "fuzz/question.hpp"
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

/// What the model passes in the inputs of a campaign, with floods among them or without.
ClauseSet passed(bool floods, std::uint64_t max_inputs) {
  CampaignOptions options;
  options.generator.floods = floods;
  options.max_inputs = max_inputs;
  options.record_every = 1;
  return Campaign(std::move(options), lockfree_target()).run(Campaign::Clock::now() + backstop).covered;
}

TEST(Campaign, AFloodMeetsTheFlowLimit) { EXPECT_TRUE(passed(true, 3000).contains(Clause::FLOW_LIMIT_DROP)); }

TEST(CampaignMustFail, NoOrdinaryCaseMeetsTheFlowLimit) {
  EXPECT_FALSE(passed(false, 3000).contains(Clause::FLOW_LIMIT_DROP));
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

/// Differs where a listen stands in the case, for as many runs as it is told, by one of two ways through the spec.
Target listen_differs(std::uint32_t runs) {
  return {"moody", [runs](const Input& input, Effort& effort) mutable -> std::optional<Difference> {
            effort.operations += input.ops.size();
            for (std::size_t i = 0; i < input.ops.size(); ++i) {
              const auto* listen = std::get_if<op::Listen>(&input.ops[i]);
              if (listen == nullptr || runs == 0) continue;
              --runs;
              const std::uint64_t path = listen->backlog < 0 ? 1 : 2;
              return Difference{i, false, input.ops[i], returned(0), failed(Errno::einval), path};
            }
            return std::nullopt;
          }};
}

CampaignStats moody_campaign(std::uint32_t runs, std::uint32_t confirmations, bool one_of_each_shape) {
  CampaignOptions options;
  options.max_inputs = 500;
  options.confirmations = confirmations;
  options.one_of_each_shape = one_of_each_shape;
  return Campaign(std::move(options), listen_differs(runs)).run(Campaign::Clock::now() + backstop);
}

/// Clauses that a campaign reaches with a stack so slow that hardly an input is asked.
ClauseSet reached_slowly(std::function<std::vector<Input>()> from_others, std::size_t& kept) {
  CampaignOptions options;
  options.seed = 2;
  options.record_every = 1;
  options.from_others = std::move(from_others);
  options.kept = [&](const Input&) { ++kept; };
  Campaign run(std::move(options), {"slow", [](const Input&, Effort&) -> std::optional<Difference> {
                                      std::this_thread::sleep_for(std::chrono::milliseconds(100));
                                      return std::nullopt;
                                    }});
  return run.run(Campaign::Clock::now() + std::chrono::milliseconds(700)).covered;
}

TEST(Campaign, WhatOthersShowIsKeptAndNotShownAgain) {
  Exchange exchange(2);
  CampaignOptions options;
  options.max_inputs = 2000;
  options.kept = [&](const Input& each) { exchange.show(0, each); };
  const ClauseSet first =
      Campaign(std::move(options), lockfree_target()).run(Campaign::Clock::now() + backstop).covered;
  EXPECT_TRUE(exchange.shown_to(0).empty());  // its own
  std::size_t kept = 0, kept_alone = 0;
  EXPECT_TRUE(reached_slowly([&] { return exchange.shown_to(1); }, kept).contains_all(first));
  EXPECT_TRUE(exchange.shown_to(1).empty());  // it has seen them
  EXPECT_LE(kept, 8U);                        // of what it drew, not of what it was shown
  EXPECT_FALSE(reached_slowly([] { return std::vector<Input>{}; }, kept_alone).contains_all(first));
}

TEST(Campaign, WhatIsNotSeenAgainIsNoFinding) {
  const auto for_once = moody_campaign(1, 3, false);
  EXPECT_TRUE(for_once.findings.empty());
  EXPECT_EQ(for_once.divergences, 0U);
  EXPECT_EQ(for_once.unconfirmed, 1U);
  EXPECT_EQ(moody_campaign(1, 0, false).findings.size(), 1U) << "nobody asked for it again";
  EXPECT_EQ(moody_campaign(100'000, 3, false).findings.size(), 2U) << "it is seen again, and again";
}

TEST(Campaign, SmallFindingsOfOneShapeAreOneIfAskedFor) {
  EXPECT_EQ(moody_campaign(100'000, 0, true).findings.size(), 1U);
  EXPECT_EQ(moody_campaign(100'000, 0, false).findings.size(), 2U);
}

/// Nothing else is taken for a guest that is late: not another state, not the other way round, not another operation.
TEST(LateGuest, OnlyAnAcknowledgedFinIsAJiffyLater) {
  const outcome::Info waits{TcpState::fin_wait1, 1, 0}, acknowledged{TcpState::fin_wait2, 0, 0};
  const auto later = [](const Op& operation, const Outcome& expected, const Outcome& observed) {
    return is_a_jiffy_later({0, false, operation, expected, observed, 0});
  };
  const op::TcpInfo look{{3}};
  EXPECT_TRUE(later(look, waits, acknowledged));
  EXPECT_TRUE(later(look, outcome::Info{TcpState::last_ack, 1, 0}, outcome::Info{TcpState::close, 0, 0}));
  EXPECT_FALSE(later(look, acknowledged, waits));
  EXPECT_FALSE(later(look, waits, outcome::Info{TcpState::fin_wait2, 1, 0}));
  EXPECT_FALSE(later(look, waits, outcome::Info{TcpState::time_wait, 0, 0}));
  EXPECT_FALSE(later(look, outcome::Info{TcpState::established, 0, 0}, acknowledged));
  EXPECT_FALSE(later(look, waits, failed(Errno::ebadf)));
  EXPECT_FALSE(later(op::Accept{{3}}, returned(4), failed(Errno::eagain)));
}

}  // namespace
}  // namespace weir::fuzz
