#include "tests/guests/softirq.hpp"

#include <gtest/gtest.h>

#include <array>
#include <chrono>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "fuzz/softnet_target.hpp"
#include "oracle/linear/history.hpp"
#include "oracle/softnet/guest.hpp"
#include "tests/guests/campaign.hpp"
#include "tests/live/softnet_wrong.hpp"

namespace weir::guests {
namespace {

using oracle::SoftnetDisturbance;
using oracle::SoftnetTarget;
using std::chrono::steady_clock;

constexpr auto backstop = std::chrono::seconds(100);

std::shared_ptr<SoftnetTarget> softirq_of(const std::shared_ptr<oracle::LinuxTarget>& guest) {
  return std::make_shared<SoftnetTarget>(oracle::softnet_of_guest(guest), own_profile(*guest));
}

fuzz::CampaignStats campaign_of_softirq(const std::shared_ptr<SoftnetTarget>& softirq, const Profile& profile,
                                        std::uint64_t cases, fuzz::SoftnetEffort& effort) {
  fuzz::Campaign campaign({.seed = 61,
                           .generator = fuzz::softnet_cases(),
                           .profiles = {&profile},
                           .host = softirq->header().options,
                           .max_inputs = cases,
                           .max_findings = 1,
                           .shrink_attempts = 100},
                          fuzz::softnet_target(softirq, effort));
  return campaign.run(steady_clock::now() + backstop);
}

oracle::Linearizable verdict_of(const oracle::History& history) { return oracle::check_history(history, {}).verdict; }

/// \pre at least two were delivered
oracle::History with_two_packets_exchanged(oracle::History history) {
  std::vector<Skb*> delivered;
  for (oracle::Call& each : history.calls)
    if (auto* const polled = std::get_if<outcome::Polled>(&each.seen.outcome); polled != nullptr && polled->work == 1)
      delivered.push_back(&polled->delivered.front());
  std::swap(*delivered.at(0), *delivered.at(1));
  return history;
}

void expect_two_cpus_agree(SoftnetTarget& softirq) {
  ASSERT_EQ(softirq.why_not_steered(), "");
  int histories = 0;
  for (int attempt = 0; attempt < 20 && histories < 3; ++attempt) {
    const auto told = softirq.run_steered(std::array<std::uint32_t, 3>{60, 60, 60}, 20);
    if (told.disturbance != SoftnetDisturbance::none) continue;
    ++histories;
    EXPECT_EQ(verdict_of(told.history), oracle::Linearizable::ok) << to_trace(told.history);
    EXPECT_EQ(verdict_of(with_two_packets_exchanged(told.history)), oracle::Linearizable::illegal);
  }
  EXPECT_EQ(histories, 3);
}

}  // namespace

void expect_softirq_agrees(const std::shared_ptr<oracle::LinuxTarget>& guest, std::uint64_t cases) {
  const auto softirq = softirq_of(guest);
  fuzz::SoftnetEffort effort;
  const auto stats = campaign_of_softirq(softirq, own_profile(*guest), cases, effort);
  expect_none(stats);
  EXPECT_EQ(stats.inputs, cases) << "cut off by the backstop";
  EXPECT_GT(effort.packets, cases * 20);
  EXPECT_LT(effort.thrown_away(), cases / 4) << "too much is thrown away for the rest to mean something";
  const Profile& wrong = own_profile_but(*guest, "has_backlog_drop_reason=no");
  EXPECT_EQ(campaign_of_softirq(softirq, wrong, 500, effort).findings.size(), 1U);
  expect_two_cpus_agree(*softirq);
}

void expect_wrong_softirqs_are_noticed(const std::shared_ptr<oracle::LinuxTarget>& guest) {
  using Noticed = std::function<bool(const oracle::SoftnetStory&)>;
  std::vector<std::pair<std::string, Noticed>> rules;
#define WRONG_RULE(name) \
  rules.emplace_back(#name, [](const auto& story) { return wrong::replay_##name(story).has_value(); });
#include "softnet_wrong_rules.def"
#undef WRONG_RULE
  ASSERT_GE(rules.size(), 10U);
  const auto softirq = softirq_of(guest);
  fuzz::Rng rng(1);
  std::vector<Op> program;
  const auto deadline = steady_clock::now() + backstop;
  while (!rules.empty() && steady_clock::now() < deadline) {
    fuzz::softnet_cases().draw_case(rng, program);
    const oracle::SoftnetStory story = softirq->run(program);
    if (story.disturbance != SoftnetDisturbance::none) continue;
    std::erase_if(rules, [&](const auto& each) { return each.second(story); });
  }
  for (const auto& [name, noticed] : rules) ADD_FAILURE() << name << " was not noticed";
}

}  // namespace weir::guests
