// The search for differences: what it must find without hints, and that what it finds is so.
#include <gtest/gtest.h>

#include "tests/proofs/diff_support.hpp"

namespace weir::proofs::diff {
namespace {

/// The operations of one type.
template <class Operation>
std::vector<Operation> all_of(const Witness& witness) {
  std::vector<Operation> found;
  for (const Op& each : witness.ops)
    if (const auto* const one = std::get_if<Operation>(&each)) found.push_back(*one);
  return found;
}

class FirstToLatest : public testing::Test {
 protected:
  static constexpr std::string_view from_ = "linux-2.6.32", to_ = "linux-6.18";

  static std::optional<Witness> witness_of(std::string_view change) {
    const Profile& from = *oracle::profile_named(from_).profile;
    const Profile& to = *oracle::profile_named(to_).profile;
    const Searched searched = search_between(from, to, {change});
    EXPECT_EQ(searched.findings.size(), 1U) << change << " did not change";
    const Finding& finding = searched.findings.at(0);
    EXPECT_EQ(finding.refused, 0U);
    EXPECT_TRUE(finding.witness) << change;
    if (finding.witness) {
      EXPECT_TRUE(replays(Kernels(from, to, searched.changes[0]), *finding.witness)) << change;
    }
    return finding.witness;
  }
};

TEST_F(FirstToLatest, ABacklogOf65536IsStoredAs0) {
  const auto witness = witness_of("backlog_is_u16");
  ASSERT_TRUE(witness);
  EXPECT_EQ(all_of<op::SysctlWrite>(*witness).at(0).data, "65536");
  EXPECT_EQ(all_of<op::Listen>(*witness).at(0).backlog, 65536);
  EXPECT_EQ(witness->ops.size(), 4U);
}

TEST_F(FirstToLatest, SomaxconnHadNoRange) {
  const auto witness = witness_of("net.core.somaxconn.minimum");
  ASSERT_TRUE(witness);
  ASSERT_EQ(witness->ops.size(), 1U);
  EXPECT_EQ(all_of<op::SysctlWrite>(*witness).at(0).data, "-1");
}

TEST_F(FirstToLatest, ANumberOf21CharactersWasCut) {
  const auto witness = witness_of("token_split");
  ASSERT_TRUE(witness);
  ASSERT_EQ(witness->ops.size(), 1U);
  EXPECT_EQ(all_of<op::SysctlWrite>(*witness).at(0).data.size(), 21U);
}

TEST_F(FirstToLatest, NulAndCarriageReturnEndedANumber) {
  const auto witness = witness_of("isspace_or_nul_ends_number");
  ASSERT_TRUE(witness);
  const std::string text = all_of<op::SysctlWrite>(*witness).at(0).data;
  ASSERT_EQ(text.size(), 2U);
  EXPECT_EQ(text[1], '\0');
}

TEST_F(FirstToLatest, DefaultsThatChanged) {
  for (const auto change : {"net.core.somaxconn.initial", "net.ipv4.tcp_syncookies.initial"}) {
    const auto witness = witness_of(change);
    ASSERT_TRUE(witness);
    ASSERT_EQ(witness->ops.size(), 1U);
    EXPECT_TRUE(std::holds_alternative<op::SysctlRead>(witness->ops[0]));
  }
}

TEST_F(FirstToLatest, TheYoungSparedASyn) {
  const auto witness = witness_of("young_spares_syn");
  ASSERT_TRUE(witness);
  EXPECT_EQ(all_of<op::Connect>(*witness).size(), 2U);
  EXPECT_EQ(all_of<op::Listen>(*witness).at(0).backlog, 0);
}

TEST_F(FirstToLatest, TheSynTableWasLarger) {
  const auto witness = witness_of("syn_queue");
  ASSERT_TRUE(witness);
  EXPECT_FALSE(all_of<op::Connect>(*witness).empty());
}

TEST_F(FirstToLatest, AFailingListenLeavesItsBacklog) {
  const auto witness = witness_of("backlog_stored");
  ASSERT_TRUE(witness);
  EXPECT_EQ(witness->kind, Kind::state);
  EXPECT_EQ(all_of<op::Listen>(*witness).size(), 2U);
}

TEST_F(FirstToLatest, TheClockEndedAPoll) {
  const auto witness = witness_of("poll_stops_on_tick");
  ASSERT_TRUE(witness);
  EXPECT_TRUE(std::holds_alternative<op::ProcessBacklog>(witness->ops.back()));
}

TEST_F(FirstToLatest, ProcessedCountedTwice) {
  const auto witness = witness_of("counts_enqueue_in_total");
  ASSERT_TRUE(witness);
  EXPECT_EQ(witness->ops.size(), 2U);
}

TEST_F(FirstToLatest, MorePacketsWaitThanTheLimitAndOne) {
  const auto witness = witness_of("process_queue");
  ASSERT_TRUE(witness);
  EXPECT_EQ(all_of<op::SysctlWrite>(*witness).at(0).data, "1");
  EXPECT_EQ(all_of<op::NetifRx>(*witness).size(), 4U);
}

TEST(Diff, ListenWith0TellsReachedFromAbove) {
  const Searched searched = search_between("linux-6.12", "linux-6.13", {"syn_queue"});
  ASSERT_TRUE(searched.findings.at(0).witness);
  const Witness& witness = *searched.findings[0].witness;
  EXPECT_EQ(all_of<op::Listen>(witness).at(0).backlog, 0);
  EXPECT_EQ(witness.kind, Kind::answer);
}

TEST(Diff, OneFieldThatIsFlippedIsFound) {
  const Searched searched = search_between("linux-5.4", "linux-5.4+backlog_is_u16=yes");
  ASSERT_EQ(searched.findings.size(), 1U);
  EXPECT_TRUE(searched.findings[0].witness);
}

TEST(Diff, EqualKernelsHaveNoDifference) {
  EXPECT_TRUE(search_between("linux-6.6", "linux-6.6").findings.empty());
  EXPECT_TRUE(search_between("linux-6.18", "linux-6.19").findings.empty());
}

/// The twin: what is no witness is refused.
TEST(Diff, WhatDoesNotReplayIsRefused) {
  const Profile& from = *oracle::profile_named("linux-6.12").profile;
  const Profile& to = *oracle::profile_named("linux-6.13").profile;
  const auto changes = changes_of(from, to, {"reuseport_inet_only"});
  ASSERT_EQ(changes.size(), 1U);
  const Kernels kernels(from, to, changes[0]);
  const op::Socket unix_socket{{}, Family::unix_, SockType::stream};
  const op::Setsockopt reuseport{Fd{3}, SockOpt::so_reuseport, 1};
  EXPECT_TRUE(replays(kernels, {Kind::answer, {unix_socket, reuseport}}));
  EXPECT_FALSE(replays(kernels, {Kind::state, {unix_socket, reuseport}}));
  EXPECT_FALSE(replays(kernels, {Kind::answer, {unix_socket}}));
  EXPECT_FALSE(replays(kernels, {Kind::answer, {}}));
  const op::Socket inet_socket{{}, Family::inet, SockType::stream};
  EXPECT_FALSE(replays(kernels, {Kind::answer, {inet_socket, reuseport}}));
}

/// A difference that another change makes is no witness of this one.
TEST(Diff, AWitnessIsOfItsOwnChange) {
  const Profile& from = *oracle::profile_named("linux-6.12").profile;
  const Profile& to = *oracle::profile_named("linux-6.13").profile;
  const auto other = changes_of(from, to, {"syn_queue"});
  ASSERT_EQ(other.size(), 1U);
  const op::Socket unix_socket{{}, Family::unix_, SockType::stream};
  const op::Setsockopt reuseport{Fd{3}, SockOpt::so_reuseport, 1};
  EXPECT_FALSE(replays(Kernels(from, to, other[0]), {Kind::answer, {unix_socket, reuseport}}));
}

TEST(Diff, TheBoundHolds) {
  const Profile& from = *oracle::profile_named("linux-6.12").profile;
  const Profile& to = *oracle::profile_named("linux-6.13").profile;
  Options options;
  options.bound = 2;
  const Searched searched = search_between(from, to, {"syn_queue"}, options);
  EXPECT_FALSE(searched.findings.at(0).witness);
  EXPECT_TRUE(searched.findings.at(0).exhausted);
}

}  // namespace
}  // namespace weir::proofs::diff
