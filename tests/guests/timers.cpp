#include <gtest/gtest.h>

#include <utility>
#include <vector>

#include "fuzz/linux_target.hpp"
#include "fuzz/report.hpp"
#include "fuzz/slow_lane.hpp"
#include "tests/guests/campaign.hpp"
#include "tests/guests/softirq.hpp"

namespace weir::guests {
namespace {

using fuzz::SlowLane;
using fuzz::TimerCase;

fuzz::SlowLaneOptions options_of(const std::shared_ptr<oracle::LinuxTarget>& guest, const Profile& profile) {
  const fuzz::LinuxQuestions questions(guest, own_profile(*guest));
  return {.seed = 61, .profile = &profile, .max_findings = 1, .supported = questions.also_in_time()};
}

/// Those that take a minute or more, and drawn ones.
std::vector<TimerCase> cases_for(const fuzz::SlowLaneOptions& options, std::uint64_t count) {
  fuzz::TimerCases drawn(options.seed, *options.profile, options.supported);
  std::vector<TimerCase> cases;
  while (cases.size() < count) cases.push_back(drawn.next(std::chrono::minutes(10)).value());
  return cases;
}

}  // namespace

void expect_timers_agree(const std::shared_ptr<oracle::LinuxTarget>& guest, std::uint64_t cases) {
  const auto options = options_of(guest, own_profile(*guest));
  const fuzz::SlowEffort effort = SlowLane(guest, options).run(cases_for(options, cases));
  for (const fuzz::Finding& each : effort.findings)
    ADD_FAILURE() << to_sentence(each.difference) << "\n" << to_trace(each.input, each.difference);
  EXPECT_GE(effort.cases, cases - 2) << "too many were late";
  for (const Clause each : {Clause::TIME_WAIT_OVER, Clause::FIN_WAIT2_OVER, Clause::COOKIE_OLD, Clause::TIMER_RESEND})
    EXPECT_TRUE(effort.covered.contains(each)) << info(each).name;
  const auto wrong = options_of(guest, own_profile_but(*guest, "first_synack_timeout_s=3"));
  EXPECT_EQ(SlowLane(guest, wrong).run(cases_for(wrong, 12)).findings.size(), 1U);
}

}  // namespace weir::guests
