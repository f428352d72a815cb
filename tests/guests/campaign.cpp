#include "tests/guests/campaign.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <stdexcept>

#include "fuzz/linux_target.hpp"
#include "fuzz/report.hpp"
#include "oracle/profile/names.hpp"

namespace weir::guests {

constexpr auto backstop = std::chrono::seconds(100);

oracle::GuestFolders folders() { return {WEIR_PROGRAMS, WEIR_KERNELS}; }

const Profile& own_profile(const oracle::LinuxTarget& guest) {
  const Profile* const own = oracle::profile_of_guest(guest.abilities());
  if (own == nullptr) throw std::runtime_error("no profile describes " + guest.abilities().release);
  return *own;
}

const Profile& own_profile_but(const oracle::LinuxTarget& guest, const std::string& setting) {
  const auto named = oracle::profile_named(std::string(own_profile(guest).name) + "+" + setting);
  if (named.profile == nullptr) throw std::runtime_error(named.error);
  return *named.profile;
}

fuzz::CampaignStats campaign(const std::shared_ptr<oracle::LinuxTarget>& guest, const Profile& profile,
                             std::uint64_t inputs) {
  const fuzz::LinuxQuestions questions(guest, own_profile(*guest));
  fuzz::LinuxEffort effort;
  fuzz::Campaign campaign({.seed = 61,
                           .generator = fuzz::guest_cases(questions),
                           .profiles = {&profile},
                           .max_inputs = inputs,
                           .explore = 20'000,
                           .max_findings = 1,
                           .shrink_attempts = 20},
                          fuzz::guest_target(questions, effort));
  return campaign.run(fuzz::Campaign::Clock::now() + backstop);
}

void expect_none(const fuzz::CampaignStats& stats) {
  for (const fuzz::Finding& each : stats.findings)
    ADD_FAILURE() << to_sentence(each.difference) << "\n" << to_trace(each.input, each.difference);
}

}  // namespace weir::guests
