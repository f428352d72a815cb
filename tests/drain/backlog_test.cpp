// The backlog on one thread: limit, order, scheduling, completion, growth, in both lanes and both ways of counting.
#include "lockfree/backlog.hpp"

#include <gtest/gtest.h>

#include <limits>
#include <new>
#include <tuple>
#include <vector>

#include "tests/drain/allocations.hpp"

namespace weir::lockfree {
namespace {

constexpr std::uint32_t no_limit = 0xffffffff;

enum class Lane { shared, own };

class BacklogTest : public testing::TestWithParam<std::tuple<Lane, Count>> {
 protected:
  Admission put(std::uint32_t id, std::uint32_t limit) {
    const auto lane = std::get<Lane>(GetParam());
    const Admission admission =
        lane == Lane::own ? backlog_.enqueue_on_owner(Skb{id}, limit) : backlog_.enqueue(Skb{id}, limit);
    backlog_.invariant();
    return admission;
  }
  BurstAdmission put_burst(std::uint32_t from, std::uint32_t packets, std::uint32_t limit) {
    std::vector<Skb> burst;
    for (std::uint32_t i = 0; i < packets; ++i) burst.push_back(Skb{from + i});
    const BurstAdmission admission = std::get<Lane>(GetParam()) == Lane::own
                                         ? backlog_.enqueue_burst_on_owner(burst, limit)
                                         : backlog_.enqueue_burst(burst, limit);
    backlog_.invariant();
    return admission;
  }
  PollResult poll(std::int32_t quota) {
    const PollResult result = backlog_.poll(quota, [&](Skb skb) {
      delivered_.push_back(skb.id);
      return true;
    });
    backlog_.invariant();
    return result;
  }

  Backlog<Skb, StdAtomics, 8> backlog_{std::get<Count>(GetParam())};  // 8 slots at first: small tests go round and grow
  std::vector<std::uint32_t> delivered_;
};

TEST_P(BacklogTest, CapacityIsLimitPlusOne) {
  for (const std::uint32_t limit : {0U, 1U, 7U, 20U}) {
    while (!poll(64).complete) {
    }
    const std::uint32_t dropped = backlog_.dropped();
    for (std::uint32_t i = 0; i <= limit; ++i) EXPECT_TRUE(put(i, limit).admitted);
    EXPECT_FALSE(put(99, limit).admitted);
    EXPECT_EQ(backlog_.dropped(), dropped + 1);
  }
}

TEST_P(BacklogTest, WhatDoesNotFitOfABurstIsRefused) {
  EXPECT_EQ(put_burst(0, 3, 4).admitted, 3U);
  EXPECT_EQ(put_burst(3, 7, 4).admitted, 2U) << "capacity is limit + 1";
  EXPECT_EQ(backlog_.dropped(), 5U);
  EXPECT_EQ(put_burst(9, 2, 4).admitted, 0U);
  EXPECT_EQ(put_burst(9, 0, 4).admitted, 0U);
  EXPECT_EQ(backlog_.dropped(), 7U);
  EXPECT_TRUE(poll(64).complete);
  EXPECT_EQ(delivered_, (std::vector<std::uint32_t>{0, 1, 2, 3, 4}));
}

TEST_P(BacklogTest, ABurstWakesOnce) {
  EXPECT_FALSE(put_burst(0, 0, no_limit).scheduled);
  EXPECT_TRUE(put_burst(0, 1, no_limit).scheduled);
  EXPECT_FALSE(put_burst(1, 3, no_limit).scheduled);
  EXPECT_TRUE(poll(64).complete);
  EXPECT_TRUE(put_burst(4, 5, no_limit).scheduled);
  EXPECT_FALSE(put(9, no_limit).scheduled);
}

/// Bursts of all lengths, alone and among packets that come alone, through laps and larger rings.
TEST_P(BacklogTest, BurstsKeepOrder) {
  std::uint32_t next = 0;
  for (std::uint32_t round = 0; round < 200; ++round) {
    const std::uint32_t packets = round * 7 % 41;
    EXPECT_EQ(put_burst(next, packets, no_limit).admitted, packets);
    next += packets;
    if (round % 3 == 0) put(next++, no_limit);
    poll(static_cast<std::int32_t>(round * 5 % 37));
  }
  while (!poll(64).complete) {
  }
  ASSERT_EQ(delivered_.size(), next);
  for (std::uint32_t i = 0; i < next; ++i) ASSERT_EQ(delivered_[i], i);
}

/// A packet that comes alone and wakes the owner leaves its slot as it was: nobody may take that for a packet.
TEST_P(BacklogTest, ASlotThatNobodyWroteHoldsNothing) {
  for (std::uint32_t i = 0; i < 100; ++i) {
    const std::uint32_t alone = 1 + i * 3 % 5;
    for (std::uint32_t k = 0; k < alone; ++k) {
      put(i, no_limit);
      ASSERT_EQ(poll(64).work, 1);
    }
    put_burst(i, 1 + i % 7, no_limit);
    ASSERT_EQ(poll(64).work, static_cast<std::int32_t>(1 + i % 7));
  }
}

TEST_P(BacklogTest, NegativeLimitIsNone) {
  for (std::uint32_t i = 0; i < 5000; ++i) ASSERT_TRUE(put(i, static_cast<std::uint32_t>(-1)).admitted);
  ASSERT_TRUE(poll(5000).work == 5000);
  for (std::uint32_t i = 0; i < 5000; ++i) ASSERT_EQ(delivered_[i], i);
}

TEST_P(BacklogTest, OnlyTheFirstPacketOfAnAsleepBacklogSchedules) {
  EXPECT_TRUE(put(1, no_limit).scheduled);
  EXPECT_FALSE(put(2, no_limit).scheduled);
  EXPECT_EQ(poll(2).work, 2);
  EXPECT_FALSE(put(3, no_limit).scheduled) << "the quota ended the poll, so it has not completed";
  EXPECT_TRUE(poll(64).complete);
  EXPECT_FALSE(backlog_.scheduled());
  EXPECT_TRUE(put(4, no_limit).scheduled);
}

TEST_P(BacklogTest, AQuotaReachedWithTheLastPacketDoesNotComplete) {
  put(1, no_limit);
  const PollResult last = poll(1);
  EXPECT_EQ(last.work, 1);
  EXPECT_FALSE(last.complete);
  const PollResult empty = poll(1);
  EXPECT_EQ(empty.work, 0);
  EXPECT_TRUE(empty.complete);
}

TEST_P(BacklogTest, EveryQuotaDeliversAtLeastOne) {
  for (const std::int32_t quota : {0, -1, std::numeric_limits<std::int32_t>::min()}) {
    put(1, no_limit);
    put(2, no_limit);
    EXPECT_EQ(poll(quota).work, 1);
    EXPECT_EQ(poll(quota).work, 1);
    EXPECT_TRUE(poll(quota).complete);
  }
}

TEST_P(BacklogTest, APollThatIsToldToStopStaysScheduled) {
  put(1, no_limit);
  put(2, no_limit);
  const PollResult stopped = backlog_.poll(64, [](Skb) { return false; });
  EXPECT_EQ(stopped.work, 1);
  EXPECT_FALSE(stopped.complete);
  EXPECT_TRUE(backlog_.scheduled());
}

TEST_P(BacklogTest, PrivateWindowCountsOnlyInTheSingleQueue) {
  for (std::uint32_t i = 0; i < 4; ++i) put(i, 3);
  poll(1);  // takes all four in, delivers one
  const bool one_queue = std::get<Count>(GetParam()) == Count::waiting;
  std::uint32_t room = 0;
  while (put(9, 3).admitted) ++room;
  EXPECT_EQ(room, one_queue ? 1U : 4U);
}

TEST_P(BacklogTest, PacketsThatDeliveryPutsInAreDeliveredInTheSamePoll) {
  put(0, no_limit);
  std::uint32_t next = 1;
  const PollResult result = backlog_.poll(100, [&](Skb skb) {
    delivered_.push_back(skb.id);
    if (next < 50) backlog_.enqueue_on_owner(Skb{next++}, no_limit);
    if (next < 50) backlog_.enqueue_on_owner(Skb{next++}, no_limit);
    return true;
  });
  EXPECT_EQ(result.work, 50);
  EXPECT_TRUE(result.complete);
  for (std::uint32_t i = 0; i < 50; ++i) EXPECT_EQ(delivered_[i], i);
}

INSTANTIATE_TEST_SUITE_P(Lanes, BacklogTest,
                         testing::Combine(testing::Values(Lane::shared, Lane::own),
                                          testing::Values(Count::waiting, Count::input)));

TEST(BacklogLanes, TheLimitCountsBothLanes) {
  Backlog<Skb> backlog;
  EXPECT_TRUE(backlog.enqueue(Skb{1}, 1).admitted);
  EXPECT_TRUE(backlog.enqueue_on_owner(Skb{2}, 1).admitted);
  EXPECT_FALSE(backlog.enqueue(Skb{3}, 1).admitted);
  EXPECT_FALSE(backlog.enqueue_on_owner(Skb{4}, 1).admitted);
}

TEST(BacklogLanes, TheLimitOfABurstCountsBothLanes) {
  Backlog<Skb> backlog;
  const std::vector<Skb> burst{Skb{1}, Skb{2}, Skb{3}};
  EXPECT_EQ(backlog.enqueue_burst(burst, 4).admitted, 3U);
  EXPECT_EQ(backlog.enqueue_burst_on_owner(burst, 4).admitted, 2U);
  EXPECT_EQ(backlog.enqueue_burst(burst, 4).admitted, 0U);
  EXPECT_EQ(backlog.dropped(), 4U);
}

/// Growth ends when there is room for what a limit lets in, twice.
TEST(BacklogMemory, NothingIsAllocatedAfterReserve) {
  Backlog<Skb> backlog;
  backlog.reserve(1001);
  const std::vector<Skb> burst(300, Skb{7});
  const auto before = allocations();
  for (std::uint32_t round = 0; round < 100; ++round) {
    for (int i = 0; i < 5; ++i) backlog.enqueue_burst(burst, 1000);
    backlog.enqueue_burst_on_owner(burst, 1000);
    backlog.poll(1, [](Skb) { return true; });
    for (int i = 0; i < 5; ++i) backlog.enqueue_burst(burst, 1000);
    while (!backlog.poll(64, [](Skb) { return true; }).complete) {
    }
  }
  EXPECT_EQ(allocations(), before);
}
/// One packet waits at a time, and the owner does not come to the end of its poll: each brings the next.
TEST(BacklogMemory, OnePacketAtATimeNeedsRoomForOne) {
  for (const Count count : {Count::input, Count::waiting}) {
    Backlog<Skb> backlog(count);
    backlog.reserve(4);
    const auto before = allocations();
    backlog.enqueue(Skb{0}, no_limit);
    backlog.poll(100'000, [&](Skb skb) { return backlog.enqueue(Skb{skb.id + 1}, no_limit).admitted; });
    EXPECT_EQ(allocations(), before);
    EXPECT_EQ(backlog.waiting(), 1U);
  }
}
std::vector<Skb> some_packets(std::uint32_t count) {
  std::vector<Skb> packets;
  for (std::uint32_t i = 0; i < count; ++i) packets.push_back(Skb{i});
  return packets;
}

/// Behind a packet that keeps the inbox awake the owner's burst goes in one by one. What there is no memory for is
/// refused; what is in stays, and is told of.
TEST(BacklogMemory, WithoutMemoryTheRestOfABurstIsRefused) {
  const std::vector<Skb> packets = some_packets(1000);
  Backlog<Skb> backlog;
  backlog.enqueue(Skb{1000}, no_limit);
  BurstAdmission all;
  {
    const NoMemory after_one_piece(1);
    all = backlog.enqueue_burst_on_owner(packets, no_limit);
  }
  EXPECT_GT(all.admitted, 0U);
  EXPECT_LT(all.admitted, 1000U) << "nothing was asked for";
  EXPECT_EQ(all.admitted + backlog.dropped(), 1000U);
  std::uint32_t delivered = 0;
  while (backlog.scheduled())
    backlog.poll(64, [&](Skb) {
      ++delivered;
      return true;
    });
  EXPECT_EQ(delivered, all.admitted + 1);
}
TEST(BacklogMemory, ABurstForWhichThereIsNoMemoryAtAllHasNotCome) {
  const std::vector<Skb> packets = some_packets(1000);
  Backlog<Skb> backlog;
  backlog.enqueue(Skb{1000}, no_limit);
  {
    const NoMemory from_here;
    EXPECT_THROW(backlog.enqueue_burst(packets, no_limit), std::bad_alloc);
  }
  EXPECT_EQ(backlog.waiting(), 1U);
  EXPECT_EQ(backlog.dropped(), 0U);
  EXPECT_EQ(backlog.enqueue_burst(packets, no_limit).admitted, 1000U);
}
TEST(BacklogMemory, WhatIsAllocatedIsCounted) {
  const auto before = allocations();
  Backlog<Skb> backlog;
  for (std::uint32_t i = 0; i < 100; ++i) backlog.enqueue(Skb{i}, no_limit);
  EXPECT_GT(allocations(), before) << "the twin: rings that nobody reserved";
}

/// What is being delivered is not in the way of the next, by whichever lane that comes: the kernel has moved it out of
/// the queue that the limit counts.
TEST(BacklogLanes, WhatIsBeingDeliveredDoesNotCount) {
  for (const bool own_first : {false, true})
    for (const bool own_next : {false, true}) {
      Backlog<Skb> backlog;
      const auto put = [&](bool own, std::uint32_t id) {
        return (own ? backlog.enqueue_on_owner(Skb{id}, 0) : backlog.enqueue(Skb{id}, 0)).admitted;
      };
      EXPECT_TRUE(put(own_first, 0));
      std::uint32_t delivered = 0;
      const auto deliver = [&](Skb) {
        ++delivered;
        EXPECT_TRUE(delivered > 5 || put(own_next, delivered)) << own_first << own_next << ", packet " << delivered;
        return true;
      };
      while (backlog.scheduled()) backlog.poll(10, deliver);
      EXPECT_EQ(delivered, 6U);
      EXPECT_EQ(backlog.dropped(), 0U);
    }
}

TEST(BacklogLanes, ABusyOwnLaneDoesNotStarveTheInbox) {
  Backlog<Skb> backlog;
  backlog.enqueue_on_owner(Skb{1}, no_limit);
  backlog.enqueue(Skb{2}, no_limit);
  bool foreign = false;
  backlog.poll(10, [&](Skb skb) {
    foreign = foreign || skb.id == 2;
    backlog.enqueue_on_owner(Skb{1}, no_limit);
    return true;
  });
  EXPECT_TRUE(foreign);
}

TEST(BacklogLanes, EachLaneMayScheduleAndCompletionEndsBoth) {
  Backlog<Skb> backlog;
  EXPECT_TRUE(backlog.enqueue_on_owner(Skb{1}, no_limit).scheduled);
  EXPECT_TRUE(backlog.enqueue(Skb{2}, no_limit).scheduled) << "another thread cannot see that the owner is awake";
  EXPECT_TRUE(backlog.poll(10, [](Skb) { return true; }).complete);
  EXPECT_FALSE(backlog.scheduled());
  EXPECT_TRUE(backlog.enqueue(Skb{3}, no_limit).scheduled);
  EXPECT_FALSE(backlog.enqueue_on_owner(Skb{4}, no_limit).scheduled) << "the owner can see that it was told";
}

}  // namespace
}  // namespace weir::lockfree
