// Every clause is reached by a campaign or by a trace of fuzz/ or tests/live/, but for those that fuzz/unreached.hpp
// gives a reason for.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "fuzz/reachable.hpp"
#include "fuzz/report.hpp"
#include "fuzz/targets.hpp"
#include "fuzz/unreached.hpp"
#include "model/host.hpp"

namespace weir::fuzz {
namespace {

void replay_traces(const std::filesystem::path& folder) {
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    if (entry.path().extension() != ".jsonl") continue;
    std::ifstream in(entry.path(), std::ios::binary);
    const auto input = from_trace(std::string(std::istreambuf_iterator<char>(in), {}));
    EXPECT_TRUE(input) << entry.path() << " is not a trace";
    if (!input) continue;
    model::Host<Recorded> host(*input->profile, input->options);
    for (const Op& each : input->ops) host.step(each);
  }
}

/// What the traces and a short campaign reach.
ClauseSet reached() {
  CampaignOptions options;
  options.max_inputs = 200000;
  options.record_every = 1;
  Campaign campaign(std::move(options), lockfree_target());
  ClauseSet covered = campaign.run(Campaign::Clock::now() + std::chrono::minutes(5)).covered;
  const ClauseScope scope(covered);
  replay_traces(WEIR_SOURCE_DIR "/fuzz");
  replay_traces(WEIR_SOURCE_DIR "/tests/live");
  replay_traces(WEIR_SOURCE_DIR "/tests/data/segments");
  return covered;
}

/// Clauses of the set that the table does not give to this release.
std::vector<Clause> out_of_their_time(const ClauseSet& covered, const Profile& kernel) {
  std::vector<Clause> found;
  covered.for_each([&](Clause each) {
    if (!has_clause(kernel, each)) found.push_back(each);
  });
  return found;
}

TEST(Coverage, EachClauseKeepsToItsReleases) {
  for (const Profile* kernel : releases::all) {
    CampaignOptions options;
    options.profiles = {kernel};
    options.max_inputs = 4000;
    options.record_every = 1;
    Campaign campaign(std::move(options), lockfree_target());
    const auto stats = campaign.run(Campaign::Clock::now() + std::chrono::minutes(5));
    EXPECT_EQ(stats.divergences, 0U) << kernel->name;
    for (const Clause each : out_of_their_time(stats.covered, *kernel))
      ADD_FAILURE() << info(each).name << " (" << info(each).since << " .. " << info(each).until << ") is reached in "
                    << kernel->name;
  }
}

TEST(CoverageMustFail, NoticesAClauseOutOfItsTime) {
  ClauseSet covered;
  for (const Clause each : {Clause::LISTEN_CLAMP, Clause::BACKLOG_CLOCK, Clause::SYNQ_FULL_BACKLOG})
    covered.insert(each);
  EXPECT_EQ(out_of_their_time(covered, *profile_from("linux-2.6.32")), std::vector{Clause::SYNQ_FULL_BACKLOG});
  EXPECT_EQ(out_of_their_time(covered, *profile_from("linux-6.12")),
            (std::vector{Clause::SYNQ_FULL_BACKLOG, Clause::BACKLOG_CLOCK}));
}

TEST(Coverage, EveryClauseIsReachedOrHasAReason) {
  for (const Clause each : contradictions(reached()))
    ADD_FAILURE() << info(each).name << (is_unreached(each) ? " is reached after all" : " is not reached");
}

TEST(CoverageMustFail, NoticesAClauseTooManyAndOneTooFew) {
  ClauseSet covered;
  for (std::size_t i = 0; i < clause_count; ++i)
    if (const auto clause = static_cast<Clause>(i); !is_unreached(clause) && clause != Clause::LISTEN_START)
      covered.insert(clause);
  EXPECT_EQ(contradictions(covered), std::vector{Clause::LISTEN_START});
  covered.insert(Clause::LISTEN_START);
  EXPECT_TRUE(contradictions(covered).empty());
  covered.insert(Clause::LISTEN_SECURITY);
  EXPECT_EQ(contradictions(covered), std::vector{Clause::LISTEN_SECURITY});
}

}  // namespace
}  // namespace weir::fuzz
