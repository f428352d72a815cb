// The jitter itself: what two threads do to a number in two steps goes wrong under it, so that the other tests of this
// executable can fail.
#include <gtest/gtest.h>

#include "tests/lockfree/jitter.hpp"
#include "tests/lockfree/threads.hpp"

namespace weir::lockfree {
namespace {

TEST(LockfreeJitter, AnUpdateInTwoStepsIsLost) {
  constexpr int updates = 2000;
  HostAtomic<int> number{0};
  in_threads([&](int) {
    for (int i = 0; i < updates; ++i) number.store(number.load() + 1);
  });
  EXPECT_LT(number.load(), threads_at_once * updates);
}

TEST(LockfreeJitter, AnUpdateInOneStepIsNot) {
  constexpr int updates = 2000;
  HostAtomic<int> number{0};
  in_threads([&](int) {
    for (int i = 0; i < updates; ++i) number.fetch_add(1);
  });
  EXPECT_EQ(number.load(), threads_at_once * updates);
}

}  // namespace
}  // namespace weir::lockfree
