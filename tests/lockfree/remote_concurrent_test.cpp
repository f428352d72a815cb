// Remote peers and time against system calls, from several threads. What is checked holds in every interleaving; run
// under the preset `tsan` the same tests look for data races.
#include <gtest/gtest.h>

#include <random>
#include <thread>

#include "tests/lockfree/threads.hpp"

namespace weir::lockfree {
namespace {

constexpr End service{0x0a000001, 80};
constexpr std::uint32_t peers_v4 = 0x0a010000;

Flags reply_of(const Outcome& answer) { return std::get<outcome::Replied>(answer).reply; }
Fd new_listener(Host& host, std::int32_t backlog) {
  const Fd fd = new_socket(host);
  host.step(op::Bind{fd, any_address, 80});
  host.step(op::Listen{fd, backlog});
  return fd;
}
Flags send(Host& host, std::uint32_t peer, Flags flags, std::uint32_t len = 0) {
  return reply_of(host.step(op::Segment{{}, {peers_v4 + peer, 1000}, service, flags, len}));
}

/// Nobody's, and the port is free once every timer has fired.
void expect_swept(Host& host) {
  host.step(op::Advance{{600'000}});
  host.step(op::Advance{{600'000}});
  EXPECT_EQ(ret_of(host.step(op::Bind{new_socket(host), any_address, 80})), 0);
}

TEST(LockfreeRemoteConcurrent, OneHandshakeOfThoseThatRace) {
  for (int round = 0; round < 10; ++round) {
    Host host(releases::linux_6_18);
    constexpr std::uint32_t peers = 500;
    const Fd listener = new_listener(host, peers);
    const auto handshakes = [&] {
      for (std::uint32_t peer = 0; peer < peers; ++peer) {
        // The other thread may be anywhere: the first SYN, a repetition (answered once more at most), a connection.
        send(host, peer, Flags::s);
        EXPECT_NE(send(host, peer, Flags::a), Flags::r);
      }
    };
    together(handshakes, handshakes);
    EXPECT_EQ(info_of(host, listener).unacked, peers);
    for (std::uint32_t peer = 0; peer < peers; ++peer) EXPECT_GE(ret_of(host.step(op::Accept{listener})), 0);
    EXPECT_EQ(ret_of(host.step(op::Accept{listener})), -1);
  }
}

/// The SYN queue's counts end where they began: after all that raced, as many requests fit as before.
TEST(LockfreeRemoteConcurrent, RequestsAreCountedOutOnce) {
  constexpr std::uint32_t room = 50;
  for (const char* release : {"linux-3.10", "linux-6.18"}) {
    const Profile& kernel = *profile_from(release);
    Host host(kernel);
    const Fd listener = new_listener(host, room);
    host.step(op::SysctlWrite{{}, Sysctl::tcp_syncookies, "0"});
    const auto come_and_go = [&](std::uint32_t id) {
      return [&host, id] {
        std::mt19937 random(id);
        for (int i = 0; i < 4000; ++i)
          send(host, static_cast<std::uint32_t>(random() % 30), random() % 2 == 0 ? Flags::s : Flags::r);
      };
    };
    together(come_and_go(1), come_and_go(2), [&] {
      for (int i = 0; i < 300; ++i) host.step(op::Advance{{500}});
    });
    for (std::uint32_t peer = 0; peer < 30; ++peer) send(host, peer, Flags::r);
    const std::uint32_t fits = kernel.syn_queue == SynQueue::table ? 64 : room + 1;
    std::uint32_t queued = 0;
    while (queued <= fits && send(host, 100 + queued, Flags::s) == Flags::sa) ++queued;
    EXPECT_EQ(queued, fits) << release;
    host.step(op::Close{listener});
    expect_swept(host);
  }
}

TEST(LockfreeRemoteConcurrent, EachChildIsAcceptedOnceAndTheLimitHolds) {
  Host host(releases::linux_6_18);
  const Fd listener = new_listener(host, 7);
  std::atomic<int> made{0};
  std::atomic<bool> over{false};
  int accepted = 0;
  const auto peers = [&](std::uint32_t first) {
    return [&, first] {
      for (std::uint32_t peer = first; peer < first + 400; ++peer) {
        if (send(host, peer, Flags::s) != Flags::sa) continue;
        while (send(host, peer, Flags::pa, 1) == Flags::none) std::this_thread::yield();  // no room yet
        ++made;
      }
    };
  };
  std::thread acceptor([&] {
    while (true) {
      const bool last = over;
      const std::int64_t fd = ret_of(host.step(op::Accept{listener}));
      EXPECT_LE(info_of(host, listener).unacked, 8u);
      if (fd < 0 && last) return;
      if (fd < 0) continue;
      ++accepted;
      host.step(op::Close{{static_cast<std::int32_t>(fd)}});
    }
  });
  together(peers(0), peers(1000));
  over = true;
  acceptor.join();
  EXPECT_EQ(accepted, made);
  EXPECT_EQ(info_of(host, listener).unacked, 0u);
  host.step(op::Close{listener});
  expect_swept(host);
}

TEST(LockfreeRemoteConcurrent, AClosingListenerLeavesNobodyBehind) {
  for (const char* release : {"linux-2.6.32", "linux-4.3", "linux-6.18"})
    for (int round = 0; round < 100; ++round) {
      Host host(*profile_from(release));
      const Fd listener = new_listener(host, 100);
      const auto peers = [&](std::uint32_t first) {
        return [&host, first] {
          for (std::uint32_t peer = first; peer < first + 10; ++peer) {
            send(host, peer, Flags::s);
            send(host, peer, Flags::a);
          }
        };
      };
      together(peers(0), peers(100), [&] { host.step(op::Close{listener}); });
      for (const std::uint32_t first : {0u, 100u})
        for (std::uint32_t peer = first; peer < first + 10; ++peer) EXPECT_EQ(send(host, peer, Flags::a), Flags::r);
      EXPECT_EQ(ret_of(host.step(op::Bind{new_socket(host), any_address, 80})), 0);
    }
}

/// A cookie's ACK that comes twice at once makes one child.
TEST(LockfreeRemoteConcurrent, OneChildOfACookie) {
  for (int round = 0; round < 10; ++round) {
    Host host(releases::linux_6_18);
    constexpr std::uint32_t peers = 500;
    const Fd listener = new_listener(host, peers);
    host.step(op::SysctlWrite{{}, Sysctl::tcp_syncookies, "2"});
    for (std::uint32_t peer = 0; peer < peers; ++peer) EXPECT_EQ(send(host, peer, Flags::s), Flags::sa);
    const auto acks = [&] {
      for (std::uint32_t peer = 0; peer < peers; ++peer) EXPECT_EQ(send(host, peer, Flags::a), Flags::none);
    };
    together(acks, acks);
    EXPECT_EQ(info_of(host, listener).unacked, peers);
  }
}

/// Random operations on few descriptors, peers and ports, while time passes. Answers are not checked, only that all end
/// and that the host is sound afterwards: each label closes, and when time has passed the port is free.
TEST(LockfreeRemoteConcurrent, RandomOperationsOnSharedSockets) {
  for (const Profile* kernel : releases::all) {
    Host host(*kernel);
    const auto calls = [&](unsigned seed) {
      std::mt19937 random(seed);
      const auto below = [&](unsigned n) { return static_cast<std::int32_t>(random() % n); };
      for (int i = 0; i < 1500; ++i) {
        const Fd fd{3 + below(6)};
        switch (below(12)) {
          case 0:
            host.step(op::Socket{{}, Family::inet, SockType::stream});
            break;
          case 1:
            host.step(op::Bind{fd, any_address, 80});
            break;
          case 2:
            host.step(op::Listen{fd, below(4)});
            break;
          case 3:
            host.step(op::Connect{fd, any_address, 80});
            break;
          case 4:
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
            host.step(op::SysctlWrite{{}, Sysctl::tcp_syncookies, std::to_string(below(3))});
            break;
          default:
            host.step(op::TcpInfo{fd});
        }
      }
    };
    const auto peers = [&](unsigned seed) {
      std::mt19937 random(seed);
      constexpr std::array flags{Flags::s, Flags::s, Flags::a, Flags::a, Flags::pa, Flags::fa, Flags::sa, Flags::r};
      for (int i = 0; i < 3000; ++i)
        send(host, static_cast<std::uint32_t>(random() % 4), flags[random() % flags.size()], random() % 2);
    };
    together([&] { calls(1); }, [&] { calls(2); }, [&] { peers(3); }, [&] { peers(4); },
             [&] {
               std::mt19937 random(5);
               for (int i = 0; i < 300; ++i) host.step(op::Advance{{static_cast<std::uint32_t>(random() % 40'000)}});
             });
    for (std::int32_t label = 3; label < 20000; ++label) host.step(op::Close{{label}});
    for (std::uint32_t peer = 0; peer < 4; ++peer) send(host, peer, Flags::r);
    expect_swept(host);
  }
}

}  // namespace
}  // namespace weir::lockfree
