// A campaign in which the model has a wrong rule: what the kernel does must give it away.
#pragma once
#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <string_view>

#include "fuzz/linux_target.hpp"
#include "oracle/profile/names.hpp"

namespace weir::fuzz {

/// \param setting  of another release or of none, as in `weir run --profile linux-6.18+SETTING`
inline void expect_noticed(std::string_view setting) {
  const auto named = oracle::profile_named("linux-6.18+" + std::string(setting));
  ASSERT_NE(named.profile, nullptr) << named.error;
  LinuxEffort effort;
  Campaign campaign({.seed = 1,
                     .generator = linux_cases(),
                     .profiles = {named.profile},
                     .explore = 40'000,
                     .max_findings = 1,
                     .shrink_attempts = 100},
                    linux_target(effort));
  EXPECT_EQ(campaign.run(Campaign::Clock::now() + std::chrono::seconds(30)).findings.size(), 1U);
}

}  // namespace weir::fuzz
