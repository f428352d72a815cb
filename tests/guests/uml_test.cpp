// User-mode Linux 6.1, asked through the driver that is its first process.
#include <gtest/gtest.h>
#include <signal.h>

#include <fstream>
#include <stdexcept>

#include "model/host.hpp"
#include "oracle/targets/guests.hpp"
#include "tests/guests/campaign.hpp"
#include "tests/guests/traces.hpp"

namespace weir::guests {
namespace {

using oracle::GuestCommand;
using oracle::LinuxTarget;

std::shared_ptr<LinuxTarget> uml() { return std::make_shared<LinuxTarget>(oracle::uml_guest(files())); }

Op write(NsId ns, Sysctl sysctl, std::string data) { return op::SysctlWrite{ns, sysctl, std::move(data)}; }
Op read(NsId ns, Sysctl sysctl) { return op::SysctlRead{ns, sysctl}; }

TEST(Uml, AgreesWithItsProfile) {
  const auto guest = uml();
  EXPECT_EQ(guest->abilities().no_peers, "");
  EXPECT_TRUE(guest->abilities().inet6);
  constexpr std::uint64_t inputs = 250;
  const auto stats = campaign(guest, own_profile(*guest), inputs);
  expect_none(stats);
  EXPECT_EQ(stats.inputs, inputs) << "cut off by the backstop";
  EXPECT_GT(stats.effort.operations, inputs * 4) << "too many cases were late or cut short";
}

/// The twin: held against another kernel's profile it must diverge.
TEST(Uml, DivergesFromAnotherProfile) {
  const auto guest = uml();
  EXPECT_EQ(campaign(guest, releases::linux_2_6_32, 300).findings.size(), 1U);
}

/// The twin of what its point release has taken over: without it 6.1 is another kernel.
TEST(Uml, DivergesFromItsReleaseAsItFirstWas) {
  const auto guest = uml();
  EXPECT_EQ(campaign(guest, own_profile_but(*guest, "syn_queue=max_ack_reached"), 2000).findings.size(), 1U);
}

TEST(Uml, PredictionsHold) { expect_predictions(*uml()); }

TEST(Uml, GlobalSysctlsAreOfTheCase) {
  const auto guest = uml();
  const std::vector<Op> ops{read({0}, Sysctl::netdev_max_backlog),
                            write({0}, Sysctl::netdev_max_backlog, "0"),
                            op::Socket{{}, Family::inet, SockType::stream},
                            op::Bind{{3}, loopback, 80},
                            op::Listen{{3}, 1},
                            read({0}, Sysctl::netdev_max_backlog),
                            write({0}, Sysctl::sysctl_writes_strict, "0"),
                            op::SysctlWrite{{0}, Sysctl::somaxconn, "7", 1},
                            read({0}, Sysctl::somaxconn)};
  for (int repeat = 0; repeat < 3; ++repeat) {
    const auto got = answers(*guest, ops);
    EXPECT_EQ(got[0], Outcome(outcome::ReadBack{5, "1000\n"}));
    EXPECT_EQ(got[1], Outcome(returned(1)));
    EXPECT_EQ(got[4], Outcome(returned(0)));
    EXPECT_EQ(got[5], Outcome(outcome::ReadBack{2, "0\n"}));
    EXPECT_EQ(got[8], Outcome(outcome::ReadBack{2, "7\n"}));
  }
}

/// A namespace that is made after the write has its own hash of connections, and the first one's buffers; those of the
/// next case have neither.
TEST(Uml, NamespacesTakeOverWhatIsHandedOn) {
  const auto guest = uml();
  const std::vector<Op> plain{op::Netns{}, read({1}, Sysctl::tcp_wmem), read({1}, Sysctl::tcp_max_syn_backlog)};
  std::vector<Op> handed_on{op::Netns{}, write({0}, Sysctl::tcp_wmem, "5000 6000 7000"),
                            write({0}, Sysctl::tcp_child_ehash_entries, "100000")};
  for (const Op& each : {Op(op::Netns{}), read({2}, Sysctl::tcp_wmem), read({2}, Sysctl::tcp_max_syn_backlog),
                         read({1}, Sysctl::tcp_wmem), read({1}, Sysctl::tcp_max_syn_backlog)})
    handed_on.push_back(each);
  for (const auto& ops : {plain, handed_on, handed_on, plain}) {
    model::Host<Concrete> model(own_profile(*guest));
    const auto got = answers(*guest, ops);
    for (std::size_t i = 0; i < ops.size(); ++i) EXPECT_EQ(got[i], model.step(ops[i])) << i;
  }
  EXPECT_EQ(answers(*guest, handed_on)[4], Outcome(outcome::ReadBack{15, "5000\t6000\t7000\n"}));
  EXPECT_EQ(answers(*guest, handed_on)[5], Outcome(outcome::ReadBack{5, "1024\n"}));
}

/// Longer than a serial line holds.
TEST(Uml, LongMessagesArrive) {
  const auto guest = uml();
  const std::string text = "5" + std::string(100'000, ' ');
  const auto got = answers(*guest, {write({0}, Sysctl::somaxconn, text), read({0}, Sysctl::somaxconn)});
  EXPECT_EQ(got[0], Outcome(returned(static_cast<std::int64_t>(text.size()))));
  EXPECT_EQ(got[1], Outcome(outcome::ReadBack{2, "5\n"}));
}

std::string reason_of(const GuestCommand& guest) {
  try {
    LinuxTarget target(guest);
  } catch (const std::runtime_error& error) {
    return error.what();
  }
  return "";
}

TEST(Guest, ThatDoesNotBootSaysWhy) {
  GuestCommand guest = oracle::uml_guest(files());
  guest.initramfs = "no archive";
  guest.started_within = std::chrono::seconds{6};
  EXPECT_NE(reason_of(guest).find("panic"), std::string::npos) << reason_of(guest);
  EXPECT_EQ(reason_of({{"sh", "-c", "echo no such machine >&2; exit 3"}, "", std::chrono::seconds{10}}),
            "the guest ended with status 3: no such machine");
  EXPECT_EQ(reason_of({{"no-such-program"}, "", std::chrono::seconds{10}}), "the guest could not be run");
}

TEST(Guest, ThatIsSilentIsKilled) {
  EXPECT_EQ(reason_of({{"sleep", "100"}, "", std::chrono::seconds{1}}), "the guest is silent");
}

TEST(Guest, ThatMakesNoSenseIsRefused) { EXPECT_NE(reason_of({{"yes"}, "", std::chrono::seconds{10}}), ""); }

TEST(Guest, ThatDiesIsAnErrorAndIsReplaced) {
  const auto guest = uml();
  std::ifstream children("/proc/thread-self/children");
  pid_t program = 0;
  ASSERT_TRUE(children >> program);
  ::kill(program, SIGKILL);
  const std::vector<Op> ops{read({0}, Sysctl::somaxconn)};
  LinuxTarget::Run ran = guest->run(ops);
  for (int i = 0; i < 1000 && ran.status != LinuxTarget::Status::failed; ++i) ran = guest->run(ops);
  EXPECT_EQ(ran.status, LinuxTarget::Status::failed);
  EXPECT_NE(ran.error.find("killed by signal 9"), std::string::npos) << ran.error;
  EXPECT_EQ(answers(*guest, ops)[0], Outcome(outcome::ReadBack{5, "4096\n"}));
}

}  // namespace
}  // namespace weir::guests
