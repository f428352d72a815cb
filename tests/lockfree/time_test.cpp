// What time does to requests, cookies and connections of remote peers, rule by rule as docs/segments.md has it.
#include <gtest/gtest.h>

#include "tests/lockfree/remote_machine.hpp"

namespace weir::lockfree::testing {
namespace {

TEST(LockfreeTime, ARepeatedSynIsAnsweredTwiceASecond) {
  for (const Profile* kernel : releases::all) {
    RemoteMachine machine(*kernel);
    const std::int32_t listener = machine.listener(5);
    const Flags limited = kernel->oow_rate_limited ? Flags::none : Flags::sa;
    EXPECT_EQ(machine.send(9, Flags::s), Flags::sa);
    EXPECT_EQ(machine.send(9, Flags::s), Flags::sa);
    EXPECT_EQ(machine.send(9, Flags::s), limited);
    machine.advance(499);
    EXPECT_EQ(machine.send(9, Flags::s), limited);
    machine.advance(1);
    EXPECT_EQ(machine.send(9, Flags::s), Flags::sa);
    EXPECT_EQ(machine.send(9, Flags::s), limited);
    EXPECT_EQ(machine.send(9, Flags::a), Flags::none);
    // The connection counts for itself.
    const Flags ack = kernel->oow_rate_limited ? Flags::none : Flags::a;
    for (const Flags again : {Flags::s, Flags::sa}) {
      EXPECT_EQ(machine.send(9, again), Flags::a);
      EXPECT_EQ(machine.send(9, Flags::s), ack);
      machine.advance(500);
    }
    EXPECT_EQ(machine.state(machine.accept(listener)), TcpState::established);
  }
}

/// What a request does that is acknowledged and waits for data: three timeouts are silent but for the last.
TEST(LockfreeTime, TheTimerOfADeferredRequest) {
  RemoteMachine machine(releases::linux_6_18);
  const std::int32_t listener = machine.listener(5);
  machine.set(listener, SockOpt::tcp_defer_accept, 7);  // 3 retransmissions: 1 + 2 + 4 s
  machine.sysctl(Sysctl::tcp_synack_retries, 1);
  EXPECT_EQ(machine.send(9, Flags::s), Flags::sa);
  EXPECT_EQ(machine.send(9, Flags::a), Flags::none);
  EXPECT_EQ(machine.resends(60000), (Times{7000}));
  EXPECT_EQ(machine.send(9, Flags::a), Flags::r);
  // Not acknowledged: as without, but for the threshold.
  EXPECT_EQ(machine.send(9, Flags::s), Flags::sa);
  EXPECT_EQ(machine.resends(60000), (Times{1000}));
}

TEST(LockfreeTime, TheSynAckIsSentAgain) {
  for (const Profile* kernel : releases::all) {
    RemoteMachine machine(*kernel);
    machine.listener(100);
    machine.sysctl(Sysctl::tcp_synack_retries, 7);
    EXPECT_EQ(machine.send(9, Flags::s), Flags::sa);
    Times expected;
    std::uint32_t time = 0;
    for (std::uint32_t wait = kernel->first_synack_timeout_s; expected.size() < 7; wait *= 2) {
      time += std::min(wait, 120u) * 1000;
      expected.push_back(time);
    }
    EXPECT_EQ(machine.resends(time), expected);
    EXPECT_EQ(machine.send(9, Flags::s), Flags::sa);  // there still
    EXPECT_EQ(machine.resends(400000), Times{});
    EXPECT_EQ(machine.send(9, Flags::a), Flags::r);
  }
}

TEST(LockfreeTime, OfEqualTimesTheNewerFirstAndTheOlderBefore48) {
  for (const char* release : {"linux-6.18", "linux-4.7"}) {
    RemoteMachine machine(*profile_from(release));
    machine.listener(100);
    for (const std::uint16_t from : Ports{5, 3, 4}) EXPECT_EQ(machine.send(from, Flags::s), Flags::sa);
    machine.advance(100);
    EXPECT_EQ(machine.send(1, Flags::s), Flags::sa);
    EXPECT_EQ(machine.advance(899), Ports{});
    EXPECT_EQ(machine.advance(1), (profile_from(release)->newest_timer_first ? Ports{4, 3, 5} : Ports{5, 3, 4}));
    EXPECT_EQ(machine.advance(2100), (Ports{1, 5, 3, 4, 1})) << "set in the order in which they fired";
  }
}

TEST(LockfreeTime, ARepeatedSynRestartsTheTimer) {
  for (const Profile* kernel : releases::all) {
    RemoteMachine machine(*kernel);
    machine.listener(100);
    const std::uint32_t first = kernel->first_synack_timeout_s * 1000;
    EXPECT_EQ(machine.send(9, Flags::s), Flags::sa);
    machine.advance(first - 1);
    EXPECT_EQ(machine.send(9, Flags::s), Flags::sa);
    EXPECT_EQ(machine.advance(1), kernel->synack_repeat_restarts_timer ? Ports{} : Ports{9});
    EXPECT_EQ(machine.advance(first - 1), kernel->synack_repeat_restarts_timer ? Ports{9} : Ports{});
  }
}

/// Requests that time out make room once the queue is more than half full of them.
TEST(LockfreeTime, OldRequestsMakeRoom) {
  RemoteMachine machine(releases::linux_6_18);
  machine.listener(8);
  machine.sysctl(Sysctl::tcp_synack_retries, 5);
  for (std::uint16_t from = 1; from <= 5; ++from) EXPECT_EQ(machine.send(from, Flags::s), Flags::sa);
  // 2 * 5 > 8. The first timeouts find young ones (thresh 5, 5, 4, …), the later ones none: thresh 2.
  EXPECT_EQ(machine.advance(1000), (Ports{5, 4, 3, 2, 1}));
  EXPECT_EQ(machine.advance(2000), (Ports{1, 2, 3, 4, 5}));
  // The first to expire brings the queue down to half, so that the others go on.
  EXPECT_EQ(machine.advance(4000), (Ports{4, 3, 2, 1}));
  EXPECT_EQ(machine.send(5, Flags::a), Flags::r);
  EXPECT_EQ(machine.send(2, Flags::a), Flags::none);
}

/// A request that has timed out leaves without taking a young one with it: were `young` too low, a kernel until 4.9
/// would take a SYN that it has no place for.
TEST(LockfreeTime, YoungCountsThoseThatHaveNotTimedOut) {
  RemoteMachine machine(*profile_from("linux-3.10"));
  machine.listener(0);
  EXPECT_EQ(machine.send(1, Flags::s), Flags::sa);
  EXPECT_EQ(machine.advance(1000), Ports{1});
  for (const std::uint16_t from : Ports{2, 3, 4}) EXPECT_EQ(machine.send(from, Flags::s), Flags::sa);
  EXPECT_EQ(machine.send(4, Flags::a), Flags::none);  // the accept queue is full
  EXPECT_EQ(machine.send(5, Flags::s), Flags::none);
  EXPECT_EQ(machine.send(1, Flags::r), Flags::none);
  EXPECT_EQ(machine.send(5, Flags::s), Flags::none);
  EXPECT_EQ(machine.send(2, Flags::r), Flags::none);
  EXPECT_EQ(machine.send(5, Flags::s), Flags::sa);
}

TEST(LockfreeTime, TheRequestsOfAListenerThatStops) {
  for (const Profile* kernel : releases::all) {
    const bool table = kernel->syn_queue == SynQueue::table;
    RemoteMachine machine(*kernel);
    const std::int32_t listener = machine.listener(100);
    EXPECT_EQ(machine.send(9, Flags::s), Flags::sa);
    EXPECT_EQ(machine.send(10, Flags::s), Flags::sa);
    EXPECT_EQ(machine.shutdown(listener, How::rd), returned(0));
    EXPECT_EQ(machine.send(10, Flags::a), Flags::r);
    EXPECT_EQ(machine.listen(listener, 100), returned(0));
    EXPECT_EQ(machine.send(9, Flags::a), table ? Flags::r : Flags::none);
    EXPECT_EQ(machine.info(listener).unacked, table ? 0u : 1u);
    EXPECT_EQ(machine.send(10, Flags::a), Flags::r);
    EXPECT_EQ(machine.send(11, Flags::s), Flags::sa);
    machine.close(listener);
    EXPECT_EQ(machine.send(9, Flags::a), Flags::r);
    EXPECT_EQ(machine.send(11, Flags::a), Flags::r);
    machine.listener(100);
    EXPECT_EQ(machine.send(11, Flags::a), Flags::r);
    EXPECT_EQ(machine.advance(5000), Ports{});
  }
}

TEST(LockfreeTime, ATimerFindsThatNobodyListens) {
  RemoteMachine machine(releases::linux_6_18);
  const std::int32_t listener = machine.listener(100);
  EXPECT_EQ(machine.send(9, Flags::s), Flags::sa);
  EXPECT_EQ(machine.shutdown(listener, How::rd), returned(0));
  EXPECT_EQ(machine.advance(1000), Ports{});
  EXPECT_EQ(machine.listen(listener, 100), returned(0));
  EXPECT_EQ(machine.send(9, Flags::a), Flags::r);
}

/// Cookies: how old one may be, by release.
TEST(LockfreeTime, ACookieGrowsOld) {
  for (const Profile* kernel : releases::all) {
    if (!kernel->syncookies_always) continue;
    RemoteMachine machine(*kernel);
    machine.sysctl(Sysctl::tcp_syncookies, 2);
    const std::int32_t listener = machine.listener(100);
    const std::uint32_t most = kernel->overflow_remembered_long ? 119'999 : 3'000;
    EXPECT_EQ(machine.send(9, Flags::s), Flags::sa);
    EXPECT_EQ(machine.send(10, Flags::s), Flags::sa);
    EXPECT_EQ(machine.netstat().SyncookiesSent, 2u);
    EXPECT_EQ(machine.advance(most), Ports{});
    EXPECT_EQ(machine.send(9, Flags::sa), Flags::r);
    EXPECT_EQ(machine.send(9, Flags::pa, 1), Flags::a);
    EXPECT_EQ(machine.state(machine.accept(listener)), TcpState::established);
    EXPECT_EQ(machine.send(9, Flags::r), Flags::none);
    EXPECT_EQ(machine.send(9, Flags::a), Flags::r);  // spent
    machine.advance(1);
    EXPECT_EQ(machine.send(10, Flags::a), Flags::r);
  }
}

TEST(LockfreeTime, ACookieNeedsAnOverflowOfTheListenerThatIsAsked) {
  RemoteMachine machine(releases::linux_6_18);
  machine.sysctl(Sysctl::tcp_syncookies, 2);
  const std::int32_t listener = machine.listener(0);
  EXPECT_EQ(machine.send(9, Flags::s), Flags::sa);
  EXPECT_EQ(machine.listen(listener, 0), returned(0));  // changes nothing
  machine.sysctl(Sysctl::tcp_syncookies, 0);
  EXPECT_EQ(machine.send(9, Flags::a), Flags::r);
  machine.sysctl(Sysctl::tcp_syncookies, 2);
  EXPECT_EQ(machine.shutdown(listener, How::rd), returned(0));
  EXPECT_EQ(machine.listen(listener, 0), returned(0));
  EXPECT_EQ(machine.send(9, Flags::a), Flags::r);
  EXPECT_EQ(machine.send(10, Flags::s), Flags::sa);
  EXPECT_EQ(machine.send(10, Flags::a), Flags::none);
  EXPECT_EQ(machine.send(9, Flags::a), Flags::none);  // queue full is above 0: the second has none
  EXPECT_EQ(machine.netstat().ListenOverflows, 1u);
  EXPECT_EQ(machine.netstat().ListenDrops, 1u);
  EXPECT_GE(machine.accept(listener), 0);
  EXPECT_EQ(machine.send(9, Flags::fa, 3), Flags::none);
  EXPECT_EQ(machine.state(machine.accept(listener)), TcpState::close_wait);
}

/// The numbers in the cookie are good until those of the connection have moved on.
TEST(LockfreeTime, ACookieOutlivesAChildThatIsReset) {
  RemoteMachine machine(releases::linux_6_18);
  machine.sysctl(Sysctl::tcp_syncookies, 2);
  const std::int32_t listener = machine.listener(10);
  const auto again = [&] {
    EXPECT_EQ(machine.send(9, Flags::r), Flags::none);
    return machine.send(9, Flags::a);
  };
  const std::int32_t child = machine.accepted(listener, 9);
  EXPECT_EQ(again(), Flags::none);
  EXPECT_EQ(machine.state(child), TcpState::close);
  EXPECT_EQ(machine.state(machine.accept(listener)), TcpState::established);
  EXPECT_EQ(again(), Flags::none);
  EXPECT_EQ(machine.send(9, Flags::pa, 1), Flags::a);
  EXPECT_EQ(again(), Flags::r);
  EXPECT_EQ(machine.send(9, Flags::s), Flags::sa);
  EXPECT_EQ(machine.send(9, Flags::fa), Flags::none);
  EXPECT_EQ(again(), Flags::r);
  EXPECT_EQ(machine.send(9, Flags::s), Flags::sa);
  EXPECT_EQ(machine.send(9, Flags::a), Flags::none);
  for (int queued = 3; queued > 0; --queued) machine.close(machine.accept(listener));  // FIN: this end's numbers
  EXPECT_EQ(again(), Flags::r);
  EXPECT_EQ(machine.send(9, Flags::s), Flags::sa);
  machine.sysctl(Sysctl::tcp_syncookies, 1);
  EXPECT_EQ(machine.send(9, Flags::s), Flags::sa);  // a request, with numbers of its own
  EXPECT_EQ(again(), Flags::r);
}

/// The limit on answers to SYNs begins anew where the kernel puts a TIME_WAIT in the socket's place.
TEST(LockfreeTime, ATimeWaitCountsItsAnswersItself) {
  RemoteMachine machine(releases::linux_6_18);
  const std::int32_t child = machine.accepted(machine.listener(10), 9);
  EXPECT_EQ(machine.send(9, Flags::s), Flags::a);
  machine.close(child);
  EXPECT_EQ(machine.send(9, Flags::sa), Flags::none);
  EXPECT_EQ(machine.send(9, Flags::a), Flags::none);  // FIN_WAIT2, and no descriptor
  EXPECT_EQ(machine.send(9, Flags::sa), Flags::a);
  EXPECT_EQ(machine.send(9, Flags::fa), Flags::a);  // TIME_WAIT: the same one
  EXPECT_EQ(machine.send(9, Flags::sa), Flags::none);
  machine.advance(500);
  EXPECT_EQ(machine.send(9, Flags::sa), Flags::a);
}

/// What has ACK, and a segment without any flag, makes TIME_WAIT begin again.
TEST(LockfreeTime, ATimeWaitBeginsAgain) {
  for (const Flags flags : {Flags::none, Flags::s, Flags::sa, Flags::a, Flags::pa, Flags::f, Flags::fa}) {
    RemoteMachine machine(releases::linux_6_18);
    const std::int32_t listener = machine.listener(10);
    machine.close(machine.accepted(listener, 9));
    EXPECT_EQ(machine.send(9, Flags::fa), Flags::a);
    machine.close(listener);
    machine.advance(59999);
    const bool answered = has_syn(flags) || has_fin(flags);
    EXPECT_EQ(machine.send(9, flags), answered ? Flags::a : Flags::none);
    EXPECT_EQ(machine.send(9, flags), answered && flags != Flags::sa ? Flags::a : Flags::none);
    machine.advance(1);
    EXPECT_EQ(machine.send(9, Flags::fa), flags == Flags::s || flags == Flags::f ? Flags::r : Flags::a);
  }
}

/// A SYN that finds a TIME_WAIT begins anew, whatever the state of the SYN queue; without a listener it is answered.
TEST(LockfreeTime, ATimeWaitIsRenewed) {
  RemoteMachine machine(releases::linux_6_18);
  machine.sysctl(Sysctl::tcp_syncookies, 2);
  const std::int32_t listener = machine.listener(10);
  EXPECT_EQ(machine.send(9, Flags::s), Flags::sa);
  EXPECT_EQ(machine.send(9, Flags::a), Flags::none);
  machine.close(machine.accept(listener));
  EXPECT_EQ(machine.send(9, Flags::fa), Flags::a);
  EXPECT_EQ(machine.send(9, Flags::s), Flags::sa);
  EXPECT_EQ(machine.netstat().SyncookiesSent, 1u);
  EXPECT_EQ(machine.send(9, Flags::a), Flags::none);
  machine.close(machine.accept(listener));
  EXPECT_EQ(machine.send(9, Flags::fa), Flags::a);
  machine.close(listener);
  EXPECT_EQ(machine.send(9, Flags::s), Flags::a);
  EXPECT_EQ(machine.send(9, Flags::fa), Flags::a);
}

TEST(LockfreeTime, TimeWaitOnThisHostEndsToo) {
  RemoteMachine machine(releases::linux_6_18);
  const std::int32_t listener = machine.listener(10);
  const std::int32_t client = machine.socket();
  EXPECT_EQ(machine.ask(op::Connect{{client}, loopback, 80}), failed(Errno::einprogress));
  const std::int32_t child = machine.accept(listener);
  machine.close(child);
  machine.close(client);
  machine.close(listener);
  EXPECT_EQ(machine.bind(80), failed(Errno::eaddrinuse));
  machine.advance(59999);
  EXPECT_EQ(machine.bind(80), failed(Errno::eaddrinuse));
  machine.advance(1);
  EXPECT_EQ(machine.bind(80), returned(0));
}

}  // namespace
}  // namespace weir::lockfree::testing
