// What only old kernels do: 16-bit fields, the SYN table, SYNs taken although the accept queue is full (2.6.32).
#include "model/listen/queues.hpp"
#include "tests/model/script.hpp"

namespace weir::testing {
namespace {

TEST(OldListen, SomaxconnOf65536StoresZero) {
  Script host(linux_2_6_32, {.cpus = 2, .sysctl = {{Sysctl::somaxconn, 65536}}});
  host.socket();
  host.listen(3, 70000);
  EXPECT_EQ(host.info(3), "LISTEN 0 0");
}

TEST(OldListen, NegativeSomaxconnDisablesTheClamp) {
  Script host(linux_2_6_32);
  EXPECT_EQ(host.write(Sysctl::somaxconn, "-1"), "2");
  host.socket();
  host.listen(3, 70000);
  EXPECT_EQ(host.info(3), "LISTEN 0 4464");
  host.listen(3, -1);
  EXPECT_EQ(host.info(3), "LISTEN 0 65535");
}

TEST(OldListen, SynTableSizes) {
  using model::syn_table_entries;
  const std::pair<int, unsigned> table[] = {{0, 16},    {15, 16},   {16, 32},   {31, 32},
                                            {127, 128}, {128, 256}, {255, 256}, {256, 512}};
  for (const auto& [backlog, entries] : table)
    EXPECT_EQ(syn_table_entries<Concrete>(backlog, 1024), entries) << backlog;
  EXPECT_EQ(syn_table_entries<Concrete>(128, 0), 16U);
  EXPECT_EQ(syn_table_entries<Concrete>(128, -1), 256U) << "negative is huge";
  EXPECT_EQ(syn_table_entries<Concrete>(-2, -1), 0U) << "a table of 2^32 entries wraps to none";
}

TEST(OldListen, FullAcceptQueueStillTakesTwoSyns) {
  Script host(linux_2_6_32);
  host.socket();
  host.bind(3, 8080);
  host.listen(3, 0);
  std::vector<std::string> states;
  for (int fd = 4; fd < 8; ++fd) {
    host.socket();
    host.connect(fd, 8080);
    states.push_back(host.info(fd));
  }
  EXPECT_EQ(states,
            (std::vector<std::string>{"ESTABLISHED 0 0", "ESTABLISHED 0 0", "ESTABLISHED 0 0", "SYN_SENT 1 0"}));
  EXPECT_EQ(host.info(3), "LISTEN 1 0") << "the second and third are established to nobody";
  EXPECT_EQ(host.netstat().ListenOverflows, 2U) << "only third ACKs count";
  EXPECT_EQ(host.netstat().ListenDrops, 2U);
  EXPECT_FALSE(host.netstat().TCPReqQFullDrop);
}

TEST(OldListen, AcceptQueueOf65535IsNeverFullAndWraps) {
  model::Listener<Concrete> queue;
  queue.sk_max_ack_backlog = 65535;
  const Profile& kernel = *profile_from(linux_2_6_32);
  for (int i = 0; i < 65536; ++i) {
    ASSERT_FALSE(model::sk_acceptq_is_full<Concrete>(queue));
    model::sk_acceptq_added<Concrete>(kernel, queue);
  }
  EXPECT_EQ(queue.sk_ack_backlog, 0U);
}

TEST(OldListen, DeferAcceptCountsInThreeSecondSteps) {
  Script host(linux_2_6_32);
  host.socket();
  const std::pair<int, int> table[] = {{1, 3},   {3, 3},   {4, 9},
                                       {10, 21}, {22, 45}, {std::numeric_limits<int>::max(), 30069}};
  for (const auto& [set, expected] : table) {
    host.set(3, SockOpt::tcp_defer_accept, set);
    EXPECT_EQ(host.get(3, SockOpt::tcp_defer_accept), std::to_string(expected)) << set;
  }
}

TEST(OldListen, NoReuseport) {
  Script host(linux_2_6_32);
  host.socket();
  EXPECT_EQ(host.set(3, SockOpt::so_reuseport, 1), "ENOPROTOOPT");
  EXPECT_EQ(host.get(3, SockOpt::so_reuseport), "ENOPROTOOPT");
}

TEST(OldListen, BucketRemembersReuse) {
  for (const char* profile : {linux_2_6_32, linux_6_18}) {
    Script host(profile);
    for (int fd = 3; fd <= 4; ++fd) {
      host.socket();
      host.set(fd, SockOpt::so_reuseaddr, 1);
    }
    host.bind(3, 8080);
    host.set(3, SockOpt::so_reuseaddr, 0);
    EXPECT_EQ(host.bind(4, 8080), profile == linux_2_6_32 ? "0" : "EADDRINUSE");
  }
}

}  // namespace
}  // namespace weir::testing
