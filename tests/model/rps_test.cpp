// Packets steered to other CPUs, backlogs polled by threads, devices that are down, and the columns of softnet_stat.
#include "tests/model/script.hpp"

namespace weir::testing {
namespace {

const Cpu zero{0}, one{1};
const Outcome accepted = outcome::Received{NetRx::success};

class Host : public Script {
 public:
  explicit Host(const char* profile, bool threads = false, std::vector<std::pair<Sysctl, std::int32_t>> sysctl = {})
      : Script(profile, {.cpus = 3, .thread_backlog_napi = threads, .sysctl = std::move(sysctl)}) {}
  Outcome steer(std::uint32_t skb, Cpu from, Cpu to) { return step(op::NetifRx{from, {skb}, to}); }
  outcome::Polled poll(Cpu cpu, std::int32_t quota = 64) {
    return std::get<outcome::Polled>(step(op::ProcessBacklog{cpu, quota, {}}));
  }
  outcome::ActionRan run(Cpu cpu) { return std::get<outcome::ActionRan>(step(op::NetRxAction{cpu, {}})); }
  outcome::SoftnetRow stat(Cpu cpu) { return std::get<outcome::SoftnetRow>(step(op::SoftnetStat{cpu})); }
};

TEST(Rps, TheOtherCpuPollsAfterTheInterrupt) {
  for (const char* profile : {"linux-2.6.35", "linux-3.10", "linux-3.16", "linux-6.18"}) {
    Host host(profile);
    EXPECT_EQ(host.steer(7, zero, one), accepted);
    EXPECT_EQ(host.run(one), outcome::ActionRan{}) << "not on its poll list yet: " << profile;
    EXPECT_EQ(host.poll(one), outcome::Polled{});
    EXPECT_TRUE(host.passed(Clause::RPS_IPI_AWAITED));
    EXPECT_EQ(host.stat(one).received_rps, 0U);
    EXPECT_EQ(host.run(zero), outcome::ActionRan{}) << "sends the interrupt";
    EXPECT_EQ(host.stat(one).received_rps, 1U);
    EXPECT_EQ(host.run(one).delivered, (std::vector<Skb>{{7}}));
  }
}

TEST(Rps, APollSendsTheInterruptToo) {
  Host host(linux_6_18);
  host.steer(1, zero, one);
  host.step(op::NetifRx{zero, {2}});
  EXPECT_EQ(host.poll(zero).work, 1);
  EXPECT_EQ(host.poll(one).delivered, (std::vector<Skb>{{1}}));
}

TEST(Rps, OneInterruptForManyPackets) {
  Host host(linux_6_18);
  for (std::uint32_t i = 0; i < 5; ++i) host.steer(i, zero, one);
  host.step(op::NetifRx{one, {5}});  // its own: it finds SCHED set
  host.steer(6, zero, {2});
  host.run(zero);
  EXPECT_EQ(host.stat(one).received_rps, 1U);
  EXPECT_EQ(host.stat({2}).received_rps, 1U);
  EXPECT_EQ(host.run(one).delivered.size(), 6U);
  EXPECT_EQ(host.run({2}).delivered.size(), 1U);
}

TEST(Rps, TheLimitIsThatOfTheQueueItJoins) {
  Host host(linux_6_18, false, {{Sysctl::netdev_max_backlog, 0}});
  EXPECT_EQ(host.steer(1, zero, one), accepted);
  EXPECT_EQ(host.steer(2, zero, one), Outcome(outcome::Received{NetRx::drop, DropReason::cpu_backlog}));
  EXPECT_EQ(host.stat(one).dropped, 1U);
  EXPECT_EQ(host.stat(zero).dropped, 0U);
}

TEST(Rps, ToItselfIsToItself) {
  Host host(linux_6_18);
  host.steer(1, one, one);
  EXPECT_EQ(host.run(one).delivered.size(), 1U);
  EXPECT_EQ(host.stat(one).received_rps, 0U);
}

TEST(Rps, Before2635ThereIsNone) {
  Host host("linux-2.6.34");
  host.steer(1, zero, one);
  EXPECT_EQ(host.run(zero).delivered, (std::vector<Skb>{{1}}));
  EXPECT_EQ(host.stat(one).processed, 0U);
  EXPECT_TRUE(host.passed(Clause::RPS_NONE));
}

TEST(Rps, UnknownCpu) {
  Host host(linux_6_18);
  EXPECT_EQ(host.steer(1, zero, {3}), Outcome(failed(Errno::einval)));
}

// dev_weight * dev_weight_rx_bias is 0: a completed backlog stays on the poll list.
TEST(Rps, TheInterruptFindsACompletedBacklogListed) {
  for (const bool threads : {false, true}) {
    Host host(linux_6_18, threads, {{Sysctl::dev_weight, 65536}, {Sysctl::dev_weight_rx_bias, 65536}});
    host.step(op::NetifRx{one, {1}});
    host.run(one);
    EXPECT_TRUE(host.run(one).rescheduled);
    EXPECT_EQ(host.steer(2, zero, one), accepted) << "nothing is listed yet";
    const Outcome ran = host.step(op::NetRxAction{zero, {}});
    EXPECT_EQ(ran == Outcome(outcome::Oops{}), !threads);
    EXPECT_EQ(host.passed(Clause::RPS_IPI_DOUBLE_ADD), !threads);
  }
}

TEST(Threads, PollWhatOtherCpusSchedule) {
  Host host(linux_6_18, true);
  host.steer(1, zero, one);
  host.steer(2, zero, one);
  EXPECT_EQ(host.run(one), outcome::ActionRan{}) << "the softirq has nothing to do";
  EXPECT_EQ(host.poll(one, 1), (outcome::Polled{1, false, {{1}}}));
  EXPECT_TRUE(host.passed(Clause::BACKLOG_THREAD));
  EXPECT_EQ(host.run(one), outcome::ActionRan{}) << "a poll that did not complete is repeated by the thread";
  EXPECT_EQ(host.poll(one), (outcome::Polled{1, true, {{2}}}));
  EXPECT_EQ(host.poll(one), outcome::Polled{});
  EXPECT_EQ(host.stat(one).received_rps, 0U);
}

TEST(Threads, NotWhatTheirOwnCpuSchedules) {
  Host host(linux_6_18, true);
  host.step(op::NetifRx{one, {1}});
  host.steer(2, zero, one);
  EXPECT_EQ(host.run(one).delivered.size(), 2U);
  EXPECT_FALSE(host.passed(Clause::RPS_THREAD_WOKEN));
}

TEST(Threads, From610On) {
  for (const auto& [profile, interrupts] : {std::pair{"linux-6.9", 1U}, {"linux-6.10", 0U}}) {
    Host host(profile, true);
    host.steer(1, zero, one);
    host.run(zero);
    EXPECT_EQ(host.stat(one).received_rps, interrupts) << profile;
  }
}

TEST(NotRunning, ByRelease) {
  struct Row {
    const char* profile;
    NetRx ret;
    std::uint32_t dropped;
    std::optional<DropReason> reason;
  };
  for (const Row& row : {Row{"linux-2.6.32", NetRx::success, 0, {}}, Row{"linux-4.1", NetRx::success, 0, {}},
                         Row{"linux-4.2", NetRx::drop, 1, {}}, Row{"linux-5.16", NetRx::drop, 1, {}},
                         Row{"linux-5.17", NetRx::drop, 1, DropReason::not_specified},
                         Row{"linux-6.9", NetRx::drop, 1, DropReason::not_specified},
                         Row{"linux-6.10", NetRx::drop, 0, DropReason::dev_ready}}) {
    Host host(row.profile);
    EXPECT_EQ(host.step(op::NetifRx{zero, {1}, {}, {}, false}), Outcome(outcome::Received{row.ret, row.reason}))
        << row.profile;
    EXPECT_EQ(host.stat(zero).dropped, row.dropped) << row.profile;
    EXPECT_EQ(host.run(zero).delivered.size(), row.ret == NetRx::success ? 1U : 0U);
  }
}

TEST(DropReason, ByRelease) {
  for (const auto& [profile, reason] : {std::pair<const char*, std::optional<DropReason>>{"linux-5.16", {}},
                                        {"linux-5.17", DropReason::not_specified},
                                        {"linux-5.18", DropReason::cpu_backlog},
                                        {"linux-7.1", DropReason::cpu_backlog}}) {
    Host host(profile, false, {{Sysctl::netdev_max_backlog, 0}});
    host.step(op::NetifRx{zero, {1}});
    EXPECT_EQ(host.step(op::NetifRx{zero, {2}}), Outcome(outcome::Received{NetRx::drop, reason})) << profile;
  }
}

TEST(SoftnetStat, ColumnsByRelease) {
  struct Row {
    const char* profile;
    bool collision, rps, flow_limit, length, each_length;
  };
  for (const Row& row :
       {Row{"linux-2.6.34", true, false, false, false, false}, Row{"linux-2.6.35", true, true, false, false, false},
        Row{"linux-3.11", true, true, true, false, false}, Row{"linux-4.7", false, true, true, false, false},
        Row{"linux-5.10", false, true, true, true, false}, Row{"linux-6.4", false, true, true, true, true}}) {
    Host host(row.profile);
    for (std::uint32_t i = 0; i < 3; ++i) host.step(op::NetifRx{one, {i}});
    host.poll(one, 1);
    host.step(op::NetifRx{one, {3}});
    const outcome::SoftnetRow stat = host.stat(one);
    const auto column = [](bool has, std::uint32_t value) { return has ? std::optional(value) : std::nullopt; };
    EXPECT_EQ(stat.cpu_collision, column(row.collision, 0)) << row.profile;
    EXPECT_EQ(stat.received_rps, column(row.rps, 0)) << row.profile;
    EXPECT_EQ(stat.flow_limit, column(row.flow_limit, 0)) << row.profile;
    EXPECT_EQ(stat.backlog_len, column(row.length, 3)) << row.profile;
    EXPECT_EQ(stat.cpu_id, column(row.length, 1)) << row.profile;
    EXPECT_EQ(stat.input_qlen, column(row.each_length, 1)) << row.profile;
    EXPECT_EQ(stat.process_qlen, column(row.each_length, 2)) << row.profile;
    EXPECT_EQ(stat.input_queue_head, column(row.rps, 1)) << row.profile;
    EXPECT_EQ(stat.input_queue_tail, column(row.rps, 4)) << row.profile;
  }
}

}  // namespace
}  // namespace weir::testing
