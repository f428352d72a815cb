// A mark for each clause of the softnet plane.
#include "tests/marks/marks.hpp"

namespace weir::marks {
namespace {

constexpr Cpu cpu{};

void set(Script& host, Sysctl id, const std::string& value) {
  EXPECT_EQ(host.write(id, value), std::to_string(value.size()));
}

/// \return how many were dropped, for whatever reason
int arrive(Script& host, int packets) {
  int dropped = 0;
  for (int i = 0; i < packets; ++i) {
    const Outcome answer = host.step(op::NetifRx{cpu, Skb{static_cast<std::uint32_t>(i)}});
    dropped += std::get<outcome::Received>(answer).ret == NetRx::drop;
  }
  return dropped;
}
outcome::Polled poll(Script& host, std::int32_t quota, std::optional<std::uint32_t> tick_after = {}) {
  return std::get<outcome::Polled>(host.step(op::ProcessBacklog{cpu, quota, tick_after}));
}
outcome::ActionRan run_softirq(Script& host, std::optional<std::uint32_t> tick_after = {}) {
  return std::get<outcome::ActionRan>(host.step(op::NetRxAction{cpu, tick_after}));
}

COVERS(CPU_UNKNOWN, linux_6_18) { EXPECT_EQ(host.step(op::NetifRx{Cpu{64}, Skb{}}), Outcome(failed(Errno::einval))); }
COVERS(JIFFIES_TICK, linux_6_18) { host.step(op::Tick{}); }
COVERS(ENQUEUE_LIMIT, linux_6_18) {
  set(host, Sysctl::netdev_max_backlog, "1");
  EXPECT_EQ(arrive(host, 4), 2);
}
COVERS(ENQUEUE_ADMIT, linux_6_18) {
  set(host, Sysctl::netdev_max_backlog, "-1");
  EXPECT_EQ(arrive(host, 2000), 0);
}
COVERS(ENQUEUE_SCHEDULE, linux_6_18) {
  arrive(host, 1);
  EXPECT_EQ(run_softirq(host).delivered.size(), 1U);
}
COVERS(ENQUEUE_ALREADY, linux_6_18) {
  arrive(host, 1);
  EXPECT_FALSE(poll(host, 1).complete);
  arrive(host, 1);
  EXPECT_EQ(poll(host, 64).work, 1);
}
COVERS(ENQUEUE_DOUBLE_ADD, "linux-3.19") {
  set(host, Sysctl::dev_weight, "0");
  arrive(host, 1);
  run_softirq(host);  // with the old weight
  arrive(host, 1);
  for (int i = 0; i < 2; ++i) run_softirq(host);
  EXPECT_EQ(host.step(op::NetifRx{cpu, Skb{}}), Outcome(outcome::Oops{}));
}
COVERS(BACKLOG_IDLE, linux_6_18) { EXPECT_EQ(poll(host, 64), (outcome::Polled{0, false, {}})); }
COVERS(BACKLOG_WEIGHT, linux_6_18) {
  set(host, Sysctl::dev_weight, "1");
  arrive(host, 2);
  EXPECT_EQ(run_softirq(host).delivered.size(), 2U) << "the first poll has the old weight";
  arrive(host, 2);
  EXPECT_EQ(run_softirq(host).delivered.size(), 1U);
}
COVERS(BACKLOG_SPLICE, linux_6_18) {
  set(host, Sysctl::netdev_max_backlog, "1");
  arrive(host, 2);
  poll(host, 1);
  EXPECT_EQ(arrive(host, 2), 0) << "the private queue does not count";
}
COVERS(BACKLOG_DELIVER, linux_6_18) {
  arrive(host, 2);
  EXPECT_EQ(poll(host, 64).delivered, (std::vector<Skb>{{0}, {1}}));
}
COVERS(BACKLOG_COMPLETE, linux_6_18) {
  arrive(host, 1);
  EXPECT_TRUE(poll(host, 64).complete);
}
COVERS(BACKLOG_COMPLETE_EARLY, "linux-3.10") {
  arrive(host, 2);
  EXPECT_EQ(poll(host, 64), (outcome::Polled{2, true, {{0}, {1}}}));
}
COVERS(BACKLOG_NO_QUOTA, "linux-3.10") {
  arrive(host, 1);
  EXPECT_EQ(poll(host, 0), (outcome::Polled{0, false, {}}));
}
COVERS(BACKLOG_QUOTA, linux_6_18) {
  arrive(host, 2);
  EXPECT_EQ(poll(host, -5), (outcome::Polled{1, false, {{0}}}));
}
COVERS(BACKLOG_CLOCK, linux_2_6_32) {
  arrive(host, 3);
  EXPECT_EQ(poll(host, 64, 1), (outcome::Polled{1, false, {{0}}}));
}
COVERS(NETRX_NOTHING, linux_6_18) { EXPECT_EQ(run_softirq(host), (outcome::ActionRan{{}, false, false})); }
COVERS(NETRX_SQUEEZE_BUDGET, linux_2_6_32) {
  set(host, Sysctl::netdev_budget, "0");
  arrive(host, 1);
  EXPECT_EQ(run_softirq(host), (outcome::ActionRan{{}, true, true}));
}
COVERS(NETRX_SQUEEZE_TIME, linux_6_18) {
  arrive(host, 3);
  EXPECT_TRUE(run_softirq(host, 1).time_squeeze);
}
COVERS(NETRX_FULL_WEIGHT, linux_6_18) {
  arrive(host, 64);
  EXPECT_EQ(run_softirq(host).rescheduled, true);
}
COVERS(NETRX_LIST_CORRUPTED, linux_2_6_32) {
  set(host, Sysctl::dev_weight, "0");
  arrive(host, 1);
  run_softirq(host);
  arrive(host, 1);
  EXPECT_EQ(host.step(op::NetRxAction{cpu, {}}), Outcome(outcome::Oops{}));
}
COVERS(NETRX_SPINS, "linux-3.10") {
  set(host, Sysctl::dev_weight, "0");
  arrive(host, 1);
  run_softirq(host);
  arrive(host, 1);
  EXPECT_EQ(run_softirq(host), (outcome::ActionRan{{}, true, true}));
}
COVERS(NETRX_REPOLL_COMPLETED, linux_6_18) {
  set(host, Sysctl::dev_weight, "65536");
  set(host, Sysctl::dev_weight_rx_bias, "65536");
  arrive(host, 1);
  run_softirq(host);
  arrive(host, 1);
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(run_softirq(host).rescheduled);
}
COVERS(NETRX_RAISE, linux_6_18) {
  set(host, Sysctl::netdev_budget, "1");
  arrive(host, 65);
  EXPECT_TRUE(run_softirq(host).rescheduled);
}
COVERS(SOFTNET_STAT_ROW, linux_6_18) {
  arrive(host, 3);
  EXPECT_EQ(std::get<outcome::SoftnetRow>(host.step(op::SoftnetStat{cpu})).backlog_len, 3U);
}

}  // namespace
}  // namespace weir::marks
