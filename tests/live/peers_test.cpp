// Remote peers played against the kernel of this machine: what it answers, said here without the model.
#include <gtest/gtest.h>

#include <vector>

#include "oracle/targets/linux.hpp"
#include "tests/live/trace_case.hpp"
#include "tests/live/wrong_rule.hpp"

namespace weir::oracle {
namespace {

constexpr End service{0xc0000201, 80};
constexpr op::Socket tcp{{}, Family::inet, SockType::stream};

op::Segment from(std::uint16_t peer, Flags flags, std::uint32_t len = 0) {
  return {{}, {0xc000020a, peer}, service, flags, len};
}
Outcome replied(Flags flags) { return outcome::Replied{flags}; }
Outcome state(TcpState state, std::uint32_t unacked = 0, std::uint32_t sacked = 0) {
  return outcome::Info{state, unacked, sacked};
}

class LinuxPeers : public ::testing::Test {
 protected:
  /// Of a listener at `service` with that backlog, which is fd 3, and what is done after.
  static std::vector<Outcome> answers(std::int32_t backlog, const std::vector<Op>& then) {
    LinuxTarget kernel;
    std::vector<Op> ops{tcp, op::Bind{{3}, any_address, service.port}, op::Listen{{3}, backlog}};
    ops.insert(ops.end(), then.begin(), then.end());
    auto all = live::answers_of(kernel, ops);
    all.erase(all.begin(), all.begin() + 3);
    return all;
  }
};

TEST_F(LinuxPeers, AHandshakeDataAndTheEnd) {
  const auto said = answers(5, {from(1, Flags::s), from(1, Flags::a), op::Accept{{3}}, from(1, Flags::pa, 7),
                                from(1, Flags::fa), op::TcpInfo{{4}}, op::Close{{4}}, op::Accept{{3}}});
  EXPECT_EQ(said[0], replied(Flags::sa));
  EXPECT_EQ(said[1], replied(Flags::none));
  EXPECT_EQ(said[2], Outcome(returned(4)));
  EXPECT_EQ(said[3], replied(Flags::a));
  EXPECT_EQ(said[4], replied(Flags::none));
  EXPECT_EQ(said[5], state(TcpState::close_wait));
  EXPECT_EQ(said[6], Outcome(returned(0)));
  EXPECT_EQ(said[7], Outcome(failed(Errno::eagain)));
}

TEST_F(LinuxPeers, NobodyListens) {
  const auto said = answers(1, {op::Close{{3}}, from(1, Flags::s), from(1, Flags::a), from(1, Flags::r)});
  EXPECT_EQ(said[1], replied(Flags::r));
  EXPECT_EQ(said[2], replied(Flags::r));
  EXPECT_EQ(said[3], replied(Flags::none));
}

TEST_F(LinuxPeers, ThirdAckMeetsAFullQueue) {
  const auto said = answers(0, {from(1, Flags::s), from(2, Flags::s), from(1, Flags::a), from(2, Flags::a),
                                op::TcpInfo{{3}}, op::Accept{{3}}, from(2, Flags::a), op::Accept{{3}}});
  EXPECT_EQ(said[2], replied(Flags::none));
  EXPECT_EQ(said[3], replied(Flags::none));
  EXPECT_EQ(said[4], state(TcpState::listen, 1, 0));
  EXPECT_EQ(said[5], Outcome(returned(4)));
  EXPECT_EQ(said[7], Outcome(returned(5)));
}

TEST_F(LinuxPeers, TheSynQueueIsFullAndACookieIsGood) {
  const std::vector<Op> flood{from(1, Flags::s), from(2, Flags::s), from(3, Flags::s), from(3, Flags::a),
                              op::Netstat{}};
  const auto said = answers(1, flood);
  EXPECT_EQ(said[2], replied(Flags::sa));
  EXPECT_EQ(said[3], replied(Flags::none));
  EXPECT_EQ(std::get<outcome::Counters>(said[4]).SyncookiesSent, 1U);
}

TEST_F(LinuxPeers, WithoutCookiesItDrops) {
  std::vector<Op> flood{op::SysctlWrite{{}, Sysctl::tcp_syncookies, "0"}};
  for (std::uint16_t peer = 1; peer <= 3; ++peer) flood.push_back(from(peer, Flags::s));
  const auto said = answers(1, flood);
  EXPECT_EQ(said[2], replied(Flags::sa));
  EXPECT_EQ(said[3], replied(Flags::none));
}

/// TIME_WAIT tells neither its numbers nor its listener: the peer has to know when to begin anew.
TEST_F(LinuxPeers, ATimeWaitIsRenewed) {
  const auto said = answers(5, {from(1, Flags::s), from(1, Flags::a), op::Accept{{3}}, op::Shutdown{{4}, How::wr},
                                from(1, Flags::a), op::TcpInfo{{4}}, from(1, Flags::fa), from(1, Flags::fa),
                                from(1, Flags::s), from(1, Flags::pa, 1), op::Accept{{3}}});
  EXPECT_EQ(said[4], replied(Flags::none));
  EXPECT_EQ(said[5], state(TcpState::fin_wait2));
  EXPECT_EQ(said[6], replied(Flags::a));
  EXPECT_EQ(said[7], replied(Flags::a));
  EXPECT_EQ(said[8], replied(Flags::sa));
  EXPECT_EQ(said[10], Outcome(returned(5)));
}

/// What no host may send, or be sent, goes out as it is and is dropped; so does what comes from the address it goes to.
TEST_F(LinuxPeers, Martians) {
  const auto segment = [](std::uint32_t source, std::uint32_t destination) {
    return op::Segment{{}, {source, 1000}, {destination, service.port}, Flags::s, 0};
  };
  const auto said =
      answers(5, {segment(0x7f000001, service.v4), segment(0xc000020a, 0x7f000001), segment(0xe0000001, service.v4),
                  segment(service.v4, service.v4), segment(0xc000020a, 0xffffffff), op::TcpInfo{{3}}, op::Netstat{},
                  segment(0xc000020a, service.v4)});
  for (std::size_t i = 0; i < 5; ++i) EXPECT_EQ(said[i], replied(Flags::none)) << i;
  EXPECT_EQ(said[5], state(TcpState::listen, 0, 5));
  EXPECT_EQ(std::get<outcome::Counters>(said[6]).EmbryonicRsts, 0U);
  EXPECT_EQ(said[7], replied(Flags::sa));
}

TEST_F(LinuxPeers, EachNamespaceHasItsOwn) {
  LinuxTarget kernel;
  op::Segment there = from(1, Flags::s);
  there.ns = {1};
  const std::vector<Op> ops{op::Netns{},
                            op::Socket{{1}, Family::inet, SockType::stream},
                            op::Bind{{3}, any_address, service.port},
                            op::Listen{{3}, 1},
                            from(1, Flags::s),
                            there,
                            from(1, Flags::a)};
  const auto said = live::answers_of(kernel, ops);
  EXPECT_EQ(said[4], replied(Flags::r));
  EXPECT_EQ(said[5], replied(Flags::sa));
  EXPECT_EQ(said[6], replied(Flags::r));
}

/// Neither connections nor requests nor numbers of a case are left for the next.
TEST_F(LinuxPeers, EveryCaseBeginsClean) {
  LinuxTarget kernel;
  const std::vector<Op> ops{tcp,
                            op::Bind{{3}, any_address, service.port},
                            op::Listen{{3}, 1},
                            from(1, Flags::s),
                            from(2, Flags::s),
                            from(1, Flags::a),
                            op::Close{{3}}};
  for (int repeat = 0; repeat < 50; ++repeat) {
    const auto said = live::answers_of(kernel, ops);
    EXPECT_EQ(said[3], replied(Flags::sa));
    EXPECT_EQ(said[4], replied(Flags::sa));
    EXPECT_EQ(said[5], replied(Flags::none));
  }
}

TEST(LinuxPeersMustFail, AWrongRuleIsNoticed) { fuzz::expect_noticed("oow_rate_limited=no"); }

}  // namespace
}  // namespace weir::oracle
