// Several CPUs of the lock-free softnet plane: packets that go from one to another, and the flow limit.
#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <thread>
#include <vector>

#include "lockfree/softnet.hpp"

namespace weir::lockfree {
namespace {

struct Machine {
  explicit Machine(HostOptions options, const char* profile = "linux-6.18")
      : kernel(*profile_from(profile)), sysctls(kernel, options), softnet(kernel, options, sysctls) {}
  outcome::ActionRan run(Cpu cpu) { return std::get<outcome::ActionRan>(softnet.net_rx_action({cpu, {}})); }
  outcome::SoftnetRow stat(Cpu cpu) { return std::get<outcome::SoftnetRow>(softnet.softnet_stat({cpu})); }
  const Profile& kernel;
  SysctlStore sysctls;
  Softnet softnet;
};

TEST(SoftnetRps, AnInterruptPutsTheBacklogOnThePollList) {
  Machine machine({.cpus = 2});
  machine.softnet.netif_rx({Cpu{0}, Skb{7}, Cpu{1}});
  EXPECT_EQ(machine.run({1}), outcome::ActionRan{});
  machine.run({0});
  EXPECT_EQ(machine.run({1}).delivered, (std::vector<Skb>{{7}}));
  EXPECT_EQ(machine.stat({1}).received_rps, 1U);
}

TEST(SoftnetRps, AThreadPollsInstead) {
  Machine machine({.cpus = 2, .thread_backlog_napi = true});
  machine.softnet.netif_rx({Cpu{0}, Skb{7}, Cpu{1}});
  EXPECT_EQ(machine.run({1}), outcome::ActionRan{});
  EXPECT_EQ(machine.softnet.process_backlog({Cpu{1}, 64, {}}), Outcome(outcome::Polled{1, true, {{7}}}));
}

TEST(SoftnetRps, AOneFlowBurstAsMeasured) {
  Machine machine({.cpus = 1, .sysctl = {{Sysctl::netdev_max_backlog, 200}, {Sysctl::flow_limit_cpu_bitmap, 1}}});
  for (const std::uint32_t refused : {35U, 35U + 99U}) {
    for (std::uint32_t i = 0; i < 199; ++i) machine.softnet.netif_rx({Cpu{0}, Skb{i}, {}, FlowHash{4711}});
    EXPECT_EQ(machine.stat({0}).flow_limit, refused);
    while (machine.run({0}).rescheduled) {
    }
  }
}

/// Both CPUs send half of their packets to each other while they deliver their own. No wake-up may be lost: whoever has
/// nothing more to send only polls, and all packets come through, those of one sender in order.
template <class Poll>
void exchange(Machine& machine, std::uint32_t packets_each, Poll poll) {
  std::atomic<std::uint32_t> delivered{0};
  std::array<std::vector<Skb>, 2> got;
  const auto play = [&](std::uint32_t me) {
    for (std::uint32_t sent = 0; delivered < 2 * packets_each;) {
      for (int burst = 0; burst < 5 && sent < packets_each; ++burst, ++sent)
        machine.softnet.netif_rx({Cpu{me}, Skb{me * packets_each + sent}, Cpu{sent % 2}});
      const auto packets = poll(Cpu{me});
      got[me].insert(got[me].end(), packets.begin(), packets.end());
      delivered += static_cast<std::uint32_t>(packets.size());
    }
  };
  std::thread other([&] { play(1); });
  play(0);
  other.join();
  for (std::uint32_t cpu = 0; cpu < 2; ++cpu) {
    std::array<std::uint32_t, 2> next{cpu, cpu};  // of each sender: those of this CPU's parity
    for (const Skb each : got[cpu]) {
      const std::uint32_t sender = each.id / packets_each;
      ASSERT_EQ(each.id % packets_each, next[sender]);
      next[sender] += 2;
    }
  }
  machine.softnet.invariant();
  EXPECT_FALSE(machine.softnet.oopsed());
}

constexpr std::uint32_t many = 20000;
const HostOptions unlimited{.cpus = 2, .sysctl = {{Sysctl::netdev_max_backlog, -1}}};

TEST(SoftnetRps, NoWakeUpIsLostBetweenCpus) {
  Machine machine(unlimited);
  exchange(machine, many, [&](Cpu cpu) { return machine.run(cpu).delivered; });
  EXPECT_GT(machine.stat({0}).received_rps.value_or(0) + machine.stat({1}).received_rps.value_or(0), 0U);
}

TEST(SoftnetRps, NoWakeUpIsLostBetweenThreads) {
  HostOptions options = unlimited;
  options.thread_backlog_napi = true;
  Machine machine(options);
  exchange(machine, many, [&](Cpu cpu) {
    auto packets = machine.run(cpu).delivered;
    const Outcome polled = machine.softnet.process_backlog({cpu, 7, {}});
    const auto& more = std::get<outcome::Polled>(polled).delivered;
    packets.insert(packets.end(), more.begin(), more.end());
    return packets;
  });
  EXPECT_EQ(machine.stat({0}).received_rps, 0U);
}

TEST(SoftnetRps, TheFlowLimitWhileItIsSwitched) {
  HostOptions options = unlimited;
  options.sysctl = {{Sysctl::netdev_max_backlog, 1}};
  Machine machine(options);
  std::atomic<bool> done{false};
  std::thread admin([&] {
    for (int i = 0; !done; ++i) {
      machine.sysctls.store(Sysctl::flow_limit_table_len, 1 << (1 + i % 12));
      machine.softnet.write_flow_limit_cpus(i % 2 == 0 ? "3" : "0");
    }
  });
  std::uint32_t offered = 0;
  for (; offered < many; ++offered) {
    machine.softnet.netif_rx({Cpu{0}, Skb{offered}, {}, FlowHash{offered % 3}});
    machine.run({0});
  }
  done = true;
  admin.join();
  const outcome::SoftnetRow row = machine.stat({0});
  EXPECT_EQ(row.processed + row.dropped, offered);
}

}  // namespace
}  // namespace weir::lockfree
