// Runs of the theorems as the commands make them.
#include "proofs/run.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <set>

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

TEST(Run, SelectsByNameOrPlane) {
  EXPECT_TRUE(selects("listen.clamp", "listen.clamp"));
  EXPECT_TRUE(selects("listen.", "listen.clamp"));
  EXPECT_FALSE(selects("listen", "listen.clamp"));
  EXPECT_FALSE(selects("listen.cla", "listen.clamp"));
}

TEST(Run, ReportsEachResultOnceAndKeepsTheirOrder) {
  Options options;
  options.theorems = {"listen.clamp", "listen.relisten_keeps_the_queue"};
  std::multiset<std::string_view> reported;
  const Summary summary = run_all(options, [&](const Result& result) { reported.insert(result.theorem); });
  EXPECT_EQ(reported.size(), 4U);
  ASSERT_EQ(summary.results.size(), 4U);
  EXPECT_EQ(summary.results[0].theorem, "listen.clamp");
  EXPECT_EQ(summary.results[3].theorem, "listen.relisten_keeps_the_queue");
  EXPECT_EQ(summary.exit_code(), 0);
}

TEST(Run, AnExpectedCounterexampleIsGood) {
  Options options;
  options.theorems = {"listen.somaxconn_65536_is_stored_as_0"};
  const Summary summary = run_all(options, nullptr);
  ASSERT_EQ(summary.results.size(), 1U);
  const Result& result = summary.results[0];
  EXPECT_EQ(result.verdict, Verdict::counterexample);
  EXPECT_TRUE(result.good);
  std::map<std::string, std::string> values;
  for (const auto& [name, value] : result.counterexample) values[name] = value;
  EXPECT_EQ(values["somaxconn"], "65536");
}

TEST(Run, ATinyBudgetIsUndecidedAndNeverAPass) {
  Options options;
  options.theorems = {"softnet.delivery_is_first_in_first_out"};
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
  Options options;
  options.theorems = {"listen.clamp"};
  options.profiles = {"linux-6.18"};
  options.smt2 = std::filesystem::path(testing::TempDir()) / "weir-smt2";
  EXPECT_TRUE(run_all(options, nullptr).all_good());
  std::ifstream file(options.smt2 / "listen.clamp.linux-6.18.smt2");
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  EXPECT_NE(text.find("(set-info :status unsat)"), text.npos);
  EXPECT_NE(text.find("(check-sat)"), text.npos);
  std::filesystem::remove_all(options.smt2);
}

}  // namespace
}  // namespace weir::proofs
