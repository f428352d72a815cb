// The driver itself: clean cases, honest failures.
#include <gtest/gtest.h>

#include <vector>

#include "oracle/targets/linux.hpp"
#include "tests/live/trace_case.hpp"

namespace weir::oracle {
namespace {

Op write(NsId ns, Sysctl sysctl, std::string data) { return op::SysctlWrite{ns, sysctl, std::move(data)}; }
Op read(NsId ns, Sysctl sysctl) { return op::SysctlRead{ns, sysctl}; }
constexpr op::Socket tcp{{}, Family::inet, SockType::stream};

TEST(LinuxDriver, EveryCaseBeginsClean) {
  LinuxTarget kernel;
  const std::vector<Op> ops{read({0}, Sysctl::somaxconn),
                            write({0}, Sysctl::somaxconn, "7"),
                            op::Netns{},
                            read({1}, Sysctl::somaxconn),
                            write({1}, Sysctl::tcp_syncookies, "0"),
                            read({0}, Sysctl::tcp_syncookies),
                            tcp,
                            op::Bind{{3}, loopback, 80},
                            op::Listen{{3}, 1}};
  for (int repeat = 0; repeat < 3; ++repeat) {
    const auto answers = live::answers_of(kernel, ops);
    EXPECT_EQ(answers[0], Outcome(outcome::ReadBack{5, "4096\n"}));
    EXPECT_EQ(answers[3], Outcome(outcome::ReadBack{5, "4096\n"}));
    EXPECT_EQ(answers[5], Outcome(outcome::ReadBack{2, "1\n"}));
    EXPECT_EQ(answers[6], Outcome(returned(3)));
    EXPECT_EQ(answers[8], Outcome(returned(0)));
  }
}

TEST(LinuxDriver, ClosedStandardDescriptorsAreBackInTheNextCase) {
  LinuxTarget kernel;
  const std::vector<Op> ops{op::Listen{{0}, 1}, op::Close{{0}}, op::Listen{{0}, 1}};
  for (int repeat = 0; repeat < 2; ++repeat) {
    const auto answers = live::answers_of(kernel, ops);
    EXPECT_EQ(answers[0], Outcome(failed(Errno::enotsock)));
    EXPECT_EQ(answers[1], Outcome(returned(0)));
    EXPECT_EQ(answers[2], Outcome(failed(Errno::ebadf)));
  }
}

/// More cases than there are ports to name: the namespaces are renewed on the way.
TEST(LinuxDriver, PortsDoNotRunOut) {
  LinuxTarget kernel;
  std::vector<Op> ops;
  for (std::uint16_t port = 1; port <= 1000; ++port) ops.push_back(op::Bind{{3}, loopback, port});
  ops.insert(ops.begin(), tcp);
  for (int repeat = 0; repeat < 100; ++repeat) {
    const auto answers = live::answers_of(kernel, ops);
    EXPECT_EQ(answers[1], Outcome(returned(0)));
    EXPECT_EQ(answers.back(), Outcome(failed(Errno::einval)));
  }
}

TEST(LinuxDriver, WhatItCannotDoIsAFailureAndTheNextCaseRuns) {
  LinuxTarget kernel;
  const std::vector<Op> softirq{op::NetRxAction{}};
  EXPECT_FALSE(LinuxTarget::supported(softirq.front()));
  const auto ran = kernel.run(softirq);
  EXPECT_EQ(ran.status, LinuxTarget::Status::failed);
  EXPECT_NE(ran.error, "");
  EXPECT_EQ(live::answers_of(kernel, {tcp}).front(), Outcome(returned(3)));
}

TEST(LinuxDriver, TheMachinesOwnSettingsAreOutOfBounds) {
  EXPECT_FALSE(LinuxTarget::supported(write({0}, Sysctl::netdev_max_backlog, "1")));
  EXPECT_FALSE(LinuxTarget::supported(write({1}, Sysctl::sysctl_writes_strict, "0")));
  EXPECT_TRUE(LinuxTarget::supported(write({1}, Sysctl::netdev_max_backlog, "1")));
  LinuxTarget kernel;
  EXPECT_EQ(live::answers_of(kernel, {op::Netns{}, write({1}, Sysctl::netdev_max_backlog, "1")}).back(),
            Outcome(failed(Errno::enoent)));
}

/// It takes a second user in the driver's user namespace, which only root can map.
TEST(LinuxDriver, CredentialsDecideWhoMayWrite) {
  const auto as = [](Cred cred, Sysctl sysctl, std::string data) {
    return Op(op::SysctlWrite{{0}, sysctl, std::move(data), 0, cred});
  };
  LinuxTarget kernel;
  const Op by_user = as(Cred::user, Sysctl::somaxconn, "7");
  if (!LinuxTarget::supported(by_user)) {
    EXPECT_EQ(kernel.run(std::vector{by_user}).status, LinuxTarget::Status::failed) << "never a pass";
    return;
  }
  const auto answers = live::answers_of(
      kernel, {by_user, as(Cred::net_admin, Sysctl::somaxconn, "8"), read({0}, Sysctl::somaxconn),
               as(Cred::user, Sysctl::tcp_fastopen, "2"), as(Cred::net_admin, Sysctl::tcp_fastopen, "2"),
               as(Cred::root, Sysctl::tcp_fastopen, "3"), op::Netns{}, read({1}, Sysctl::tcp_fastopen)});
  EXPECT_EQ(answers[0], Outcome(failed(Errno::eacces)));
  EXPECT_EQ(answers[1], Outcome(returned(1)));
  EXPECT_EQ(answers[2], Outcome(outcome::ReadBack{2, "8\n"}));
  EXPECT_EQ(answers[3], Outcome(failed(Errno::eacces)));
  EXPECT_EQ(answers[4], Outcome(returned(1)));
  EXPECT_EQ(answers[5], Outcome(returned(1)));
  EXPECT_EQ(answers[6], Outcome(returned(1))) << "the driver is root again, and can make namespaces";
  EXPECT_EQ(answers[7], Outcome(outcome::ReadBack{2, "1\n"}));
}

TEST(LinuxDriver, WhatANamespaceHandsOnIsOutOfBounds) {
  for (const Sysctl id : {Sysctl::tcp_wmem, Sysctl::tcp_child_ehash_entries}) {
    EXPECT_FALSE(LinuxTarget::supported(write({0}, id, "1")));
    EXPECT_TRUE(LinuxTarget::supported(write({1}, id, "1")));
  }
}

}  // namespace
}  // namespace weir::oracle
