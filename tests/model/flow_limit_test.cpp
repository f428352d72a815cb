// The flow limit. Figures as measured on 6.18 (facts D5) or worked out from the sources.
#include "tests/model/script.hpp"

namespace weir::testing {
namespace {

class FlowLimited : public Script {
 public:
  explicit FlowLimited(const char* profile, std::int32_t limit = 200, const char* cpus = "1")
      : Script(profile, {.cpus = 2, .sysctl = {{Sysctl::netdev_max_backlog, limit}}}) {
    write(Sysctl::flow_limit_cpu_bitmap, cpus);
  }
  /// \return how many were accepted
  std::uint32_t burst(std::uint32_t packets, std::uint32_t flow, std::uint32_t cpu = 0, Steered to = {}) {
    std::uint32_t accepted = 0;
    for (std::uint32_t i = 0; i < packets; ++i)
      if (step(op::NetifRx{{cpu}, {i}, to, {flow}}) == Outcome(outcome::Received{NetRx::success})) ++accepted;
    return accepted;
  }
  void drain(std::uint32_t cpu = 0) {
    while (std::get<outcome::ActionRan>(step(op::NetRxAction{{cpu}, {}})).rescheduled) {
    }
  }
  outcome::SoftnetRow stat(std::uint32_t cpu = 0) {
    return std::get<outcome::SoftnetRow>(step(op::SoftnetStat{{cpu}}));
  }
};

TEST(FlowLimit, AsMeasuredOn618) {
  FlowLimited host(linux_6_18);
  EXPECT_EQ(host.burst(199, 4711), 164U) << "100 until half is full, then 64";
  EXPECT_EQ(host.stat().flow_limit, 35U);
  EXPECT_EQ(host.stat().dropped, 35U);
  host.drain();
  EXPECT_EQ(host.burst(199, 4711), 100U) << "the history outlives the burst";
  EXPECT_EQ(host.stat().flow_limit, 134U);

  FlowLimited without(linux_6_18, 200, "0");
  EXPECT_EQ(without.burst(300, 4711), 201U);
  EXPECT_EQ(without.stat().flow_limit, 0U);
}

TEST(FlowLimit, OtherFlowsPass) {
  FlowLimited host(linux_6_18);
  host.burst(199, 4711);
  EXPECT_EQ(host.burst(30, 815), 30U);
}

TEST(FlowLimit, APacketWithoutAFlowIsNotLimitedWhileTheHistoryIsYoung) {
  FlowLimited host(linux_6_18);
  EXPECT_EQ(host.burst(300, 0), 201U) << "each counts out one of the zeros that the history began with";
}

TEST(FlowLimit, AskedFromHalfOn) {
  for (const auto& [limit, accepted] : {std::pair{0, 1U}, {1, 2U}, {-1, 300U}, {1000, 300U}, {300, 214U}}) {
    FlowLimited host(linux_6_18, limit);
    EXPECT_EQ(host.burst(300, 4711), accepted) << limit;
  }
}

TEST(FlowLimit, TheTableIsOfTheCpuThatReceivesTheQueueOfTheOneThatGets) {
  FlowLimited host(linux_6_18, 200, "1");
  EXPECT_EQ(host.burst(199, 4711, 1), 199U) << "CPU 1 did not ask for it";
  EXPECT_EQ(host.burst(60, 4711, 0), 60U) << "CPU 0's own queue is short";
  EXPECT_EQ(host.burst(1, 4711, 0, Cpu{1}), 1U) << "the one that brings the other queue to 200";
  EXPECT_EQ(host.burst(1, 4711, 0, Cpu{1}), 1U) << "and to 201";
  EXPECT_EQ(host.burst(1, 4711, 0, Cpu{1}), 0U);
  EXPECT_EQ(host.stat(0).flow_limit, 0U) << "that was the limit, which is asked first";
  EXPECT_EQ(host.stat(1).dropped, 1U);
}

TEST(FlowLimit, CountedWithTheReceiverDroppedFromTheQueue) {
  FlowLimited host(linux_6_18, 200, "1");
  EXPECT_EQ(host.burst(199, 4711, 0, Cpu{1}), 164U);
  EXPECT_EQ(host.stat(0).flow_limit, 35U);
  EXPECT_EQ(host.stat(0).dropped, 0U);
  EXPECT_EQ(host.stat(1).flow_limit, 0U);
  EXPECT_EQ(host.stat(1).dropped, 35U);
}

TEST(FlowLimit, TheTableKeepsItsLengthAndTakesItsCountAlong) {
  FlowLimited host("linux-6.14");
  host.write(Sysctl::flow_limit_table_len, "1");
  host.burst(199, 4711);
  EXPECT_EQ(host.burst(1, 4712), 1U) << "the table has 4096 buckets as before";
  host.write(Sysctl::flow_limit_cpu_bitmap, "1");
  EXPECT_EQ(host.stat().flow_limit, 35U);
  host.write(Sysctl::flow_limit_cpu_bitmap, "0");
  EXPECT_EQ(host.stat().flow_limit, 0U);
  host.drain();
  host.write(Sysctl::flow_limit_cpu_bitmap, "1");
  EXPECT_EQ(host.burst(199, 4711), 199U) << "one bucket: as if no packet had a flow";
}

TEST(FlowLimit, HashByRelease) {
  // 1 and 4097 have the same low twelve bits, and other high bits after the multiplication.
  for (const auto& [profile, accepted] : {std::pair{"linux-6.15", 0U}, {"linux-6.16", 30U}}) {
    FlowLimited host(profile);
    host.burst(199, 1);
    EXPECT_EQ(host.burst(30, 4097), accepted) << profile;
  }
}

TEST(FlowLimit, AOneBucketTableIsLeftFrom616On) {
  for (const auto& [profile, crashes] : {std::pair{"linux-6.15", false}, {"linux-6.16", true}}) {
    FlowLimited host(profile, 0, "0");
    host.write(Sysctl::flow_limit_table_len, "1");
    host.write(Sysctl::flow_limit_cpu_bitmap, "1");
    EXPECT_EQ(host.burst(1, 0), 1U) << "0 times anything";
    host.drain();
    EXPECT_EQ(host.step(op::NetifRx{{0}, {1}, {}, {1}}) == Outcome(outcome::Oops{}), crashes) << profile;
    EXPECT_EQ(host.passed(Clause::FLOW_LIMIT_OUT_OF_TABLE), crashes);
  }
}

// The history has 16 bits: a bucket above is counted in, never out, and wraps after 255.
TEST(FlowLimit, LargeTablesForgetToCountOut) {
  FlowLimited host("linux-6.14", 1, "0");
  host.write(Sysctl::flow_limit_table_len, "131072");
  host.write(Sysctl::flow_limit_cpu_bitmap, "1");
  std::uint32_t accepted = 0;
  for (int i = 0; i < 300; ++i) {
    accepted += host.burst(1, 65536);
    host.drain();
  }
  EXPECT_EQ(accepted, 300U - (255 - 64));
}

TEST(FlowLimit, NoMemoryForATableOf4MiB) {
  FlowLimited host(linux_6_18, 200, "1");
  host.write(Sysctl::flow_limit_table_len, "4194304");
  EXPECT_EQ(host.write(Sysctl::flow_limit_cpu_bitmap, "3"), "ENOMEM");
  EXPECT_EQ(host.read(Sysctl::flow_limit_cpu_bitmap), "1\n") << "CPU 0 has its table already";
  EXPECT_EQ(host.write(Sysctl::flow_limit_cpu_bitmap, "2"), "ENOMEM");
  EXPECT_EQ(host.read(Sysctl::flow_limit_cpu_bitmap), "0\n") << "what was done for CPU 0 stays done";
  host.write(Sysctl::flow_limit_table_len, "2097152");
  EXPECT_EQ(host.write(Sysctl::flow_limit_cpu_bitmap, "2"), "1");
}

TEST(FlowLimit, FromTheHeader) {
  Script host(linux_6_18, {.cpus = 2,
                           .sysctl = {{Sysctl::netdev_max_backlog, 0},
                                      {Sysctl::flow_limit_cpu_bitmap, 2},
                                      {Sysctl::flow_limit_table_len, 16}}});
  EXPECT_EQ(host.read(Sysctl::flow_limit_cpu_bitmap), "2\n");
  Script before("linux-3.10",
                {.cpus = 2, .sysctl = {{Sysctl::netdev_max_backlog, 0}, {Sysctl::flow_limit_cpu_bitmap, 1}}});
  before.step(op::NetifRx{{0}, {1}, {}, {1}});
  EXPECT_FALSE(before.passed(Clause::FLOW_LIMIT_WITHIN)) << "no such thing yet";
}

}  // namespace
}  // namespace weir::testing
