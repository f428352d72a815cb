// A mark for each clause of shutdown, close and what they send.
#include "tests/marks/marks.hpp"

namespace weir::marks {
namespace {

constexpr std::uint16_t port = 80;

/// A listener on descriptor 3.
void listener(Script& host, std::int32_t backlog = 5) {
  host.socket();
  host.bind(3, port);
  host.listen(3, backlog);
}

/// A client on the descriptor, which keeps its third ACK back if it is to defer.
void client(Script& host, int fd, bool defers = false) {
  host.socket();
  if (defers) host.set(fd, SockOpt::tcp_defer_accept, 1);
  EXPECT_EQ(host.connect(fd, port), "EINPROGRESS");
}

/// Listener 3, client 4 and the end that was accepted, 5.
void accepted(Script& host) {
  listener(host);
  client(host, 4);
  EXPECT_EQ(host.connect(4, port), "0");
  EXPECT_EQ(host.accept(3), "5");
}

COVERS(SHUTDOWN_NOT_CONNECTED, linux_6_18) {
  host.socket();
  EXPECT_EQ(host.shutdown(3, How::rd), "ENOTCONN");
}
COVERS(SHUTDOWN_PENDING, linux_6_18) {
  listener(host);
  client(host, 4);
  EXPECT_EQ(host.shutdown(4, How::wr), "0");
  EXPECT_EQ(host.connect(4, port), "EISCONN") << "connected by the shutdown";
}
COVERS(SHUTDOWN_LISTENER, linux_6_18) {
  listener(host);
  client(host, 4);
  EXPECT_EQ(host.shutdown(3, How::rd), "0");
  EXPECT_EQ(host.info(3), "CLOSE 0 0");
  EXPECT_EQ(host.info(4), "CLOSE 0 0");
  EXPECT_EQ(host.listen(3, 1), "0");
}
COVERS(SHUTDOWN_LISTENER_SEND, linux_6_18) {
  listener(host);
  EXPECT_EQ(host.shutdown(3, How::wr), "0");
  EXPECT_EQ(host.info(3), "LISTEN 0 5");
}
COVERS(SHUTDOWN_SYN_SENT, linux_6_18) {
  listener(host, 0);
  client(host, 4);
  client(host, 5);
  EXPECT_EQ(host.info(5), "SYN_SENT 1 0");
  EXPECT_EQ(host.shutdown(5, How::rd), "0");
  EXPECT_EQ(host.info(5), "CLOSE 0 0");
}
COVERS(SHUTDOWN_RECEIVE, linux_6_18) {
  accepted(host);
  EXPECT_EQ(host.shutdown(4, How::rd), "0");
  EXPECT_EQ(host.info(4), "ESTABLISHED 0 0");
}
COVERS(SHUTDOWN_SEND, linux_6_18) {
  accepted(host);
  EXPECT_EQ(host.shutdown(4, How::wr), "0");
  EXPECT_EQ(host.info(4), "FIN_WAIT1 1 0");
}
COVERS(SHUTDOWN_UNIX, linux_6_18) {
  host.socket(Family::unix_);
  EXPECT_EQ(host.shutdown(3, How::rdwr), "0");
}
COVERS(SHUTDOWN_NOT_SUPPORTED, linux_6_18) {
  host.socket(Family::netlink, SockType::dgram);
  EXPECT_EQ(host.shutdown(3, How::rd), "EOPNOTSUPP");
}
COVERS(CLOSE_FILE, linux_6_18) {
  host.socket();
  EXPECT_EQ(host.close(3), "0");
  EXPECT_EQ(host.close(3), "EBADF");
}
COVERS(CLOSE_LISTENER, linux_6_18) {
  listener(host);
  client(host, 4);
  EXPECT_EQ(host.close(3), "0");
  EXPECT_EQ(host.info(4), "CLOSE 0 0");
}
COVERS(CLOSE_FIN, linux_6_18) {
  accepted(host);
  EXPECT_EQ(host.close(4), "0");
  EXPECT_EQ(host.info(5), "CLOSE_WAIT 0 0");
}
COVERS(CLOSE_QUIET, linux_6_18) {
  host.socket();
  EXPECT_EQ(host.close(3), "0");
}
COVERS(FIN_REQUEST, linux_6_18) {
  listener(host);
  client(host, 4, true);
  EXPECT_EQ(host.info(3), "LISTEN 0 5");
  host.close(4);
  EXPECT_EQ(host.info(3), "LISTEN 1 5");
}
COVERS(FIN_REQUEST_ORPHANED, linux_6_18) {
  listener(host);
  client(host, 4, true);
  host.shutdown(3, How::rd);
  host.shutdown(4, How::wr);
  EXPECT_EQ(host.info(4), "CLOSE 0 0");
}
COVERS(FIN_COOKIE, linux_6_18) {
  host.write(Sysctl::tcp_syncookies, "2");
  listener(host);
  client(host, 4, true);
  EXPECT_EQ(host.info(3), "LISTEN 0 5");
  host.shutdown(4, How::wr);
  EXPECT_EQ(host.info(3), "LISTEN 1 5");
}
COVERS(FIN_COOKIE_UNWANTED, linux_6_18) {
  host.write(Sysctl::tcp_syncookies, "2");
  listener(host);
  client(host, 4, true);
  host.write(Sysctl::tcp_syncookies, "0");
  host.shutdown(4, How::wr);
  EXPECT_EQ(host.info(4), "CLOSE 0 0");
}
COVERS(FIN_NO_PEER, linux_6_18) {
  host.write(Sysctl::tcp_syncookies, "2");
  listener(host);
  client(host, 4, true);
  host.shutdown(3, How::rd);
  host.shutdown(4, How::wr);
  EXPECT_EQ(host.info(4), "CLOSE 0 0");
}
COVERS(FIN_RECEIVED, linux_6_18) {
  accepted(host);
  host.shutdown(4, How::wr);
  EXPECT_EQ(host.info(5), "CLOSE_WAIT 0 0");
}
COVERS(FIN_BOTH, linux_6_18) {
  accepted(host);
  host.shutdown(4, How::wr);
  host.shutdown(5, How::wr);
  EXPECT_EQ(host.info(4), "CLOSE 0 0");
  EXPECT_EQ(host.info(5), "CLOSE 0 0");
  EXPECT_EQ(host.connect(4, port), "EISCONN") << "it was connected";
}
COVERS(RESET, linux_6_18) {
  listener(host);
  client(host, 4);
  host.close(3);
  EXPECT_EQ(host.connect(4, port), "ECONNRESET");
}
COVERS(CHILD_SENDS_FIN, linux_6_18) {
  host.socket();
  host.bind(3, port);
  host.shutdown(3, How::wr);
  host.listen(3, 5);
  client(host, 4);
  EXPECT_EQ(host.info(4), "CLOSE_WAIT 0 0");
}

}  // namespace
}  // namespace weir::marks
