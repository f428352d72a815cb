// A mark for each clause of time.
#include "tests/marks/marks.hpp"

namespace weir::marks {
namespace {

constexpr std::uint16_t port = 8080;
constexpr const char* linux_4_7 = "linux-4.7";

/// A listener on descriptor 3, which remote peers reach, too.
void listener(Script& host, std::int32_t backlog = 5) {
  host.socket();
  host.bind(3, port, any_address);
  host.listen(3, backlog);
}

/// A client on the descriptor, bound to a port if that is not 0; it keeps its third ACK back if it is to defer.
void client(Script& host, int fd, std::uint16_t from = 0, bool defers = false) {
  host.socket();
  if (from != 0) {
    host.set(fd, SockOpt::so_reuseaddr, 1);
    host.bind(fd, from);
  }
  if (defers) host.set(fd, SockOpt::tcp_defer_accept, 1);
  EXPECT_EQ(host.connect(fd, port), "EINPROGRESS");
}

/// Listener 3 with room for one; client 4 has it. Client 5 has kept its ACK back for 200 ms: its request waits.
void kept_request(Script& host, bool born_shut = false) {
  host.write(Sysctl::tcp_syncookies, "0");
  host.socket();
  if (born_shut) host.shutdown(3, How::wr);
  host.bind(3, port, any_address);
  host.listen(3, 1);
  client(host, 4);
  client(host, 5, 1000, true);
  client(host, 6, 1001, true);
  host.advance(200);
  EXPECT_EQ(host.info(3), "LISTEN 2 1");
  EXPECT_EQ(host.netstat().ListenOverflows, 1U);
}

/// Listener 3, client 4 from port 1000, and the end that was accepted, 5.
void accepted(Script& host) {
  listener(host);
  client(host, 4, 1000);
  EXPECT_EQ(host.accept(3), "5");
}

/// A connection with remote peer 1, accepted as descriptor 4.
void connection(Script& host) {
  listener(host);
  host.seg(1, Flags::s);
  host.seg(1, Flags::a);
  EXPECT_EQ(host.accept(3), "4");
}

/// The same, in TIME_WAIT.
void time_wait(Script& host) {
  connection(host);
  host.close(4);
  host.seg(1, Flags::fa);
}

COVERS(TIME_WAIT_OVER, linux_6_18) {
  time_wait(host);
  host.advance(60000);
  EXPECT_EQ(host.seg(1, Flags::fa), "R");
}
COVERS(FIN_WAIT2_OVER, linux_6_18) {
  connection(host);
  host.close(4);
  EXPECT_EQ(host.seg(1, Flags::a), "");
  host.advance(60000);
  EXPECT_EQ(host.seg(1, Flags::fa), "R");
}
COVERS(TIMER_RESEND, linux_6_18) {
  listener(host);
  host.seg(1, Flags::s);
  EXPECT_EQ(host.advance(1000), "1");
}
COVERS(TIMER_WAITS, linux_6_18) {
  listener(host);
  host.set(3, SockOpt::tcp_defer_accept, 30);
  host.seg(1, Flags::s);
  host.seg(1, Flags::a);
  EXPECT_EQ(host.advance(1000), "");
}
COVERS(TIMER_PRESSURE, linux_6_18) {
  listener(host, 8);
  for (std::uint16_t peer = 1; peer <= 5; ++peer) host.seg(peer, Flags::s);
  host.advance(3000);
  EXPECT_EQ(host.advance(4000), "4 3 2 1") << "5 is the first to fire, and gives up";
}
COVERS(TIMER_EXPIRED, linux_6_18) {
  host.write(Sysctl::tcp_synack_retries, "0");
  listener(host);
  host.seg(1, Flags::s);
  EXPECT_EQ(host.advance(1000), "");
  EXPECT_EQ(host.seg(1, Flags::a), "R");
}
COVERS(TIMER_ORPHANED, linux_6_18) {
  listener(host);
  host.seg(1, Flags::s);
  host.shutdown(3, How::rd);
  EXPECT_EQ(host.advance(1000), "");
}

COVERS(TIMER_NEWEST_FIRST, linux_6_18) {
  listener(host);
  host.seg(1, Flags::s);
  host.seg(2, Flags::s);
  EXPECT_EQ(host.advance(1000), "2 1");
  EXPECT_EQ(host.advance(2000), "1 2") << "set in the order in which they fired";
}
COVERS(TIMER_OLDEST_FIRST, linux_4_7) {
  listener(host);
  host.seg(1, Flags::s);
  host.seg(2, Flags::s);
  EXPECT_EQ(host.advance(1000), "1 2");
}
COVERS(SYN_RETRANSMITTED, linux_6_18) {
  listener(host, 0);
  client(host, 4);
  client(host, 5);
  EXPECT_EQ(host.info(5), "SYN_SENT 1 0");
  host.accept(3);
  host.advance(999);
  EXPECT_EQ(host.info(5), "SYN_SENT 1 0");
  host.advance(1);
  EXPECT_EQ(host.info(5), "ESTABLISHED 0 0");
}
COVERS(SYN_TIMED_OUT, linux_6_18) {
  listener(host, 0);
  client(host, 4);
  client(host, 5);
  host.advance(130999);
  EXPECT_EQ(host.connect(5, port), "EALREADY");
  host.advance(1);
  EXPECT_EQ(host.connect(5, port), "ETIMEDOUT");
}
COVERS(SYN_HURRIED, linux_6_18) {
  accepted(host);
  host.close(4);
  host.advance(60004);
  client(host, 4, 1000);
  EXPECT_EQ(host.info(4), "SYN_SENT 1 0") << "it has met the other end of the first";
  host.advance(8);
  EXPECT_EQ(host.info(4), "ESTABLISHED 0 0");
}
COVERS(CONNECT_STALE_PEER, linux_6_18) {
  accepted(host);
  host.close(4);
  host.advance(4);
  client(host, 4, 1000);
  EXPECT_EQ(host.info(4), "SYN_SENT 1 0");
  EXPECT_EQ(host.info(5), "CLOSE 0 0");
}
COVERS(CONNECT_OLD_YIELDS, linux_6_18) {
  accepted(host);
  host.close(4);
  host.socket();
  host.set(4, SockOpt::so_reuseaddr, 1);
  host.bind(4, 1000);
  EXPECT_EQ(host.connect(4, port), "EADDRNOTAVAIL") << "its FIN is not acknowledged yet";
  host.advance(4);
  EXPECT_EQ(host.connect(4, port), "EINPROGRESS");
}
COVERS(CONNECT_STALE_REQUEST, linux_6_18) {
  kept_request(host);
  host.set(3, SockOpt::tcp_defer_accept, 1000);
  host.close(5);
  host.advance(104448);
  client(host, 5, 1000);
  EXPECT_EQ(host.info(5), "SYN_SENT 1 0");
  EXPECT_EQ(host.netstat().EmbryonicRsts, 1U);
}
COVERS(ACK_LEAVES, linux_6_18) {
  listener(host);
  client(host, 4, 0, true);
  host.advance(199);
  EXPECT_EQ(host.info(3), "LISTEN 0 5");
  host.advance(1);
  EXPECT_EQ(host.info(3), "LISTEN 1 5");
}
COVERS(ACK_NOBODY, linux_6_18) {
  host.write(Sysctl::tcp_syncookies, "2");
  listener(host);
  client(host, 4, 0, true);
  host.close(3);
  host.advance(200);
  EXPECT_EQ(host.info(4), "CLOSE 0 0");
}
COVERS(SYNACK_ANSWERED, linux_6_18) {
  kept_request(host);
  EXPECT_EQ(host.accept(3), "7");
  host.advance(799);
  EXPECT_EQ(host.info(3), "LISTEN 1 1");
  host.advance(1);
  EXPECT_EQ(host.info(3), "LISTEN 2 1");
  EXPECT_EQ(host.netstat().ListenOverflows, 1U);
}
COVERS(SYNACK_AFTER_FIN, linux_6_18) {
  kept_request(host);
  host.advance(700);
  host.shutdown(5, How::wr);
  host.accept(3);
  EXPECT_EQ(host.accept(3), "8");
  host.advance(100);
  EXPECT_EQ(host.accept(3), "9");
  EXPECT_EQ(host.info(9), "ESTABLISHED 0 0") << "the FIN is missing";
  EXPECT_EQ(host.info(5), "FIN_WAIT1 1 0");
  host.advance(104);
  EXPECT_EQ(host.info(9), "CLOSE_WAIT 0 0");
}
COVERS(SYNACK_NO_CLIENT, linux_6_18) {
  kept_request(host);
  host.set(3, SockOpt::tcp_defer_accept, 200);
  host.close(5);
  host.advance(170000);
  EXPECT_EQ(host.netstat().EmbryonicRsts, 0U);
  host.advance(200000);
  EXPECT_EQ(host.netstat().EmbryonicRsts, 1U);
}
COVERS(FIN_CROSSED, linux_6_18) {
  kept_request(host, true);
  host.advance(700);
  host.shutdown(5, How::wr);
  host.accept(3);
  host.advance(100);
  EXPECT_EQ(host.info(5), "CLOSING 1 0");
  host.advance(104);
  EXPECT_EQ(host.info(5), "CLOSE 0 0");
}
COVERS(FIN_PROBE, linux_6_18) {
  kept_request(host);
  host.shutdown(5, How::wr);
  host.advance(203);
  EXPECT_EQ(host.netstat().ListenOverflows, 2U);
  host.advance(1);
  EXPECT_EQ(host.netstat().ListenOverflows, 3U);
}
COVERS(FIN_RETRANSMITTED, linux_6_18) {
  kept_request(host);
  host.shutdown(5, How::wr);
  host.advance(407);
  EXPECT_EQ(host.netstat().ListenOverflows, 3U);
  host.advance(1);
  EXPECT_EQ(host.netstat().ListenOverflows, 4U);
}
COVERS(FIN_TIMED_OUT, linux_6_18) {
  kept_request(host);
  host.set(3, SockOpt::tcp_defer_accept, 1000);
  host.close(5);
  host.advance(104447);
  host.socket();
  EXPECT_EQ(host.bind(5, 1000), "EADDRINUSE");
  host.advance(1);
  EXPECT_EQ(host.bind(5, 1000), "0");
}
COVERS(FIN_ACKED, linux_6_18) {
  accepted(host);
  host.shutdown(4, How::wr);
  EXPECT_EQ(host.info(4), "FIN_WAIT1 1 0");
  host.advance(4);
  EXPECT_EQ(host.info(4), "FIN_WAIT2 0 0");
}

}  // namespace
}  // namespace weir::marks
