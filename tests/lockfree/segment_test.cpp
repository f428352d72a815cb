// Segments of remote peers and virtual time on the lock-free sockets, rule by rule as docs/segments.md has them.
#include <gtest/gtest.h>

#include "lockfree/host.hpp"

namespace weir::lockfree {
namespace {

constexpr std::uint32_t here = 0x0a000001;   // 10.0.0.1
constexpr std::uint32_t there = 0x0a000002;  // 10.0.0.2
constexpr End service{here, 80};
constexpr End peer(std::uint16_t port) { return {there, port}; }

/// A host with one listener on port 80 and remote peers.
class Machine {
 public:
  explicit Machine(const Profile& kernel) : host_(kernel) {}

  template <class Operation>
  AnswerTo<Operation> ask(const Operation& operation) {
    return std::get<AnswerTo<Operation>>(host_.step(operation));
  }
  std::int32_t socket() { return static_cast<std::int32_t>(ask(op::Socket{{}, Family::inet, SockType::stream}).ret); }
  std::int32_t listener(std::int32_t backlog, std::uint16_t port = 80) {
    const std::int32_t fd = socket();
    EXPECT_EQ(ask(op::Bind{{fd}, any_address, port}), returned(0));
    EXPECT_EQ(ask(op::Listen{{fd}, backlog}), returned(0));
    return fd;
  }
  Flags send(std::uint16_t from, Flags flags, std::uint32_t len = 0, End to = service) {
    return ask(op::Segment{{}, peer(from), to, flags, len}).reply;
  }
  /// The whole handshake of a peer; the label of its child.
  std::int32_t accepted(std::int32_t listener, std::uint16_t from) {
    EXPECT_EQ(send(from, Flags::s), Flags::sa);
    EXPECT_EQ(send(from, Flags::a), Flags::none);
    return accept(listener);
  }
  std::int32_t accept(std::int32_t fd) { return static_cast<std::int32_t>(ask(op::Accept{{fd}}).ret); }
  outcome::Returned close(std::int32_t fd) { return ask(op::Close{{fd}}); }
  outcome::Returned shutdown(std::int32_t fd, How how) { return ask(op::Shutdown{{fd}, how}); }
  outcome::Returned listen(std::int32_t fd, std::int32_t backlog) { return ask(op::Listen{{fd}, backlog}); }
  outcome::Returned bind(std::uint16_t port) { return ask(op::Bind{{socket()}, any_address, port}); }
  void set(std::int32_t fd, SockOpt option, std::int32_t value) {
    EXPECT_EQ(ask(op::Setsockopt{{fd}, option, value}), returned(0));
  }
  void sysctl(Sysctl id, std::int32_t value) {
    const auto text = std::to_string(value);
    EXPECT_EQ(ask(op::SysctlWrite{{}, id, text}), returned(static_cast<std::int64_t>(text.size())));
  }
  outcome::Info info(std::int32_t fd) { return std::get<outcome::Info>(host_.step(op::TcpInfo{{fd}})); }
  TcpState state(std::int32_t fd) { return info(fd).state; }
  outcome::Counters netstat() { return ask(op::Netstat{}); }

  /// The peers to which SYN-ACKs were sent, by port.
  std::vector<std::uint16_t> advance(std::uint32_t ms) {
    std::vector<std::uint16_t> ports;
    for (const auto& [to, flags] : ask(op::Advance{{ms}}).sent) {
      EXPECT_EQ(flags, Flags::sa);
      EXPECT_EQ(to.v4, there);
      ports.push_back(to.port);
    }
    return ports;
  }
  /// The milliseconds after which the SYN-ACK of `from` is sent again, until `end`.
  std::vector<std::uint32_t> resends(std::uint32_t end) {
    constexpr std::uint32_t step = 500;
    std::vector<std::uint32_t> times;
    for (std::uint32_t time = step; time <= end; time += step)
      for (std::size_t count = advance(step).size(); count > 0; --count) times.push_back(time);
    return times;
  }

 private:
  Host host_;
};

using Ports = std::vector<std::uint16_t>;
using Times = std::vector<std::uint32_t>;

TEST(LockfreeSegments, WhatIsNotForUsIsDropped) {
  Machine machine(releases::linux_6_18);
  machine.listener(5);
  for (const std::uint32_t martian : {0x7f000001u, 0x00000001u, 0u, 0xe0000001u, 0xefffffffu, 0xffffffffu}) {
    EXPECT_EQ(machine.ask(op::Segment{{}, {martian, 9}, service, Flags::s, 0}).reply, Flags::none);
    EXPECT_EQ(machine.ask(op::Segment{{}, peer(9), {martian, 80}, Flags::s, 0}).reply, Flags::none);
  }
  EXPECT_EQ(machine.ask(op::Segment{{}, {here, 9}, service, Flags::s, 0}).reply, Flags::none);
  EXPECT_EQ(machine.ask(op::Segment{{}, {0xf0000001, 9}, service, Flags::s, 0}).reply, Flags::sa);
}

TEST(LockfreeSegments, NobodyListens) {
  Machine machine(releases::linux_6_18);
  for (const Flags flags : {Flags::none, Flags::s, Flags::sa, Flags::a, Flags::pa, Flags::f, Flags::fa})
    EXPECT_EQ(machine.send(9, flags), Flags::r);
  for (const Flags flags : {Flags::r, Flags::ra}) EXPECT_EQ(machine.send(9, flags), Flags::none);
}

TEST(LockfreeSegments, AListenerWithoutARequest) {
  Machine machine(releases::linux_6_18);
  machine.listener(5);
  for (const Flags flags : {Flags::none, Flags::f, Flags::r, Flags::ra}) EXPECT_EQ(machine.send(9, flags), Flags::none);
  for (const Flags flags : {Flags::sa, Flags::a, Flags::pa, Flags::fa}) EXPECT_EQ(machine.send(9, flags), Flags::r);
}

TEST(LockfreeSegments, OnlyTheWildcardIsReached) {
  Machine machine(releases::linux_6_18);
  const std::int32_t fd = machine.socket();
  EXPECT_EQ(machine.ask(op::Bind{{fd}, loopback, 80}), returned(0));
  EXPECT_EQ(machine.listen(fd, 1), returned(0));
  EXPECT_EQ(machine.send(9, Flags::s), Flags::r);
  EXPECT_EQ(std::get<outcome::Returned>(Host(releases::linux_6_18).step(op::Segment{{7}, peer(1), service, {}, 0})),
            failed(Errno::enoent));
}

TEST(LockfreeSegments, TheHandshakeAndItsFourTuple) {
  Machine machine(releases::linux_6_18);
  const std::int32_t listener = machine.listener(5);
  EXPECT_EQ(machine.send(9, Flags::s), Flags::sa);
  EXPECT_EQ(machine.info(listener).unacked, 0u);
  EXPECT_EQ(machine.send(10, Flags::a), Flags::r);                    // another port of the peer
  EXPECT_EQ(machine.send(9, Flags::a, 0, {here + 8, 80}), Flags::r);  // another address of ours
  EXPECT_EQ(machine.send(9, Flags::a), Flags::none);
  EXPECT_EQ(machine.info(listener).unacked, 1u);
  EXPECT_EQ(machine.send(9, Flags::a), Flags::none);
  const std::int32_t child = machine.accept(listener);
  EXPECT_EQ(machine.info(child), (outcome::Info{TcpState::established, 0, 0}));
  EXPECT_EQ(machine.send(9, Flags::r), Flags::none);
  EXPECT_EQ(machine.state(child), TcpState::close);
  EXPECT_EQ(machine.send(9, Flags::a), Flags::r);
}

TEST(LockfreeSegments, ARequestThatIsReset) {
  Machine machine(releases::linux_6_18);
  machine.listener(5);
  std::uint64_t resets = 0;
  for (const Flags flags : {Flags::r, Flags::ra}) {
    EXPECT_EQ(machine.send(9, Flags::s), Flags::sa);
    EXPECT_EQ(machine.send(9, Flags::none), Flags::none);
    EXPECT_EQ(machine.send(9, Flags::f, 1), Flags::none);
    EXPECT_EQ(machine.send(9, Flags::sa), Flags::a);
    EXPECT_EQ(machine.send(9, Flags::s), Flags::none);  // one answer in 500 ms for both
    EXPECT_EQ(machine.send(9, flags), Flags::none);
    EXPECT_EQ(machine.netstat().EmbryonicRsts, ++resets);
    EXPECT_EQ(machine.send(9, Flags::a), Flags::r);
  }
}

TEST(LockfreeSegments, ARepeatedSynIsAnsweredTwiceASecond) {
  for (const Profile* kernel : releases::all) {
    Machine machine(*kernel);
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

TEST(LockfreeSegments, AFullAcceptQueue) {
  Machine machine(releases::linux_6_18);
  const std::int32_t listener = machine.listener(1);
  for (const std::uint16_t from : Ports{1, 2}) EXPECT_EQ(machine.send(from, Flags::s), Flags::sa);
  // SYN queue 6.13 ..: qlen > max. One at a time from here on.
  for (const std::uint16_t from : Ports{1, 2}) EXPECT_EQ(machine.send(from, Flags::a), Flags::none);
  EXPECT_EQ(machine.send(3, Flags::s), Flags::none);
  EXPECT_EQ(machine.netstat().ListenOverflows, 1u);
  EXPECT_EQ(machine.netstat().ListenDrops, 1u);
  machine.accept(listener);
  for (const std::uint16_t from : Ports{3, 4}) EXPECT_EQ(machine.send(from, Flags::s), Flags::sa);
  EXPECT_EQ(machine.send(3, Flags::a), Flags::none);
  EXPECT_EQ(machine.send(4, Flags::a), Flags::none);  // no room; kept
  EXPECT_EQ(machine.netstat().ListenOverflows, 2u);
  machine.sysctl(Sysctl::tcp_abort_on_overflow, 1);
  EXPECT_EQ(machine.send(4, Flags::a), Flags::r);
  EXPECT_EQ(machine.netstat().EmbryonicRsts, 1u);
  EXPECT_EQ(machine.netstat().ListenOverflows, 3u);
  EXPECT_EQ(machine.send(4, Flags::a), Flags::r);  // nobody any more
  EXPECT_EQ(machine.netstat().ListenOverflows, 3u);
}

TEST(LockfreeSegments, DeferAccept) {
  for (const Profile* kernel : releases::all) {
    Machine machine(*kernel);
    const std::int32_t listener = machine.listener(5);
    machine.set(listener, SockOpt::tcp_defer_accept, 1);
    for (const std::uint16_t from : Ports{1, 2, 3}) EXPECT_EQ(machine.send(from, Flags::s), Flags::sa);
    for (const std::uint16_t from : Ports{1, 2, 3}) EXPECT_EQ(machine.send(from, Flags::a), Flags::none);
    EXPECT_EQ(machine.netstat().TCPDeferAcceptDrop,
              kernel->defer_drop_counted ? std::optional<std::uint64_t>(3) : std::nullopt);
    EXPECT_EQ(machine.accept(listener), -1);
    EXPECT_EQ(machine.send(1, Flags::pa, 1), Flags::a);
    EXPECT_EQ(machine.send(2, Flags::fa), Flags::none);
    EXPECT_EQ(machine.state(machine.accept(listener)), TcpState::established);
    EXPECT_EQ(machine.state(machine.accept(listener)), TcpState::close_wait);
    // One timeout, and a bare ACK is good enough; until then acknowledged requests are sent nothing but the last time.
    EXPECT_EQ(machine.advance(kernel->first_synack_timeout_s * 1000), (Ports{3}));
    EXPECT_EQ(machine.send(3, Flags::a), Flags::none);
    EXPECT_EQ(machine.state(machine.accept(listener)), TcpState::established);
  }
}

/// What a request does that is acknowledged and waits for data: three timeouts are silent but for the last.
TEST(LockfreeSegments, TheTimerOfADeferredRequest) {
  Machine machine(releases::linux_6_18);
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

TEST(LockfreeSegments, TheSynAckIsSentAgain) {
  for (const Profile* kernel : releases::all) {
    Machine machine(*kernel);
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

TEST(LockfreeSegments, OfEqualTimesTheOlderFirst) {
  Machine machine(releases::linux_6_18);
  machine.listener(100);
  for (const std::uint16_t from : Ports{5, 3, 4}) EXPECT_EQ(machine.send(from, Flags::s), Flags::sa);
  machine.advance(100);
  EXPECT_EQ(machine.send(1, Flags::s), Flags::sa);
  EXPECT_EQ(machine.advance(899), Ports{});
  EXPECT_EQ(machine.advance(1), (Ports{5, 3, 4}));
  EXPECT_EQ(machine.advance(2100), (Ports{1, 5, 3, 4, 1}));
}

TEST(LockfreeSegments, ARepeatedSynRestartsTheTimer) {
  for (const Profile* kernel : releases::all) {
    Machine machine(*kernel);
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
TEST(LockfreeSegments, OldRequestsMakeRoom) {
  Machine machine(releases::linux_6_18);
  machine.listener(8);
  machine.sysctl(Sysctl::tcp_synack_retries, 5);
  for (std::uint16_t from = 1; from <= 5; ++from) EXPECT_EQ(machine.send(from, Flags::s), Flags::sa);
  // 2 * 5 > 8. The first timeouts find young ones (thresh 5, 5, 4, …), the later ones none: thresh 2.
  EXPECT_EQ(machine.advance(1000), (Ports{1, 2, 3, 4, 5}));
  EXPECT_EQ(machine.advance(2000), (Ports{1, 2, 3, 4, 5}));
  // The first to expire brings the queue down to half, so that the others go on.
  EXPECT_EQ(machine.advance(4000), (Ports{2, 3, 4, 5}));
  EXPECT_EQ(machine.send(1, Flags::a), Flags::r);
  EXPECT_EQ(machine.send(2, Flags::a), Flags::none);
}

/// A request that has timed out leaves without taking a young one with it: were `young` too low, a kernel until 4.9
/// would take a SYN that it has no place for.
TEST(LockfreeSegments, YoungCountsThoseThatHaveNotTimedOut) {
  Machine machine(*profile_from("linux-3.10"));
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

TEST(LockfreeSegments, TheRequestsOfAListenerThatStops) {
  for (const Profile* kernel : releases::all) {
    const bool table = kernel->syn_queue == SynQueue::table;
    Machine machine(*kernel);
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

TEST(LockfreeSegments, ATimerFindsThatNobodyListens) {
  Machine machine(releases::linux_6_18);
  const std::int32_t listener = machine.listener(100);
  EXPECT_EQ(machine.send(9, Flags::s), Flags::sa);
  EXPECT_EQ(machine.shutdown(listener, How::rd), returned(0));
  EXPECT_EQ(machine.advance(1000), Ports{});
  EXPECT_EQ(machine.listen(listener, 100), returned(0));
  EXPECT_EQ(machine.send(9, Flags::a), Flags::r);
}

/// Cookies: how old one may be, by release.
TEST(LockfreeSegments, ACookieGrowsOld) {
  for (const Profile* kernel : releases::all) {
    if (!kernel->syncookies_always) continue;
    Machine machine(*kernel);
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

TEST(LockfreeSegments, ACookieNeedsAnOverflowOfTheListenerThatIsAsked) {
  Machine machine(releases::linux_6_18);
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

TEST(LockfreeSegments, TheOtherEndsEstablishedConnection) {
  Machine machine(releases::linux_6_18);
  const std::int32_t listener = machine.listener(10);
  const std::int32_t child = machine.accepted(listener, 9);
  EXPECT_EQ(machine.send(9, Flags::none), Flags::none);
  EXPECT_EQ(machine.send(9, Flags::f), Flags::none);
  EXPECT_EQ(machine.send(9, Flags::a), Flags::none);
  EXPECT_EQ(machine.send(9, Flags::a, 1), Flags::a);
  EXPECT_EQ(machine.send(9, Flags::fa), Flags::none);
  EXPECT_EQ(machine.info(child), (outcome::Info{TcpState::close_wait, 0, 0}));
  EXPECT_EQ(machine.send(9, Flags::fa), Flags::a);
  EXPECT_EQ(machine.send(9, Flags::pa, 1), Flags::none);
  EXPECT_EQ(machine.shutdown(child, How::wr), returned(0));
  EXPECT_EQ(machine.info(child), (outcome::Info{TcpState::last_ack, 1, 0}));
  EXPECT_EQ(machine.send(9, Flags::a), Flags::none);
  EXPECT_EQ(machine.state(child), TcpState::close);
  EXPECT_EQ(machine.send(9, Flags::a), Flags::r);
}

TEST(LockfreeSegments, ThisEndsEstablishedConnection) {
  Machine machine(releases::linux_6_18);
  const std::int32_t listener = machine.listener(10);
  const std::int32_t child = machine.accepted(listener, 9);
  EXPECT_EQ(machine.shutdown(child, How::wr), returned(0));
  EXPECT_EQ(machine.info(child), (outcome::Info{TcpState::fin_wait1, 1, 0}));
  EXPECT_EQ(machine.send(9, Flags::pa, 1), Flags::a);
  EXPECT_EQ(machine.info(child), (outcome::Info{TcpState::fin_wait2, 0, 0}));
  EXPECT_EQ(machine.send(9, Flags::a), Flags::none);
  EXPECT_EQ(machine.advance(100000), Ports{});
  EXPECT_EQ(machine.state(child), TcpState::fin_wait2);  // it has a descriptor
  EXPECT_EQ(machine.send(9, Flags::fa), Flags::a);
  EXPECT_EQ(machine.state(child), TcpState::close);
  for (const Flags flags : {Flags::sa, Flags::fa}) EXPECT_EQ(machine.send(9, flags), Flags::a);
  EXPECT_EQ(machine.send(9, Flags::a, 1), Flags::a);
  for (const Flags flags : {Flags::a, Flags::f, Flags::none}) EXPECT_EQ(machine.send(9, flags), Flags::none);
  EXPECT_EQ(machine.close(child), returned(0));
  EXPECT_EQ(machine.close(listener), returned(0));
  EXPECT_EQ(machine.bind(80), failed(Errno::eaddrinuse));
  EXPECT_EQ(machine.advance(59999), Ports{});
  EXPECT_EQ(machine.bind(80), failed(Errno::eaddrinuse));
  EXPECT_EQ(machine.advance(1), Ports{});
  EXPECT_EQ(machine.send(9, Flags::fa), Flags::r);
  EXPECT_EQ(machine.bind(80), returned(0));
}

TEST(LockfreeSegments, AClosedDescriptor) {
  Machine machine(releases::linux_6_18);
  const std::int32_t listener = machine.listener(10);
  // FIN_WAIT1, FIN_WAIT2, and data that nobody can read.
  machine.close(machine.accepted(listener, 9));
  EXPECT_EQ(machine.send(9, Flags::a), Flags::none);
  EXPECT_EQ(machine.send(9, Flags::fa, 1), Flags::r);
  EXPECT_EQ(machine.send(9, Flags::a), Flags::r);
  // FIN_WAIT2 ends by itself.
  machine.close(machine.accepted(listener, 10));
  EXPECT_EQ(machine.advance(600000), Ports{});
  EXPECT_EQ(machine.send(10, Flags::a), Flags::none);
  EXPECT_EQ(machine.advance(59999), Ports{});
  EXPECT_EQ(machine.send(10, Flags::s), Flags::a);
  EXPECT_EQ(machine.advance(1), Ports{});
  EXPECT_EQ(machine.send(10, Flags::a), Flags::r);
  // TIME_WAIT in the socket's place.
  machine.close(machine.accepted(listener, 11));
  EXPECT_EQ(machine.send(11, Flags::fa), Flags::a);
  EXPECT_EQ(machine.send(11, Flags::fa), Flags::a);
  EXPECT_EQ(machine.send(11, Flags::r), Flags::none);
  EXPECT_EQ(machine.send(11, Flags::fa), Flags::r);
  // LAST_ACK.
  const std::int32_t child = machine.accepted(listener, 12);
  EXPECT_EQ(machine.send(12, Flags::fa), Flags::none);
  machine.close(child);
  EXPECT_EQ(machine.send(12, Flags::s), Flags::a);
  EXPECT_EQ(machine.send(12, Flags::a), Flags::none);
  EXPECT_EQ(machine.send(12, Flags::a), Flags::r);
  machine.close(listener);
  EXPECT_EQ(machine.bind(80), returned(0));
}

TEST(LockfreeSegments, UnreadDataResetTheConnectionThatIsClosed) {
  Machine machine(releases::linux_6_18);
  const std::int32_t listener = machine.listener(10);
  for (const Flags last : {Flags::a, Flags::fa}) {
    const std::int32_t child = machine.accepted(listener, 9);
    EXPECT_EQ(machine.send(9, last, 1), last == Flags::a ? Flags::a : Flags::none);
    machine.close(child);
    EXPECT_EQ(machine.send(9, Flags::a), Flags::r);
  }
  const std::int32_t child = machine.accepted(listener, 9);
  machine.shutdown(child, How::wr);
  EXPECT_EQ(machine.send(9, Flags::a, 1), Flags::a);
  machine.close(child);
  EXPECT_EQ(machine.send(9, Flags::a), Flags::r);
  machine.close(listener);
  EXPECT_EQ(machine.bind(80), returned(0));
}

TEST(LockfreeSegments, AChildThatSendsFinAtOnce) {
  Machine machine(releases::linux_6_18);
  const std::int32_t listener = machine.socket();
  EXPECT_EQ(machine.ask(op::Bind{{listener}, any_address, 80}), returned(0));
  EXPECT_EQ(machine.shutdown(listener, How::wr), failed(Errno::enotconn));
  EXPECT_EQ(machine.listen(listener, 10), returned(0));
  for (const std::uint16_t from : Ports{1, 2, 3}) EXPECT_EQ(machine.send(from, Flags::s), Flags::sa);
  EXPECT_EQ(machine.send(1, Flags::a), Flags::fa);
  EXPECT_EQ(machine.send(2, Flags::pa, 1), Flags::fa);
  EXPECT_EQ(machine.send(3, Flags::fa), Flags::fa);
  const std::int32_t one = machine.accept(listener);
  EXPECT_EQ(machine.info(one), (outcome::Info{TcpState::fin_wait1, 1, 0}));
  EXPECT_EQ(machine.state(machine.accept(listener)), TcpState::fin_wait1);
  const std::int32_t three = machine.accept(listener);
  EXPECT_EQ(machine.info(three), (outcome::Info{TcpState::closing, 1, 0}));
  EXPECT_EQ(machine.send(1, Flags::a), Flags::none);
  EXPECT_EQ(machine.state(one), TcpState::fin_wait2);
  EXPECT_EQ(machine.send(3, Flags::a), Flags::none);
  EXPECT_EQ(machine.state(three), TcpState::close);
  EXPECT_EQ(machine.send(3, Flags::fa), Flags::a);  // TIME_WAIT
}

TEST(LockfreeSegments, TheQueuedChildrenOfAListenerThatStops) {
  Machine machine(releases::linux_6_18);
  const std::int32_t listener = machine.listener(10);
  for (const std::uint16_t from : Ports{1, 2}) {
    EXPECT_EQ(machine.send(from, Flags::s), Flags::sa);
    EXPECT_EQ(machine.send(from, Flags::a), Flags::none);
  }
  EXPECT_EQ(machine.send(2, Flags::fa), Flags::none);
  machine.close(listener);
  for (const std::uint16_t from : Ports{1, 2}) EXPECT_EQ(machine.send(from, Flags::a), Flags::r);
  EXPECT_EQ(machine.bind(80), returned(0));
}

/// A SYN that finds a TIME_WAIT begins anew, whatever the state of the SYN queue; without a listener it is answered.
TEST(LockfreeSegments, ATimeWaitIsRenewed) {
  Machine machine(releases::linux_6_18);
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

TEST(LockfreeSegments, TimeWaitOnThisHostEndsToo) {
  Machine machine(releases::linux_6_18);
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
}  // namespace weir::lockfree
