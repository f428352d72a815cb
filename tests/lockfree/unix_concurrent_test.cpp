// AF_UNIX on one host and several threads: names have one owner, connections are accepted once, and a listener that
// closes takes its queue along. As in concurrent_test.cpp, what is checked holds in every interleaving.
#include <gtest/gtest.h>

#include <atomic>

#include "tests/lockfree/threads.hpp"

namespace weir::lockfree {
namespace {

Fd new_unix(Host& host, SockType type = SockType::stream) { return new_socket(host, Family::unix_, type); }

TEST(LockfreeUnixConcurrent, OneNameOneOwner) {
  for (int round = 0; round < 200; ++round) {
    Host host(releases::linux_6_18);
    std::atomic<int> winners{0};
    in_threads([&](int) {
      if (ret_of(host.step(op::Bind{new_unix(host), abstract_names, 7})) == 0) ++winners;
    });
    EXPECT_EQ(winners, 1);
  }
}

TEST(LockfreeUnixConcurrent, EachConnectionIsAcceptedOnce) {
  constexpr int clients_each = 300;
  constexpr std::uint32_t backlog = 7;
  Host host(releases::linux_6_18);
  const Fd listener = new_unix(host);
  host.step(op::Bind{listener, abstract_names, 7});
  host.step(op::Listen{listener, backlog});
  std::atomic<int> connected{0}, accepted{0};
  in_threads([&](int id) {
    for (int i = 0; i < clients_each; ++i) {
      const Outcome answer = host.step(op::Connect{new_unix(host), abstract_names, 7});
      if (ret_of(answer) == 0)
        ++connected;
      else
        EXPECT_EQ(error_of(answer), Errno::eagain);
      if ((i + id) % 2 == 0 && ret_of(host.step(op::Accept{listener})) >= 0) ++accepted;
    }
  });
  EXPECT_LE(connected - accepted, static_cast<int>(backlog) + 1);
  while (ret_of(host.step(op::Accept{listener})) >= 0) ++accepted;
  EXPECT_EQ(connected, accepted);
}

TEST(LockfreeUnixConcurrent, AClientIsConnectedOnce) {
  for (int round = 0; round < 200; ++round) {
    Host host(releases::linux_6_18);
    const Fd listener = new_unix(host);
    host.step(op::Bind{listener, abstract_names, 7});
    host.step(op::Listen{listener, 100});
    const Fd client = new_unix(host);
    std::atomic<int> connected{0};
    in_threads([&](int) {
      const Outcome answer = host.step(op::Connect{client, abstract_names, 7});
      if (ret_of(answer) == 0)
        ++connected;
      else
        EXPECT_EQ(error_of(answer), Errno::eisconn);
    });
    EXPECT_EQ(connected, 1);
    EXPECT_GE(ret_of(host.step(op::Accept{listener})), 0);
    EXPECT_EQ(error_of(host.step(op::Accept{listener})), Errno::eagain);
  }
}

TEST(LockfreeUnixConcurrent, AClosingListenerFreesItsName) {
  for (int round = 0; round < 200; ++round) {
    Host host(releases::linux_6_18);
    const Fd listener = new_unix(host);
    host.step(op::Bind{listener, abstract_names, 7});
    host.step(op::Listen{listener, 100});
    in_threads([&](int id) {
      if (id == 0) {
        host.step(op::Close{listener});
        return;
      }
      const Fd client = new_unix(host);
      const Outcome answer = host.step(op::Connect{client, abstract_names, 7});
      EXPECT_TRUE(ret_of(answer) == 0 || error_of(answer) == Errno::econnrefused);
      host.step(op::Close{client});
    });
    EXPECT_EQ(ret_of(host.step(op::Bind{new_unix(host), abstract_names, 7})), 0);
  }
}

}  // namespace
}  // namespace weir::lockfree
