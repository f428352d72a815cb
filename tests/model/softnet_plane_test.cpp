// The softnet plane. Figures as measured (facts D5: 40 packets released at once) or read from the sources (B3, B6, B7).
#include "tests/model/script.hpp"

namespace weir::testing {
namespace {

constexpr std::uint32_t burst = 40;

std::uint32_t enqueue(Script& host, std::uint32_t packets) {
  std::uint32_t accepted = 0;
  for (std::uint32_t i = 0; i < packets; ++i)
    if (host.step(op::NetifRx{{0}, {i}}) == Outcome(outcome::Received{NetRx::success})) ++accepted;
  return accepted;
}

outcome::Polled poll(Script& host, std::int32_t quota, TickAfter tick_after = {}) {
  return std::get<outcome::Polled>(host.step(op::ProcessBacklog{{0}, quota, tick_after}));
}

outcome::SoftnetRow stat(Script& host) { return std::get<outcome::SoftnetRow>(host.step(op::SoftnetStat{{0}})); }

TEST(Softnet, CapacityIsLimitPlusOne) {
  const std::pair<std::int32_t, std::uint32_t> table[] = {
      {1000, 40}, {40, 40}, {39, 40}, {-1, 40}, {std::numeric_limits<std::int32_t>::min(), 40},
      {10, 11},   {2, 3},   {1, 2},   {0, 1}};
  for (const char* profile : {linux_2_6_32, linux_6_18}) {
    for (const auto& [limit, delivered] : table) {
      Script host(profile, {.cpus = 1, .sysctl = {{Sysctl::netdev_max_backlog, limit}}});
      EXPECT_EQ(enqueue(host, burst), delivered) << limit;
      EXPECT_EQ(stat(host).dropped, burst - delivered);
    }
  }
}

/// Runs the softirq until nothing is scheduled; \return how often it was squeezed.
std::uint32_t squeezes(const char* profile, std::int32_t weight, std::int32_t budget, std::uint32_t& delivered) {
  Script host(profile, {.cpus = 1, .sysctl = {{Sysctl::dev_weight, weight}, {Sysctl::netdev_budget, budget}}});
  enqueue(host, burst);
  delivered = 0;
  for (int run = 0; run < 200; ++run) {
    const auto ran = std::get<outcome::ActionRan>(host.step(op::NetRxAction{{0}, {}}));
    delivered += static_cast<std::uint32_t>(ran.delivered.size());
    if (!ran.rescheduled) break;
  }
  return stat(host).time_squeeze;
}

TEST(Softnet, SqueezesByWeightAndBudget) {
  struct Row {
    std::int32_t weight, budget;
    std::uint32_t squeezes;
  };
  for (const Row row : {Row{1, 5, 0}, Row{1, 1, 40}, Row{1, 0, 41}, Row{1, -7, 41}, Row{8, 8, 5}, Row{8, 9, 0},
                        Row{40, 40, 1}, Row{40, 41, 0}}) {
    std::uint32_t delivered = 0;
    EXPECT_EQ(squeezes(linux_6_18, row.weight, row.budget, delivered), row.squeezes) << row.weight << " " << row.budget;
    EXPECT_EQ(delivered, burst);
  }
}

TEST(Softnet, NoBudgetLivelocksOldKernels) {
  std::uint32_t delivered = 0;
  EXPECT_EQ(squeezes(linux_2_6_32, 64, 0, delivered), 200U);
  EXPECT_EQ(delivered, 0U);
}

TEST(Softnet, QuotaEndsThePollWithoutCompleting) {
  for (const char* profile : {linux_2_6_32, linux_6_18}) {
    Script host(profile);
    enqueue(host, 3);
    auto polled = poll(host, 3);
    EXPECT_EQ(polled.work, 3);
    EXPECT_FALSE(polled.complete) << "SCHED stays set although nothing waits";
    EXPECT_EQ(polled.delivered, (std::vector<Skb>{{0}, {1}, {2}}));
    polled = poll(host, 3);
    EXPECT_EQ(polled.work, 0);
    EXPECT_TRUE(polled.complete);
    EXPECT_FALSE(poll(host, 3).complete) << "nothing is scheduled any more";
  }
}

TEST(Softnet, AtLeastOnePacketWhateverTheQuota) {
  for (const char* profile : {linux_2_6_32, linux_6_18}) {
    for (const std::int32_t quota : {1, 0, -1, std::numeric_limits<std::int32_t>::min()}) {
      Script host(profile);
      enqueue(host, 2);
      EXPECT_EQ(poll(host, quota).work, 1) << quota;
    }
  }
}

TEST(Softnet, ClockEndsThePollInOldKernelsOnly) {
  Script old_host(linux_2_6_32), new_host(linux_6_18);
  enqueue(old_host, 5);
  enqueue(new_host, 5);
  const auto polled = poll(old_host, 64, 2);
  EXPECT_EQ(polled.work, 2);
  EXPECT_FALSE(polled.complete);
  EXPECT_EQ(poll(new_host, 64, 2).work, 5);
}

TEST(Softnet, TimeLimitOfTheRun) {
  Script host(linux_6_18, {.cpus = 1, .sysctl = {{Sysctl::netdev_budget, 10000}, {Sysctl::dev_weight, 64}}});
  enqueue(host, 10);
  const auto ran = std::get<outcome::ActionRan>(host.step(op::NetRxAction{{0}, 5}));
  EXPECT_TRUE(ran.time_squeeze) << "two ticks at 250 Hz are the 8 ms allowed";
  EXPECT_EQ(ran.delivered.size(), 10U);
}

TEST(Softnet, CountersByEra) {
  Script old_host(linux_2_6_32), new_host(linux_6_18);
  for (Script* host : {&old_host, &new_host}) {
    enqueue(*host, 3);
    poll(*host, 2);
  }
  EXPECT_EQ(stat(old_host).processed, 5U) << "counted at enqueue and again at delivery";
  EXPECT_FALSE(stat(old_host).backlog_len);
  EXPECT_EQ(stat(new_host).processed, 2U);
  EXPECT_EQ(stat(new_host).backlog_len, 1U);
}

TEST(Softnet, SpliceFreesTheInputQueue) {
  Script host(linux_6_18, {.cpus = 1, .sysctl = {{Sysctl::netdev_max_backlog, 2}}});
  EXPECT_EQ(enqueue(host, 5), 3U);
  poll(host, 1);
  EXPECT_EQ(enqueue(host, 5), 3U) << "the private queue does not count";
  EXPECT_EQ(stat(host).backlog_len, 5U);
}

TEST(Softnet, WeightTakesEffectAtTheNextPoll) {
  Script host(linux_6_18);
  host.write(Sysctl::dev_weight, "2");
  enqueue(host, 5);
  const auto first = std::get<outcome::ActionRan>(host.step(op::NetRxAction{{0}, {}}));
  EXPECT_EQ(first.delivered.size(), 5U);
  enqueue(host, 5);
  const auto second = std::get<outcome::ActionRan>(host.step(op::NetRxAction{{0}, {}}));
  EXPECT_EQ(second.delivered.size(), 2U);
  EXPECT_TRUE(second.rescheduled);
}

TEST(Softnet, WeightZeroCrashesOldKernels) {
  Script host(linux_2_6_32, {.cpus = 1, .sysctl = {{Sysctl::dev_weight, 0}}});
  enqueue(host, 1);
  EXPECT_EQ(host.step(op::NetRxAction{{0}, {}}), Outcome(outcome::Oops{}));
  EXPECT_EQ(host.step(op::Tick{}), Outcome(outcome::Oops{})) << "nothing answers any more";
}

TEST(Softnet, WeightProductOfZeroCorruptsTheListStill) {
  Script host(linux_6_18, {.cpus = 1, .sysctl = {{Sysctl::dev_weight, 65536}, {Sysctl::dev_weight_rx_bias, 65536}}});
  enqueue(host, 1);
  host.step(op::NetRxAction{{0}, {}});  // delivers one packet of a quota of 0, stays scheduled
  const auto spins = std::get<outcome::ActionRan>(host.step(op::NetRxAction{{0}, {}}));
  EXPECT_TRUE(spins.rescheduled);
  EXPECT_TRUE(host.passed(Clause::NETRX_REPOLL_COMPLETED));
  EXPECT_EQ(host.step(op::NetifRx{{0}, {1}}), Outcome(outcome::Oops{}));
}

TEST(Softnet, UnknownCpu) {
  Script host(linux_6_18);
  EXPECT_EQ(host.step(op::NetifRx{{2}, {1}}), Outcome(failed(Errno::einval)));
}

}  // namespace
}  // namespace weir::testing
