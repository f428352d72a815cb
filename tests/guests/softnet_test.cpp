// The receive softirq of Debian's kernel 6.12 in QEMU, with two CPUs: recorded in the guest, replayed here. One machine
// for all.
#include <gtest/gtest.h>

#include <chrono>
#include <cstdio>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "fuzz/report.hpp"
#include "fuzz/softnet_target.hpp"
#include "oracle/linear/history.hpp"
#include "oracle/softnet/guest.hpp"
#include "tests/guests/campaign.hpp"
#include "tests/live/softnet_wrong.hpp"

namespace weir::guests {
namespace {

using oracle::SoftnetDisturbance;
using oracle::SoftnetStory;
using oracle::SoftnetTarget;

TEST(QemuSoftnet, Tried) {
  const auto t0 = std::chrono::steady_clock::now();
  const auto since = [&] { return std::chrono::duration<double>(std::chrono::steady_clock::now() - t0).count(); };
  const char* rel = std::getenv("REL") ? std::getenv("REL") : "linux-6.12";
  const auto guest = std::make_shared<oracle::LinuxTarget>(oracle::qemu_guest(files(), *profile_from(rel)));
  std::printf("booted %.2f\n", since());
  SoftnetTarget kernel(oracle::softnet_of_guest(guest), own_profile(*guest));
  std::printf("ready %.2f steer '%s' cpu %u\n", since(), kernel.why_not_steered().c_str(), kernel.cpu());
  fuzz::Rng rng(1);
  std::vector<Op> program;
  std::size_t lines = 0, cases = 0, disturbed = 0;
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  while (std::chrono::steady_clock::now() < end) {
    fuzz::softnet_cases().draw_case(rng, program);
    const SoftnetStory story = kernel.run(program);
    ++cases;
    if (story.disturbance != SoftnetDisturbance::none) {
      ++disturbed;
      std::printf("%s\n", std::string(name_of_enum(story.disturbance)).c_str());
      continue;
    }
    lines += story.lines.size();
  }
  std::printf("%.2f cases %zu disturbed %zu lines %zu\n", since(), cases, disturbed, lines);
}

}  // namespace
}  // namespace weir::guests
