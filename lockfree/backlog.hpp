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
// Thread safety: enqueue, counted, count_drop and dropped from any thread; all else from the owner only. enqueue is
// lock-free, poll wait-free but for what `deliver` does and for packets that keep coming in (bounded by the quota).
//
// Invariants (those of the inbox, and):
//   (1) A packet waits => scheduled(): the owner was told of it, or told itself.
//   (2) Each producer's packets are delivered in the order in which it put them in, if it keeps to one lane.
//   (3) The packets that the limit counts never exceed limit + 1, plus 1 while the owner and another thread admit at
//   the
//       same moment: each sees all of its own lane, but may see the other lane as it was an instant ago.
//   (4) admitted == delivered + waiting.
#pragma once
#include <algorithm>
#include <cassert>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "lockfree/backlog_inbox.hpp"

namespace weir::lockfree {

struct PollResult {
  std::int32_t work = 0;  ///< packets delivered
  bool complete = false;  ///< SCHED was cleared
};

/// The owner's ring: [head, mark) is its private window, [mark, tail) came in since. Grows by doubling.
///
/// One word tells what the next packet and other threads want to know: {packets that the limit counts : 63, SCHED : 1}.
/// The owner alone writes it, so a plain store is enough. The functions that take a Count get the backlog's, which
/// never changes: where the caller knows it, the compiler does.
template <class Item, class Atomics = HostAtomics>
class OwnerLane {
  template <class T>
  using Atomic = typename Atomics::template atomic<T>;
  template <class T>
  using Plain = typename Atomics::template plain<T>;

 public:
  /// The word, from any thread.
  // relaxed: the owner reads what it wrote itself, others read it for the limit alone (3 of Backlog).
  std::uint64_t told() const noexcept { return told_.load(std::memory_order_relaxed); }
  static constexpr bool scheduled(std::uint64_t told) noexcept { return (told & sched) != 0; }
  static constexpr std::uint64_t counted(std::uint64_t told) noexcept { return told >> 1; }

  /// Whether one more certainly fits. Where it may not, make_room() looks at the head and grows only if it must: so a
  /// push compares two words, once a turn of the ring it does more.
  bool has_room() const noexcept { return tail_ != room_until_; }
  bool has_room(std::uint32_t packets) const noexcept { return room_until_ - tail_ >= packets; }
  void make_room() {
    if (waiting() == slots_.size()) grow();
    room_until_ = head_ + capacity();
  }
  /// Puts `item` in and sets SCHED. \pre has_room(), and `told` is what told() says
  void push(Item item, std::uint64_t told) noexcept {
    slots_[tail_++ & mask_] = item;
    tell((told + one_packet) | sched);
  }
  /// \pre has_room(items.size())
  void push_burst(std::span<const Item> items, std::uint64_t told) noexcept {
    if (items.empty()) return;
    const std::uint32_t at = tail_ & mask_;
    const auto to_the_end = std::min<std::size_t>(items.size(), slots_.size() - at);
    std::copy_n(items.begin(), to_the_end, slots_.begin() + at);
    std::copy(items.begin() + static_cast<std::ptrdiff_t>(to_the_end), items.end(), slots_.begin());
    tail_ = tail_ + static_cast<std::uint32_t>(items.size());
    tell((told + one_packet * items.size()) | sched);
  }

  /// Takes from the window until it is empty or the poll ends.
  /// \return whether the poll ends. `deliver` may push.
  template <class Deliver>
  bool drain(Count count, Quota& quota, Deliver&& deliver) {
    if (head_ == mark_) return false;
    if (count == Count::input) return take(mark_, quota, deliver);  // look() has told of the whole window
    while (head_ != mark_) {
      tell(told() - one_packet);
      if (take(head_ + 1, quota, deliver)) return true;
    }
    return false;
  }
  /// Moves all that came in into the window; false if nothing did.
  bool look(Count count) noexcept {
    if (mark_ == tail_) return false;
    mark_ = tail_;
    if (count == Count::input) tell(sched);
    return true;
  }
  /// drain() and look() in turn until the poll ends, or nothing waits: then SCHED is cleared. One loop, because a burst
  /// of one would pay for every comparison that the two make beside it. \return whether the poll ends. `deliver` may
  /// push. \pre Count::input
  template <class Deliver>
  bool drain_all(Quota& quota, Deliver&& deliver) {
    std::uint32_t mark = mark_;
    for (;;) {
      if (head_ != mark && take(mark, quota, deliver)) return true;
      if (mark == tail_) break;
      mark_ = mark = tail_;
      tell(sched);
    }
    sleep();
    return false;
  }
  /// Clears SCHED. \pre nothing waits
  void sleep() noexcept { tell(0); }

  /// Packets ever pushed, modulo 2^32.
  std::uint32_t pushed() const noexcept { return tail_; }
  std::uint32_t waiting() const noexcept { return tail_ - head_; }
  void reserve(std::uint32_t packets) {
    while (capacity() < packets) grow();
  }
  /// Checks that what is told is so.
  void invariant([[maybe_unused]] Count count) const noexcept {
    assert(counted(told()) == tail_ - (count == Count::input ? mark_ : head_));
    assert(scheduled(told()) || waiting() == 0);
    assert(room_until_ - head_ <= capacity() && mark_ - head_ <= waiting());
  }

 private:
  static constexpr std::uint64_t sched = 1;
  static constexpr std::uint64_t one_packet = 2;

  // relaxed: as in told().
  void tell(std::uint64_t word) noexcept { told_.store(word, std::memory_order_relaxed); }

  /// The packets below `mark`, as far as the quota allows. \return whether the poll ends
  template <class Deliver>
  bool take(std::uint32_t mark, Quota& quota, Deliver& deliver) {
    std::uint32_t head = head_;
    const std::uint32_t end = head + std::min(mark - head, quota.left);
    quota.left -= end - head;
    do {
      const Item item = slots_[head & mask_];
      head_ = ++head;  // before delivery, which may push and so grow
      if (!deliver(item)) {
        quota.left += end - head;
        return true;
      }
    } while (head != end);
    return quota.left == 0;
  }

  std::uint32_t capacity() const noexcept { return static_cast<std::uint32_t>(slots_.size()); }

  void grow() {
    const std::uint32_t doubled = slots_.empty() ? 16 : capacity() * 2;
    std::vector<Item> larger(doubled);
    for (std::uint32_t i = head_; i != tail_; ++i) larger[i & (doubled - 1)] = slots_[i & mask_];
    slots_ = std::move(larger);
    mask_ = doubled - 1;
  }

  Atomic<std::uint64_t> told_{0};
  Plain<std::uint32_t> head_{0}, mark_{0}, tail_{0};
  Plain<std::uint32_t> room_until_{0};  // up to here a push overwrites nothing: at most head + capacity
  std::vector<Item> slots_;             // none, or a power of two
  Plain<std::uint32_t> mask_{0};        // what makes a slot of a position
};

template <class Item, class Atomics = HostAtomics, std::uint32_t Slots = 64>
class Backlog {
 public:
  /// \param first  as that of Inbox
  explicit Backlog(Count count = Count::input, std::uint32_t first = 0) : inbox_(count, first), count_(count) {}

  /// From any thread. `limit` is netdev_max_backlog as the kernel compares it: unsigned.
  Admission enqueue(Item item, std::uint32_t limit) {
    return inbox_.enqueue(item, limit, static_cast<std::uint32_t>(own_.counted(own_.told())));
  }

  /// As if each of `items` came by enqueue, one after the other: what does not fit is refused and counted. From any
  /// thread.
  BurstAdmission enqueue_burst(std::span<const Item> items, std::uint32_t limit) {
    return inbox_.enqueue_burst(items, limit, static_cast<std::uint32_t>(own_.counted(own_.told())));
  }

  /// From the owner only.
  Admission enqueue_on_owner(Item item, std::uint32_t limit) {
    const std::uint64_t told = own_.told();
    // While the inbox sleeps nothing in it counts; what comes in at this moment is the one that (3) allows for.
    if (inbox_.scheduled() || own_.counted(told) > limit || !own_.has_room()) [[unlikely]]
      return enqueue_beside_inbox(item, limit);
    own_.push(item, told);
    return {.admitted = true, .scheduled = !own_.scheduled(told)};
  }
  /// As if each of `items` came by enqueue_on_owner, one after the other. From the owner only.
  BurstAdmission enqueue_burst_on_owner(std::span<const Item> items, std::uint32_t limit) {
    const std::uint64_t told = own_.told();
    const auto packets = static_cast<std::uint32_t>(items.size());
    if (!own_.has_room(packets)) [[unlikely]]
      own_.make_room();
    if (!inbox_.scheduled() && own_.counted(told) + packets <= std::uint64_t{limit} + 1 && own_.has_room(packets))
        [[likely]] {
      own_.push_burst(items, told);
      return {.admitted = packets, .scheduled = packets != 0 && !own_.scheduled(told)};
    }
    BurstAdmission all;
    for (std::uint32_t i = 0; i < packets; ++i) try {
        const Admission one = enqueue_on_owner(items[i], limit);
        all.admitted += one.admitted ? 1 : 0;
        all.scheduled |= one.scheduled;
      } catch (const std::bad_alloc&) {  // as Inbox::claim_rest
        if (i == 0) throw;
        inbox_.count_drops(packets - i);
        break;
      }
    return all;
  }

  /// Delivers until `quota` packets are done (at least one is, if any waits), or nothing waits (then SCHED is cleared),
  /// or `deliver` returns false, or a producer is caught between claiming and publishing (SCHED stays set).
  template <class Deliver>
  PollResult poll(std::int32_t quota, Deliver deliver) {
    if (!inbox_.asleep() || count_ != Count::input) return poll_both(quota, deliver);
    // Nobody else has put anything in, and whoever does from here on wakes us again: the inbox need not be looked at.
    Quota rest(quota);
    const bool ended = own_.drain_all(rest, deliver);
    return {rest.used(quota), !ended};
  }

  /// NAPI_STATE_SCHED: the owner has been told, or has told itself, that packets wait.
  bool scheduled() const noexcept { return own_.scheduled(own_.told()) || inbox_.scheduled(); }

  /// Packets that wait, in the input queue and in the private window.
  std::uint32_t waiting() const noexcept { return own_.waiting() + inbox_.waiting(); }

  /// Admissions so far, modulo 2^32.
  std::uint32_t admitted() const noexcept { return own_.pushed() + inbox_.admitted(); }

  /// Packets that the limit counts, from any thread: as it was a moment ago.
  std::uint32_t counted() const noexcept {
    return static_cast<std::uint32_t>(own_.counted(own_.told())) + inbox_.counted();
  }

  /// Counts a packet as refused that was not even offered. From any thread.
  void count_drop() noexcept { inbox_.count_drops(1); }

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
    own_.invariant(count_);
    assert(scheduled() || waiting() == 0);  // (1)
  }

 private:
  // All that is rare: the inbox is awake, or the packet is refused, or the ring is full. Not inlined: see poll_both.
  [[gnu::noinline]] Admission enqueue_beside_inbox(Item item, std::uint32_t limit) {
    const std::uint64_t told = own_.told();
    const bool inbox_awake = inbox_.scheduled();
    if (own_.counted(told) + (inbox_awake ? inbox_.counted() : 0) > limit) {
      inbox_.count_drops(1);
      return {};
    }
    if (!own_.has_room()) own_.make_room();
    own_.push(item, told);
    return {.admitted = true, .scheduled = !own_.scheduled(told) && !inbox_awake};
  }

  // Not inlined: it would cost the owner's own packets, which need none of it, their registers.
  template <class Deliver>
  [[gnu::noinline]] PollResult poll_both(std::int32_t quota, Deliver deliver) {
    Quota rest(quota);
    for (;;) {
      if (own_.drain(count_, rest, deliver) || inbox_.drain(rest, deliver)) return {rest.used(quota), false};
      if (complete_or_look()) return {rest.used(quota), true};
    }
  }

  bool complete_or_look() noexcept {
    if (own_.look(count_)) {
      inbox_.look();  // each batch takes from both lanes, so neither can starve the other
      return false;
    }
    if (!inbox_.complete_or_look()) return false;
    // Only where it changes something: every producer reads this line, and a store would take it away from them.
    if (own_.scheduled(own_.told())) own_.sleep();
    return true;
  }

  Inbox<Item, Atomics, Slots> inbox_;
  // The owner's. Producers read what it tells, and while the owner's lane is idle nothing here is written.
  alignas(cache_line) OwnerLane<Item, Atomics> own_;
  const Count count_;
};

}  // namespace weir::lockfree
