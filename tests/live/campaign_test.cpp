// A bounded campaign against the kernel: enough to notice a broken driver or a rule that moved, not to search.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>

#include "fuzz/linux_exclusions.hpp"
#include "fuzz/linux_target.hpp"
#include "fuzz/report.hpp"
#include "tests/live/wrong_rule.hpp"

namespace weir::fuzz {
namespace {

constexpr auto backstop = std::chrono::seconds(60);

CampaignStats campaign(const Profile& profile, std::uint64_t inputs) {
  LinuxEffort effort;
  Campaign campaign({.seed = 618,
                     .generator = linux_cases(),
                     .profiles = {&profile},
                     .max_inputs = inputs,
                     .max_findings = 1,
                     .shrink_attempts = 500},
                    linux_target(effort));
  return campaign.run(Campaign::Clock::now() + backstop);
}

TEST(LinuxCampaign, AgreesWithItsProfile) {
  constexpr std::uint64_t inputs = 1500;
  const CampaignStats stats = campaign(releases::linux_6_18, inputs);
  for (const Finding& each : stats.findings)
    ADD_FAILURE() << to_sentence(each.difference) << "\n" << to_trace(each.input, each.difference);
  EXPECT_EQ(stats.inputs, inputs) << "cut off by the backstop";
  EXPECT_GT(stats.effort.operations, inputs * 20) << "too many cases were late or cut short";
}

/// The twin: held against another kernel's profile it must diverge.
TEST(LinuxCampaign, DivergesFromAnotherProfile) {
  const CampaignStats stats = campaign(releases::linux_2_6_32, 500);
  EXPECT_EQ(stats.findings.size(), 1U);
}

/// Wrong rules, each of some other release or of none.
constexpr auto wrong_rules = std::to_array<std::string_view>({
    "token_split=yes",
    "isspace_or_nul_ends_number=yes",
    "int_overflow_rejected=no",
    "later_token_error_returned=no",
    "net.core.somaxconn.minimum=-5",
    "globals_absent_in_netns=no",
    "syn_queue=max_ack_reached",
    "syn_drops_counted=no",
    "young_spares_syn=yes",
    "syncookies_always=no",
    "first_synack_timeout_s=3",
    "fastreuse_cached=yes",
    "has_reuseport=no",
    "reuseport_inet_only=no",
    "listen_fastopen=makes_queue",
    "defer_drop_counted=no",
});

class WrongRule : public ::testing::TestWithParam<std::string_view> {};

TEST_P(WrongRule, IsNoticed) { expect_noticed(GetParam()); }

INSTANTIATE_TEST_SUITE_P(LinuxCampaignMustFail, WrongRule, ::testing::ValuesIn(wrong_rules), [](const auto& each) {
  std::string name(each.param.substr(0, each.param.find('=')));
  std::replace(name.begin(), name.end(), '.', '_');
  return name;
});

/// Socket 4 waits to be connected to by socket 5, which defers its ACK or does not.
bool excludes_crossing(std::int32_t defers) {
  LinuxExclusions exclusions;
  const auto done = [&](const Op& operation, std::int64_t ret) { exclusions.note(operation, returned(ret)); };
  for (const std::int32_t fd : {4, 5}) {
    done(op::Socket{{}, Family::inet, SockType::stream}, fd);
    done(op::Bind{{fd}, loopback, static_cast<std::uint16_t>(8000 + fd)}, 0);
  }
  exclusions.note(op::Connect{{4}, loopback, 8005}, failed(Errno::einprogress));
  done(op::Setsockopt{{5}, SockOpt::tcp_defer_accept, defers}, 0);
  return exclusions.excludes(op::Connect{{5}, loopback, 8004});
}

TEST(LinuxExclusions, ACrossedConnectIsLeftOutOnlyIfItDefers) {
  EXPECT_TRUE(excludes_crossing(1));
  EXPECT_FALSE(excludes_crossing(0));
}

/// A SYN that is answered by ACK begins nothing: the cookie's connection stands, and when it is gone its ACK is left
/// out.
TEST(LinuxExclusions, AnAckAfterACookiesFinIsLeftOutWhateverSynCameBetween) {
  const auto after = [](bool fin_was_sent) {
    const auto segment = [](Flags flags) { return op::Segment{{}, {0xc000020a, 1001}, {0xc0000201, 80}, flags, 0}; };
    LinuxExclusions exclusions;
    exclusions.note(segment(Flags::s), outcome::Replied{Flags::sa});
    exclusions.note(segment(Flags::a), outcome::Replied{fin_was_sent ? Flags::fa : Flags::none});
    exclusions.note(segment(Flags::s), outcome::Replied{Flags::a});
    exclusions.note(segment(Flags::r), outcome::Replied{Flags::none});
    return exclusions.excludes(segment(Flags::a));
  };
  EXPECT_TRUE(after(true));
  EXPECT_FALSE(after(false));
}

TEST(LinuxExclusions, AreInTheDocs) {
  std::ifstream stream(WEIR_LIVE_DOCS);
  const std::string text((std::istreambuf_iterator<char>(stream)), {});
  for (const Exclusion& each : linux_exclusions)
    EXPECT_NE(text.find("| " + std::string(each.what) + " | " + std::string(each.why) + " |"), std::string::npos)
        << each.what;
}

}  // namespace
}  // namespace weir::fuzz
