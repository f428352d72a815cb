// Debian's kernels 6.12 and 6.1 in QEMU. One machine for all that is asked of a kernel: it takes seconds to start.
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "oracle/softnet/guest.hpp"
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

/// Each CPU as a thread of this machine, so that they really run beside each other; time is this machine's then.
oracle::GuestCommand side_by_side(oracle::GuestCommand command) {
  auto& words = command.words;
  const auto icount = std::find(words.begin(), words.end(), "-icount");
  words.erase(icount, icount + 2);
  *std::find(words.begin(), words.end(), "tcg,thread=single") = "tcg,thread=multi";
  // Of its two sources of time the kernel finds neither in this machine.
  for (std::string& each : words)
    if (each.find("WEIR_CHANNEL") != std::string::npos) each += " tsc_early_khz=2000000";
  return command;
}

/// What an experiment says, a line each.
struct Experiment {
  std::vector<std::string> lines;
  std::string end;
};

Experiment run(const std::string& name, const std::function<oracle::GuestCommand(oracle::GuestCommand)>& changed) {
  oracle::GuestFiles experiment = files();
  experiment.first_process = WEIR_EXPERIMENTS;
  oracle::GuestCommand command = oracle::qemu_guest(experiment, *profile_from("linux-6.12"));
  for (std::string& each : command.words)
    if (each.find("WEIR_CHANNEL") != std::string::npos) each += " WEIR_EXPERIMENT=" + name;
  oracle::GuestProgram guest(changed(std::move(command)));
  Experiment seen;
  std::string line;
  while (guest.channel().receive(line, std::chrono::seconds{150}) == oracle::Program::Answer::line)
    seen.lines.push_back(line);
  seen.end = guest.channel().end_or_kill();
  return seen;
}

/// That 65536 * 65536 overflows to a weight of 0, which the ranges of neither factor forbid, and that the kernel then
/// puts a backlog on its list a second time.
TEST(Qemu, AProductOfWeightsThatOverflowsBreaksTheKernel) {
  const Experiment seen = run("weight", [](auto command) { return command; });
  ASSERT_FALSE(seen.lines.empty());
  EXPECT_EQ(seen.lines.back().find("packet "), 0U) << seen.lines.back();
  EXPECT_NE(seen.end.find("Kernel panic - not syncing: Fatal exception in interrupt"), std::string::npos) << seen.end;
}

/// A backlog of 0 has room for one; two CPUs that complete a handshake at the same time both find it. Where other work
/// keeps this machine's processors the two seldom run at the same time: then the guest is started again.
TEST(Qemu, CpusThatRaceOvershootTheAcceptQueue) {
  Experiment seen;
  const auto said = [&](const std::string& what) {
    return std::count_if(seen.lines.begin(), seen.lines.end(), [&](const auto& each) { return each.find(what) == 0; });
  };
  for (int starts = 0; starts < 3 && said("queued 2: ") == 0; ++starts)
    seen = run("overshoot", [](auto command) { return side_by_side(std::move(command)); });
  EXPECT_EQ(said("backlog 0, 2 CPUs"), 1) << seen.end;
  EXPECT_EQ(said("queued 1: "), 1) << "the CPUs did not always meet";
  EXPECT_EQ(said("queued 2: "), 1) << "they never met";
  EXPECT_EQ(said("queued "), 2) << "more than one too many";
}

/// One CPU sends while the other one is stopped at the first packet that it delivers: both queues fill.
TEST(Qemu, TwiceTheLimitIsHeld) {
  const auto guest =
      std::make_shared<oracle::LinuxTarget>(side_by_side(oracle::qemu_guest(files(), *profile_from("linux-6.12"))));
  const auto softirq = oracle::softnet_of_guest(guest);
  const std::uint32_t other = softirq->place().other_cpu();
  constexpr std::uint32_t limit = 4;
  const auto recording = softirq->record_steered({.packets = {40, 40}, .netdev_max_backlog = limit, .stopped = true});
  std::uint32_t most_waiting = 0, most_at_once = 0, most_held = 0;
  for (const oracle::SoftnetEvent& each : recording.events) {
    if (each.cpu != other) continue;
    most_waiting = std::max(most_waiting, each.sd.input_qlen);
    most_at_once = std::max(most_at_once, each.sd.process_qlen);
    // What looks at it interrupts the delivery of one that is in neither queue.
    const bool in_a_delivery = each.kind == oracle::SoftnetEventKind::marker && each.sd.process_qlen > 0;
    most_held = std::max(most_held, each.sd.input_qlen + each.sd.process_qlen + (in_a_delivery ? 1 : 0));
  }
  EXPECT_EQ(most_waiting, limit + 1);
  EXPECT_EQ(most_at_once, limit) << "of the packets that were taken at once one is delivered";
  EXPECT_EQ(most_held, 2 * (limit + 1));
}

}  // namespace
}  // namespace weir::guests
