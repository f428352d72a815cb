// Two runs of a benchmark that differ must be told from two that do not.
#include "bench/statistics.hpp"

#include <gtest/gtest.h>

#include <random>

namespace weir::bench {
namespace {

TEST(BenchStatistics, Quantiles) {
  const std::vector<double> samples{5, 1, 4, 2, 3};
  EXPECT_EQ(median(samples), 3);
  EXPECT_EQ(quantile(samples, 0), 1);
  EXPECT_EQ(quantile(samples, 1), 5);
}

/// By hand: U = 0, mean 12.5, variance 25 * 11 / 12, so z = 12 / 4.787.
TEST(BenchStatistics, MannWhitneyOfSetsApart) {
  EXPECT_NEAR(mann_whitney({1, 2, 3, 4, 5}, {6, 7, 8, 9, 10}), 0.012186, 1e-6);
  EXPECT_NEAR(mann_whitney({6, 7, 8, 9, 10}, {1, 2, 3, 4, 5}), 0.012186, 1e-6);
}

/// By hand: ranks 1, 3, 3, 5 and 3, 6, 7, 8; U = 2, one tie of three, variance 16 / 12 * (9 - 24 / 56).
TEST(BenchStatistics, MannWhitneyWithTies) {
  EXPECT_NEAR(mann_whitney({1, 2, 2, 3}, {2, 4, 5, 6}),
              std::erfc(5.5 / std::sqrt(16.0 / 12 * (9 - 24.0 / 56)) / std::sqrt(2.0)), 1e-12);
}

TEST(BenchStatistics, TheSameIsNoDifference) {
  EXPECT_EQ(mann_whitney({2, 2, 2}, {2, 2, 2}), 1);
  EXPECT_GT(mann_whitney({1, 2, 3, 4}, {1, 2, 3, 4}), 0.9);
}

/// Of 1000 pairs from one source, some 50 are said to differ at 0.05; of pairs that differ by two deviations nearly
/// all.
TEST(BenchStatistics, IsRightAsOftenAsItSays) {
  std::mt19937 random(1);
  std::lognormal_distribution<double> here(0, 0.1), there(0.2, 0.1);
  const auto draw = [&](auto& source) {
    std::vector<double> samples(15);
    for (double& each : samples) each = source(random);
    return samples;
  };
  int false_alarms = 0, found = 0;
  for (int i = 0; i < 1000; ++i) {
    false_alarms += mann_whitney(draw(here), draw(here)) < 0.05 ? 1 : 0;
    found += mann_whitney(draw(here), draw(there)) < 0.05 ? 1 : 0;
  }
  EXPECT_GT(false_alarms, 20);
  EXPECT_LT(false_alarms, 80);
  EXPECT_GT(found, 990);
}

}  // namespace
}  // namespace weir::bench
