// A mark for each clause of unix sockets with abstract names, and for what such names are to inet sockets.
#include "tests/marks/marks.hpp"

namespace weir::marks {
namespace {

constexpr std::uint16_t name = 7;

std::string bind_name(Script& host, int fd, std::uint16_t to = name) { return host.bind(fd, to, abstract_names); }
std::string connect_name(Script& host, int fd, std::uint16_t to = name) { return host.connect(fd, to, abstract_names); }

/// A socket on descriptor 3 that has the name.
void named(Script& host, SockType type = SockType::stream) {
  EXPECT_EQ(host.socket(Family::unix_, type), "3");
  EXPECT_EQ(bind_name(host, 3), "0");
}

/// A listener of the name on descriptor 3.
void listener(Script& host, std::int32_t backlog) {
  named(host);
  EXPECT_EQ(host.listen(3, backlog), "0");
}

/// A socket on the descriptor that connects to the name. \return what connect answers
std::string client(Script& host, int fd) {
  EXPECT_EQ(host.socket(Family::unix_), std::to_string(fd));
  return connect_name(host, fd);
}

COVERS(BIND_UNIX, linux_6_18) {
  named(host);
  EXPECT_EQ(host.close(3), "0");
  named(host);  // free again
}
COVERS(BIND_UNIX_AUTO, linux_6_18) {
  host.socket(Family::unix_);
  EXPECT_EQ(bind_name(host, 3, 0), "0");
  EXPECT_EQ(bind_name(host, 3, 0), "0") << "it has one already";
  EXPECT_EQ(host.listen(3, 1), "0");
}
COVERS(BIND_UNIX_TWICE, linux_6_18) {
  named(host);
  EXPECT_EQ(bind_name(host, 3, 8), "EINVAL");
}
COVERS(BIND_UNIX_TAKEN, linux_6_18) {
  named(host);
  host.socket(Family::unix_);
  EXPECT_EQ(bind_name(host, 4), "EADDRINUSE");
  host.socket(Family::unix_, SockType::dgram);
  EXPECT_EQ(bind_name(host, 5), "0") << "datagram sockets have names of their own";
}
COVERS(BIND_ABSTRACT, linux_6_18) {
  host.socket();
  EXPECT_EQ(bind_name(host, 3), "EINVAL");
}

COVERS(LISTEN_UNIX, linux_6_18) {
  listener(host, 0);
  EXPECT_EQ(client(host, 4), "0");
  EXPECT_EQ(client(host, 5), "EAGAIN");
  EXPECT_EQ(host.listen(3, 1), "0");
  EXPECT_EQ(connect_name(host, 5), "0") << "the new limit holds";
}
COVERS(LISTEN_UNIX_STATE, linux_6_18) {
  listener(host, 5);
  client(host, 4);
  EXPECT_EQ(bind_name(host, 4, 8), "0");
  EXPECT_EQ(host.listen(4, 1), "EINVAL");
}

COVERS(CONNECT_UNIX_NOBODY, linux_6_18) { EXPECT_EQ(client(host, 3), "ECONNREFUSED"); }
COVERS(CONNECT_UNIX_REFUSED, linux_6_18) {
  named(host);
  EXPECT_EQ(client(host, 4), "ECONNREFUSED") << "it does not listen";
  EXPECT_EQ(host.listen(3, 5), "0");
  EXPECT_EQ(connect_name(host, 4), "0");
}
COVERS(CONNECT_UNIX_FULL, linux_6_18) {
  listener(host, 1);
  EXPECT_EQ(client(host, 4), "0");
  EXPECT_EQ(client(host, 5), "0") << "one more than the backlog";
  EXPECT_EQ(client(host, 6), "EAGAIN");
  EXPECT_EQ(connect_name(host, 4), "EAGAIN") << "connected or not";
}
COVERS(CONNECT_UNIX_CONNECTED, linux_6_18) {
  listener(host, 5);
  client(host, 4);
  EXPECT_EQ(connect_name(host, 4), "EISCONN");
}
COVERS(CONNECT_UNIX_LISTENS, linux_6_18) {
  listener(host, 5);
  EXPECT_EQ(connect_name(host, 3), "EINVAL");
}
COVERS(CONNECT_UNIX, linux_6_18) {
  listener(host, 5);
  EXPECT_EQ(client(host, 4), "0");
  EXPECT_EQ(host.accept(3), "5");
  EXPECT_EQ(host.accept(3), "EAGAIN");
}
COVERS(CONNECT_UNIX_DATAGRAM, linux_6_18) {
  named(host, SockType::dgram);
  EXPECT_EQ(connect_name(host, 3), "0") << "to itself";
  EXPECT_EQ(connect_name(host, 3), "0") << "as often as one likes";
}
COVERS(CONNECT_UNIX_NOT_PEER, linux_6_18) {
  named(host, SockType::dgram);
  connect_name(host, 3);
  host.socket(Family::unix_, SockType::dgram);
  EXPECT_EQ(connect_name(host, 4), "EPERM");
}
COVERS(CONNECT_ABSTRACT, linux_6_18) {
  host.socket();
  EXPECT_EQ(connect_name(host, 3), "EINVAL");
}

COVERS(CLOSE_UNIX_LISTENER, linux_6_18) {
  listener(host, 5);
  client(host, 4);
  EXPECT_EQ(host.close(3), "0");
  EXPECT_EQ(connect_name(host, 4), "ECONNREFUSED");
  listener(host, 5);
  EXPECT_EQ(connect_name(host, 4), "EISCONN") << "to nobody, but for good";
}

}  // namespace
}  // namespace weir::marks
