// Calls of several threads on one socket, or on both ends of one connection: nobody's step is taken back by another's,
// and nobody is left behind.
#include <gtest/gtest.h>

#include <random>

#include "tests/lockfree/threads.hpp"

namespace weir::lockfree {
namespace {

constexpr std::uint16_t port = 80;
constexpr std::uint16_t other_port = 81;

Fd bound_socket(Host& host, std::uint16_t to) {
  const Fd fd = new_socket(host);
  host.step(op::Setsockopt{fd, SockOpt::so_reuseaddr, 1});
  EXPECT_EQ(ret_of(host.step(op::Bind{fd, any_address, to})), 0);
  return fd;
}

/// Nobody has the port once every timer has fired.
void expect_free(Host& host, std::uint16_t wanted) {
  host.step(op::Advance{{600'000}});
  EXPECT_EQ(ret_of(host.step(op::Bind{new_socket(host), any_address, wanted})), 0) << wanted;
}

/// A listen that finds the port taken goes back to CLOSE; it must not take with it the LISTEN of another thread, which
/// began after a shutdown of its own.
TEST(LockfreeSameSocket, AFailedListenLeavesAnotherThreadsAlone) {
  constexpr int rounds = 1500;
  constexpr int calls = 6;
  for (int round = 0; round < rounds; ++round) {
    Host host(releases::linux_6_18);
    const Fd fd = bound_socket(host, port);
    const Fd rival = bound_socket(host, port);
    const auto listens = [&](Fd which) {
      return [&host, which] {
        for (int i = 0; i < calls; ++i) {
          host.step(op::Listen{which, 5});
          host.step(op::Shutdown{which, How::rdwr});
        }
      };
    };
    const auto clients = [&] {
      for (int i = 0; i < calls; ++i) {
        const Fd client = new_socket(host);
        host.step(op::Connect{client, loopback, port});
        host.step(op::Close{client});
      }
    };
    together(listens(fd), listens(fd), listens(rival), clients);
    host.step(op::Shutdown{fd, How::rdwr});
    host.step(op::Shutdown{rival, How::rdwr});
    EXPECT_EQ(info_of(host, fd).state, TcpState::close);
    host.step(op::Close{fd});
    host.step(op::Close{rival});
    expect_free(host, port);
  }
}

/// Two connects of one socket, one of which another thread abandons: its connection keeps its own ends.
TEST(LockfreeSameSocket, AnAbandonedConnectLeavesTheNextAlone) {
  constexpr int rounds = 1500;
  constexpr int calls = 6;
  for (int round = 0; round < rounds; ++round) {
    Host host(releases::linux_6_18);
    const Fd fd = bound_socket(host, port);
    const auto connects = [&] {
      for (int i = 0; i < calls; ++i) host.step(op::Connect{fd, loopback, port});
    };
    const auto gives_up = [&] {
      for (int i = 0; i < calls; ++i) host.step(op::Shutdown{fd, How::rdwr});
    };
    together(connects, connects, gives_up);
    host.step(op::Close{fd});
    expect_free(host, port);
  }
}

/// The SYNs of two sockets cross while another thread closes one of them: the other learns of it, whichever came first.
TEST(LockfreeSameSocket, OneEndClosesWhileTheSynsCross) {
  constexpr int rounds = 3000;
  for (int round = 0; round < rounds; ++round) {
    Host host(releases::linux_6_18);
    // Its SYN is lost at a listener that has no room, and waits.
    const Fd full = bound_socket(host, other_port);
    host.step(op::Listen{full, 0});
    for (int i = 0; i < 3; ++i) host.step(op::Connect{new_socket(host), loopback, other_port});
    const Fd waiting = bound_socket(host, port);
    host.step(op::Connect{waiting, loopback, other_port});
    ASSERT_EQ(info_of(host, waiting).state, TcpState::syn_sent);
    host.step(op::Close{full});
    const Fd client = bound_socket(host, other_port);
    together([&] { host.step(op::Connect{client, loopback, port}); }, [&] { host.step(op::Close{waiting}); });
    EXPECT_NE(info_of(host, client).state, TcpState::established);
    host.step(op::Close{client});
    expect_free(host, port);
    expect_free(host, other_port);
  }
}

/// Clients that bind asked for the very ports that others listen on: their SYNs cross, their ends are taken. Every
/// listener has room, so that nobody waits for ever, and the ports are free in the end.
TEST(LockfreeSameSocket, RandomOperationsOfBoundClients) {
  constexpr int rounds = 20;
  constexpr int calls = 1000;
  for (int round = 0; round < rounds; ++round) {
    Host host(releases::linux_6_18);
    in_threads([&](int id) {
      std::mt19937 random(static_cast<unsigned>(round * threads_at_once + id));
      const auto below = [&](unsigned n) { return static_cast<std::int32_t>(random() % n); };
      for (int i = 0; i < calls; ++i) {
        const Fd fd{3 + below(5)};
        const std::uint16_t to = below(2) == 0 ? port : other_port;
        switch (below(9)) {
          case 0:
            host.step(op::Setsockopt{{new_socket(host)}, SockOpt::so_reuseaddr, 1});
            break;
          case 1:
          case 2:
            host.step(op::Bind{fd, any_address, to});
            break;
          case 3:
            host.step(op::Listen{fd, calls});
            break;
          case 4:
          case 5:
            host.step(op::Connect{fd, any_address, to});
            break;
          case 6:
            host.step(op::Accept{fd});
            break;
          case 7:
            host.step(op::Shutdown{fd, static_cast<How>(below(3))});
            break;
          default:
            host.step(op::Close{fd});
        }
      }
    });
    for (std::int32_t label = 3; label < 3 + rounds * calls; ++label) host.step(op::Close{{label}});
    expect_free(host, port);
    expect_free(host, other_port);
  }
}

}  // namespace
}  // namespace weir::lockfree
