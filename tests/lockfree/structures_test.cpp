// The building blocks: segmented array, row, pool, accept queue, descriptor table.
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <new>
#include <thread>
#include <vector>

#include "lockfree/accept_queue.hpp"
#include "lockfree/epoch.hpp"
#include "lockfree/fd_table.hpp"
#include "lockfree/row.hpp"
#include "lockfree/segmented.hpp"

namespace weir::lockfree {
namespace {

TEST(Segmented, ElementsKeepTheirPlaceWhileItGrows) {
  Segmented<std::atomic<std::uint32_t>, 4, 1024> array;
  std::atomic<std::uint32_t>* const first = &array.at(3);
  EXPECT_EQ(array.find(700), nullptr);
  for (std::uint32_t i = 0; i < 1024; ++i) array.at(i) = i;
  EXPECT_EQ(first, &array.at(3));
  for (std::uint32_t i = 0; i < 1024; ++i) EXPECT_EQ(*array.find(i), i);
  EXPECT_EQ(array.find(1024), nullptr);
}

/// Counts those that live, and throws when it is the one that is not to be made.
struct alignas(64) Counted {
  Counted(std::int32_t& living, std::int32_t most) : count(living) {
    if (count == most) throw std::bad_alloc();
    ++count;
  }
  ~Counted() { --count; }
  Counted(const Counted&) = delete;
  Counted& operator=(const Counted&) = delete;
  std::int32_t& count;
};

TEST(Row, MakesAsManyAsAreAskedForInsideOrOutside) {
  for (const std::size_t wanted : {std::size_t{0}, std::size_t{1}, std::size_t{2}, std::size_t{3}, std::size_t{64}}) {
    std::int32_t living = 0;
    {
      Row<Counted, 2> row(wanted, std::ref(living), 64);
      EXPECT_EQ(living, static_cast<std::int32_t>(wanted));
      EXPECT_EQ(row.size(), wanted);
      const auto* const begin = reinterpret_cast<const std::byte*>(&row);
      std::size_t inside = 0;
      for (const Counted& each : row) {
        const auto* const at = reinterpret_cast<const std::byte*>(&each);
        inside += at >= begin && at < begin + sizeof(row) ? 1 : 0;
      }
      EXPECT_EQ(inside, wanted <= 2 ? wanted : 0);
      EXPECT_EQ(&row[0] + wanted, row.end());
    }
    EXPECT_EQ(living, 0);
  }
}

TEST(Row, UndoesWhatWasMadeWhereOneCannotBe) {
  for (const std::size_t wanted : {std::size_t{2}, std::size_t{8}}) {
    std::int32_t living = 0;
    EXPECT_THROW((Row<Counted, 2>(wanted, std::ref(living), 1)), std::bad_alloc);
    EXPECT_EQ(living, 0);
  }
}

TEST(Pool, WhatWasRetiredComesBackOnlyInALaterEpoch) {
  AcceptQueue::Nodes pool;
  const std::uint32_t one = pool.allocate(7);
  pool.retire(one, 7);
  const std::uint32_t two = pool.allocate(7);
  EXPECT_NE(one, two);
  EXPECT_EQ(pool.allocate(8), one);
}

TEST(Epoch, AdvancesWhenTheLastOperationLeaves) {
  Epoch epoch;
  const std::uint64_t one = epoch.enter();
  const std::uint64_t two = epoch.enter();
  EXPECT_EQ(one, two);
  epoch.leave(one);
  EXPECT_EQ(epoch.enter(), one);
  epoch.leave(one);
  epoch.leave(two);
  EXPECT_EQ(epoch.enter(), one + 1);
}

TEST(AcceptQueue, IsEmptyBeforeItWasPrepared) {
  AcceptQueue::Nodes nodes;
  AcceptQueue queue;
  EXPECT_TRUE(queue.empty(nodes));
  EXPECT_EQ(queue.pop(nodes, 1), std::nullopt);
}

TEST(AcceptQueue, KeepsTheOrderOfEachProducerAndLosesNothing) {
  constexpr std::uint64_t producers = 3;
  constexpr std::uint64_t each = 5000;
  AcceptQueue::Nodes nodes;
  AcceptQueue queue;
  Epoch epoch;
  std::atomic<std::uint64_t> taken{0};
  std::vector<std::vector<std::uint64_t>> seen(2);
  std::vector<std::thread> threads;
  for (std::uint64_t p = 0; p < producers; ++p)
    threads.emplace_back([&, p] {
      for (std::uint64_t i = 0; i < each; ++i) {
        const Operation operation(epoch);
        queue.prepare(nodes, operation.epoch());
        queue.push(nodes, p << 32 | i, operation.epoch());
      }
    });
  for (auto& mine : seen)
    threads.emplace_back([&] {
      while (taken < producers * each) {
        const Operation operation(epoch);
        if (const auto value = queue.pop(nodes, operation.epoch())) {
          mine.push_back(*value);
          ++taken;
        }
      }
    });
  for (auto& thread : threads) thread.join();

  std::vector<std::uint64_t> all;
  for (const auto& mine : seen) {
    std::vector<std::uint64_t> next(producers, 0);
    for (const std::uint64_t value : mine) {
      EXPECT_GE(value & 0xffffffff, next[value >> 32]);
      next[value >> 32] = (value & 0xffffffff) + 1;
    }
    all.insert(all.end(), mine.begin(), mine.end());
  }
  std::sort(all.begin(), all.end());
  EXPECT_EQ(all.size(), producers * each);
  EXPECT_EQ(std::unique(all.begin(), all.end()), all.end());
}

TEST(FdTable, OneLabelOneOwner) {
  FdTable table;
  std::vector<std::vector<std::int32_t>> got(4);
  std::vector<std::thread> threads;
  for (auto& mine : got)
    threads.emplace_back([&] {
      for (int i = 0; i < 500; ++i) mine.push_back(*table.take());
    });
  for (auto& thread : threads) thread.join();
  std::vector<std::int32_t> all;
  for (const auto& mine : got) all.insert(all.end(), mine.begin(), mine.end());
  std::sort(all.begin(), all.end());
  for (std::size_t i = 0; i < all.size(); ++i) EXPECT_EQ(all[i], static_cast<std::int32_t>(i) + 3);
}

}  // namespace
}  // namespace weir::lockfree
