// The backlog of one CPU: many producers, one owner who drains it in batches. Atomics only: no mutex, no spin lock.
//
// Two lanes. Any thread uses the inbox (one compare-and-swap a packet). The owner's own packets, which on a real CPU
// are most of them, go to a private ring and cost no locked instruction at all: nobody else looks at them.
//
//     Backlog<Packet*> backlog;
//     if (backlog.enqueue(packet, limit).scheduled) raise(owner);                  // any thread
//     if (backlog.enqueue_on_owner(packet, limit).scheduled) raise(owner);         // the owner
//     const PollResult ran = backlog.poll(quota, [](Packet* p) { use(*p); return true; });   // the owner
//
// Thread safety: enqueue and dropped from any thread; all else from the owner only. enqueue is lock-free, poll
// wait-free but for what `deliver` does and for packets that keep coming in (bounded by the quota).
//
// Invariants (those of the inbox, and):
//   (1) A packet waits => scheduled(): the owner was told of it, or told itself.
//   (2) Each producer's packets are delivered in the order in which it put them in, if it keeps to one lane.
//   (3) The packets that the limit counts never exceed limit + 1, plus 1 while the owner and another thread admit at
//   the
//       same moment: each sees all of its own lane, but may see the other lane as it was an instant ago.
//   (4) admitted == delivered + waiting.
#pragma once
#include <cassert>
#include <cstdint>
#include <utility>
#include <vector>

#include "lockfree/backlog_inbox.hpp"

namespace weir::lockfree {

struct PollResult {
  std::int32_t work = 0;  ///< packets delivered
  bool complete = false;  ///< SCHED was cleared
};

/// The owner's ring: [head, mark) is its private window, [mark, tail) came in since. Grows by doubling.
template <class Item>
class OwnerLane {
 public:
  void push(Item item) {
    if (tail_ - head_ == capacity_) grow();
    slots_[tail_++ & (capacity_ - 1)] = item;
  }
  /// Takes from the window until `deliver`, which gets each packet, says that the poll ends, or the window is empty.
  /// \return whether the poll ends. `deliver` may push.
  template <class Deliver>
  bool drain(Deliver&& deliver) {
    for (std::uint32_t head = head_; head != mark_;) {
      const Item item = slots_[head++ & (capacity_ - 1)];
      head_ = head;  // before delivery, which may push and so grow
      if (deliver(item)) return true;
    }
    return false;
  }
  /// Moves all that came in into the window; false if nothing did.
  bool look() noexcept {
    if (mark_ == tail_) return false;
    mark_ = tail_;
    return true;
  }
  bool window_empty() const noexcept { return head_ == mark_; }
  /// Packets ever pushed, modulo 2^32.
  std::uint32_t pushed() const noexcept { return tail_; }
  std::uint32_t waiting() const noexcept { return tail_ - head_; }
  std::uint32_t counted(Count count) const noexcept { return tail_ - (count == Count::input ? mark_ : head_); }
  void reserve(std::uint32_t packets) {
    while (capacity_ < packets) grow();
  }

 private:
  void grow() {
    const std::uint32_t doubled = capacity_ == 0 ? 16 : capacity_ * 2;
    std::vector<Item> larger(doubled);
    for (std::uint32_t i = head_; i != tail_; ++i) larger[i & (doubled - 1)] = slots_[i & (capacity_ - 1)];
    slots_ = std::move(larger);
    capacity_ = doubled;
  }

  std::vector<Item> slots_;
  std::uint32_t capacity_ = 0;  // a power of two, or 0
  std::uint32_t head_ = 0, mark_ = 0, tail_ = 0;
};

template <class Item, class Atomics = StdAtomics, std::uint32_t Slots = 64>
class Backlog {
  template <class T>
  using Atomic = typename Atomics::template atomic<T>;

 public:
  explicit Backlog(Count count = Count::input) : inbox_(count), count_(count) {}

  /// From any thread. `limit` is netdev_max_backlog as the kernel compares it: unsigned.
  Admission enqueue(Item item, std::uint32_t limit) {
    // relaxed: invariant (3) allows for an old value; nothing else rests on it.
    return inbox_.enqueue(item, limit, own_counted_.load(std::memory_order_relaxed));
  }

  /// From the owner only.
  Admission enqueue_on_owner(Item item, std::uint32_t limit) {
    const auto inbox = inbox_.glance();
    const std::uint32_t own = own_.counted(count_);
    if (own + inbox.counted > limit) {
      inbox_.count_drop();
      return {};
    }
    own_.push(item);
    // relaxed: read by enqueue() for the limit alone (3).
    own_counted_.store(own + 1, std::memory_order_relaxed);
    const bool asleep = !own_scheduled_ && !inbox.scheduled;
    own_scheduled_ = true;
    return {.admitted = true, .scheduled = asleep};
  }

  /// Delivers until `quota` packets are done (at least one is, if any waits), or nothing waits (then SCHED is cleared),
  /// or `deliver` returns false, or a producer is caught between claiming and publishing (SCHED stays set).
  template <class Deliver>
  PollResult poll(std::int32_t quota, Deliver deliver) {
    if (!own_scheduled_ || !inbox_.asleep()) return poll_both(quota, deliver);
    // Nobody else has put anything in, and whoever does from here on wakes us again: the inbox need not be looked at.
    std::int32_t work = 0;
    const auto ends = counting(work, quota, deliver);
    bool ended = own_.drain(ends);
    while (!ended && own_.look()) {
      publish_own_counted();
      ended = own_.drain(ends);
    }
    if (count_ == Count::waiting) publish_own_counted();
    own_scheduled_ = ended;
    return {work, !ended};
  }

  /// NAPI_STATE_SCHED: the owner has been told, or has told itself, that packets wait.
  bool scheduled() const noexcept { return own_scheduled_ || inbox_.scheduled(); }

  /// Packets that wait, in the input queue and in the private window.
  std::uint32_t waiting() const noexcept { return own_.waiting() + inbox_.waiting(); }

  /// Admissions so far, modulo 2^32.
  std::uint32_t admitted() const noexcept { return own_.pushed() + inbox_.admitted(); }

  /// Refusals so far, modulo 2^32.
  std::uint32_t dropped() const noexcept { return inbox_.dropped(); }

  /// Makes room for `packets` in each lane, so that nothing is allocated until more wait.
  void reserve(std::uint32_t packets) {
    own_.reserve(packets);
    inbox_.reserve(packets);
  }

  /// Checks the invariants; exact while no producer is active.
  void invariant() const noexcept {
    inbox_.invariant();
    assert(scheduled() || waiting() == 0);                                         // (1)
    assert(own_counted_.load(std::memory_order_relaxed) == own_.counted(count_));  // what others are told is so
  }

 private:
  /// Delivers a packet, counts it, and says whether the poll ends with it.
  template <class Deliver>
  static auto counting(std::int32_t& work, std::int32_t quota, Deliver& deliver) {
    return [&work, &deliver, quota](Item item) {
      const bool go_on = deliver(item);
      return ++work >= quota || !go_on;
    };
  }

  // Not inlined: it would cost the owner's own packets, which need none of it, their registers.
  template <class Deliver>
  [[gnu::noinline]] PollResult poll_both(std::int32_t quota, Deliver deliver) {
    std::int32_t work = 0;
    const auto ends = counting(work, quota, deliver);
    for (;;) {
      const bool ended = own_.drain(ends);
      if (count_ == Count::waiting) publish_own_counted();
      if (ended || inbox_.drain(ends)) return {work, false};
      if (complete_or_look()) return {work, true};
    }
  }

  bool complete_or_look() noexcept {
    if (own_.look()) {
      publish_own_counted();
      inbox_.look();  // each batch takes from both lanes, so neither can starve the other
      return false;
    }
    if (!inbox_.complete_or_look()) return false;
    own_scheduled_ = false;
    return true;
  }

  // relaxed: read by enqueue() for the limit alone (3).
  void publish_own_counted() noexcept { own_counted_.store(own_.counted(count_), std::memory_order_relaxed); }

  Inbox<Item, Atomics, Slots> inbox_;
  // The owner's. Producers read own_counted_ alone, and while the owner's lane is idle nothing here is written.
  alignas(cache_line) Atomic<std::uint32_t> own_counted_{0};
  bool own_scheduled_ = false;
  Count count_;
  OwnerLane<Item> own_;
};

}  // namespace weir::lockfree
