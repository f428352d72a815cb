// What listen(2) stores. Expectations restated from freebsd/freebsd-src tools/regression/sockets/listen_backlog
// @039ea811636f (on Linux semantics) and golang/go src/net/sock_linux_test.go @250fccbface5.
#include "tests/model/script.hpp"

namespace weir::testing {
namespace {

std::string stored(Script& host, int fd, std::int32_t backlog) {
  EXPECT_EQ(host.listen(fd, backlog), "0");
  const std::string info = host.info(fd);
  return info.substr(info.rfind(' ') + 1);
}

struct Row {
  std::int32_t backlog, expected;
};

class ListenBacklog : public ::testing::TestWithParam<const char*> {};

TEST_P(ListenBacklog, FromAFreshSocket) {
  const std::int32_t somaxconn = spec_of(*profile_from(GetParam()), Sysctl::somaxconn)->initial;
  for (const Row row :
       {Row{0, 0}, Row{-1, somaxconn}, Row{1, 1}, Row{somaxconn, somaxconn}, Row{somaxconn + 1, somaxconn}}) {
    Script host(GetParam());
    host.socket();
    EXPECT_EQ(stored(host, 3, row.backlog), std::to_string(row.expected)) << row.backlog;
  }
}

TEST_P(ListenBacklog, OnAListener) {
  const std::int32_t somaxconn = spec_of(*profile_from(GetParam()), Sysctl::somaxconn)->initial;
  Script host(GetParam());
  host.socket();
  EXPECT_EQ(stored(host, 3, 5), "5");
  for (const Row row :
       {Row{-1, somaxconn}, Row{0, 0}, Row{1, 1}, Row{somaxconn, somaxconn}, Row{somaxconn + 1, somaxconn}})
    EXPECT_EQ(stored(host, 3, row.backlog), std::to_string(row.expected)) << row.backlog;
}

TEST_P(ListenBacklog, ConnectedSocketCannotListen) {
  Script host(GetParam());
  host.socket();
  host.bind(3, 8080);
  host.listen(3, 1);
  host.socket();
  host.connect(4, 8080);
  EXPECT_EQ(host.listen(4, 1), "EINVAL");
  EXPECT_EQ(host.accept(3), "5");
  EXPECT_EQ(host.listen(5, 1), "EINVAL");
}

INSTANTIATE_TEST_SUITE_P(Profiles, ListenBacklog, ::testing::Values(linux_2_6_32, linux_6_18));

TEST(ListenBacklogWidth, OldKernelsHoldSixteenBits) {
  constexpr std::int32_t n = 196602;
  const HostOptions raised{.cpus = 2, .sysctl = {{Sysctl::somaxconn, n}}};
  Script old_host(linux_2_6_32, raised), new_host(linux_6_18, raised);
  old_host.socket();
  new_host.socket();
  EXPECT_EQ(stored(old_host, 3, n), std::to_string(n % 65536));
  EXPECT_EQ(stored(new_host, 3, n), std::to_string(n));
}

}  // namespace
}  // namespace weir::testing
