// A mark for each clause of steering, of backlog threads, of the flow limit and of the reasons for drops.
#include "tests/marks/marks.hpp"

namespace weir::marks {
namespace {

constexpr Cpu zero{0}, one{1};
constexpr FlowHash some_flow{4711};

/// Starts the host anew, with these options.
void boot(Script& host, const HostOptions& options) { host.host = model::Host<Recorded>(host.host.kernel(), options); }
void boot_with_threads(Script& host) { boot(host, {.thread_backlog_napi = true}); }

/// A host whose input queues have that limit, with a flow limit on CPU 0.
void flow_limited(Script& host, std::int32_t netdev_max_backlog, const char* table_len = "4096") {
  boot(host, {.sysctl = {{Sysctl::netdev_max_backlog, netdev_max_backlog}}});
  host.write(Sysctl::flow_limit_table_len, table_len);
  EXPECT_EQ(host.write(Sysctl::flow_limit_cpu_bitmap, "1"), "1");
}

Outcome steer(Script& host, std::uint32_t skb, Cpu from, Cpu to) { return host.step(op::NetifRx{from, {skb}, to}); }
outcome::ActionRan run_softirq(Script& host, Cpu cpu) {
  return std::get<outcome::ActionRan>(host.step(op::NetRxAction{cpu, {}}));
}
outcome::Polled poll(Script& host, Cpu cpu, std::int32_t quota) {
  return std::get<outcome::Polled>(host.step(op::ProcessBacklog{cpu, quota, {}}));
}
outcome::SoftnetRow stat(Script& host, Cpu cpu) {
  return std::get<outcome::SoftnetRow>(host.step(op::SoftnetStat{cpu}));
}

Outcome from_stopped_device(Script& host) { return host.step(op::NetifRx{zero, {1}, {}, {}, false}); }

/// What answers the packet after the one that a limit of 0 admits.
Outcome beyond_the_limit(Script& host) {
  host.write(Sysctl::netdev_max_backlog, "0");
  host.step(op::NetifRx{zero, {1}});
  return host.step(op::NetifRx{zero, {2}});
}

/// \return how many of that many packets of one flow CPU 0 accepts
int burst(Script& host, int packets, FlowHash flow = some_flow) {
  int accepted = 0;
  for (int i = 0; i < packets; ++i)
    accepted += host.step(op::NetifRx{zero, {static_cast<std::uint32_t>(i)}, {}, flow}) ==
                Outcome(outcome::Received{NetRx::success});
  return accepted;
}

COVERS(RPS_NONE, "linux-2.6.34") {
  steer(host, 7, zero, one);
  EXPECT_EQ(run_softirq(host, zero).delivered, (std::vector<Skb>{{7}}));
}
COVERS(RPS_STAYS, linux_6_18) {
  steer(host, 7, one, one);
  EXPECT_EQ(run_softirq(host, one).delivered, (std::vector<Skb>{{7}}));
  EXPECT_EQ(stat(host, one).received_rps, 0U);
}
COVERS(RPS_STEERED, linux_6_18) {
  steer(host, 7, zero, one);
  EXPECT_EQ(stat(host, zero).backlog_len, 0U);
  EXPECT_EQ(stat(host, one).backlog_len, 1U);
}
COVERS(RPS_IPI_QUEUED, linux_6_18) {
  steer(host, 7, zero, one);
  EXPECT_EQ(run_softirq(host, one), outcome::ActionRan{}) << "on no poll list yet";
}
COVERS(RPS_IPI_AWAITED, linux_6_18) {
  steer(host, 7, zero, one);
  EXPECT_EQ(poll(host, one, 64), outcome::Polled{});
}
COVERS(RPS_IPI, linux_6_18) {
  steer(host, 7, zero, one);
  run_softirq(host, zero);
  EXPECT_EQ(stat(host, one).received_rps, 1U);
  EXPECT_EQ(run_softirq(host, one).delivered, (std::vector<Skb>{{7}}));
}
COVERS(RPS_IPI_DOUBLE_ADD, linux_6_18) {
  boot(host, {.sysctl = {{Sysctl::dev_weight, 65536}, {Sysctl::dev_weight_rx_bias, 65536}}});  // their product is 0
  host.step(op::NetifRx{one, {1}});
  for (int i = 0; i < 2; ++i) run_softirq(host, one);
  steer(host, 2, zero, one);
  EXPECT_EQ(host.step(op::NetRxAction{zero, {}}), Outcome(outcome::Oops{}));
}
COVERS(RPS_THREAD_WOKEN, linux_6_18) {
  boot_with_threads(host);
  steer(host, 7, zero, one);
  run_softirq(host, zero);
  EXPECT_EQ(stat(host, one).received_rps, 0U);
  EXPECT_EQ(run_softirq(host, one), outcome::ActionRan{}) << "the thread's, not the softirq's";
}
COVERS(BACKLOG_THREAD, linux_6_18) {
  boot_with_threads(host);
  steer(host, 7, zero, one);
  EXPECT_EQ(poll(host, one, 64), (outcome::Polled{1, true, {{7}}}));
}

COVERS(ENQUEUE_NOT_RUNNING_QUEUED, "linux-4.1") {
  EXPECT_EQ(from_stopped_device(host), Outcome(outcome::Received{NetRx::success}));
  EXPECT_EQ(run_softirq(host, zero).delivered, (std::vector<Skb>{{1}}));
}
COVERS(ENQUEUE_NOT_RUNNING_COUNTED, "linux-4.4") {
  EXPECT_EQ(from_stopped_device(host), Outcome(outcome::Received{NetRx::drop}));
  EXPECT_EQ(stat(host, zero).dropped, 1U);
}
COVERS(ENQUEUE_NOT_RUNNING, linux_6_18) {
  from_stopped_device(host);
  EXPECT_EQ(stat(host, zero).dropped, 0U);
  EXPECT_EQ(stat(host, zero).backlog_len, 0U);
}
COVERS(DROP_NOT_SPECIFIED, "linux-5.17") {
  EXPECT_EQ(beyond_the_limit(host), Outcome(outcome::Received{NetRx::drop, DropReason::not_specified}));
}
COVERS(DROP_CPU_BACKLOG, linux_6_18) {
  EXPECT_EQ(beyond_the_limit(host), Outcome(outcome::Received{NetRx::drop, DropReason::cpu_backlog}));
}
COVERS(DROP_DEV_READY, linux_6_18) {
  EXPECT_EQ(from_stopped_device(host), Outcome(outcome::Received{NetRx::drop, DropReason::dev_ready}));
}

COVERS(FLOW_LIMIT_SLEEPS, linux_6_18) {
  flow_limited(host, 200);
  EXPECT_EQ(burst(host, 100), 100) << "all of one flow, and less than half is full";
}
COVERS(FLOW_LIMIT_WITHIN, linux_6_18) {
  flow_limited(host, 0);
  EXPECT_EQ(burst(host, 1), 1) << "half of 0 is reached at once, and 1 is within 64";
}
COVERS(FLOW_LIMIT_DROP, linux_6_18) {
  flow_limited(host, 200);
  EXPECT_EQ(burst(host, 199), 164) << "100 before anybody asks, then 64";
  EXPECT_EQ(stat(host, zero).flow_limit, 35U);
}
COVERS(FLOW_LIMIT_OUT_OF_TABLE, linux_6_18) {
  flow_limited(host, 0, "1");
  EXPECT_EQ(host.step(op::NetifRx{zero, {1}, {}, some_flow}), Outcome(outcome::Oops{}));
}
COVERS(FLOW_LIMIT_TABLE, linux_6_18) {
  flow_limited(host, 200);
  burst(host, 199);
  EXPECT_EQ(host.write(Sysctl::flow_limit_cpu_bitmap, "3"), "1");
  EXPECT_EQ(stat(host, zero).flow_limit, 35U) << "the table that it has, it keeps";
}
COVERS(FLOW_LIMIT_TABLE_FREED, linux_6_18) {
  flow_limited(host, 200);
  burst(host, 199);
  EXPECT_EQ(host.write(Sysctl::flow_limit_cpu_bitmap, "0"), "1");
  EXPECT_EQ(stat(host, zero).flow_limit, 0U) << "the count is gone with the table";
}
COVERS(FLOW_LIMIT_NO_MEMORY, linux_6_18) {
  host.write(Sysctl::flow_limit_table_len, "4194304");
  EXPECT_EQ(host.write(Sysctl::flow_limit_cpu_bitmap, "1"), "ENOMEM");
  EXPECT_EQ(host.read(Sysctl::flow_limit_cpu_bitmap), "0\n");
}

}  // namespace
}  // namespace weir::marks
