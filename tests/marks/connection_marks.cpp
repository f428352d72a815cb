// A mark for each clause of bind, connect and accept.
#include "tests/marks/marks.hpp"

namespace weir::marks {
namespace {

constexpr std::uint16_t port = 80;
constexpr Address other_loopback = v4_address(0x7f000002);
constexpr Address nobodys = v4_address(0xc0000201);    // 192.0.2.1
constexpr Address multicast = v4_address(0xe0000001);  // 224.0.0.1
constexpr Address broadcast = v4_address(0xffffffff);

/// A listener on descriptor 3 and a client on 4, whose connection is not accepted yet.
void connected(Script& host, std::int32_t backlog = 5) {
  host.socket();
  host.bind(3, port);
  host.listen(3, backlog);
  host.socket();
  EXPECT_EQ(host.connect(4, port), "EINPROGRESS");
}

/// The same, and a second client on 5 that finds the accept queue full.
void unanswered(Script& host) {
  connected(host, 0);
  host.socket();
  EXPECT_EQ(host.connect(5, port), "EINPROGRESS");
  EXPECT_EQ(host.info(5), "SYN_SENT 1 0");
}

/// Two sockets with the option, bound to the same port. \return what the second bind answers
std::string bind_two(Script& host, SockOpt option) {
  std::string answer;
  for (int fd = 3; fd <= 4; ++fd) {
    host.socket();
    host.set(fd, option, 1);
    answer = host.bind(fd, port);
  }
  return answer;
}

COVERS(BIND_FAMILY, linux_6_18) {
  host.socket();
  EXPECT_EQ(host.bind(3, port, loopback6), "EAFNOSUPPORT");
}
COVERS(BIND_NOT_LOCAL, linux_6_18) {
  host.socket();
  EXPECT_EQ(host.bind(3, port, nobodys), "EADDRNOTAVAIL");
}
COVERS(BIND_TWICE, linux_6_18) {
  host.socket();
  host.bind(3, port);
  EXPECT_EQ(host.bind(3, port), "EINVAL");
}
COVERS(BIND_IPV6ONLY, linux_6_18) {
  host.socket(Family::inet6);
  host.bind(3, 0, loopback6);
  host.connect(3, 0, any_address);
  EXPECT_EQ(host.bind(3, port, loopback), "EINVAL");
}
COVERS(BIND_FREE_PORT, linux_6_18) {
  host.socket();
  EXPECT_EQ(host.bind(3, 0), "0");
}
COVERS(BIND_EMPTY_BUCKET, linux_6_18) {
  host.socket();
  EXPECT_EQ(host.bind(3, port), "0");
}
COVERS(BIND_FASTREUSE, linux_2_6_32) { EXPECT_EQ(bind_two(host, SockOpt::so_reuseaddr), "0"); }
COVERS(BIND_FASTREUSEPORT_ALL, "linux-3.9") { EXPECT_EQ(bind_two(host, SockOpt::so_reuseport), "0"); }
COVERS(BIND_FASTREUSEPORT, linux_6_18) { EXPECT_EQ(bind_two(host, SockOpt::so_reuseport), "0"); }
COVERS(BIND_CONFLICT, linux_6_18) { EXPECT_EQ(bind_two(host, SockOpt::tcp_defer_accept), "EADDRINUSE"); }
COVERS(BIND_SHARED, linux_6_18) {
  host.socket();
  host.bind(3, port);
  host.socket();
  EXPECT_EQ(host.bind(4, port, other_loopback), "0");
}
COVERS(BIND_UDP_CONFLICT, linux_6_18) {
  for (int fd = 3; fd <= 4; ++fd) host.socket(Family::inet, SockType::dgram);
  EXPECT_EQ(host.bind(3, port), "0");
  EXPECT_EQ(host.bind(4, port), "EADDRINUSE");
}
COVERS(BIND_UNIX_NO_PATH, linux_6_18) {
  host.socket(Family::unix_);
  EXPECT_EQ(host.bind(3, port), "EINVAL");
}
COVERS(BIND_NETLINK, linux_6_18) {
  host.socket(Family::netlink, SockType::dgram);
  EXPECT_EQ(host.bind(3, port), "0");
  EXPECT_EQ(host.bind(3, port), "EINVAL");
}
COVERS(CONNECT_FAMILY, linux_6_18) {
  host.socket();
  EXPECT_EQ(host.connect(3, port, loopback6), "EAFNOSUPPORT");
}
COVERS(CONNECT_CONNECTED, linux_6_18) {
  connected(host);
  EXPECT_EQ(host.connect(4, port), "0");
  EXPECT_EQ(host.connect(4, port), "EISCONN");
}
COVERS(CONNECT_DISCONNECTING, linux_6_18) {
  host.socket();
  host.connect(3, port);
  host.shutdown(3, How::wr);
  EXPECT_EQ(host.connect(3, port), "EINVAL");
}
COVERS(CONNECT_NOT_CLOSED, linux_6_18) {
  connected(host);
  EXPECT_EQ(host.connect(3, port), "EISCONN");
}
COVERS(CONNECT_ALREADY, linux_6_18) {
  unanswered(host);
  EXPECT_EQ(host.connect(5, port), "EALREADY");
}
COVERS(CONNECT_REAP_ERROR, linux_6_18) {
  host.socket();
  EXPECT_EQ(host.connect(3, port), "EINPROGRESS");
  EXPECT_EQ(host.connect(3, port), "ECONNREFUSED");
}
COVERS(CONNECT_FINISHED, linux_6_18) {
  connected(host);
  EXPECT_EQ(host.connect(4, port), "0");
}
COVERS(CONNECT_MAPPED_SOURCE, linux_6_18) {
  host.socket(Family::inet6);
  host.bind(3, port, loopback);
  EXPECT_EQ(host.connect(3, port, loopback6), "EAFNOSUPPORT");
}
COVERS(CONNECT_IPV6ONLY, linux_6_18) {
  host.socket(Family::inet6);
  host.bind(3, port, loopback6);
  EXPECT_EQ(host.connect(3, port, loopback), "ENETUNREACH");
}
COVERS(CONNECT_BAD_SOURCE, linux_6_18) {
  host.socket(Family::inet6);
  host.bind(3, 70, multicast);
  EXPECT_EQ(host.connect(3, port), "EINVAL");
}
COVERS(CONNECT_NO_ROUTE, linux_6_18) {
  host.socket();
  EXPECT_EQ(host.connect(3, port, nobodys), "ENETUNREACH");
}
COVERS(CONNECT_TUPLE_TAKEN, linux_6_18) {
  for (int fd = 3; fd <= 5; ++fd) host.socket();
  host.bind(3, 1);
  host.bind(4, 1, v4_address(0x7fffffff));
  host.bind(5, port, any_address);
  host.listen(5, 0);
  EXPECT_EQ(host.connect(3, port), "EINPROGRESS");
  EXPECT_EQ(host.connect(4, port), "EADDRNOTAVAIL") << "a broadcast address is no source: 127.0.0.1 is";
}
COVERS(CONNECT_SYN, linux_6_18) { connected(host); }
COVERS(CONNECT_REFUSED, linux_6_18) {
  host.socket();
  EXPECT_EQ(host.connect(3, port), "EINPROGRESS");
  EXPECT_EQ(host.info(3), "CLOSE 0 0");
}
COVERS(CONNECT_SYN_LOST, linux_6_18) { unanswered(host); }
COVERS(CONNECT_SELF, linux_6_18) {
  host.socket();
  host.bind(3, port);
  EXPECT_EQ(host.connect(3, port), "EINPROGRESS");
  EXPECT_EQ(host.connect(3, port), "0");
}
COVERS(CONNECT_ESTABLISHED, linux_6_18) {
  connected(host);
  EXPECT_EQ(host.info(4), "ESTABLISHED 0 0");
}
COVERS(CONNECT_DATAGRAM, linux_6_18) {
  host.socket(Family::inet, SockType::dgram);
  EXPECT_EQ(host.connect(3, port), "0");
}
COVERS(CONNECT_SOURCE_ROUTE, linux_6_18) {
  host.socket(Family::inet, SockType::dgram);
  EXPECT_EQ(host.connect(3, port, multicast), "ENETUNREACH");
  host.connect(3, port, loopback);
  EXPECT_EQ(host.connect(3, port, multicast), "0");
}
COVERS(CONNECT_BROADCAST, linux_6_18) {
  host.socket(Family::inet, SockType::dgram);
  host.connect(3, port, loopback);
  EXPECT_EQ(host.connect(3, port, broadcast), "EACCES");
}
COVERS(CONNECT_UNIX_NO_PATH, linux_6_18) {
  host.socket(Family::unix_);
  EXPECT_EQ(host.connect(3, port), "EINVAL");
}
COVERS(CONNECT_NETLINK, linux_6_18) {
  host.socket(Family::netlink, SockType::dgram);
  EXPECT_EQ(host.connect(3, port), "0");
}
COVERS(ACCEPT_NOT_SUPPORTED, linux_6_18) {
  host.socket(Family::inet, SockType::dgram);
  EXPECT_EQ(host.accept(3), "EOPNOTSUPP");
}
COVERS(ACCEPT_NOT_LISTENING, linux_6_18) {
  host.socket();
  EXPECT_EQ(host.accept(3), "EINVAL");
}
COVERS(ACCEPT_EMPTY, linux_6_18) {
  host.socket();
  host.listen(3, 1);
  EXPECT_EQ(host.accept(3), "EAGAIN");
}
COVERS(ACCEPT_FIRST, linux_6_18) {
  connected(host);
  EXPECT_EQ(host.accept(3), "5");
  EXPECT_EQ(host.info(5), "ESTABLISHED 0 0");
}
COVERS(INFO_LISTENER, linux_6_18) {
  connected(host);
  EXPECT_EQ(host.info(3), "LISTEN 1 5");
}
COVERS(INFO_CONNECTION, linux_6_18) {
  unanswered(host);
  EXPECT_EQ(host.info(5), "SYN_SENT 1 0");
}
COVERS(NETSTAT, linux_2_6_32) {
  EXPECT_EQ(host.netstat().ListenDrops, 0U);
  EXPECT_FALSE(host.netstat().TCPReqQFullDrop.has_value()) << "not before 3.2";
}

COVERS(CONNECT_CROSSED, linux_6_18) {
  host.socket();
  host.bind(3, 8080);
  host.socket();
  host.bind(4, 8081);
  host.listen(4, 0);
  host.socket();
  host.connect(5, 8081);
  EXPECT_EQ(host.connect(3, 8081), "EINPROGRESS");
  EXPECT_EQ(host.info(3), "SYN_SENT 1 0") << "the accept queue is full";
  host.shutdown(4, How::rd);
  EXPECT_EQ(host.connect(4, 8080), "EINPROGRESS");
  EXPECT_EQ(host.info(3), "ESTABLISHED 0 0");
  EXPECT_EQ(host.info(4), "ESTABLISHED 0 0");
}

}  // namespace
}  // namespace weir::marks
