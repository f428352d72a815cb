// Segments of remote peers on the lock-free sockets, rule by rule as docs/segments.md has them.
#include <gtest/gtest.h>

#include "tests/lockfree/remote_machine.hpp"

namespace weir::lockfree::testing {
namespace {

TEST(LockfreeSegments, WhatIsNotForUsIsDropped) {
  RemoteMachine machine(releases::linux_6_18);
  machine.listener(5);
  for (const std::uint32_t martian : {0x7f000001u, 0x00000001u, 0u, 0xe0000001u, 0xefffffffu, 0xffffffffu}) {
    EXPECT_EQ(machine.ask(op::Segment{{}, {martian, 9}, service, Flags::s, 0}).reply, Flags::none);
    EXPECT_EQ(machine.ask(op::Segment{{}, peer(9), {martian, 80}, Flags::s, 0}).reply, Flags::none);
  }
  EXPECT_EQ(machine.ask(op::Segment{{}, {here, 9}, service, Flags::s, 0}).reply, Flags::none);
  EXPECT_EQ(machine.ask(op::Segment{{}, {0xf0000001, 9}, service, Flags::s, 0}).reply, Flags::sa);
}

TEST(LockfreeSegments, NobodyListens) {
  RemoteMachine machine(releases::linux_6_18);
  for (const Flags flags : {Flags::none, Flags::s, Flags::sa, Flags::a, Flags::pa, Flags::f, Flags::fa})
    EXPECT_EQ(machine.send(9, flags), Flags::r);
  for (const Flags flags : {Flags::r, Flags::ra}) EXPECT_EQ(machine.send(9, flags), Flags::none);
}

TEST(LockfreeSegments, AListenerWithoutARequest) {
  RemoteMachine machine(releases::linux_6_18);
  machine.listener(5);
  for (const Flags flags : {Flags::none, Flags::f, Flags::r, Flags::ra}) EXPECT_EQ(machine.send(9, flags), Flags::none);
  for (const Flags flags : {Flags::sa, Flags::a, Flags::pa, Flags::fa}) EXPECT_EQ(machine.send(9, flags), Flags::r);
}

TEST(LockfreeSegments, OnlyTheWildcardIsReached) {
  RemoteMachine machine(releases::linux_6_18);
  const std::int32_t fd = machine.socket();
  EXPECT_EQ(machine.ask(op::Bind{{fd}, loopback, 80}), returned(0));
  EXPECT_EQ(machine.listen(fd, 1), returned(0));
  EXPECT_EQ(machine.send(9, Flags::s), Flags::r);
  EXPECT_EQ(std::get<outcome::Returned>(Host(releases::linux_6_18).step(op::Segment{{7}, peer(1), service, {}, 0})),
            failed(Errno::enoent));
}

TEST(LockfreeSegments, TheHandshakeAndItsFourTuple) {
  RemoteMachine machine(releases::linux_6_18);
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
  RemoteMachine machine(releases::linux_6_18);
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

TEST(LockfreeSegments, AFullAcceptQueue) {
  RemoteMachine machine(releases::linux_6_18);
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
    RemoteMachine machine(*kernel);
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

/// What comes after our FIN, and cannot be read, resets the connection.
TEST(LockfreeSegments, ShutDownForReading) {
  for (const bool before : {false, true}) {
    RemoteMachine machine(releases::linux_6_18);
    const std::int32_t listener = machine.socket();
    EXPECT_EQ(machine.ask(op::Bind{{listener}, any_address, 80}), returned(0));
    if (before) {
      EXPECT_EQ(machine.shutdown(listener, How::rd), failed(Errno::enotconn));
    }
    EXPECT_EQ(machine.listen(listener, 10), returned(0));
    const std::int32_t child = machine.accepted(listener, 9);
    if (!before) {
      EXPECT_EQ(machine.shutdown(child, How::rd), returned(0));
    }
    EXPECT_EQ(machine.send(9, Flags::a, 1), Flags::a);
    EXPECT_EQ(machine.shutdown(child, How::wr), returned(0));
    EXPECT_EQ(machine.send(9, Flags::fa, 1), Flags::r);
    EXPECT_EQ(machine.state(child), TcpState::close);
  }
}

TEST(LockfreeSegments, TheOtherEndsEstablishedConnection) {
  RemoteMachine machine(releases::linux_6_18);
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
  RemoteMachine machine(releases::linux_6_18);
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
  for (const Flags flags : {Flags::a, Flags::pa, Flags::none}) EXPECT_EQ(machine.send(9, flags), Flags::none);
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
  RemoteMachine machine(releases::linux_6_18);
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
  RemoteMachine machine(releases::linux_6_18);
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
  RemoteMachine machine(releases::linux_6_18);
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

TEST(LockfreeSegments, AChildThatSendsFinAtOnceAndReadsNothing) {
  RemoteMachine machine(releases::linux_6_18);
  const std::int32_t listener = machine.socket();
  EXPECT_EQ(machine.ask(op::Bind{{listener}, any_address, 80}), returned(0));
  EXPECT_EQ(machine.shutdown(listener, How::rdwr), failed(Errno::enotconn));
  EXPECT_EQ(machine.listen(listener, 10), returned(0));
  EXPECT_EQ(machine.send(9, Flags::s), Flags::sa);
  EXPECT_EQ(machine.send(9, Flags::fa, 1), Flags::fa);
  EXPECT_EQ(machine.send(9, Flags::a), Flags::r);
  EXPECT_EQ(machine.state(machine.accept(listener)), TcpState::close);
}

TEST(LockfreeSegments, TheQueuedChildrenOfAListenerThatStops) {
  RemoteMachine machine(releases::linux_6_18);
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

}  // namespace
}  // namespace weir::lockfree::testing
