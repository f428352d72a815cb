// What lies between the first profile and the last: one test for each behaviour that some releases in the middle have.
#include <gtest/gtest.h>

#include "tests/model/script.hpp"

namespace weir {
namespace {

using testing::Script;

TEST(Profiles, AReleaseBetweenTwoIsAsTheOneBelow) {
  EXPECT_EQ(profile_from("linux-5.2")->name, "linux-5.1");
  EXPECT_EQ(profile_from("linux-6.18.44")->name, "linux-6.18");
  EXPECT_EQ(profile_from("linux-7.1.5")->name, "linux-7.1");
  for (const auto* name :
       {"linux-2.6.31", "linux-7.2", "linux-", "linux", "linux-6.", "linux-6..1", "6.18", "linux-6.x"})
    EXPECT_EQ(profile_from(name), nullptr) << name;
}

TEST(Profiles, AreInOrderOfTime) {
  for (std::size_t i = 1; i < releases::all.size(); ++i)
    EXPECT_LT(releases::version_from(releases::all[i - 1]->release), releases::version_from(releases::all[i]->release));
}

/// A host with one setting changed and, on descriptor 3, a listener with that backlog on port 80.
Script listening(std::string_view release, Sysctl id, const std::string& value, std::int32_t backlog) {
  Script host(release);
  host.write(id, value);
  host.socket();
  host.bind(3, 80);
  host.listen(3, backlog);
  return host;
}

/// Without cookies, what the first client of a listener with backlog 0 gets to.
std::string first_client_of_backlog_0(std::string_view release) {
  Script host = listening(release, Sysctl::tcp_syncookies, "0", 0);
  host.socket();
  host.connect(4, 80);
  return host.info(4);
}

TEST(ListenEras, BacklogZeroRefusedEverySynFrom44To612) {
  EXPECT_EQ(first_client_of_backlog_0("linux-4.1"), "ESTABLISHED 0 0");
  EXPECT_EQ(first_client_of_backlog_0("linux-4.4"), "SYN_SENT 1 0");
  EXPECT_EQ(first_client_of_backlog_0("linux-6.12"), "SYN_SENT 1 0");
  EXPECT_EQ(first_client_of_backlog_0("linux-6.13"), "ESTABLISHED 0 0");
}

/// A listener has shut down, leaving a request behind, and connects to where the request came from.
std::string connect_over_a_request(std::string_view release) {
  Script host(release);
  host.socket();
  host.bind(3, 80);
  host.set(3, SockOpt::tcp_defer_accept, 1);
  host.listen(3, 1);
  host.socket();
  host.bind(4, 8080);
  host.connect(4, 80);
  host.shutdown(3, How::rd);
  return host.connect(3, 8080);
}

TEST(ListenEras, From44ARequestHoldsItsEnds) {
  EXPECT_EQ(connect_over_a_request("linux-4.2"), "EINPROGRESS");
  EXPECT_EQ(connect_over_a_request("linux-4.4"), "EADDRNOTAVAIL");
}

/// What TCP_INFO says after listen(65536) with somaxconn at 65536, or at what it stays at where that is refused.
std::string limit_of_65536(std::string_view release) {
  return listening(release, Sysctl::somaxconn, "65536", 65536).info(3);
}

TEST(ListenEras, TheSixteenBitField) {
  EXPECT_EQ(limit_of_65536("linux-3.10"), "LISTEN 0 0");
  EXPECT_EQ(limit_of_65536("linux-3.11"), "LISTEN 0 128");
  EXPECT_EQ(limit_of_65536("linux-4.1"), "LISTEN 0 65536");
}

class Backlog {
 public:
  explicit Backlog(std::string_view release) : host(release) {}
  void arrive(std::uint32_t packets) {
    for (std::uint32_t i = 0; i < packets; ++i) host.step(op::NetifRx{Cpu{}, Skb{i}});
  }
  void weight(const std::string& value) { host.step(op::SysctlWrite{{}, Sysctl::dev_weight, value}); }
  outcome::Polled poll(std::int32_t quota) {
    return std::get<outcome::Polled>(host.step(op::ProcessBacklog{Cpu{}, quota, {}}));
  }
  outcome::ActionRan run() { return std::get<outcome::ActionRan>(host.step(op::NetRxAction{Cpu{}, {}})); }

  Script host;
};

TEST(SoftnetEras, From2635To315ThePollCompletesBeforeItDelivers) {
  Backlog backlog("linux-3.10");
  backlog.arrive(3);
  EXPECT_EQ(backlog.poll(0), (outcome::Polled{0, false, {}}));
  EXPECT_EQ(backlog.poll(-5), (outcome::Polled{0, false, {}}));
  EXPECT_EQ(backlog.poll(2), (outcome::Polled{2, false, {{0}, {1}}}));
  EXPECT_EQ(backlog.poll(1), (outcome::Polled{1, false, {{2}}})) << "the quota is used up, so it does not complete";
  EXPECT_EQ(backlog.poll(1), (outcome::Polled{0, true, {}}));
  backlog.arrive(2);
  EXPECT_EQ(backlog.poll(64), (outcome::Polled{2, true, {{0}, {1}}}));
  EXPECT_TRUE(backlog.host.clauses.contains(Clause::BACKLOG_COMPLETE_EARLY));
}

TEST(SoftnetEras, From2635To315AWeightOfZeroSpinsUntilItIsRaised) {
  Backlog backlog("linux-3.10");
  backlog.weight("0");
  backlog.arrive(1);
  EXPECT_EQ(backlog.run().delivered.size(), 1u) << "the first poll still has the old weight";
  backlog.arrive(2);
  for (int i = 0; i < 3; ++i) EXPECT_EQ(backlog.run(), (outcome::ActionRan{{}, true, true}));
  backlog.weight("64");
  EXPECT_EQ(backlog.run(), (outcome::ActionRan{{{0}, {1}}, false, false}));
}

TEST(SoftnetEras, From316To318AWeightOfZeroCrashesTheDrain) {
  Backlog backlog("linux-3.16");
  backlog.weight("0");
  backlog.arrive(1);
  backlog.run();
  backlog.arrive(1);
  EXPECT_EQ(backlog.host.step(op::NetRxAction{Cpu{}, {}}), Outcome(outcome::Oops{}));
}

TEST(SoftnetEras, ANegativeWeight) {
  for (const auto* release : {"linux-2.6.32", "linux-2.6.35", "linux-3.16", "linux-3.19"}) {
    Backlog backlog(release);
    backlog.weight("-3");
    backlog.arrive(1);
    backlog.run();
    backlog.arrive(3);
    const auto ran = backlog.run();
    if (std::string_view(release) == "linux-2.6.35") {
      EXPECT_EQ(ran, (outcome::ActionRan{{}, true, true})) << "spins";
    } else {
      EXPECT_FALSE(ran.delivered.empty()) << "as a weight of 1: " << release;
      EXPECT_EQ(ran.rescheduled, std::string_view(release) == "linux-3.19") << release;
    }
  }
}

// CVE-2025-21806 and what is left of it.
TEST(SoftnetEras, From319ACompletedBacklogOfWeightZeroStaysListed) {
  for (const auto* release : {"linux-3.19", "linux-4.11", "linux-6.13"}) {
    for (const char* weight : {"0", "-1"}) {
      Backlog backlog(release);
      backlog.weight(weight);
      backlog.arrive(1);
      EXPECT_FALSE(backlog.run().rescheduled) << "the first poll still has the old weight";
      backlog.arrive(1);
      EXPECT_EQ(backlog.run(), (outcome::ActionRan{{{0}}, false, true}));
      EXPECT_EQ(backlog.run(), (outcome::ActionRan{{}, false, true})) << "completed, and listed all the same";
      EXPECT_EQ(backlog.host.step(op::NetifRx{Cpu{}, Skb{1}}), Outcome(outcome::Oops{})) << release;
    }
  }
  Script fixed("linux-6.14");
  for (const char* weight : {"0", "-1"}) EXPECT_EQ(fixed.write(Sysctl::dev_weight, weight), "EINVAL");
}

TEST(SoftnetEras, AProductOfWeightAndBiasWrapsInEveryReleaseThatHasOne) {
  for (const auto* release : {"linux-4.11", "linux-6.13", "linux-6.14", "linux-7.1"}) {
    for (const auto& [weight, bias] : {std::pair{"65536", "65536"}, {"65536", "32768"}, {"46341", "46341"}}) {
      Backlog backlog(release);
      backlog.host.write(Sysctl::dev_weight, weight);
      backlog.host.write(Sysctl::dev_weight_rx_bias, bias);
      backlog.arrive(1);
      backlog.run();
      backlog.arrive(1);
      backlog.run();
      EXPECT_TRUE(backlog.run().rescheduled) << release << " " << weight << " * " << bias;
      EXPECT_TRUE(backlog.host.passed(Clause::NETRX_REPOLL_COMPLETED));
    }
  }
}

TEST(SoftnetEras, ABudgetOfZeroStopsAllReceptionUntil318) {
  for (const auto* release : {"linux-2.6.32", "linux-3.16", "linux-3.19"}) {
    Backlog backlog(release);
    backlog.host.step(op::SysctlWrite{{}, Sysctl::netdev_budget, "0"});
    backlog.arrive(1);
    const auto ran = backlog.run();
    EXPECT_TRUE(ran.time_squeeze) << release;
    EXPECT_EQ(ran.delivered.size(), std::string_view(release) == "linux-3.19" ? 1u : 0u) << release;
  }
}

}  // namespace
}  // namespace weir
