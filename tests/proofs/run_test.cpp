// Runs of the theorems as the commands make them.
#include "proofs/run.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>
#include <map>
#include <set>
#include <utility>

namespace weir::proofs {
namespace {

TEST(Run, NamesAreUniqueAndSentencesAreSentences) {
  std::set<std::string_view> names;
  for (const Entry& each : catalogue()) {
    EXPECT_TRUE(names.insert(each.name).second) << each.name;
    EXPECT_TRUE(each.sentence.ends_with('.')) << each.name;
    EXPECT_FALSE(each.profiles.empty()) << each.name;
  }
}

TEST(Run, SelectsByNamePlaneOrPattern) {
  EXPECT_TRUE(selects("listen.clamp", "listen.clamp"));
  EXPECT_TRUE(selects("listen.", "listen.clamp"));
  EXPECT_FALSE(selects("listen", "listen.clamp"));
  EXPECT_FALSE(selects("listen.cla", "listen.clamp"));
  EXPECT_TRUE(selects("*.cla*", "listen.clamp"));
  EXPECT_TRUE(selects("listen.[bc]lamp", "listen.clamp"));
  EXPECT_FALSE(selects("queues.*", "listen.clamp"));
}

Options only(std::vector<std::string> theorems, std::vector<std::string> profiles = {}) {
  Options options;
  options.theorems = std::move(theorems);
  options.profiles = std::move(profiles);
  return options;
}

TEST(Run, ReportsEachResultOnceAndKeepsTheirOrder) {
  const Options options = only({"listen.clamp", "listen.relisten_keeps_the_queue"}, {"linux-2.6.32", "linux-6.18"});
  std::multiset<std::string_view> reported;
  const Summary summary = run_all(options, [&](const Result& result) { reported.insert(result.theorem); });
  EXPECT_EQ(reported.size(), 4U);
  ASSERT_EQ(summary.results.size(), 4U);
  EXPECT_EQ(summary.results[0].name(), "listen.clamp@linux-2.6.32");
  EXPECT_EQ(summary.results[3].name(), "listen.relisten_keeps_the_queue@linux-6.18");
  EXPECT_EQ(summary.exit_code(), 0);
}

TEST(Run, EachKernelIsInExactlyOneFamily) {
  const Summary summary = run_all(only({"listen.clamp"}), nullptr);
  std::multiset<std::string_view> members;
  for (const Result& each : summary.results) members.insert(each.profiles.begin(), each.profiles.end());
  EXPECT_EQ(members.size(), releases::all.size());
  for (const Profile* each : releases::all) EXPECT_EQ(members.count(each->name), 1U) << each->name;
  EXPECT_GT(summary.results.size(), 1U);
  EXPECT_LT(summary.results.size(), 10U);
}

/// Whether two kernels behave alike is found out, not looked up: what a body does not read makes no family.
TEST(Run, AFamilyIsWhatTheBodyCanTellApart) {
  const Summary summary = run_all(only({"softnet.arrival_joins_the_end_of_the_line"}), nullptr);
  ASSERT_EQ(summary.results.size(), 2U);
  EXPECT_EQ(summary.results[0].kernels(), "2.6.32 .. 2.6.34");
  EXPECT_EQ(summary.results[1].kernels(), "2.6.35 .. 7.1");
}

TEST(Run, AnExpectedCounterexampleIsGood) {
  const Summary summary =
      run_all(only({"listen.somaxconn_65536_is_stored_as_0"}, {"linux-3.10", "linux-3.11"}), nullptr);
  ASSERT_EQ(summary.results.size(), 2U);
  const Result &before = summary.results[0], &after = summary.results[1];
  EXPECT_EQ(before.verdict, Verdict::counterexample);
  EXPECT_TRUE(before.good);
  std::map<std::string, std::string> values;
  for (const auto& [name, value] : before.counterexample) values[name] = value;
  EXPECT_EQ(values["somaxconn"], "65536");
  EXPECT_EQ(after.verdict, Verdict::proved);
  EXPECT_TRUE(after.good);
}

TEST(Run, ATinyBudgetIsUndecidedAndNeverAPass) {
  Options options = only({"softnet.delivery_is_first_in_first_out"});
  options.rlimit = 100;
  const Summary summary = run_all(options, nullptr);
  for (const Result& result : summary.results) {
    EXPECT_EQ(result.verdict, Verdict::timeout);
    EXPECT_FALSE(result.good);
  }
  EXPECT_EQ(summary.exit_code(), 3);
}

Result with(Verdict verdict, bool good) {
  Result result;
  result.verdict = verdict;
  result.good = good;
  return result;
}

TEST(Run, ExitCodesTellRefutedFromUndecided) {
  Summary summary;
  summary.results = {with(Verdict::proved, true), with(Verdict::counterexample, true)};
  EXPECT_EQ(summary.exit_code(), 0);
  summary.results[1] = with(Verdict::counterexample, false);
  EXPECT_EQ(summary.exit_code(), 1);
  for (const Verdict verdict : {Verdict::vacuous, Verdict::timeout, Verdict::unknown, Verdict::error}) {
    summary.results[1] = with(verdict, false);
    EXPECT_EQ(summary.exit_code(), 3);
  }
}

TEST(Run, WritesObligations) {
  Options options = only({"listen.clamp"}, {"linux-6.18"});
  options.smt2 = std::filesystem::path(testing::TempDir()) / "weir-smt2";
  EXPECT_TRUE(run_all(options, nullptr).all_good());
  std::ifstream file(options.smt2 / "listen.clamp@linux-6.18.smt2");
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  EXPECT_NE(text.find("(set-info :status unsat)"), text.npos);
  EXPECT_NE(text.find("(check-sat)"), text.npos);
  std::filesystem::remove_all(options.smt2);
}

class CachedRun : public testing::Test {
 protected:
  /// Of its own: other tests of this kind run beside this one.
  CachedRun() {
    options_.cache = std::filesystem::path(testing::TempDir()) / ("weir-proof-cache-" + std::to_string(::getpid()));
  }
  ~CachedRun() override { std::filesystem::remove_all(options_.cache); }

  /// How many of the results came from the cache.
  std::size_t cached() const {
    std::size_t count = 0;
    for (const Result& each : run_all(options_, nullptr).results) {
      EXPECT_TRUE(each.good) << each.name();
      count += each.cached ? 1 : 0;
    }
    return count;
  }
  std::filesystem::path file() const { return options_.cache / "listen.clamp.proof"; }

  Options options_ = only({"listen.clamp"}, {"linux-2.6.32", "linux-6.18"});
};

TEST_F(CachedRun, WhatWasProvedIsBelieved) {
  EXPECT_EQ(cached(), 0U);
  EXPECT_EQ(cached(), 2U);
  options_.profiles = {"linux-6.18"};
  EXPECT_EQ(cached(), 1U);
  options_.profiles = {"linux-6.16", "linux-6.18"};
  EXPECT_EQ(cached(), 1U) << "6.16 is of the family of 6.18";
}

TEST_F(CachedRun, NotWithAnotherBudget) {
  cached();
  options_.rlimit = 10'000'000;
  EXPECT_EQ(cached(), 0U);
}

TEST_F(CachedRun, NotIfTheFileIsDamaged) {
  cached();
  std::fstream damaged(file(), std::ios::in | std::ios::out | std::ios::binary);
  damaged.seekp(-1, std::ios::end);
  damaged.put('x');
  damaged.close();
  EXPECT_EQ(cached(), 0U);
}

}  // namespace
}  // namespace weir::proofs
