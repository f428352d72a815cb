// One host, several threads. What is checked holds in every interleaving; run under the preset `tsan` the same tests
// look for data races.
#include <gtest/gtest.h>

#include <random>
#include <type_traits>
#include <vector>

#include "tests/lockfree/threads.hpp"

namespace weir::lockfree {
namespace {

TEST(LockfreeConcurrent, OnePortOneOwner) {
  for (int round = 0; round < 200; ++round) {
    Host host(releases::linux_6_18);
    std::atomic<int> winners{0};
    in_threads([&](int) {
      if (ret_of(host.step(op::Bind{new_socket(host), loopback, 80})) == 0) ++winners;
    });
    EXPECT_EQ(winners, 1);
  }
}

TEST(LockfreeConcurrent, OneListenerOfManyThatYield) {
  for (int round = 0; round < 200; ++round) {
    Host host(releases::linux_6_18);
    std::atomic<int> listening{0};
    in_threads([&](int) {
      const Fd fd = new_socket(host);
      host.step(op::Setsockopt{fd, SockOpt::so_reuseaddr, 1});
      if (ret_of(host.step(op::Bind{fd, loopback, 80})) != 0) return;  // another one listens already
      if (ret_of(host.step(op::Listen{fd, 1})) == 0) ++listening;
    });
    // None, when two see each other on the way into LISTEN and both step back, as in the kernel.
    EXPECT_LE(listening, 1);
  }
}

TEST(LockfreeConcurrent, EachChildIsAcceptedOnceAndTheLimitHolds) {
  constexpr int clients_each = 200;
  Host host(releases::linux_6_18);
  const Fd listener = new_socket(host);
  host.step(op::Bind{listener, loopback, 80});
  host.step(op::Listen{listener, 7});
  std::atomic<int> established{0};
  std::atomic<int> accepted{0};
  in_threads([&](int) {
    for (int i = 0; i < clients_each; ++i) {
      const Fd client = new_socket(host);
      host.step(op::Connect{client, loopback, 80});
      const auto info = info_of(host, client);
      if (info.state == TcpState::established) ++established;
      // Admission is one exchange, so that even racing clients never take more places than there are.
      EXPECT_LE(info_of(host, listener).unacked, 8u);
      if (ret_of(host.step(op::Accept{listener})) >= 0) ++accepted;
    }
  });
  while (ret_of(host.step(op::Accept{listener})) >= 0) ++accepted;
  // A client may be established without a child: its third ACK met a queue that had filled up since its SYN.
  EXPECT_LE(accepted, established);
  EXPECT_EQ(info_of(host, listener).unacked, 0u);
}

TEST(LockfreeConcurrent, ADescriptorIsClosedOnce) {
  Host host(releases::linux_6_18);
  std::atomic<int> closed{0};
  for (int round = 0; round < 300; ++round) {
    const Fd fd = new_socket(host);
    in_threads([&](int) {
      if (ret_of(host.step(op::Close{fd})) == 0) ++closed;
    });
  }
  EXPECT_EQ(closed, 300);
}

TEST(LockfreeConcurrent, AClosingListenerLeavesNobodyBehind) {
  for (int round = 0; round < 200; ++round) {
    Host host(releases::linux_6_18);
    const Fd listener = new_socket(host);
    host.step(op::Bind{listener, loopback, 80});
    host.step(op::Listen{listener, 100});
    std::vector<Fd> clients(threads_at_once);
    in_threads([&](int id) {
      if (id == 0) {
        host.step(op::Close{listener});
        return;
      }
      clients[static_cast<std::size_t>(id)] = new_socket(host);
      host.step(op::Connect{clients[static_cast<std::size_t>(id)], loopback, 80});
    });
    // Reset, refused, or never heard of: no client is connected to a listener that is gone.
    for (int id = 1; id < threads_at_once; ++id) {
      const Outcome info = host.step(op::TcpInfo{clients[static_cast<std::size_t>(id)]});
      EXPECT_EQ(std::get<outcome::Info>(info).state, TcpState::close);
    }
    EXPECT_EQ(ret_of(host.step(op::Bind{new_socket(host), loopback, 80})), 0);
  }
}

TEST(LockfreeConcurrent, SysctlReadersSeeOnlyWhatWasWritten) {
  Host host(releases::linux_6_18);
  in_threads([&](int id) {
    for (int i = 0; i < 2000; ++i) {
      if (id == 0) host.step(op::SysctlWrite{{}, Sysctl::somaxconn, i % 2 == 0 ? "11111" : "2222222"});
      const auto seen = std::get<outcome::ReadBack>(host.step(op::SysctlRead{{}, Sysctl::somaxconn})).data;
      EXPECT_TRUE(seen == "11111\n" || seen == "2222222\n" || seen == "4096\n") << seen;
    }
  });
}

/// A call that looked its descriptor up and then lost it to a close() must not bring the socket back to life: the slot
/// would be given back twice and then serve two descriptors at once, and close() would meet a socket that is gone
/// (it asserts that it does not).
TEST(LockfreeConcurrent, ACallInFlightLeavesAClosedSocketAlone) {
  Host host(releases::linux_6_18);
  in_threads([&](int id) {
    std::minstd_rand random(static_cast<unsigned>(id) + 1);
    // Without the guard most runs fail; of fewer calls only some, but where each step may be the last for a while.
    constexpr int calls = std::is_same_v<HostAtomics, StdAtomics> ? 500'000 : 10'000;
    for (int i = 0; i < calls; ++i) {
      const auto drawn = static_cast<std::int32_t>(random() >> 4);
      const Fd fd{3 + drawn % 2};
      switch (drawn / 2 % 4) {
        case 0:
          new_socket(host);
          break;
        case 1:
          host.step(op::Connect{fd, loopback, 9});  // refused, which closes the socket once more
          break;
        case 2:
          host.step(op::Listen{fd, 1});
          break;
        default:
          host.step(op::Close{fd});
      }
    }
  });
  for (std::int32_t label = 3; label < max_fd; ++label)
    if (error_of(host.step(op::Close{{label}})) == Errno::ebadf) break;
}

/// Random operations on few descriptors and ports, so that threads meet. Answers are not checked, only that all end
/// and that the host is sound afterwards: each label closes, and then the ports that nobody waits for are free.
TEST(LockfreeConcurrent, RandomOperationsOnSharedSockets) {
  for (const Profile* kernel : releases::all) {
    Host host(*kernel);
    in_threads([&](int id) {
      std::mt19937 random(static_cast<unsigned>(id) + 1);
      const auto below = [&](unsigned n) { return static_cast<std::int32_t>(random() % n); };
      for (int i = 0; i < 3000; ++i) {
        const Fd fd{3 + below(6)};
        const auto port = static_cast<std::uint16_t>(1 + below(2));
        switch (below(11)) {
          case 0:
            host.step(op::Socket{{}, Family::inet, SockType::stream});
            break;
          case 1:
            host.step(op::Bind{fd, any_address, port});
            break;
          case 2:
            host.step(op::Listen{fd, below(3)});
            break;
          case 3:
          case 4:
            host.step(op::Connect{fd, any_address, port});
            break;
          case 5:
            host.step(op::Accept{fd});
            break;
          case 6:
            host.step(op::Shutdown{fd, static_cast<How>(below(3))});
            break;
          case 7:
            host.step(op::Close{fd});
            break;
          case 8:
            host.step(op::Setsockopt{fd, SockOpt::tcp_defer_accept, below(2)});
            break;
          case 9:
            host.step(op::Setsockopt{fd, SockOpt::so_reuseaddr, below(4)});
            break;
          default:
            host.step(op::TcpInfo{fd});
        }
      }
    });
    for (std::int32_t label = 3; label < 40000; ++label)
      if (error_of(host.step(op::Close{{label}})) == Errno::ebadf && label > 64) break;
    const Fd fd = new_socket(host);
    EXPECT_EQ(fd.label, 3);
    EXPECT_EQ(ret_of(host.step(op::Bind{fd, loopback, 77})), 0);
  }
}

}  // namespace
}  // namespace weir::lockfree
