// A mark for each clause of remote peers and time.
#include "tests/marks/marks.hpp"

namespace weir::marks {
namespace {

/// A listener on descriptor 3, which remote peers reach.
void listener(Script& host, std::int32_t backlog = 64, std::string cookies = "0") {
  host.write(Sysctl::tcp_syncookies, std::move(cookies));
  host.socket();
  host.bind(3, 8080, any_address);
  host.listen(3, backlog);
}

/// The listener, and on descriptor 4 its connection with peer 1.
void connection(Script& host) {
  listener(host);
  host.seg(1, Flags::s);
  host.seg(1, Flags::a);
  EXPECT_EQ(host.accept(3), "4");
}

/// The same after both ends have sent FIN, ours first.
void time_wait(Script& host) {
  connection(host);
  host.close(4);
  EXPECT_EQ(host.seg(1, Flags::fa), "A");
}

COVERS(SEGMENT_MARTIAN, linux_6_18) {
  listener(host);
  const Outcome answer = host.step(op::Segment{{0}, {0x7f000002, 1}, {0xc0000201, 8080}, Flags::s, 0});
  EXPECT_EQ(answer, Outcome(outcome::Replied{Flags::none}));
}
COVERS(SEGMENT_REFUSED, linux_6_18) { EXPECT_EQ(host.seg(1, Flags::s), "R"); }
COVERS(SEGMENT_RST, linux_6_18) { EXPECT_EQ(host.seg(1, Flags::r), ""); }
COVERS(SEGMENT_UNEXPECTED, linux_6_18) {
  listener(host);
  EXPECT_EQ(host.seg(1, Flags::a), "R");
}
COVERS(SEGMENT_NO_FLAGS, linux_6_18) {
  listener(host);
  EXPECT_EQ(host.seg(1, Flags::none), "");
}
COVERS(SYN_RENEWAL, linux_6_18) {
  time_wait(host);
  EXPECT_EQ(host.seg(1, Flags::s), "SA");
}
COVERS(REQUEST_SYN, linux_2_6_32) {
  listener(host);
  host.seg(1, Flags::s);
  EXPECT_EQ(host.seg(1, Flags::s), "SA");
}
COVERS(REQUEST_SYN_TOO_SOON, linux_6_18) {
  listener(host);
  host.seg(1, Flags::s);
  host.seg(1, Flags::s);
  EXPECT_EQ(host.seg(1, Flags::s), "");
}
COVERS(REQUEST_SYN_RESTARTS, linux_6_18) {
  listener(host);
  host.seg(1, Flags::s);
  host.advance(900);
  host.seg(1, Flags::s);
  EXPECT_EQ(host.advance(999), "");
}
COVERS(REQUEST_RST, linux_6_18) {
  listener(host);
  host.seg(1, Flags::s);
  EXPECT_EQ(host.seg(1, Flags::r), "");
  EXPECT_EQ(host.netstat().EmbryonicRsts, 1U);
}
COVERS(REQUEST_SYN_ACK, linux_6_18) {
  listener(host);
  host.seg(1, Flags::s);
  EXPECT_EQ(host.seg(1, Flags::sa), "A");
}
COVERS(REQUEST_NO_ACK, linux_6_18) {
  listener(host);
  host.seg(1, Flags::s);
  EXPECT_EQ(host.seg(1, Flags::f), "");
  EXPECT_EQ(host.info(3), "LISTEN 0 64");
}
COVERS(REQUEST_ORPHANED, linux_6_18) {
  listener(host);
  host.seg(1, Flags::s);
  host.shutdown(3, How::rd);
  EXPECT_EQ(host.seg(1, Flags::a), "R");
}
COVERS(COOKIE_VALID, linux_6_18) {
  listener(host, 64, "2");
  host.seg(1, Flags::s);
  EXPECT_EQ(host.seg(1, Flags::a), "");
  EXPECT_EQ(host.info(3), "LISTEN 1 64");
}
COVERS(COOKIE_UNWANTED, linux_6_18) {
  listener(host, 64, "2");
  host.seg(1, Flags::s);
  host.write(Sysctl::tcp_syncookies, "0");
  EXPECT_EQ(host.seg(1, Flags::a), "R");
}
COVERS(COOKIE_NO_OVERFLOW, "linux-3.16") {
  listener(host, 64, "2");
  host.seg(1, Flags::s);
  host.advance(3001);
  EXPECT_EQ(host.seg(1, Flags::a), "R");
}
COVERS(COOKIE_WRONG, linux_6_18) {
  listener(host, 64, "2");
  host.seg(1, Flags::s);
  EXPECT_EQ(host.seg(2, Flags::a), "R");
}
COVERS(COOKIE_OLD, linux_6_18) {
  listener(host, 64, "2");
  host.seg(1, Flags::s);
  host.advance(120000);
  EXPECT_EQ(host.seg(1, Flags::a), "R");
}
COVERS(REMOTE_ACK, linux_6_18) {
  connection(host);
  EXPECT_EQ(host.seg(1, Flags::a), "");
}
COVERS(REMOTE_DATA, linux_6_18) {
  connection(host);
  EXPECT_EQ(host.seg(1, Flags::pa, 1), "A");
}
COVERS(REMOTE_FIN, linux_6_18) {
  connection(host);
  EXPECT_EQ(host.seg(1, Flags::fa), "");
  EXPECT_EQ(host.info(4), "CLOSE_WAIT 0 0");
}
COVERS(REMOTE_FIN_ACKED, linux_6_18) {
  connection(host);
  host.shutdown(4, How::wr);
  EXPECT_EQ(host.seg(1, Flags::a), "");
  EXPECT_EQ(host.info(4), "FIN_WAIT2 0 0");
}
COVERS(REMOTE_FIN_LAST, linux_6_18) {
  connection(host);
  host.shutdown(4, How::wr);
  EXPECT_EQ(host.seg(1, Flags::fa), "A");
  EXPECT_EQ(host.info(4), "CLOSE 0 0");
}
COVERS(REMOTE_FIN_CROSSED, linux_6_18) {
  host.socket();
  EXPECT_EQ(host.shutdown(3, How::wr), "ENOTCONN");
  host.bind(3, 8080, any_address);
  host.listen(3, 1);
  host.seg(1, Flags::s);
  EXPECT_EQ(host.seg(1, Flags::fa), "FA");
  EXPECT_EQ(host.accept(3), "4");
  EXPECT_EQ(host.info(4), "CLOSING 1 0");
}
COVERS(REMOTE_CLOSING_ACKED, linux_6_18) {
  covers_REMOTE_FIN_CROSSED(host);
  EXPECT_EQ(host.seg(1, Flags::a), "");
  EXPECT_EQ(host.info(4), "CLOSE 0 0");
}
COVERS(REMOTE_LAST_ACK, linux_6_18) {
  connection(host);
  host.seg(1, Flags::fa);
  host.shutdown(4, How::wr);
  EXPECT_EQ(host.info(4), "LAST_ACK 1 0");
  EXPECT_EQ(host.seg(1, Flags::a), "");
  EXPECT_EQ(host.info(4), "CLOSE 0 0");
}
COVERS(REMOTE_AFTER_FIN, linux_6_18) {
  connection(host);
  host.seg(1, Flags::fa);
  EXPECT_EQ(host.seg(1, Flags::fa), "A");
  EXPECT_EQ(host.seg(1, Flags::pa, 1), "");
}
COVERS(REMOTE_DATA_UNREADABLE, linux_6_18) {
  connection(host);
  host.close(4);
  EXPECT_EQ(host.seg(1, Flags::pa, 1), "R");
}
COVERS(REMOTE_SYN, linux_6_18) {
  connection(host);
  EXPECT_EQ(host.seg(1, Flags::s), "A");
}
COVERS(REMOTE_SYN_TOO_SOON, linux_6_18) {
  connection(host);
  host.seg(1, Flags::s);
  EXPECT_EQ(host.seg(1, Flags::s), "");
}
COVERS(REMOTE_NO_ACK, linux_6_18) {
  connection(host);
  EXPECT_EQ(host.seg(1, Flags::f), "");
  EXPECT_EQ(host.info(4), "ESTABLISHED 0 0");
}
COVERS(FIN_REMOTE, linux_6_18) {
  connection(host);
  host.shutdown(4, How::wr);
  EXPECT_EQ(host.info(4), "FIN_WAIT1 1 0");
}
COVERS(CLOSE_UNREAD, linux_6_18) {
  connection(host);
  host.seg(1, Flags::pa, 1);
  host.close(4);
  EXPECT_EQ(host.seg(1, Flags::a), "R");
}
COVERS(TIME_WAIT_RENEWAL, linux_6_18) {
  time_wait(host);
  EXPECT_EQ(host.seg(1, Flags::s), "SA");
}
COVERS(TIME_WAIT_SYN, linux_6_18) {
  time_wait(host);
  host.close(3);
  EXPECT_EQ(host.seg(1, Flags::s), "A");
}
COVERS(TIME_WAIT_RST, linux_6_18) {
  time_wait(host);
  EXPECT_EQ(host.seg(1, Flags::r), "");
  EXPECT_EQ(host.seg(1, Flags::a), "R");
}
COVERS(TIME_WAIT_IN_ORDER, linux_6_18) {
  time_wait(host);
  host.advance(59999);
  EXPECT_EQ(host.seg(1, Flags::a), "");
  host.advance(59999);
  EXPECT_EQ(host.seg(1, Flags::fa), "A") << "the minute had been restarted";
}
COVERS(TIME_WAIT_ACK, linux_6_18) {
  time_wait(host);
  EXPECT_EQ(host.seg(1, Flags::fa), "A");
}
COVERS(TIME_WAIT_TOO_SOON, linux_6_18) {
  time_wait(host);
  EXPECT_EQ(host.seg(1, Flags::sa), "A");
  EXPECT_EQ(host.seg(1, Flags::sa), "");
}

}  // namespace
}  // namespace weir::marks
