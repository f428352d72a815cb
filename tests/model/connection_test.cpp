// The life of connections over loopback, as measured on 6.18.
#include "tests/model/script.hpp"

namespace weir::testing {
namespace {

/// Listener on 3 (port 8080), client on 4, its accepted end on 5.
class Connection : public ::testing::Test {
 protected:
  Connection() {
    host.socket();
    host.bind(3, 8080);
    host.listen(3, 4);
    host.socket();
    host.connect(4, 8080);
    host.accept(3);
  }
  Script host{linux_6_18};
};

TEST_F(Connection, ConnectAgainAndAgain) {
  EXPECT_EQ(host.connect(4, 8080), "0");
  EXPECT_EQ(host.connect(4, 8080), "EISCONN");
}

TEST_F(Connection, HalfCloseThenClose) {
  EXPECT_EQ(host.shutdown(4, How::wr), "0");
  EXPECT_EQ(host.info(4), "FIN_WAIT1 1 0");
  EXPECT_EQ(host.info(5), "CLOSE_WAIT 0 0");
  EXPECT_EQ(host.close(5), "0");
  EXPECT_EQ(host.info(4), "CLOSE 0 0");
  EXPECT_EQ(host.shutdown(4, How::rdwr), "ENOTCONN");
}

TEST_F(Connection, ServerThatClosesFirstKeepsThePort) {
  host.close(5);
  host.close(4);
  host.close(3);
  host.socket();
  EXPECT_EQ(host.bind(3, 8080), "EADDRINUSE") << "TIME_WAIT";
}

TEST_F(Connection, ServerThatClosesLastLeavesNothing) {
  host.close(4);
  EXPECT_EQ(host.info(5), "CLOSE_WAIT 0 0");
  host.close(5);
  host.close(3);
  host.socket();
  EXPECT_EQ(host.bind(3, 8080), "0");
}

TEST_F(Connection, ClosingTheListenerResetsWhatWaits) {
  host.socket();
  host.connect(6, 8080);
  host.close(3);
  EXPECT_EQ(host.info(6), "CLOSE 0 0");
  EXPECT_EQ(host.connect(6, 8080), "ECONNRESET");
  EXPECT_EQ(host.connect(6, 8080), "EINPROGRESS");
  EXPECT_EQ(host.info(4), "ESTABLISHED 0 0") << "the accepted one lives on";
}

TEST_F(Connection, RefusedIsReapedOnce) {
  host.socket();
  EXPECT_EQ(host.connect(6, 9), "EINPROGRESS");
  EXPECT_EQ(host.info(6), "CLOSE 0 0");
  EXPECT_EQ(host.connect(6, 9), "ECONNREFUSED");
  EXPECT_EQ(host.connect(6, 8080), "EINPROGRESS");
  EXPECT_EQ(host.info(6), "ESTABLISHED 0 0");
}

TEST_F(Connection, ShutdownBeforeReapingIsFinal) {
  host.socket();
  host.connect(6, 9);
  EXPECT_EQ(host.shutdown(6, How::wr), "ENOTCONN");
  EXPECT_EQ(host.connect(6, 8080), "EINVAL");
  EXPECT_EQ(host.listen(6, 1), "EINVAL");
}

TEST_F(Connection, ListenerShutDownForSendingBeforehandSendsFin) {
  host.socket();
  host.bind(6, 9090);
  EXPECT_EQ(host.shutdown(6, How::wr), "ENOTCONN");
  host.listen(6, 1);
  host.socket();
  EXPECT_EQ(host.connect(7, 9090), "EINPROGRESS");
  EXPECT_EQ(host.info(7), "CLOSE_WAIT 0 0");
  EXPECT_EQ(host.accept(6), "8");
  EXPECT_EQ(host.info(8), "FIN_WAIT1 1 0");
}

TEST_F(Connection, SelfConnect) {
  host.socket();
  host.bind(6, 7000);
  EXPECT_EQ(host.connect(6, 7000), "EINPROGRESS");
  EXPECT_EQ(host.info(6), "ESTABLISHED 0 0");
  host.shutdown(6, How::wr);
  EXPECT_EQ(host.info(6), "CLOSE 0 0");
  host.close(6);
  host.socket();
  EXPECT_EQ(host.bind(6, 7000), "EADDRINUSE");
}

TEST_F(Connection, SameFourTuple) {
  for (int fd = 6; fd <= 7; ++fd) {
    host.socket();
    host.set(fd, SockOpt::so_reuseaddr, 1);
    EXPECT_EQ(host.bind(fd, 7000), "0");
  }
  EXPECT_EQ(host.connect(6, 8080), "EINPROGRESS");
  EXPECT_EQ(host.connect(7, 8080), "EADDRNOTAVAIL");
  EXPECT_EQ(host.info(7), "CLOSE 0 0");
}

TEST_F(Connection, DestinationsThatCannotBeReached) {
  for (const char* address : {"192.0.2.1", "224.0.0.1", "255.255.255.255", "127.255.255.255", "0.0.0.1"}) {
    Script each(linux_6_18);
    each.socket();
    EXPECT_EQ(each.connect(3, 80, *address_from(address)), "ENETUNREACH") << address;
    EXPECT_EQ(each.listen(3, 1), "0") << address;
  }
}

TEST(Bind, Addresses) {
  Script host(linux_6_18);
  for (int fd = 3; fd < 9; ++fd) host.socket(fd == 8 ? Family::inet6 : Family::inet);
  EXPECT_EQ(host.bind(3, 80, *address_from("192.0.2.1")), "EADDRNOTAVAIL");
  EXPECT_EQ(host.bind(3, 80, *address_from("127.9.9.9")), "0");
  EXPECT_EQ(host.bind(3, 81, loopback), "EINVAL");
  EXPECT_EQ(host.bind(3, 81, *address_from("192.0.2.1")), "EADDRNOTAVAIL") << "the address is looked at first";
  EXPECT_EQ(host.bind(4, 80, *address_from("127.9.9.8")), "0") << "another address";
  EXPECT_EQ(host.bind(5, 80, any_address), "EADDRINUSE");
  EXPECT_EQ(host.bind(6, 80, *address_from("224.0.0.1")), "0");
  EXPECT_EQ(host.bind(7, 80, loopback6), "EAFNOSUPPORT");
  EXPECT_EQ(host.bind(8, 80, loopback6), "0");
}

TEST(Bind, AddressFamiliesOverlap) {
  const auto second_bind = [](Family first, const char* a, Family second, const char* b) {
    Script host(linux_6_18);
    host.socket(first);
    host.socket(second);
    EXPECT_EQ(host.bind(3, 80, *address_from(a)), "0");
    return host.bind(4, 80, *address_from(b));
  };
  using enum Family;
  for (const char* v4 : {"", "127.0.0.1"}) {
    EXPECT_EQ(second_bind(inet6, "", inet, v4), "EADDRINUSE") << ":: receives IPv4 too";
    EXPECT_EQ(second_bind(inet, v4, inet6, ""), "EADDRINUSE");
    EXPECT_EQ(second_bind(inet6, "::1", inet, v4), "0");
    EXPECT_EQ(second_bind(inet, v4, inet6, "::1"), "0");
    EXPECT_EQ(second_bind(inet6, "127.0.0.1", inet, v4), "EADDRINUSE") << "mapped";
  }
  EXPECT_EQ(second_bind(inet6, "::1", inet6, ""), "EADDRINUSE");
}

TEST(Options, ByFamily) {
  Script host(linux_6_18);
  host.socket(Family::inet, SockType::dgram);
  host.socket(Family::inet6, SockType::dgram);
  host.socket(Family::unix_, SockType::stream);
  host.socket(Family::netlink, SockType::dgram);
  const char* reads[] = {"EOPNOTSUPP", "ENOPROTOOPT", "EOPNOTSUPP", "ENOPROTOOPT"};
  const char* writes[] = {"ENOPROTOOPT", "ENOPROTOOPT", "EOPNOTSUPP", "ENOPROTOOPT"};
  for (int fd = 3; fd <= 6; ++fd) {
    EXPECT_EQ(host.info(fd), reads[fd - 3]);
    EXPECT_EQ(host.get(fd, SockOpt::tcp_defer_accept), reads[fd - 3]);
    EXPECT_EQ(host.set(fd, SockOpt::tcp_defer_accept, 1), writes[fd - 3]);
    EXPECT_EQ(host.set(fd, SockOpt::so_acceptconn, 1), "ENOPROTOOPT");
    EXPECT_EQ(host.set(fd, SockOpt::so_reuseport, 1), fd <= 4 ? "0" : "EOPNOTSUPP");
    EXPECT_EQ(host.set(fd, SockOpt::so_reuseport, 0), "0");
    EXPECT_EQ(host.set(fd, SockOpt::so_reuseaddr, 3), "0");
    EXPECT_EQ(host.get(fd, SockOpt::so_reuseaddr), "1");
  }
}

}  // namespace
}  // namespace weir::testing
