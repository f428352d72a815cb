// The check that every contender of the drain benchmark passes before it is timed, and a contender that must not pass.
#include "bench/peers/conformance.hpp"

#include <gtest/gtest.h>

#include "bench/peers/rivals.hpp"

namespace weir::bench {
namespace {

constexpr std::uint32_t histories = 100;

TEST(Conformance, EveryContenderAnswersLikeTheSpec) {
  EXPECT_EQ(difference_from_spec<OneAtATime>(histories).value_or(""), "");
  EXPECT_EQ(difference_from_spec<Splice>(histories).value_or(""), "");
  EXPECT_EQ(difference_from_spec<LockFree>(histories).value_or(""), "");
}

/// Refuses one packet too early: `>=` where the kernel has `>`.
struct OffByOne : Splice {
  Enqueued enqueue(Packet& packet, std::uint32_t limit) { return Splice::enqueue(packet, limit == 0 ? 0 : limit - 1); }
  Enqueued enqueue_on_owner(Packet& packet, std::uint32_t limit) { return enqueue(packet, limit); }
};

/// Says "asleep" as soon as the last packet is out, without the empty look that the kernel takes.
struct EagerToSleep : OneAtATime {
  Polled poll(std::int32_t quota, Sink& sink) {
    Polled polled = OneAtATime::poll(quota, sink);
    if (!polled.complete && input_.length() == 0) polled.complete = !(scheduled_ = false);
    return polled;
  }
};

/// Refuses a burst as a whole where one packet of it would not fit.
struct AllOrNothing : Splice {
  EnqueuedBurst enqueue_burst(Burst packets, std::uint32_t limit) {
    if (input_.length() + packets.size() <= std::uint64_t{limit} + 1) return Splice::enqueue_burst(packets, limit);
    const Locked held(lock_);
    dropped_ += static_cast<std::uint32_t>(packets.size());
    return {};
  }
};

TEST(ConformanceTwin, ABurstThatIsRefusedAsAWholeIsCaught) {
  EXPECT_TRUE(difference_from_spec<AllOrNothing>(histories));
}
TEST(ConformanceTwin, AnOffByOneLimitIsCaught) { EXPECT_TRUE(difference_from_spec<OffByOne>(histories)); }
TEST(ConformanceTwin, AnEarlyCompletionIsCaught) { EXPECT_TRUE(difference_from_spec<EagerToSleep>(histories)); }

}  // namespace
}  // namespace weir::bench
