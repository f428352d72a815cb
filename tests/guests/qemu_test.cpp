// Debian's kernel 6.12 in QEMU. One machine for all: it takes seconds to start.
#include <gtest/gtest.h>

#include "oracle/targets/guests.hpp"
#include "tests/guests/campaign.hpp"

namespace weir::guests {
namespace {

TEST(Qemu, AgreesWithItsProfileAndWithNoOther) {
  const Profile& release = *profile_from("linux-6.12");
  const auto guest = std::make_shared<oracle::LinuxTarget>(oracle::qemu_guest(folders(), release));
  EXPECT_EQ(guest->abilities().cpus, 2U);
  constexpr std::uint64_t inputs = 150;
  const auto stats = campaign(guest, own_profile(*guest), inputs);
  expect_none(stats);
  EXPECT_EQ(stats.inputs, inputs) << "cut off by the backstop";
  EXPECT_EQ(campaign(guest, releases::linux_2_6_32, inputs).findings.size(), 1U);
  EXPECT_EQ(campaign(guest, own_profile_but(*guest, "fastreuse_cached=yes"), 5000).findings.size(), 1U);
}

}  // namespace
}  // namespace weir::guests
