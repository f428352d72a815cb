// Every softnet sequence of length 6 over one CPU, and every one of length 6 over two that steer packets to each other.
//
// Length 6: filling a queue of limit 2 takes three packets, and a drop, a poll and the poll that completes make six.
// Limits 0, 1, 2 are the smallest at which the queue is never empty, holds one, or has a middle. Quotas 1 and 2 end a
// poll before, at and after the last packet; a tick after one packet ends a 2.6.32 poll inside.
#include <gtest/gtest.h>

#include "fuzz/canary.hpp"
#include "fuzz/targets.hpp"
#include "tests/sweep/sequences.hpp"

namespace weir::sweep {
namespace {

constexpr std::size_t length = 6;

std::vector<Op> alphabet() {
  const Cpu cpu{0};
  return {op::NetifRx{cpu, {1}},
          op::NetifRx{cpu, {2}},
          op::ProcessBacklog{cpu, 1, std::nullopt},
          op::ProcessBacklog{cpu, 2, std::nullopt},
          op::ProcessBacklog{cpu, 2, 1},
          op::NetRxAction{cpu, std::nullopt}};
}

/// A dev_weight and a budget of 2 let a run of the softirq end by either, and by neither.
fuzz::Input start(const Profile& kernel, std::int32_t limit) {
  HostOptions options;
  options.cpus = 1;
  options.sysctl = {{Sysctl::netdev_max_backlog, limit}, {Sysctl::dev_weight, 2}, {Sysctl::netdev_budget, 2}};
  return {&kernel, options, {}};
}

TEST(SoftnetSweep, EverySequenceAgrees) {
  for (const Profile* kernel : eras(oracle::Plane::softnet))
    for (const std::int32_t limit : {0, 1, 2}) {
      const auto result = sweep(fuzz::lockfree_target(), start(*kernel, limit), alphabet(), length);
      EXPECT_EQ(result.divergence, "");
      EXPECT_EQ(result.sequences, 46656U);  // 6 ^ 6
    }
}

/// Each CPU sends to the other, one also to itself; interrupts go out with runs of the softirq and with polls.
std::vector<Op> steering_alphabet() {
  const Cpu zero{0}, one{1};
  return {op::NetifRx{zero, {1}, one},
          op::NetifRx{one, {2}, zero},
          op::NetifRx{one, {3}},
          op::NetRxAction{zero, std::nullopt},
          op::NetRxAction{one, std::nullopt},
          op::ProcessBacklog{one, 1, std::nullopt}};
}

// A weight of 0 leaves completed backlogs on poll lists, where an interrupt may find them: six operations are just
// enough for that (a packet, its poll, the poll that completes, a packet from elsewhere, and the interrupt).
TEST(SoftnetSweep, EverySteeredSequenceAgrees) {
  for (const Profile* kernel : eras(oracle::Plane::softnet))
    for (const std::int32_t weight : {2, 0})
      for (const bool threads : {false, true}) {
        if (threads && !kernel->has_backlog_threads) continue;
        HostOptions options;
        options.thread_backlog_napi = threads;
        options.sysctl = {{Sysctl::dev_weight, weight}};
        const auto result = sweep(fuzz::lockfree_target(), {kernel, options, {}}, steering_alphabet(), length);
        EXPECT_EQ(result.divergence, "");
        EXPECT_EQ(result.sequences, 46656U);  // 6 ^ 6
      }
}

TEST(SoftnetSweepMustFail, BacklogLimitOffByOne) {
  for (const Profile* kernel : eras(oracle::Plane::softnet))
    EXPECT_NE(sweep(fuzz::canary_backlog_limit(), start(*kernel, 1), alphabet(), length).divergence, "");
}

}  // namespace
}  // namespace weir::sweep
