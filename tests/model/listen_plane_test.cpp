// The queues of a listener in 6.18: capacity, overflow, cookies, deferred accept. Numbers as measured (facts D4).
#include "tests/model/script.hpp"

namespace weir::testing {
namespace {

/// Listener on descriptor 3, port 8080.
void listener(Script& host, std::int32_t backlog) {
  host.socket();
  host.bind(3, 8080);
  host.listen(3, backlog);
}

/// Connects `n` clients; \return how many are ESTABLISHED.
int clients(Script& host, int n, int first_fd = 4) {
  int established = 0;
  for (int fd = first_fd; fd < first_fd + n; ++fd) {
    host.socket();
    host.connect(fd, 8080);
    if (host.info(fd) == "ESTABLISHED 0 0") ++established;
  }
  return established;
}

TEST(ListenPlane, CapacityIsBacklogPlusOne) {
  for (const int backlog : {0, 1, 2, 5}) {
    for (const char* cookies : {"0", "1", "2"}) {
      Script host(linux_6_18);
      host.write(Sysctl::tcp_syncookies, cookies);
      listener(host, backlog);
      EXPECT_EQ(clients(host, backlog + 4), backlog + 1);
      EXPECT_EQ(host.info(3), "LISTEN " + std::to_string(backlog + 1) + " " + std::to_string(backlog));
      EXPECT_EQ(host.netstat().ListenOverflows, 3U);
      EXPECT_EQ(host.netstat().ListenDrops, 3U);
      EXPECT_EQ(host.netstat().TCPReqQFullDoCookies, *cookies == '2' ? static_cast<unsigned>(backlog) + 4 : 0U);
      EXPECT_EQ(host.netstat().SyncookiesSent, *cookies == '2' ? static_cast<unsigned>(backlog) + 1 : 0U);
    }
  }
}

TEST(ListenPlane, DeferredRequestsWithoutCookies) {
  Script host(linux_6_18);
  host.write(Sysctl::tcp_syncookies, "0");
  listener(host, 2);
  host.set(3, SockOpt::tcp_defer_accept, 30);
  EXPECT_EQ(clients(host, 6), 3) << "parked in the SYN queue, which admits backlog + 1";
  EXPECT_EQ(host.info(3), "LISTEN 0 2");
  EXPECT_EQ(host.info(7), "SYN_SENT 1 0");
  EXPECT_EQ(host.netstat().TCPReqQFullDrop, 3U);
  EXPECT_EQ(host.netstat().ListenDrops, 3U);
  EXPECT_EQ(host.netstat().TCPDeferAcceptDrop, 3U);
}

TEST(ListenPlane, DeferredRequestsWithCookies) {
  Script host(linux_6_18);
  listener(host, 2);
  host.set(3, SockOpt::tcp_defer_accept, 30);
  EXPECT_EQ(clients(host, 6), 6) << "3 parked, then 3 through cookies into the accept queue";
  EXPECT_EQ(host.info(3), "LISTEN 3 2");
}

TEST(ListenPlane, OverflowWhenADeferredRequestCompletes) {
  for (const char* abort_on_overflow : {"0", "1", "2"}) {
    Script host(linux_6_18);
    host.write(Sysctl::tcp_abort_on_overflow, abort_on_overflow);
    listener(host, 4);
    host.set(3, SockOpt::tcp_defer_accept, 30);
    clients(host, 1, 4);  // parked
    host.set(3, SockOpt::tcp_defer_accept, 0);
    clients(host, 1, 5);
    host.listen(3, 0);
    host.shutdown(
        4, How::wr);  // its FIN completes the request, but one connection waits and one more is all there is room for
    const bool aborts = *abort_on_overflow != '0';
    EXPECT_EQ(host.info(3), "LISTEN 1 0");
    EXPECT_EQ(host.info(4), aborts ? "CLOSE 0 0" : "FIN_WAIT1 1 0");
    EXPECT_EQ(host.netstat().ListenOverflows, 1U);
    EXPECT_EQ(host.netstat().ListenDrops, 1U);
    EXPECT_EQ(host.netstat().EmbryonicRsts, aborts ? 1U : 0U);
  }
}

TEST(ListenPlane, ShrinkingTheLimitDropsNothingQueued) {
  Script host(linux_6_18);
  listener(host, 5);
  clients(host, 5);
  host.listen(3, 1);
  EXPECT_EQ(host.info(3), "LISTEN 5 1");
  EXPECT_EQ(clients(host, 1, 9), 0);
  for (int child = 10; child < 14; ++child) host.accept(3);
  EXPECT_EQ(host.info(3), "LISTEN 1 1");
  EXPECT_EQ(clients(host, 1, 14), 1);
  EXPECT_EQ(host.info(3), "LISTEN 2 1");
}

TEST(ListenPlane, SysctlLimitsApplyAtTheNextListenOnly) {
  Script host(linux_6_18);
  listener(host, 100);
  host.write(Sysctl::somaxconn, "10");
  EXPECT_EQ(host.info(3), "LISTEN 0 100");
  host.listen(3, 100);
  EXPECT_EQ(host.info(3), "LISTEN 0 10");
}

TEST(ListenPlane, FailedListenOverwritesTheLimitSince50) {
  Script host(linux_6_18);
  for (int fd = 3; fd <= 4; ++fd) {
    host.socket();
    host.set(fd, SockOpt::so_reuseaddr, 1);
    host.bind(fd, 8080);
  }
  host.listen(3, 5);
  EXPECT_EQ(host.listen(4, 9), "EADDRINUSE");
  EXPECT_TRUE(host.passed(Clause::LISTEN_STORED_FIRST));
  EXPECT_TRUE(host.passed(Clause::LISTEN_PORT_ERROR));
}

TEST(ListenPlane, DeferAcceptSecondsReadBack) {
  Script host(linux_6_18);
  host.socket();
  const std::pair<int, int> table[] = {
      {-5, 0},    {0, 0},     {1, 1},     {2, 3},       {3, 3},         {4, 7},
      {7, 7},     {8, 15},    {15, 15},   {31, 31},     {63, 63},       {64, 127},
      {128, 247}, {248, 367}, {368, 487}, {1000, 1087}, {29887, 29887}, {std::numeric_limits<int>::max(), 29887}};
  for (const auto& [set, expected] : table) {
    EXPECT_EQ(host.set(3, SockOpt::tcp_defer_accept, set), "0");
    EXPECT_EQ(host.get(3, SockOpt::tcp_defer_accept), std::to_string(expected)) << set;
  }
}

TEST(ListenPlane, FastOpenQueueIsCappedBySomaxconn) {
  Script host(linux_6_18);
  host.socket();
  EXPECT_EQ(host.set(3, SockOpt::tcp_fastopen, 5), "0");
  EXPECT_EQ(host.get(3, SockOpt::tcp_fastopen), "5");
  host.set(3, SockOpt::tcp_fastopen, 5000);
  EXPECT_EQ(host.get(3, SockOpt::tcp_fastopen), "4096");
  EXPECT_EQ(host.set(3, SockOpt::tcp_fastopen, -1), "EINVAL");
  Script old_host(linux_2_6_32);
  old_host.socket();
  EXPECT_EQ(old_host.set(3, SockOpt::tcp_fastopen, 5), "ENOPROTOOPT");
}

}  // namespace
}  // namespace weir::testing
