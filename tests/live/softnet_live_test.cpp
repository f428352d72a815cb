// The receive softirq of this machine, recorded and replayed. Where it cannot be recorded the tests hold that the
// target says why, and that it does not run.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <functional>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "fuzz/report.hpp"
#include "fuzz/softnet_replay.hpp"
#include "fuzz/softnet_target.hpp"
#include "model/host.hpp"
#include "oracle/check/check.hpp"
#include "oracle/linear/history.hpp"
#include "oracle/profile/names.hpp"
#include "tests/live/softnet_wrong.hpp"

namespace weir::fuzz {
namespace {

using oracle::SoftnetDisturbance;
using oracle::SoftnetStory;
using oracle::SoftnetTarget;

/// Every test here begins with it: false where the machine cannot be asked, and then the target must have said so.
bool can_be_asked() {
  try {
    const SoftnetTarget kernel;
    return true;
  } catch (const std::runtime_error& refused) {
    EXPECT_NE(std::string(refused.what()), "");
    return false;
  }
}

std::vector<Op> burst(std::uint32_t packets) {
  std::vector<Op> ops;
  for (std::uint32_t i = 0; i < packets; ++i) ops.emplace_back(op::NetifRx{{}, {i}});
  return ops;
}
Op write(Sysctl knob, std::string text) { return op::SysctlWrite{{}, knob, std::move(text)}; }

/// A story that nobody has disturbed.
SoftnetStory story_of(SoftnetTarget& kernel, std::vector<Op> program) {
  for (int attempt = 0; attempt < 50; ++attempt)
    if (SoftnetStory story = kernel.run(program); story.disturbance == SoftnetDisturbance::none) return story;
  ADD_FAILURE() << "disturbed again and again";
  return {};
}

std::size_t count(const SoftnetStory& story, const std::function<bool(const Outcome&)>& what) {
  return static_cast<std::size_t>(
      std::count_if(story.lines.begin(), story.lines.end(), [&](const auto& line) { return what(line.seen.outcome); }));
}
std::size_t dropped(const SoftnetStory& story) {
  return count(story, [](const Outcome& each) {
    const auto* const received = std::get_if<outcome::Received>(&each);
    return received != nullptr && received->ret == NetRx::drop;
  });
}
std::size_t squeezed(const SoftnetStory& story) {
  return count(story, [](const Outcome& each) {
    const auto* const ran = std::get_if<outcome::ActionRan>(&each);
    return ran != nullptr && ran->time_squeeze;
  });
}

/// The fact sheet's figures (D5), which the model has no part in: a limit of n lets n + 1 wait.
TEST(SoftnetLive, CapacityIsTheLimitAndOne) {
  if (!can_be_asked()) return;
  SoftnetTarget kernel;
  for (const auto& [limit, drops] : {std::pair{"39", 0U}, {"10", 29U}, {"1", 38U}, {"0", 39U}, {"-1", 0U}}) {
    std::vector<Op> program = burst(40);
    program.insert(program.begin(), write(Sysctl::netdev_max_backlog, limit));
    EXPECT_EQ(dropped(story_of(kernel, program)), drops) << limit;
  }
}

TEST(SoftnetLive, BudgetAndWeightDecideWhatIsSqueezed) {
  if (!can_be_asked()) return;
  struct Row {
    const char *weight, *budget;
    std::size_t squeezes;
  };
  SoftnetTarget kernel;
  for (const Row& row :
       {Row{"1", "5", 0}, {"1", "1", 40}, {"1", "0", 41}, {"8", "8", 5}, {"8", "9", 0}, {"40", "40", 1}}) {
    // The first poll after a write of dev_weight still has the old one.
    std::vector<Op> program{write(Sysctl::dev_weight, row.weight)};
    for (const Op& each : burst(1)) program.push_back(each);
    program.push_back(write(Sysctl::netdev_budget, row.budget));
    for (const Op& each : burst(40)) program.push_back(each);
    EXPECT_EQ(squeezed(story_of(kernel, program)), row.squeezes) << row.weight << " " << row.budget;
  }
}

TEST(SoftnetLive, TimePassesWhereItIsAsked) {
  if (!can_be_asked()) return;
  SoftnetTarget kernel;
  std::vector<Op> program = burst(6);
  program.emplace_back(op::NetRxAction{{}, 2});  // three ticks; netdev_budget_usecs is two
  EXPECT_EQ(squeezed(story_of(kernel, program)), 1U);
}

/// What `weir check` would say to the trace.
TEST(SoftnetLive, AStoryIsATrace) {
  if (!can_be_asked()) return;
  SoftnetTarget kernel;
  std::vector<Op> program = burst(20);
  program.insert(program.begin(), write(Sysctl::netdev_max_backlog, "7"));
  program.emplace_back(op::SoftnetStat{});
  const SoftnetStory story = story_of(kernel, program);
  oracle::TraceReader reader(oracle::read_text(to_trace(story)), "story");
  std::uint64_t divergences = 0;
  const auto result = oracle::check(reader, {}, [&](const oracle::Divergence&) { ++divergences; });
  EXPECT_EQ(divergences, 0U);
  EXPECT_EQ(result.compared, story.lines.size());
}

/// Calls of the two CPUs that overlapped.
std::size_t overlapping(const oracle::History& history) {
  std::size_t found = 0;
  for (const oracle::Call& a : history.calls)
    for (const oracle::Call& b : history.calls)
      if (std::holds_alternative<op::NetifRx>(a.operation) && std::holds_alternative<op::ProcessBacklog>(b.operation) &&
          a.start <= b.end && b.start <= a.end)
        ++found;
  return found;
}

oracle::Linearizable verdict_of(const oracle::History& history) { return oracle::check_history(history, {}).verdict; }

/// Nothing of two CPUs has one order, so nothing of it can be replayed; but some order must explain it. The twins: with
/// two packets' places in the queue exchanged, or one said to be dropped, no order does.
TEST(SoftnetLive, WhatAnotherCpuIsSentIsExplainedBySomeOrder) {
  if (!can_be_asked()) return;
  SoftnetTarget kernel;
  if (!kernel.why_not_steered().empty()) return;
  std::size_t histories = 0, overlaps = 0;
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::milliseconds(1500);
  while (std::chrono::steady_clock::now() < deadline) {
    auto told = kernel.run_steered(std::array<std::uint32_t, 3>{60, 128, 90}, 20);
    if (told.disturbance != SoftnetDisturbance::none) continue;
    ++histories;
    overlaps += overlapping(told.history);
    EXPECT_EQ(verdict_of(told.history), oracle::Linearizable::ok) << to_trace(told.history);

    oracle::History altered = told.history;
    std::vector<Skb*> delivered;
    for (oracle::Call& each : altered.calls)
      if (auto* const polled = std::get_if<outcome::Polled>(&each.seen.outcome); polled != nullptr && polled->work == 1)
        delivered.push_back(&polled->delivered.front());
    ASSERT_GT(delivered.size(), 2U);
    std::swap(*delivered[0], *delivered[1]);
    EXPECT_EQ(verdict_of(altered), oracle::Linearizable::illegal);
    altered = told.history;
    for (oracle::Call& each : altered.calls)
      if (auto* const received = std::get_if<outcome::Received>(&each.seen.outcome); received != nullptr) {
        *received = {NetRx::drop, DropReason::cpu_backlog};
        break;
      }
    EXPECT_EQ(verdict_of(altered), oracle::Linearizable::illegal);
  }
  EXPECT_GT(histories, 3U);
  EXPECT_GT(overlaps, 0U) << "the CPUs never met";
}

TEST(SoftnetLive, RpsMaySayWhatHoldsAnyway) {
  if (!can_be_asked()) return;
  SoftnetTarget kernel;
  if (!kernel.why_not_steered().empty()) return;
  std::vector<Op> program = burst(3);
  std::get<op::NetifRx>(program.front()).to = Cpu{0};
  const SoftnetStory story = story_of(kernel, program);
  ASSERT_FALSE(story.lines.empty());
  EXPECT_EQ(std::get<op::NetifRx>(story.lines.front().operation).to, Steered{Cpu{kernel.cpu()}});
  model::Host<Concrete> host(*story.header.profile, story.header.options);
  EXPECT_FALSE(replay(host, story, [](const Op&) { return 0; }));
}

CampaignOptions campaign_of(const SoftnetTarget& kernel, const Profile& profile) {
  return {.seed = 618,
          .generator = softnet_cases(),
          .profiles = {&profile},
          .host = kernel.header().options,
          .max_findings = 1,
          .shrink_attempts = 1000};
}

TEST(SoftnetCampaign, AgreesWithItsProfile) {
  if (!can_be_asked()) return;
  const auto kernel = std::make_shared<SoftnetTarget>();
  SoftnetEffort effort;
  CampaignOptions options = campaign_of(*kernel, *kernel->header().profile);
  options.max_inputs = 200;  // a second where there is nothing else to do
  Campaign campaign(options, softnet_target(kernel, effort));
  const CampaignStats stats = campaign.run(Campaign::Clock::now() + std::chrono::seconds(10));
  for (const Finding& each : stats.findings)
    ADD_FAILURE() << to_sentence(each.difference) << "\n" << to_trace(each.input, each.difference);
  EXPECT_GT(stats.inputs, 5U);
  EXPECT_LT(effort.thrown_away(), stats.inputs) << "too much is thrown away for the rest to mean something";
}

/// The twin: held against a kernel that gives another reason for a drop, it must find that, and make it small.
TEST(SoftnetCampaign, DivergesFromAnotherProfile) {
  if (!can_be_asked()) return;
  const auto kernel = std::make_shared<SoftnetTarget>();
  const auto wrong = oracle::profile_named("linux-6.18+has_backlog_drop_reason=no");
  SoftnetEffort effort;
  Campaign campaign(campaign_of(*kernel, *wrong.profile), softnet_target(kernel, effort));
  const CampaignStats stats = campaign.run(Campaign::Clock::now() + std::chrono::seconds(30));
  ASSERT_EQ(stats.findings.size(), 1U);
  const Finding& found = stats.findings.front();
  EXPECT_LE(found.input.ops.size(), 4U) << "a limit of 0 and two packets do";
  const std::string trace = to_trace(found.input, found.difference);
  oracle::TraceReader reader(oracle::read_text(trace), "finding");
  EXPECT_FALSE(oracle::check(reader, {.profile = wrong.profile}, [](const oracle::Divergence&) {}).agrees()) << trace;
}

/// Who notices that a rule is wrong.
using Noticed = std::function<bool(const SoftnetStory&)>;

struct WrongRule {
  std::string name;
  Noticed notices;
};

/// Rules of another release.
constexpr auto wrong_settings = std::to_array<std::string_view>(
    {"time_limit_inclusive=no", "one_poll_per_run=no", "flow_limit_hash_32=no", "has_backlog_drop_reason=no",
     "counts_enqueue_in_total=yes", "budget_in_usecs=no", "process_queue=no", "net.core.dev_weight.minimum=0"});

std::vector<WrongRule> wrong_rules() {
  std::vector<WrongRule> rules;
#define WRONG_RULE(name) \
  rules.push_back({#name, [](const SoftnetStory& story) { return wrong::replay_##name(story).has_value(); }});
#include "softnet_wrong_rules.def"
#undef WRONG_RULE
  for (const auto setting : wrong_settings) {
    const auto named = oracle::profile_named("linux-6.18+" + std::string(setting));
    EXPECT_NE(named.profile, nullptr) << named.error;
    if (named.profile == nullptr) continue;
    rules.push_back({std::string(setting), [profile = named.profile](const SoftnetStory& story) {
                       model::Host<Concrete> host(*profile, story.header.options);
                       return replay(host, story, [](const Op&) { return 0; }).has_value();
                     }});
  }
  return rules;
}

/// Each must be noticed in the same few seconds of campaign.
TEST(SoftnetCampaign, NoticesEveryWrongRule) {
  if (!can_be_asked()) return;
  std::vector<WrongRule> rules = wrong_rules();
  ASSERT_GE(rules.size(), 12U);
  SoftnetTarget kernel;
  Rng rng(1);
  std::vector<Op> program;
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(30);
  while (!rules.empty() && std::chrono::steady_clock::now() < deadline) {
    softnet_cases().draw_case(rng, program);
    const SoftnetStory story = kernel.run(program);
    if (story.disturbance != SoftnetDisturbance::none) continue;
    std::erase_if(rules, [&](const WrongRule& each) { return each.notices(story); });
  }
  for (const WrongRule& each : rules) ADD_FAILURE() << each.name << " was not noticed";
}

}  // namespace
}  // namespace weir::fuzz
