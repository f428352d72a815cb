// The backlog under real concurrency, and its twins: queues with one flaw each, which the same checker has to catch.
#include "tests/drain/stress.hpp"

#include <gtest/gtest.h>

#include "tests/drain/flawed_queue.hpp"

namespace weir::lockfree::stress {
namespace {

using Real = Backlog<Skb, StdAtomics, 8>;  // small segments: they are entered and recycled all the time
constexpr Load roomy{};
constexpr Load tight{.packets = 20000, .burst = 16, .limit = 3, .quota = 2};
constexpr Load closed{.packets = 20000, .burst = 8, .limit = 0, .quota = 64};

template <class Queue>
Report run(const Load& load) {
  return Stress<Queue>(load).run();
}

void expect_sound(const Report& report) {
  EXPECT_TRUE(report.in_order);
  EXPECT_TRUE(report.conserved);
  EXPECT_TRUE(report.woken);
  EXPECT_TRUE(report.bounded);
}

TEST(BacklogStress, KeepsItsPromisesWithRoom) { expect_sound(run<Real>(roomy)); }
TEST(BacklogStress, KeepsItsPromisesAtTheLimit) {
  const Report report = run<Real>(tight);
  expect_sound(report);
  EXPECT_GT(report.refused, 0U) << "the limit was never reached, so it was not tested";
}
TEST(BacklogStress, KeepsItsPromisesWithOneSlot) { expect_sound(run<Real>(closed)); }

TEST(StressTwin, ASoundQueuePasses) { expect_sound(run<FlawedQueue<Flaw::none>>(tight)); }
TEST(StressTwin, ALostWakeupIsCaught) { EXPECT_FALSE(run<FlawedQueue<Flaw::lost_wakeup>>(roomy).woken); }
TEST(StressTwin, ReorderingIsCaught) { EXPECT_FALSE(run<FlawedQueue<Flaw::reordered>>(roomy).in_order); }
TEST(StressTwin, ALostPacketIsCaught) { EXPECT_FALSE(run<FlawedQueue<Flaw::lost_packet>>(roomy).conserved); }
TEST(StressTwin, AMissingLimitIsCaught) { EXPECT_FALSE(run<FlawedQueue<Flaw::no_limit>>(tight).bounded); }
TEST(StressTwin, AnUncountedDropIsCaught) { EXPECT_FALSE(run<FlawedQueue<Flaw::uncounted_drop>>(tight).conserved); }

}  // namespace
}  // namespace weir::lockfree::stress
