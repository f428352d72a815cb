// Debian's kernel 6.12 in QEMU. One machine for all: it takes seconds to start.
#include <gtest/gtest.h>

#include "oracle/targets/guests.hpp"
#include "tests/guests/campaign.hpp"
#include "tests/guests/traces.hpp"

namespace weir::guests {
namespace {

TEST(Qemu, AgreesWithItsProfileAndWithNoOther) {
  const Profile& release = *profile_from("linux-6.12");
  const auto guest = std::make_shared<oracle::LinuxTarget>(oracle::qemu_guest(files(), release));
  EXPECT_EQ(guest->abilities().cpus, 2U);
  expect_predictions(*guest);
  constexpr std::uint64_t inputs = 150;
  const auto stats = campaign(guest, own_profile(*guest), inputs);
  expect_none(stats);
  EXPECT_EQ(stats.inputs, inputs) << "cut off by the backstop";
  EXPECT_EQ(campaign(guest, releases::linux_2_6_32, inputs).findings.size(), 1U);
  EXPECT_EQ(campaign(guest, own_profile_but(*guest, "syn_queue=max_ack_reached"), 2000).findings.size(), 1U);
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
