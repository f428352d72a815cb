// listen(2) in every situation that rems-project/netsem test/tests/autotest/listen.ml names. Only the scenarios are
// from there; the answers are those measured on Linux 6.18.
#include "tests/model/script.hpp"

namespace weir::testing {
namespace {

class ListenStates : public ::testing::TestWithParam<const char*> {
 protected:
  Script host{GetParam()};

  /// Listener on 3 (port 8080), client on 4, its accepted end on 5.
  void connected() {
    host.socket();
    host.bind(3, 8080);
    host.listen(3, 4);
    host.socket();
    host.connect(4, 8080);
    host.accept(3);
  }
};

TEST_P(ListenStates, Fresh) {
  host.socket();
  EXPECT_EQ(host.listen(3, 0), "0");
  EXPECT_EQ(host.info(3), "LISTEN 0 0");
}

TEST_P(ListenStates, Twice) {
  host.socket();
  host.listen(3, 7);
  EXPECT_EQ(host.listen(3, 9), "0");
  EXPECT_EQ(host.info(3), "LISTEN 0 9");
}

TEST_P(ListenStates, BoundPortInUse) {
  for (int fd = 3; fd <= 4; ++fd) {
    host.socket();
    host.set(fd, SockOpt::so_reuseaddr, 1);
    EXPECT_EQ(host.bind(fd, 8080), "0");
  }
  EXPECT_EQ(host.listen(3, 1), "0");
  EXPECT_EQ(host.listen(4, 1), "EADDRINUSE");
  EXPECT_EQ(host.info(4), "CLOSE 0 0");
  host.close(3);
  EXPECT_EQ(host.listen(4, 1), "0") << "free again";
}

TEST_P(ListenStates, SynSent) {
  host.socket();
  host.bind(3, 8080);
  host.listen(3, 0);
  int fd = 4;
  for (; fd < 8; ++fd) {
    host.socket();
    host.connect(fd, 8080);
  }
  EXPECT_EQ(host.info(7), "SYN_SENT 1 0");
  EXPECT_EQ(host.listen(7, 1), "EINVAL");
}

TEST_P(ListenStates, Established) {
  connected();
  EXPECT_EQ(host.listen(4, 1), "EINVAL");
  EXPECT_EQ(host.listen(5, 1), "EINVAL");
}

TEST_P(ListenStates, HalfClosedAndClosed) {
  connected();
  host.shutdown(4, How::wr);
  EXPECT_EQ(host.listen(4, 1), "EINVAL") << "FIN_WAIT1";
  EXPECT_EQ(host.listen(5, 1), "EINVAL") << "CLOSE_WAIT";
  host.shutdown(5, How::wr);
  EXPECT_EQ(host.info(5), "CLOSE 0 0");
  EXPECT_EQ(host.listen(4, 1), "EINVAL") << "CLOSE, but it was connected";
  EXPECT_EQ(host.listen(5, 1), "EINVAL");
}

TEST_P(ListenStates, AfterRefusedConnect) {
  host.socket();
  EXPECT_EQ(host.connect(3, 9), "EINPROGRESS");
  EXPECT_EQ(host.listen(3, 1), "EINVAL") << "the error waits to be fetched";
  EXPECT_EQ(host.connect(3, 9), "ECONNREFUSED");
  EXPECT_EQ(host.listen(3, 1), "0");
}

TEST_P(ListenStates, AfterShutdown) {
  for (const How how : {How::rd, How::wr, How::rdwr}) {
    Script each(GetParam());
    each.socket();
    EXPECT_EQ(each.shutdown(3, how), "ENOTCONN");
    EXPECT_EQ(each.listen(3, 2), "0");
    EXPECT_EQ(each.shutdown(3, how), "0");
    EXPECT_EQ(each.info(3), how == How::wr ? "LISTEN 0 2" : "CLOSE 0 0");
    EXPECT_EQ(each.listen(3, 3), "0");
    EXPECT_EQ(each.info(3), "LISTEN 0 3");
  }
}

TEST_P(ListenStates, BacklogZeroNegativeAndAboveTheLimit) {
  const std::int32_t somaxconn = spec_of(host.host.kernel(), Sysctl::somaxconn)->initial;
  host.socket();
  const std::string full = "LISTEN 0 " + std::to_string(somaxconn);
  for (const std::int32_t backlog : {-1, -5, std::numeric_limits<std::int32_t>::min(), somaxconn, somaxconn + 1,
                                     std::numeric_limits<std::int32_t>::max()}) {
    host.listen(3, backlog);
    EXPECT_EQ(host.info(3), full) << backlog;
  }
}

TEST_P(ListenStates, OtherKinds) {
  EXPECT_EQ(host.listen(0, 1), "ENOTSOCK");
  EXPECT_EQ(host.listen(-1, 1), "EBADF");
  EXPECT_EQ(host.listen(9999, 1), "EBADF");
  host.socket(Family::inet, SockType::dgram);
  host.socket(Family::inet6, SockType::dgram);
  host.socket(Family::netlink, SockType::dgram);
  host.socket(Family::unix_, SockType::dgram);
  for (int fd = 3; fd <= 6; ++fd) EXPECT_EQ(host.listen(fd, 1), "EOPNOTSUPP") << fd;
  host.socket(Family::unix_, SockType::stream);
  EXPECT_EQ(host.listen(7, 1), "EINVAL");
  host.socket(Family::inet6, SockType::stream);
  EXPECT_EQ(host.listen(8, 1), "0");
}

INSTANTIATE_TEST_SUITE_P(Profiles, ListenStates, ::testing::Values(linux_2_6_32, linux_6_18));

}  // namespace
}  // namespace weir::testing
