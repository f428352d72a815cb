// The softnet plane of lockfree/: what the facts say about each release, by example. That it agrees with the spec on
// everything else is the differential harnesses' job.
#include "lockfree/softnet.hpp"

#include <gtest/gtest.h>

namespace weir::lockfree {
namespace {

class SoftnetTest : public testing::Test {
 protected:
  struct Machine {
    Machine(const Profile& kernel, std::initializer_list<std::pair<Sysctl, std::int32_t>> values)
        : sysctls(kernel, HostOptions{.cpus = 1, .sysctl = values}), softnet(kernel, HostOptions{.cpus = 1}, sysctls) {}
    void receive(std::uint32_t packets) {
      for (std::uint32_t i = 0; i < packets; ++i) softnet.netif_rx({Cpu{}, Skb{i}});
    }
    outcome::ActionRan run(TickAfter tick_after = {}) {
      return std::get<outcome::ActionRan>(softnet.net_rx_action({Cpu{}, tick_after}));
    }
    outcome::SoftnetRow stat() { return std::get<outcome::SoftnetRow>(softnet.softnet_stat({Cpu{}})); }
    /// time_squeeze after all `packets` are delivered.
    std::uint32_t squeezes_for(std::uint32_t packets) {
      receive(packets);
      while (run().rescheduled) {
      }
      return stat().time_squeeze;
    }
    SysctlStore sysctls;
    Softnet softnet;
  };
  const Profile& old_ = releases::linux_2_6_32;
  const Profile& modern_ = releases::linux_6_18;
};

TEST_F(SoftnetTest, UnknownCpu) {
  Machine machine(modern_, {});
  EXPECT_EQ(machine.softnet.netif_rx({Cpu{1}, {}}), Outcome(failed(Errno::einval)));
  EXPECT_EQ(machine.softnet.softnet_stat({Cpu{7}}), Outcome(failed(Errno::einval)));
}

// Measured on 6.18: a burst of 40 packets, by limit.
TEST_F(SoftnetTest, BurstOfFortyByLimit) {
  struct Row {
    std::int32_t limit;
    std::uint32_t dropped;
  };
  for (const Row row :
       {Row{1000, 0}, Row{40, 0}, Row{39, 0}, Row{-1, 0}, Row{10, 29}, Row{2, 37}, Row{1, 38}, Row{0, 39}}) {
    Machine machine(modern_, {{Sysctl::netdev_max_backlog, row.limit}});
    machine.receive(40);
    machine.run();
    EXPECT_EQ(machine.stat().dropped, row.dropped) << row.limit;
    EXPECT_EQ(machine.stat().processed, 40 - row.dropped) << row.limit;
  }
}

// Measured on 6.1: 40 packets by weight and budget.
TEST_F(SoftnetTest, SqueezesByWeightAndBudget) {
  struct Row {
    std::int32_t weight, budget;
    std::uint32_t squeezes;
  };
  for (const Row row : {Row{1, 5, 0}, Row{1, 1, 40}, Row{1, 0, 41}, Row{1, -7, 41}, Row{8, 8, 5}, Row{8, 9, 0},
                        Row{40, 40, 1}, Row{40, 41, 0}}) {
    Machine machine(modern_, {{Sysctl::dev_weight, row.weight}, {Sysctl::netdev_budget, row.budget}});
    EXPECT_EQ(machine.squeezes_for(40), row.squeezes) << row.weight << " " << row.budget;
  }
}

TEST_F(SoftnetTest, OldKernelsCountAPacketTwice) {
  Machine machine(old_, {{Sysctl::netdev_max_backlog, 1}});
  machine.receive(3);
  EXPECT_EQ(machine.stat().processed, 3U);
  machine.run();
  EXPECT_EQ(machine.stat().processed, 5U);
  EXPECT_EQ(machine.stat().dropped, 1U);
  EXPECT_FALSE(machine.stat().received_rps.has_value());
  EXPECT_FALSE(machine.stat().backlog_len.has_value());
}

TEST_F(SoftnetTest, OldPollEndsWhenTheClockMoves) {
  Machine machine(old_, {});
  machine.receive(10);
  const Outcome polled = machine.softnet.process_backlog({Cpu{}, 64, 4});
  EXPECT_EQ(std::get<outcome::Polled>(polled).work, 4);
  EXPECT_FALSE(std::get<outcome::Polled>(polled).complete);
}

TEST_F(SoftnetTest, OldRunLastsLongerThanTwoTicks) {
  Machine machine(old_, {});
  machine.receive(100);
  const outcome::ActionRan ran = machine.run(10);
  EXPECT_EQ(ran.delivered.size(), 30U) << "the third tick is the first one after the limit";
  EXPECT_TRUE(ran.time_squeeze);
  EXPECT_TRUE(ran.rescheduled);
}

TEST_F(SoftnetTest, OldBudgetOfZeroNeverPolls) {
  Machine machine(old_, {{Sysctl::netdev_budget, 0}});
  machine.receive(1);
  EXPECT_EQ(machine.run(), (outcome::ActionRan{{}, true, true}));
}

TEST_F(SoftnetTest, OldWeightOfZeroCrashesOnCompletion) {
  Machine machine(old_, {{Sysctl::dev_weight, 0}});
  machine.receive(1);
  EXPECT_EQ(machine.softnet.net_rx_action({Cpu{}, {}}), Outcome(outcome::Oops{}));
  EXPECT_TRUE(machine.softnet.oopsed());
}

TEST_F(SoftnetTest, OverflowedWeightKeepsACompletedBacklogListed) {
  Machine machine(modern_, {{Sysctl::dev_weight, 65536}, {Sysctl::dev_weight_rx_bias, 65536}});
  machine.receive(1);
  EXPECT_TRUE(machine.run().rescheduled);
  EXPECT_EQ(machine.run(), (outcome::ActionRan{{}, false, true}));
  EXPECT_EQ(machine.softnet.netif_rx({Cpu{}, Skb{2}}), Outcome(outcome::Oops{})) << "it joins the list a second time";
}

TEST_F(SoftnetTest, NothingScheduledNothingHappens) {
  Machine machine(modern_, {{Sysctl::netdev_budget, 0}});
  EXPECT_EQ(machine.run(), outcome::ActionRan{});
  EXPECT_EQ(machine.softnet.process_backlog({Cpu{}, 64, {}}), Outcome(outcome::Polled{}));
}

}  // namespace
}  // namespace weir::lockfree
