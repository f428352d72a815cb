// The slow lane: what the kernel's timers do, as traces and drawn at random.
#include <gtest/gtest.h>

#include <chrono>
#include <map>
#include <span>
#include <stop_token>
#include <string>
#include <thread>

#include "fuzz/report.hpp"
#include "fuzz/slow_lane.hpp"
#include "tests/live/trace_case.hpp"
#include "tests/live/wrong_timer.hpp"

namespace weir::fuzz {
namespace {

using oracle::LinuxTarget;
using std::chrono::milliseconds;
using std::chrono::seconds;

const Profile& kernel = releases::linux_6_18;

TimerCase asked(std::vector<Op> ops) {
  Input input{&kernel, {}, std::move(ops)};
  TimedQuestion question = timed_question(input, LinuxTarget::supported_slowly);
  return {std::move(input), std::move(question)};
}

void expect_agreement(const SlowEffort& effort) {
  for (const Finding& each : effort.findings)
    ADD_FAILURE() << to_sentence(each.difference) << "\n" << to_trace(each.input, each.difference);
}

TEST(SlowTraces, HoldInTheModel) {
  for (const auto& trace : live::traces_in("slow"))
    EXPECT_EQ(live::disagreement(trace, live::answers_of_model(trace)), "");
}

TEST(SlowTraces, AreSteady) {
  for (const auto& trace : live::traces_in("slow")) EXPECT_TRUE(asked(trace.ops).second.steady) << trace.file;
  for (const auto& ops : chosen_timer_cases())
    EXPECT_TRUE(asked(ops).second.steady) << "of " << asked(ops).second.length.count() << " ms";
}

/// The twins: cases that a kernel's lateness may decide.
TEST(SlowCases, UnsteadyOnesAreKnown) {
  const auto steady = [](std::initializer_list<Op> rest) {
    std::vector<Op> ops{op::Socket{{}, Family::inet, SockType::stream}, op::Bind{{3}, any_address, 8080},
                        op::Listen{{3}, 5}};
    ops.insert(ops.end(), rest.begin(), rest.end());
    return asked(std::move(ops)).second.steady;
  };
  const auto after = [](std::uint32_t ms) { return Op(op::Advance{{ms}}); };
  const Op syn = op::Segment{{}, {0xc000020a, 1}, {0xc0000201, 8080}, Flags::s, 0};
  EXPECT_TRUE(steady({syn, after(900)}));
  EXPECT_FALSE(steady({syn, after(960)})) << "the timer is due 40 ms later";
  EXPECT_FALSE(steady({syn, after(1050)})) << "it was due 50 ms ago";
  EXPECT_TRUE(steady({syn, after(1200)}));
  EXPECT_FALSE(steady({syn, syn, after(495), syn})) << "the answer turns on 500 ms";
  EXPECT_TRUE(steady({syn, syn, after(400), syn}));
}

/// Seen on 6.18: the SYN-ACK that comes again after 3 s came 32 ms before the SYNs that do, and its client took the
/// place that one of those has in the model.
TEST(SlowCases, WhatTheWheelMayTurnRoundIsKnown) {
  std::vector<Op> ops{op::SysctlWrite{{}, Sysctl::tcp_synack_retries, "3"},
                      op::Socket{{}, Family::inet, SockType::stream}, op::Bind{{3}, any_address, 8080},
                      op::Listen{{3}, 1}};
  for (Fd client{4}; client.label <= 8; ++client.label) {
    ops.push_back(op::Socket{{}, Family::inet, SockType::stream});
    if (client.label == 5) ops.push_back(op::Setsockopt{client, SockOpt::tcp_defer_accept, 1});
    ops.push_back(op::Connect{client, loopback, 8080});
  }
  ops.insert(ops.end(), {op::Advance{{2250}}, op::Shutdown{{5}, How::wr}, op::Advance{{650}}});
  EXPECT_TRUE(asked(ops).second.steady) << "nothing that comes together turns on who is first";
  ops.insert(ops.end(), {op::Close{{4}}, op::Accept{{3}}, op::Advance{{2100}}, op::Netstat{}});
  EXPECT_FALSE(asked(ops).second.steady);
}

/// What the model answers to them is what they say (above).
TEST(SlowTraces, HoldInTheKernel) {
  std::vector<TimerCase> cases;
  for (const auto& trace : live::traces_in("slow")) cases.push_back(asked(trace.ops));
  const std::size_t count = cases.size();
  SlowLane lane(count, {.profile = &kernel});
  const SlowEffort effort = lane.run(std::move(cases));
  expect_agreement(effort);
  EXPECT_EQ(effort.cases, count) << "the machine was too busy for the others";
}

TEST(SlowLane, StopsWhenItIsAskedTo) {
  SlowLane lane(8, {.seed = 7, .profile = &kernel});
  std::stop_source stop;
  SlowEffort effort;
  const auto started = SlowLane::Clock::now();
  std::jthread other([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(500));
    stop.request_stop();
  });
  lane.run(started + seconds(60), effort, stop.get_token());
  EXPECT_LT(SlowLane::Clock::now() - started, seconds(10));
}

TEST(SlowLane, DrawsCasesThatAgree) {
  SlowLane lane(24, {.seed = 618, .profile = &kernel});
  const SlowEffort effort = lane.run(SlowLane::Clock::now() + seconds(5));
  expect_agreement(effort);
  EXPECT_GT(effort.cases, 10U);
}

/// A wrong rule is noticed by a case that the kernel and the model agree on.
TEST(SlowLaneMustFail, WrongTimerRulesAreNoticed) {
  using Answers = std::vector<Outcome> (*)(std::span<const Op>);
  std::map<std::string, Answers> unnoticed;
#define WEIR_LIST(name) unnoticed.emplace(#name, wrong_timer::answers_of_##name);
  WEIR_WRONG_TIMERS(WEIR_LIST)
#undef WEIR_LIST
  const auto notice = [&](const TimedQuestion& question, const std::vector<Outcome>&) {
    std::erase_if(unnoticed, [&](const auto& each) { return first_difference(question, each.second(question.ops)); });
  };
  SlowLane lane(32, {.seed = 4, .profile = &kernel, .agreed = notice});
  const auto deadline = SlowLane::Clock::now() + seconds(60);  // half of it on an idle machine
  while (!unnoticed.empty() && SlowLane::Clock::now() < deadline)
    expect_agreement(lane.run(std::min(deadline, SlowLane::Clock::now() + seconds(10))));
  for (const auto& [name, answers] : unnoticed) ADD_FAILURE() << name << " was not noticed in a minute";
}

}  // namespace
}  // namespace weir::fuzz
