// Several workers on one target: what one keeps the others are shown, and what they have done is one report.
#include <gtest/gtest.h>

#include "cli/campaign.hpp"

namespace weir::cli {
namespace {

/// Two workers on one target, and one alone on another.
std::vector<Job> three_jobs() {
  std::vector<Job> jobs(3);
  jobs[1].number = 2;
  return jobs;
}

TEST(Workers, WhatOneKeepsTheOthersOnItsTargetAreShown) {
  std::vector<Job> jobs = three_jobs();
  int written = 0;
  for (Job& each : jobs) each.options.kept = [&](const fuzz::Input&) { ++written; };
  connect(jobs);
  fuzz::Input input;
  input.ops = {op::Tick{}};
  jobs[0].options.kept(input);
  jobs[2].options.kept({});
  EXPECT_EQ(written, 2);  // as before
  const auto shown = jobs[1].options.from_others();
  ASSERT_EQ(shown.size(), 1U);
  EXPECT_EQ(shown[0].ops, input.ops);
  EXPECT_TRUE(jobs[0].options.from_others().empty());
  EXPECT_FALSE(jobs[2].options.from_others);
}

TEST(Workers, WhatTheyHaveDoneIsOneReport) {
  std::vector<Job> jobs = three_jobs();
  for (Job& each : jobs) each.report.stats.effort.operations = 10;
  jobs[0].report.stats.seconds = jobs[1].report.stats.seconds = 2;
  jobs[1].report.stats.covered.insert(Clause::LISTEN_CLAMP);
  jobs[1].report.failure = "its driver is gone";
  const auto reports = put_together(jobs);
  ASSERT_EQ(reports.size(), 2U);
  EXPECT_EQ(reports[0].stats.effort.operations, 20U);
  EXPECT_EQ(reports[0].stats.operations_per_second(), 10);
  EXPECT_TRUE(reports[0].stats.covered.contains(Clause::LISTEN_CLAMP));
  EXPECT_EQ(reports[0].failure, "its driver is gone");
  EXPECT_EQ(reports[1].stats.effort.operations, 10U);
}

}  // namespace
}  // namespace weir::cli
