// The scheduler that the schedule harnesses run on (fuzz/schedule).
#include <gtest/gtest.h>

#include <cstdint>
#include <string>
#include <vector>

#include "fuzz/schedule/atomics.hpp"
#include "fuzz/schedule/scheduler.hpp"

namespace weir::fuzz {
namespace {

constexpr std::uint8_t turn(unsigned which, unsigned accesses) {
  return static_cast<std::uint8_t>(which * Scheduler::longest_turn + accesses - 1);
}

/// Three threads write their names, three times each.
std::string written_by(const std::vector<std::uint8_t>& plan) {
  Scheduler scheduler;
  ScheduledAtomic<int> cell;
  std::string names;
  EXPECT_TRUE(scheduler.run(3, plan, [&](unsigned thread) {
    for (int i = 0; i < 3; ++i) {
      cell.store(1);
      names += static_cast<char>('a' + thread);
    }
  }));
  return names;
}

TEST(Scheduler, NobodyIsInterruptedWithoutAPlan) { EXPECT_EQ(written_by({}), "aaabbbccc"); }

/// A turn of n accesses ends before the next one: what follows an access is still its thread's.
TEST(Scheduler, APlanIsWhoGoesOnAndForHowLong) {
  EXPECT_EQ(written_by({turn(0, 2)}), "aaabbbccc") << "an interruption needs somebody who is next";
  EXPECT_EQ(written_by({turn(0, 2), turn(0, 2), turn(1, 64)}), "abaabbccc");
  EXPECT_EQ(written_by({turn(1, 3), turn(0, 2), turn(1, 2)}), "bbcbccaaa");
}

TEST(Scheduler, TheSamePlanIsTheSameExecution) {
  std::vector<std::uint8_t> plan;
  std::uint32_t state = 1;
  for (int i = 0; i < 20; ++i) plan.push_back(static_cast<std::uint8_t>((state = state * 1664525 + 1013904223) >> 24));
  EXPECT_EQ(written_by(plan), written_by(plan));
}

/// A lost update: both read before either writes. The twin: an update in one step, under every plan of two turns.
TEST(Scheduler, APreemptionComesBetweenAReadAndAWrite) {
  bool lost = false;
  for (unsigned first = 1; first < 4; ++first) {
    for (unsigned second = 1; second < 4; ++second) {
      const std::vector<std::uint8_t> plan{turn(0, first), turn(0, second)};
      Scheduler scheduler;
      ScheduledAtomic<int> torn, whole;
      EXPECT_TRUE(scheduler.run(2, plan, [&](unsigned) { torn.store(torn.load() + 1), whole.fetch_add(1); }));
      lost = lost || torn.load() != 2;
      EXPECT_EQ(whole.load(), 2);
    }
  }
  EXPECT_TRUE(lost);
}

TEST(Scheduler, WhoWaitsHandsOn) {
  Scheduler scheduler;
  ScheduledAtomic<std::uint32_t> lock{1};
  EXPECT_TRUE(scheduler.run(2, {}, [&](unsigned thread) {
    if (thread == 1) return lock.store(0);
    while (lock.exchange(1) != 0) Scheduled::wait();
  }));
  EXPECT_EQ(lock.load(), 1U);
}

TEST(Scheduler, WhoWaitsForEverIsTold) {
  Scheduler scheduler;
  ScheduledAtomic<std::uint32_t> lock{1};
  EXPECT_FALSE(scheduler.run(2, {}, [&](unsigned) {
    while (lock.exchange(1) != 0) Scheduled::wait();
  }));
}

}  // namespace
}  // namespace weir::fuzz
