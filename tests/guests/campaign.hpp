// A short campaign against a guest: enough to notice a broken driver or a rule that moved, not to search.
#pragma once
#include <cstdint>
#include <memory>
#include <string>

#include "fuzz/engine.hpp"
#include "oracle/targets/guests.hpp"

namespace weir::guests {

oracle::GuestFolders folders();

/// Its own profile, as the campaign finds it.
const Profile& own_profile(const oracle::LinuxTarget& guest);

/// The same with one more setting, which is of another release or of none.
const Profile& own_profile_but(const oracle::LinuxTarget& guest, const std::string& setting);

fuzz::CampaignStats campaign(const std::shared_ptr<oracle::LinuxTarget>& guest, const Profile& profile,
                             std::uint64_t inputs);

/// Fails the test with each finding.
void expect_none(const fuzz::CampaignStats& stats);

}  // namespace weir::guests
