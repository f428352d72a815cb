// A mark for each clause of listen(2), its queues and options.
#include "model/listen/queues.hpp"
#include "tests/marks/marks.hpp"

namespace weir::marks {
namespace {

constexpr std::uint16_t port = 80;

/// A listener on descriptor 3.
void listener(Script& host, std::int32_t backlog) {
  host.socket();
  host.bind(3, port);
  EXPECT_EQ(host.listen(3, backlog), "0");
}

/// A listener on descriptor 3 whose requests wait for data, and so stay in the SYN queue.
void deferring_listener(Script& host, std::int32_t backlog) {
  listener(host, backlog);
  host.set(3, SockOpt::tcp_defer_accept, 30);
}

/// Connects clients on the next descriptors. \return the state of the last
std::string clients(Script& host, int first, int count) {
  std::string state;
  for (int fd = first; fd < first + count; ++fd) {
    host.socket();
    host.connect(fd, port);
    state = host.info(fd);
  }
  return state.substr(0, state.find(' '));
}

void no_cookies(Script& host) { host.write(Sysctl::tcp_syncookies, "0"); }

COVERS(FD_BAD, linux_6_18) { EXPECT_EQ(host.listen(9, 1), "EBADF"); }
COVERS(FD_NOT_SOCKET, linux_6_18) { EXPECT_EQ(host.listen(0, 1), "ENOTSOCK"); }
COVERS(SOCKET_CREATED, linux_6_18) {
  EXPECT_EQ(host.socket(), "3");
  EXPECT_EQ(host.socket(), "4");
}
COVERS(SOCKET_TYPE_UNKNOWN, linux_6_18) {
  EXPECT_EQ(host.socket(Family::inet, SockType::seqpacket), "ESOCKTNOSUPPORT");
}
COVERS(LISTEN_CLAMP, linux_6_18) {
  listener(host, -1);
  EXPECT_EQ(host.info(3), "LISTEN 0 4096");
}
COVERS(LISTEN_BACKLOG, linux_6_18) {
  listener(host, 7);
  EXPECT_EQ(host.info(3), "LISTEN 0 7");
}
COVERS(LISTEN_NOT_SUPPORTED, linux_6_18) {
  host.socket(Family::inet, SockType::dgram);
  EXPECT_EQ(host.listen(3, 1), "EOPNOTSUPP");
}
COVERS(LISTEN_UNIX_UNBOUND, linux_6_18) {
  host.socket(Family::unix_);
  EXPECT_EQ(host.listen(3, 1), "EINVAL");
}
COVERS(LISTEN_CONNECTING, linux_6_18) {
  host.socket();
  host.connect(3, 9);
  EXPECT_EQ(host.info(3), "CLOSE 0 0");
  EXPECT_EQ(host.listen(3, 1), "EINVAL");
}

/// Of two sockets on one port the first listens, the second may not; what it then has as its limit.
std::string limit_after_failure(Script& host) {
  for (int fd = 3; fd <= 4; ++fd) {
    host.socket();
    host.set(fd, SockOpt::so_reuseaddr, 1);
    host.bind(fd, port);
  }
  host.listen(3, 1);
  EXPECT_EQ(host.listen(4, 7), "EADDRINUSE");
  host.close(3);
  return host.info(4);
}

COVERS(LISTEN_PORT_TAKEN, "linux-6.1") { EXPECT_EQ(limit_after_failure(host), "CLOSE 0 0"); }
COVERS(LISTEN_PORT_ERROR, linux_6_18) { EXPECT_EQ(limit_after_failure(host), "CLOSE 0 0"); }
COVERS(LISTEN_STORED_FIRST, linux_6_18) { listener(host, 7); }
COVERS(LISTEN_STORED_IN_START, "linux-4.4") { listener(host, 7); }
COVERS(LISTEN_STORED_LAST, linux_2_6_32) { listener(host, 7); }
COVERS(LISTEN_RELISTEN, linux_6_18) {
  listener(host, 7);
  clients(host, 4, 3);
  EXPECT_EQ(host.listen(3, 1), "0");
  EXPECT_EQ(host.info(3), "LISTEN 3 1");
}
COVERS(LISTEN_START, linux_6_18) {
  host.socket();
  EXPECT_EQ(host.listen(3, 1), "0") << "on a port of the kernel's choice";
}
COVERS(LISTEN_SYN_TABLE, linux_2_6_32) {
  deferring_listener(host, 0);
  EXPECT_EQ(clients(host, 4, 16), "ESTABLISHED");
  EXPECT_EQ(clients(host, 20, 1), "SYN_SENT");
}
COVERS(STORE_U16, linux_2_6_32) {
  host.write(Sysctl::somaxconn, "70000");
  listener(host, 70000);
  EXPECT_EQ(host.info(3), "LISTEN 0 4464");
}
COVERS(STORE_U32, linux_6_18) {
  host.write(Sysctl::somaxconn, "70000");
  listener(host, 70000);
  EXPECT_EQ(host.info(3), "LISTEN 0 70000");
}
COVERS(ACCEPTQ_FULL, linux_6_18) {
  listener(host, 1);
  EXPECT_EQ(clients(host, 4, 2), "ESTABLISHED");
  EXPECT_EQ(clients(host, 6, 1), "SYN_SENT");
}
COVERS(ACCEPTQ_WRAPS, linux_2_6_32) {
  model::Listener<Recorded> queue;
  queue.sk_ack_backlog = queue.sk_max_ack_backlog = 65535;
  EXPECT_FALSE(model::sk_acceptq_is_full<Recorded>(queue));
  model::sk_acceptq_added<Recorded>(*profile_from(linux_2_6_32), queue);
  EXPECT_EQ(queue.sk_ack_backlog, 0U);
}
COVERS(SYNQ_FULL_TABLE, linux_2_6_32) {
  deferring_listener(host, 0);
  EXPECT_EQ(clients(host, 4, 17), "SYN_SENT");
}
COVERS(SYNQ_FULL_REACHED, "linux-4.4") {
  no_cookies(host);
  listener(host, 0);
  EXPECT_EQ(clients(host, 4, 1), "SYN_SENT");
}
COVERS(SYNQ_FULL_BACKLOG, linux_6_18) {
  no_cookies(host);
  deferring_listener(host, 1);
  EXPECT_EQ(clients(host, 4, 2), "ESTABLISHED");
  EXPECT_EQ(clients(host, 6, 1), "SYN_SENT");
}
COVERS(SYN_COOKIE_ALWAYS, linux_6_18) {
  host.write(Sysctl::tcp_syncookies, "2");
  listener(host, 5);
  EXPECT_EQ(clients(host, 4, 1), "ESTABLISHED");
  EXPECT_EQ(host.netstat().SyncookiesSent, 1U);
}
COVERS(SYN_COOKIE, linux_6_18) {
  deferring_listener(host, 0);
  EXPECT_EQ(clients(host, 4, 2), "ESTABLISHED");
  EXPECT_EQ(host.netstat().SyncookiesSent, 1U) << "for the second";
  EXPECT_EQ(host.info(3), "LISTEN 1 0") << "a cookie's ACK is not deferred";
}
COVERS(SYN_DROP_QUEUE, linux_6_18) {
  no_cookies(host);
  deferring_listener(host, 0);
  EXPECT_EQ(clients(host, 4, 2), "SYN_SENT");
  EXPECT_EQ(host.netstat().TCPReqQFullDrop, 1U);
}
COVERS(SYN_DROP_ACCEPTQ, linux_6_18) {
  listener(host, 0);
  EXPECT_EQ(clients(host, 4, 2), "SYN_SENT");
  EXPECT_EQ(host.netstat().ListenOverflows, 1U);
  EXPECT_EQ(host.netstat().ListenDrops, 1U);
}
COVERS(SYN_YOUNG_SPARED, linux_2_6_32) {
  listener(host, 0);
  EXPECT_EQ(clients(host, 4, 2), "ESTABLISHED");
}
COVERS(SYN_DROP_LAST_QUARTER, linux_6_18) {
  no_cookies(host);
  host.write(Sysctl::tcp_max_syn_backlog, "4");
  deferring_listener(host, 10);
  EXPECT_EQ(clients(host, 4, 4), "ESTABLISHED");
  EXPECT_EQ(clients(host, 8, 1), "SYN_SENT");
}
COVERS(LISTENER_PICKED, linux_6_18) {
  for (const int fd : {3, 4}) {
    host.socket();
    host.set(fd, SockOpt::so_reuseport, 1);
    host.bind(fd, port);
    host.listen(fd, 1);
  }
  EXPECT_EQ(clients(host, 5, 1), "ESTABLISHED");
}
COVERS(SYN_QUEUED, linux_6_18) {
  deferring_listener(host, 5);
  EXPECT_EQ(clients(host, 4, 1), "ESTABLISHED");
}
COVERS(ACK_DEFERRED, linux_6_18) {
  deferring_listener(host, 5);
  clients(host, 4, 1);
  EXPECT_EQ(host.accept(3), "EAGAIN");
  EXPECT_EQ(host.netstat().TCPDeferAcceptDrop, 1U);
}
COVERS(ACK_KEPT_BACK, linux_6_18) {
  listener(host, 5);
  host.socket();
  host.set(4, SockOpt::tcp_defer_accept, 1);
  host.connect(4, port);
  EXPECT_EQ(host.info(3), "LISTEN 0 5");
}
COVERS(ACK_OVERFLOW_KEPT, linux_2_6_32) {
  listener(host, 0);
  EXPECT_EQ(clients(host, 4, 2), "ESTABLISHED");
  EXPECT_EQ(host.netstat().ListenOverflows, 1U);
}
COVERS(ACK_OVERFLOW_RESET, linux_2_6_32) {
  host.write(Sysctl::tcp_abort_on_overflow, "1");
  listener(host, 0);
  EXPECT_EQ(clients(host, 4, 2), "CLOSE");
}
COVERS(ACK_COOKIE_OVERFLOW, "linux-4.4") {
  listener(host, 0);
  EXPECT_EQ(clients(host, 4, 2), "ESTABLISHED") << "the second has no server";
  EXPECT_EQ(host.info(3), "LISTEN 1 0");
}
COVERS(ACK_ACCEPTED, linux_6_18) {
  listener(host, 5);
  clients(host, 4, 1);
  EXPECT_EQ(host.info(3), "LISTEN 1 5");
}
COVERS(DEFER_SET, linux_6_18) {
  host.socket();
  EXPECT_EQ(host.set(3, SockOpt::tcp_defer_accept, 30), "0");
}
COVERS(DEFER_GET, linux_6_18) {
  host.socket();
  host.set(3, SockOpt::tcp_defer_accept, 30);
  EXPECT_EQ(host.get(3, SockOpt::tcp_defer_accept), "31");
}
COVERS(DEFER_OFF, linux_6_18) {
  host.socket();
  host.set(3, SockOpt::tcp_defer_accept, 30);
  host.set(3, SockOpt::tcp_defer_accept, -1);
  EXPECT_EQ(host.get(3, SockOpt::tcp_defer_accept), "0");
}
COVERS(OPT_REUSE, linux_6_18) {
  host.socket();
  EXPECT_EQ(host.set(3, SockOpt::so_reuseaddr, 7), "0");
  EXPECT_EQ(host.get(3, SockOpt::so_reuseaddr), "1");
}
COVERS(OPT_GET, linux_6_18) {
  listener(host, 1);
  EXPECT_EQ(host.get(3, SockOpt::so_acceptconn), "1");
}
COVERS(OPT_READ_ONLY, linux_6_18) {
  host.socket();
  EXPECT_EQ(host.set(3, SockOpt::so_acceptconn, 1), "ENOPROTOOPT");
}
COVERS(OPT_UNKNOWN, linux_2_6_32) {
  host.socket();
  EXPECT_EQ(host.set(3, SockOpt::so_reuseport, 1), "ENOPROTOOPT");
}
COVERS(OPT_UNIX_TCP, linux_6_18) {
  host.socket(Family::unix_);
  EXPECT_EQ(host.set(3, SockOpt::tcp_defer_accept, 1), "EOPNOTSUPP");
}
COVERS(OPT_REUSEPORT_INET_ONLY, linux_6_18) {
  host.socket(Family::unix_);
  EXPECT_EQ(host.set(3, SockOpt::so_reuseport, 1), "EOPNOTSUPP");
}
COVERS(FASTOPEN_SET, linux_6_18) {
  host.socket();
  EXPECT_EQ(host.set(3, SockOpt::tcp_fastopen, 5), "0");
  EXPECT_EQ(host.get(3, SockOpt::tcp_fastopen), "5");
}
COVERS(FASTOPEN_INVALID, linux_6_18) {
  host.socket();
  EXPECT_EQ(host.set(3, SockOpt::tcp_fastopen, -1), "EINVAL");
}
COVERS(FASTOPEN_SET_WHOLE, "linux-4.1") {
  host.socket();
  EXPECT_EQ(host.set(3, SockOpt::tcp_fastopen, 1000), "0");
  EXPECT_EQ(host.get(3, SockOpt::tcp_fastopen), "1000") << "somaxconn is 128";
}

/// The length of the Fast Open queue after listen(7) with that tcp_fastopen.
std::string fastopen_length(Script& host, const char* tcp_fastopen) {
  host.write(Sysctl::tcp_fastopen, tcp_fastopen);
  listener(host, 7);
  return host.get(3, SockOpt::tcp_fastopen);
}

COVERS(LISTEN_FASTOPEN, linux_6_18) { EXPECT_EQ(fastopen_length(host, "0x402"), "7"); }
COVERS(LISTEN_FASTOPEN_LENGTH, "linux-4.6") { EXPECT_EQ(fastopen_length(host, "0x50802"), "5"); }
COVERS(LISTEN_FASTOPEN_MADE, "linux-4.1") {
  host.write(Sysctl::tcp_fastopen, "0x402");
  host.socket();
  host.set(3, SockOpt::tcp_fastopen, 0);
  EXPECT_EQ(host.listen(3, 7), "0");
  EXPECT_EQ(host.get(3, SockOpt::tcp_fastopen), "0");
}

}  // namespace
}  // namespace weir::marks
