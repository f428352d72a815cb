// Debian's kernels 6.12 and 6.1 in QEMU. One machine for all that is asked of a kernel: it takes seconds to start.
#include <gtest/gtest.h>

#include "oracle/targets/guests.hpp"
#include "tests/guests/campaign.hpp"
#include "tests/guests/softirq.hpp"
#include "tests/guests/traces.hpp"

namespace weir::guests {
namespace {

std::shared_ptr<oracle::LinuxTarget> qemu(const char* release) {
  return std::make_shared<oracle::LinuxTarget>(oracle::qemu_guest(files(), *profile_from(release)));
}

void expect_calls_agree(const std::shared_ptr<oracle::LinuxTarget>& guest, std::uint64_t inputs) {
  const auto stats = campaign(guest, own_profile(*guest), inputs);
  expect_none(stats);
  EXPECT_EQ(stats.inputs, inputs) << "cut off by the backstop";
}

TEST(Qemu, AgreesWithItsProfileAndWithNoOther) {
  const auto guest = qemu("linux-6.12");
  EXPECT_EQ(guest->abilities().cpus, 2U);
  expect_predictions(*guest);
  constexpr std::uint64_t inputs = 150;
  expect_calls_agree(guest, inputs);
  EXPECT_EQ(campaign(guest, releases::linux_2_6_32, inputs).findings.size(), 1U);
  EXPECT_EQ(campaign(guest, own_profile_but(*guest, "syn_queue=max_ack_reached"), 2000).findings.size(), 1U);
}

TEST(Qemu, SoftirqAgreesAndEveryWrongOneIsNoticed) {
  const auto guest = qemu("linux-6.12");
  expect_softirq_agrees(guest, 150);
  expect_wrong_softirqs_are_noticed(guest);
}

TEST(Qemu, TimersAgree) { expect_timers_agree(qemu("linux-6.12"), 25); }

TEST(Qemu, TheOlderKernelAgrees) {
  const auto guest = qemu("linux-6.1");
  EXPECT_EQ(guest->abilities().cpus, 2U);
  expect_calls_agree(guest, 100);
  expect_softirq_agrees(guest, 100);
}

/// That 65536 * 65536 overflows to a weight of 0, which the ranges of neither factor forbid, and that the kernel then
/// puts a backlog on its list a second time.
TEST(Qemu, AProductOfWeightsThatOverflowsBreaksTheKernel) {
  oracle::GuestFiles experiment = files();
  experiment.first_process = WEIR_EXPERIMENTS;
  oracle::GuestCommand command = oracle::qemu_guest(experiment, *profile_from("linux-6.12"));
  for (std::string& each : command.words)
    if (each.find("WEIR_CHANNEL") != std::string::npos) each += " WEIR_EXPERIMENT=weight";
  oracle::GuestProgram guest(command);
  std::string line, last;
  while (guest.channel().receive(line, std::chrono::seconds{150}) == oracle::Program::Answer::line) last = line;
  EXPECT_EQ(last.find("packet "), 0U) << last;
  const std::string end = guest.channel().end_or_kill();
  EXPECT_NE(end.find("Kernel panic - not syncing: Fatal exception in interrupt"), std::string::npos) << end;
}

}  // namespace
}  // namespace weir::guests
