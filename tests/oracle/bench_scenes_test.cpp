#include <gtest/gtest.h>

#include "cli/bench_scenes.hpp"

namespace weir::cli {
namespace {

BenchRow row(const std::string& name, double ns, std::map<std::string, double> more = {{"needs_threads", 2}}) {
  return {.name = name, .nanoseconds = ns, .more = std::move(more)};
}

TEST(BenchScenes, ACellHasOursTheBestRivalAndBothsOtherFigures) {
  SceneTables tables(2);
  tables.add({row("overload/64/1/lock-free", 10, {{"needs_threads", 2}, {"refused", 0.25}}),
              row("overload/64/1/slow", 90, {{"needs_threads", 2}, {"refused", 0.9}}),
              row("overload/64/1/good", 20, {{"needs_threads", 2}, {"refused", 0.5}})});
  const std::string text = tables.text();
  EXPECT_NE(text.find("  64/1"), std::string::npos);
  EXPECT_NE(text.find("10.0"), std::string::npos);
  EXPECT_NE(text.find("20.0  good"), std::string::npos);
  EXPECT_NE(text.find("refused 25 % (50 %)"), std::string::npos);
  EXPECT_NE(text.find("faster in 1 of 1 cells"), std::string::npos);
}

TEST(BenchScenes, ARivalThatIsFasterIsNotWonAgainst) {
  SceneTables tables(2);
  tables.add({row("bursty/1/lock-free", 10), row("bursty/1/good", 9)});
  EXPECT_NE(tables.text().find("faster in 0 of 1 cells"), std::string::npos);
}

TEST(BenchScenes, TheFloorIsNoRival) {
  SceneTables tables(2);
  tables.add({row("growth/owner/read/64/lock-free", 10), row("growth/owner/read/64/good", 20),
              row("growth/owner/read/64/floor", 1)});
  EXPECT_NE(tables.text().find("20.0  good"), std::string::npos);
  EXPECT_NE(tables.text().find("faster in 1 of 1 cells"), std::string::npos);
}

TEST(BenchScenes, WhatHasMoreThreadsThanThereAreCoresIsMarkedAndNotCompared) {
  const std::vector<BenchRow> rows{row("crowd/2/8/lock-free", 10, {{"needs_threads", 3}}),
                                   row("crowd/2/8/good", 20, {{"needs_threads", 3}})};
  SceneTables two(2), three(3);
  two.add(rows);
  three.add(rows);
  EXPECT_NE(two.text().find("not compared: 3 threads on 2 cores"), std::string::npos);
  EXPECT_NE(two.text().find("faster in 0 of 0 cells"), std::string::npos);
  EXPECT_NE(three.text().find("faster in 1 of 1 cells"), std::string::npos);
}

TEST(BenchScenes, FiguresAreMediansOfRounds) {
  SceneTables tables(2);
  for (const double ns : {1.0, 100.0, 7.0}) tables.add({row("bursty/1/lock-free", ns), row("bursty/1/good", 50)});
  EXPECT_NE(tables.text().find("  7.0"), std::string::npos);
  EXPECT_NE(tables.json().find(R"("lock-free":{"ns":[1.00,100.00,7.00]})"), std::string::npos);
}

TEST(BenchScenes, HowMuchMoreTheLongestQueueCostsIsToldBesideTheFloor) {
  SceneTables tables(2);
  for (const char* contender : {"lock-free", "good", "floor"}) {
    tables.add({row(std::string("growth/owner/read/64/") + contender, 2)});
    tables.add({row(std::string("growth/owner/read/65536/") + contender, contender[0] == 'f' ? 5 : 3)});
  }
  const std::string text = tables.text();
  EXPECT_NE(text.find("lock-free    1.50 times"), std::string::npos) << text;
  EXPECT_NE(text.find("floor        2.50 times"), std::string::npos) << text;
}

TEST(BenchScenes, SteadyCellsAreNotTheirs) {
  SceneTables tables(2);
  tables.add({row("same-core/read/8/64/lock-free", 1)});
  EXPECT_TRUE(tables.empty());
  EXPECT_EQ(tables.text(), "");
}

}  // namespace
}  // namespace weir::cli
