// Real threads on one listener, each call recorded with when it began and when it ended, and the spec asked for an
// order of them: remote peers that several threads play at once, while another one accepts.
//
// The listener has room for all: a call takes effect in steps where it is full, and no order of whole calls explains
// what may be seen in between (fuzz/schedule/listen.cpp says which). Twins: hosts that break one promise each.
#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <random>
#include <vector>

#include "oracle/linear/history.hpp"
#include "oracle/linear/host_spec.hpp"
#include "tests/lockfree/recorded.hpp"
#include "tests/lockfree/threads.hpp"

namespace weir::lockfree {
namespace {

using oracle::Call;
using oracle::Linearizable;

constexpr End service{0x0a000001, 80};
constexpr Fd listener{3};
constexpr std::uint32_t peers_each = 3, first_peer = 0x0a010000;
constexpr int segments = 10, accepts = 12, wire = threads_at_once - 1;

/// \param cookies  as tcp_syncookies: with 2 (since 3.11) no SYN is remembered, and each third ACK carries it all
std::vector<Op> beginning(const char* cookies) {
  return {op::SysctlWrite{{}, Sysctl::tcp_syncookies, cookies}, op::Socket{{}, Family::inet, SockType::stream},
          op::Bind{listener, any_address, 80}, op::Listen{listener, 16}};
}

/// Of one of the peers whose segments arrive on the thread's CPU. No flow arrives on two.
Op segment(int id, std::minstd_rand& random) {
  const std::uint32_t mine = static_cast<std::uint32_t>(id) * peers_each;
  const End peer{first_peer + mine + static_cast<std::uint32_t>(random() >> 8) % peers_each, 1000};
  switch ((random() >> 8) % 8) {
    case 0:
      return op::Segment{{}, peer, service, Flags::r, 0};
    case 1:
    case 2:
    case 3:
      return op::Segment{{}, peer, service, Flags::s, 0};
    default:
      return op::Segment{{}, peer, service, Flags::a, 0};
  }
}

/// What the threads have seen of a host.
template <class Host>
std::vector<Call> run(const Profile& kernel, const char* cookies, unsigned seed) {
  Host host(kernel);
  for (const Op& each : beginning(cookies)) host.step(each);
  Ticks clock;
  std::array<std::vector<Call>, threads_at_once> seen;
  const auto perform = [&](int id, const Op& operation) {
    seen[static_cast<std::size_t>(id)].push_back(
        recorded(clock, operation, [&](const Op& each) { return host.step(each); }));
  };
  in_threads([&](int id) {
    std::minstd_rand random(seed * 7 + static_cast<unsigned>(id) + 1);
    for (int i = 0; i < (id < wire ? segments : accepts); ++i) {
      perform(id, id < wire ? segment(id, random) : op::Accept{listener});
      std::this_thread::yield();  // else each would be done before the next begins
    }
  });
  // What is there in the end was there for all of them.
  perform(0, op::TcpInfo{listener});
  for (std::uint32_t i = 0; i <= wire * peers_each; ++i) perform(0, op::Accept{listener});
  perform(0, op::Netstat{});
  std::vector<Call> all;
  for (auto& each : seen) all.insert(all.end(), each.begin(), each.end());
  return all;
}

template <class Host>
Linearizable judged(const Profile& kernel, const char* cookies, unsigned seed) {
  const std::vector<Call> calls = run<Host>(kernel, cookies, seed);
  oracle::NamedSpec spec(oracle::Header{&kernel, {}});
  for (const Op& each : beginning(cookies)) spec.step(each);
  return oracle::linearize(spec, calls, {100'000}).verdict;
}

template <class Host>
bool has_an_order(const char* release, const char* cookies) {
  constexpr unsigned histories = 40;
  unsigned undecided = 0;
  for (unsigned seed = 0; seed < histories; ++seed) {
    const Linearizable verdict = judged<Host>(*profile_from(release), cookies, seed);
    if (verdict == Linearizable::illegal) return false;
    undecided += verdict == Linearizable::unknown ? 1 : 0;
  }
  return undecided < histories / 10;
}

// The releases whose listeners differ most: one table for all requests, and no lock since 4.4.
TEST(ListenHistory, HasAnOrder) {
  for (const char* release : {"linux-2.6.32", "linux-4.3", "linux-4.4", "linux-6.18"})
    for (const char* cookies : {"0", "1", "2"})
      EXPECT_TRUE(has_an_order<Host>(release, cookies)) << release << ", tcp_syncookies " << cookies;
}

/// A host that does what it should but for one thing, now and then.
template <class Flaw>
class Flawed {
 public:
  explicit Flawed(const Profile& kernel) : host_(kernel) {}

  Outcome step(const Op& operation) {
    const bool now = calls_.fetch_add(1, std::memory_order_relaxed) % 8 == 0;
    return now ? Flaw::step(host_, operation) : host_.step(operation);
  }

 private:
  Host host_;
  std::atomic<unsigned> calls_{0};
};

struct Sleepy {  ///< does not see that a child waits
  static Outcome step(Host& host, const Op& operation) {
    if (std::holds_alternative<op::Accept>(operation)) return outcome::Returned{-1, Errno::eagain};
    return host.step(operation);
  }
};
struct Forgetful {  ///< answers, and has not done it
  static Outcome step(Host& host, const Op& operation) {
    const auto* const segment = std::get_if<op::Segment>(&operation);
    if (segment != nullptr && segment->flags == Flags::a) return outcome::Replied{};
    return host.step(operation);
  }
};
struct Eager {  ///< does it twice
  static Outcome step(Host& host, const Op& operation) {
    if (std::holds_alternative<op::Accept>(operation)) host.step(operation);
    return host.step(operation);
  }
};

template <class Flaw>
bool found() {
  for (unsigned seed = 0; seed < 1000; ++seed)
    if (judged<Flawed<Flaw>>(releases::linux_6_18, "1", seed) == Linearizable::illegal) return true;
  return false;
}

TEST(ListenHistory, OfAHostWithAFlawHasNone) {
  EXPECT_TRUE(found<Sleepy>());
  EXPECT_TRUE(found<Forgetful>());
  EXPECT_TRUE(found<Eager>());
}

}  // namespace
}  // namespace weir::lockfree
