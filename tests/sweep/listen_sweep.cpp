// Every sequence of length 5 over two sockets and one port, one end already listening or not.
//
// Length 5 after the two sockets are open: bind, listen, connect, accept and one more operation in any order, or a
// second listen and a shutdown among them. One port and one address are enough for every conflict; the backlogs 0 and 1
// are the smallest two limits, so that raising and lowering are both seen.
#include <gtest/gtest.h>

#include "fuzz/canary.hpp"
#include "fuzz/targets.hpp"
#include "tests/sweep/sequences.hpp"

namespace weir::sweep {
namespace {

constexpr std::size_t length = 5;
constexpr Fd server{3};
constexpr Fd client{4};
constexpr std::uint16_t port = 8080;

std::vector<Op> alphabet() {
  return {op::Bind{server, loopback, port},    op::Listen{server, 0}, op::Listen{server, 1},
          op::Connect{client, loopback, port}, op::Accept{server},    op::Shutdown{server, How::rd},
          op::Shutdown{client, How::wr},       op::Close{server},     op::Close{client},
          op::Bind{client, loopback, port},    op::Listen{client, 1}, op::Socket{{}, Family::inet, SockType::stream}};
}

fuzz::Input two_sockets(const Profile& kernel, Family family = Family::inet) {
  fuzz::Input input;
  input.profile = &kernel;
  input.ops.assign(2, op::Socket{{}, family, SockType::stream});
  return input;
}

TEST(ListenSweep, EverySequenceAgrees) {
  for (const Profile* kernel : eras(oracle::Plane::listen)) {
    const auto result = sweep(fuzz::lockfree_target(), two_sockets(*kernel), alphabet(), length);
    EXPECT_EQ(result.divergence, "");
    EXPECT_EQ(result.sequences, 248832U);  // 12 ^ 5
  }
}

/// The same with names instead of ports: the server may be shut down or closed while its queue is full, the client may
/// have a name of its own.
std::vector<Op> unix_alphabet() {
  constexpr std::uint16_t name = 1, other_name = 2;
  return {op::Bind{server, abstract_names, name},
          op::Listen{server, 0},
          op::Listen{server, 1},
          op::Connect{client, abstract_names, name},
          op::Accept{server},
          op::Shutdown{server, How::rd},
          op::Close{server},
          op::Close{client},
          op::Bind{client, abstract_names, other_name},
          op::Listen{client, 1},
          op::Connect{server, abstract_names, other_name},
          op::Socket{{}, Family::unix_, SockType::stream}};
}

TEST(UnixSweep, EverySequenceAgrees) {
  for (const Profile* kernel : {&releases::linux_2_6_32, &releases::linux_6_18}) {
    const auto result = sweep(fuzz::lockfree_target(), two_sockets(*kernel, Family::unix_), unix_alphabet(), length);
    EXPECT_EQ(result.divergence, "");
    EXPECT_EQ(result.sequences, 248832U);  // 12 ^ 5
  }
}

TEST(UnixSweepMustFail, QueueLimitOffByOne) {
  const auto start = two_sockets(releases::linux_6_18, Family::unix_);
  EXPECT_NE(sweep(fuzz::canary_unix_queue(), start, unix_alphabet(), length).divergence, "");
}

TEST(ListenSweepMustFail, AcceptQueueLimitOffByOne) {
  EXPECT_NE(sweep(fuzz::canary_accept_queue(), two_sockets(releases::linux_6_18), alphabet(), length).divergence, "");
}

}  // namespace
}  // namespace weir::sweep
