// Clients of what is handed out and taken back: rings, pooled objects, growing arrays, and the accept queue on them.
#include <array>
#include <memory>
#include <utility>

#include "lockfree/accept_queue.hpp"
#include "lockfree/backlog_rings.hpp"
#include "lockfree/epoch.hpp"
#include "lockfree/pool.hpp"
#include "lockfree/segmented.hpp"
#include "proofs/memory/clients/client.hpp"

namespace weir::proofs::memory {
namespace {

/// Threads want a ring of slots that nobody had yet, and use a slot of it each.
class RingsWorld {
  using Rings = lockfree::Rings<2, Modelled>;

 public:
  RingsWorld(const Nothing&, Judgements&) {}

  void run(unsigned thread) {
    const std::uint32_t ring = rings_.provide(0, 2);
    require(ring == 1, "the smallest ring that is large enough");
    auto& slot = rings_[ring][thread];
    require(slot.load(Order::relaxed) == 0, "a ring is new: nothing is in its slots");
    slot.store(thread + 1, Order::relaxed);
  }
  void finish() {
    require(rings_[1][0].load() == 1 && rings_[1][1].load() == 2, "both have the same ring");
    require(rings_.provide(1, 2) == 2, "a ring is left for a larger one");
  }

 private:
  Rings rings_;
};

/// Two threads ask for the same segment of an array at its first use.
class GrowingWorld {
  struct Item {
    Atomic<int> number{7};
  };

 public:
  GrowingWorld(const Nothing&, Judgements&) {}

  void run(unsigned thread) {
    if (thread == 2) {
      if (Item* const item = items_.find(3)) require(item->number.load(Order::relaxed) >= 7, "an element is whole");
      return;
    }
    Item& item = items_.at(2 + thread);
    require(item.number.load(Order::relaxed) == 7, "an element is whole");
    item.number.store(8, Order::relaxed);
    require(&item == &items_.at(2 + thread), "an element never moves");
  }
  void finish() {
    require(items_.at(2).number.load() == 8 && items_.at(3).number.load() == 8, "both have the same segment");
  }

 private:
  lockfree::Segmented<Item, 2, 8, Modelled> items_;
};

struct Pooled {
  Atomic<std::uint32_t> pool_link{0};
  Atomic<std::uint64_t> pool_stamp{0};
  Plain<int> user{0};
};

/// Each thread allocates an object, publishes it, withdraws it and retires it, as an operation inside an epoch; others
/// that have found it still look at it.
class EpochWorld {
 public:
  EpochWorld(const Nothing&, Judgements&) {}

  void run(unsigned thread) {
    for (unsigned i = 0; i < 2; ++i) {
      const std::uint64_t epoch = epoch_.enter();
      if (thread == 0) {
        const std::uint32_t index = pool_.allocate(epoch);
        require(index != 0 && index < 8, "an index is one of those there are");
        pool_[index].user = static_cast<int>(i);
        current_.store(index, Order::release);
        current_.store(0, Order::release);
        pool_.retire(index, epoch);
      } else if (const std::uint32_t index = current_.load(Order::acquire)) {
        seen_[i] = pool_[index].user;  // a race if it is already somebody else's
      }
      epoch_.leave(epoch);
    }
  }
  void finish() {}

 private:
  lockfree::BasicEpoch<Modelled> epoch_;
  lockfree::Pool<Pooled, 8, Modelled> pool_;
  Atomic<std::uint32_t> current_{0};
  std::array<int, 2> seen_{};
};

/// Threads allocate and retire at once, in an epoch in which what is retired may be used again.
class PoolWorld {
 public:
  PoolWorld(const Nothing&, Judgements&) {
    for (unsigned i = 0; i < 2; ++i) ready_[i] = pool_.allocate(0);
    for (const std::uint32_t index : ready_) pool_.retire(index, 0);
  }

  void run(unsigned thread) {
    const std::uint32_t first = take(thread);
    const std::uint32_t second = take(thread);
    give(thread, first);
    const std::uint32_t third = take(thread);
    give(thread, second);
    give(thread, third);
  }
  void finish() {}

 private:
  std::uint32_t take(unsigned thread) {
    const std::uint32_t index = pool_.allocate(1);
    require(index != 0 && index < 8, "an index is one of those there are");
    pool_[index].user = static_cast<int>(thread);
    return index;
  }
  void give(unsigned thread, std::uint32_t index) {
    require(pool_[index].user == static_cast<int>(thread), "an object belongs to one thread");
    pool_.retire(index, 0);
  }

  lockfree::Pool<Pooled, 8, Modelled> pool_;
  std::array<std::uint32_t, 2> ready_{};
};

/// The accept queue: pushes and pops of all threads, each an operation inside an epoch.
/// `used`: its nodes were in use before, and tell of it to whoever sees them too early.
enum class Before : std::uint8_t { unprepared, fresh, used };

template <unsigned pushers, unsigned pushes, unsigned pops, Before before = Before::used, unsigned waiting = 0>
class AcceptWorld {
  using Queue = lockfree::BasicAcceptQueue<Modelled>;

 public:
  AcceptWorld(const Nothing&, Judgements&) {
    if (before != Before::unprepared) queue_.prepare(nodes_, 0);
    for (std::uint64_t i = 0; before == Before::used && i < 5; ++i) queue_.push(nodes_, 31, 0);
    for (std::uint64_t i = 0; before == Before::used && i < 5; ++i) queue_.pop(nodes_, 0);
    for (std::uint64_t i = 0; i < waiting; ++i)
      contents_[i + 1] = static_cast<int>(i + 1), queue_.push(nodes_, i + 1, 0);
  }

  void run(unsigned thread) {
    if (thread < pushers) {
      for (unsigned i = 0; i < pushes; ++i) push(thread, 1 + thread * 8 + i);
    } else {
      for (unsigned i = 0; i < pops; ++i) pop(thread);
    }
  }
  void finish() {
    std::array<unsigned, 32> times{};
    for (std::size_t i = 0; i < popped_.size(); ++i)
      for (unsigned k = 0; k < count_[i]; ++k) take(times, popped_[i][k]);
    std::uint64_t last = 0;
    while (const auto value = queue_.pop(nodes_, 1)) {
      take(times, *value);
      if (pushers == 1) require(*value > last, "first in, first out");
      last = *value;
    }
    for (unsigned i = 0; i < waiting; ++i) require(times[1 + i] == 1, "a child is accepted once, and once only");
    for (unsigned thread = 0; thread < pushers; ++thread)
      for (unsigned i = 0; i < pushes; ++i)
        require(times[1 + thread * 8 + i] == 1, "a child is accepted once, and once only");
  }

 private:
  void push(unsigned, std::uint64_t value) {
    const std::uint64_t epoch = epoch_.enter();
    if (before == Before::unprepared) queue_.prepare(nodes_, epoch);
    contents_[value] = static_cast<int>(value);
    queue_.push(nodes_, value, epoch);
    epoch_.leave(epoch);
  }
  void pop(unsigned thread) {
    const std::uint64_t epoch = epoch_.enter();
    if (const auto value = queue_.pop(nodes_, epoch)) {
      require(*value != 0 && *value < contents_.size(), "what is popped was pushed");
      require(contents_[*value] == static_cast<int>(*value), "a child arrives whole");
      auto& count = count_[thread];
      require(count == 0 || popped_[thread][count - 1] / 8 != *value / 8 || popped_[thread][count - 1] < *value,
              "first in, first out");
      popped_[thread][count++] = *value;
    }
    epoch_.leave(epoch);
  }
  static void take([[maybe_unused]] std::array<unsigned, 32>& times, std::uint64_t value) { ++times[value % 32]; }

  lockfree::BasicEpoch<Modelled> epoch_;
  typename Queue::Nodes nodes_;
  Queue queue_;
  std::array<Plain<int>, 24> contents_;
  std::array<std::array<std::uint64_t, 4>, max_threads> popped_{};
  std::array<unsigned, max_threads> count_{};
};

/// Three threads push at once, so that one may go by a tail that the second moved for the third. The nodes come from
/// another queue, into which a node that is seen too early leads. No epochs: nothing is given back.
class PushersWorld {
  using Queue = lockfree::BasicAcceptQueue<Modelled>;

 public:
  PushersWorld(const Nothing&, Judgements&) {
    queue_.prepare(nodes_, 0);
    other_.prepare(nodes_, 0);
    for (std::uint64_t i = 0; i < 4; ++i) other_.push(nodes_, 31, 0);
    for (std::uint64_t i = 0; i < 4; ++i) other_.pop(nodes_, 0);
  }

  void run(unsigned thread) { queue_.push(nodes_, thread + 1, 1); }
  void finish() {
    std::uint64_t sum = 0;
    for (unsigned i = 0; i < 3; ++i) sum += std::uint64_t{1} << (8 * queue_.pop(nodes_, 1).value_or(0));
    require(sum == 0x01010100 && !queue_.pop(nodes_, 1), "a child is accepted once, and once only");
  }

 private:
  typename Queue::Nodes nodes_;
  Queue queue_, other_;
};

/// A child comes to the queue of a listener that closes: one of the two must see the other.
class CloseWorld {
  using Queue = lockfree::BasicAcceptQueue<Modelled>;

 public:
  CloseWorld(const Nothing&, Judgements&) { queue_.prepare(nodes_, 0); }

  void run(unsigned thread) {
    const std::uint64_t epoch = epoch_.enter();
    if (thread == 0) {
      queue_.push(nodes_, 1, epoch);
      if (!listens_.load(Order::seq_cst)) drain(epoch);
    } else {
      bool yes = true;
      listens_.compare_exchange_strong(yes, false, Order::seq_cst);
      drain(epoch);
    }
    epoch_.leave(epoch);
  }
  void finish() { require(!queue_.pop(nodes_, 2), "no child is left with a listener that is closed"); }

 private:
  void drain(std::uint64_t epoch) {
    while (queue_.pop(nodes_, epoch)) {
    }
  }

  lockfree::BasicEpoch<Modelled> epoch_;
  typename Queue::Nodes nodes_;
  Queue queue_;
  Atomic<bool> listens_{true};
};

/// Three operations, each of which leaves: what the first retired is used again by the last, while the second looks.
class EpochChainWorld {
 public:
  EpochChainWorld(const Nothing&, Judgements&) {
    current_index_ = pool_.allocate(1);
    pool_[current_index_].user = 1;
    current_.store(current_index_);
  }

  void run(unsigned thread) {
    const std::uint64_t epoch = epoch_.enter();
    if (thread == 0) {
      current_.store(0, Order::relaxed);
      pool_.retire(current_index_, epoch);
    } else if (thread == 1) {
      if (const std::uint32_t index = current_.load(Order::relaxed)) seen_ = pool_[index].user;
    } else {
      pool_[pool_.allocate(epoch)].user = 2;
    }
    epoch_.leave(epoch);
  }
  void finish() {}

 private:
  lockfree::BasicEpoch<Modelled> epoch_;
  lockfree::Pool<Pooled, 8, Modelled> pool_;
  Atomic<std::uint32_t> current_{0};
  std::uint32_t current_index_ = 0;
  int seen_ = 0;
};

}  // namespace

std::vector<Client> pool_clients() {
  std::vector<Client> all;
  all.push_back(client<RingsWorld>("rings.fresh", "two threads want the first ring", 2));
  all.push_back(client<GrowingWorld>("segmented.grow", "two threads grow an array at once, a third looks", 3));
  all.push_back(client<PoolWorld>("pool.reuse", "two threads take objects and give them back in another order", 2));
  all.push_back(client<EpochWorld>("epoch.reader",
                                   "an object is retired and used again while another thread may still look at it", 2));
  all.push_back(
      client<EpochChainWorld>("epoch.chain", "one retires an object, one looks at it, one wants a new one", 3));
  all.push_back(client<AcceptWorld<1, 2, 2>>("accept.push_pop", "one thread pushes two children, one pops twice", 2));
  all.push_back(client<AcceptWorld<2, 1, 0>>("accept.two_pushers", "two threads push a child each", 2));
  all.push_back(client<PushersWorld>("accept.three_pushers", "three threads push a child each, without epochs", 3));
  all.push_back(client<AcceptWorld<1, 1, 1>>("accept.two_poppers", "one thread pushes a child, two pop", 3));
  all.push_back(client<AcceptWorld<2, 1, 1>>("accept.help", "two threads push a child each, one pops", 3));
  all.push_back(
      client<AcceptWorld<0, 0, 1, Before::used, 2>>("accept.pops", "two children wait, three threads pop", 3));
  all.push_back(client<AcceptWorld<2, 1, 0, Before::unprepared>>(
      "accept.prepare", "two threads push to a queue that nobody has prepared yet", 2));
  all.push_back(client<CloseWorld>("accept.close", "a child comes in while its listener closes", 2));
  return all;
}

}  // namespace weir::proofs::memory
