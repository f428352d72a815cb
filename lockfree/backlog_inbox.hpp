// The shared half of a backlog: any thread puts packets in, one owner takes them out.
//
// One word says it all: {position of the next packet : 32, segment that holds it : 31, SCHED : 1}. A producer's single
// compare-and-swap on it checks the limit, claims a slot and sets SCHED; the owner's compare-and-swap clears SCHED only
// if no position was claimed since it last looked. So "empty" and "asleep" are one atomic fact, and no wake-up is lost.
//
//     Inbox<Packet*> inbox;
//     if (inbox.enqueue(packet, limit, 0).scheduled) raise(owner);       // any thread
//     ...
//     while (!inbox.complete_or_look())                                  // the owner
//       inbox.drain([](Packet* p) { deliver(*p); return false; });
//
// Thread safety: enqueue, dropped, admitted and scheduled from any thread; everything else from the owner only.
// enqueue is lock-free; the owner's operations are wait-free. Nothing is allocated while no more packets wait than ever
// before (or than reserve() provided for). A producer must not sleep through 2^32 admissions in the middle of enqueue.
//
// Invariants:
//   (1) head <= mark <= position, each only ever moves forward (modulo 2^32).
//   (2) SCHED clear => released == head == position: a packet that waits has an owner who was told.
//   (3) The packet that set SCHED waits in waker_, in the cache line of the claim; there is one at most, and it is the
//       first that the owner takes after it was asleep. Every other packet waits in the slot of its position.
//   (4) The slot of a claimed position is written by the claimant alone, once, and cleared by the owner alone, before
//       its segment is recycled. A producer touches no other slot.
//   (5) released <= head, or released <= mark where the private window is not counted (see Count).
//   (6) position - released + others <= limit + 1 for a constant limit and constant `others`.
#pragma once
#include <cassert>
#include <cstdint>

#include "lockfree/backlog_segments.hpp"
#include "model/op.hpp"

namespace weir::lockfree {

/// What became of a packet. `scheduled`: this packet found the backlog asleep, and the caller must wake the owner.
struct Admission {
  bool admitted = false;
  bool scheduled = false;
};

/// Which packets the limit counts.
enum class Count : bool {
  waiting,  ///< all that are not yet delivered (one queue, .. 2.6.34)
  input,    ///< those the owner has not yet taken into its private window (two queues, 2.6.35 ..)
};

/// How a packet is kept in a slot: any bijection into the numbers other than 0.
template <class Item>
struct SlotCodec;
template <class Packet>
struct SlotCodec<Packet*> {
  static void prefetch(std::uint64_t word) { __builtin_prefetch(decode(word)); }
  static std::uint64_t encode(Packet* item) { return reinterpret_cast<std::uintptr_t>(item); }
  static Packet* decode(std::uint64_t word) { return reinterpret_cast<Packet*>(static_cast<std::uintptr_t>(word)); }
};
template <>
struct SlotCodec<Skb> {
  static void prefetch(std::uint64_t) {}
  static std::uint64_t encode(Skb item) { return std::uint64_t{item.id} + 1; }
  static Skb decode(std::uint64_t word) { return Skb{static_cast<std::uint32_t>(word - 1)}; }
};

template <class Item, class Atomics = HostAtomics, std::uint32_t Slots = 64>
class Inbox {
  template <class T>
  using Atomic = typename Atomics::template atomic<T>;
  template <class T>
  using Plain = typename Atomics::template plain<T>;
  using Pool = SegmentPool<Slots, Atomics>;

 public:
  /// \param first  the position of the first packet, a multiple of Slots: where a test wants the positions to wrap soon
  explicit Inbox(Count count = Count::input, std::uint32_t first = 0)
      : claim_(pack(first, 0, 0)), released_seen_(first), released_(first), count_(count), head_(first), mark_(first) {
    assert(first % Slots == 0);
  }

  /// Admits `item` iff the packets that count, plus `others` kept elsewhere, are at most `limit` (unsigned, as the
  /// kernel compares: capacity is limit + 1). A refusal is counted.
  Admission enqueue(Item item, std::uint32_t limit, std::uint32_t others) {
    prefetch_for_write(&claim_);
    // relaxed: a guess, which P1 confirms.
    std::uint64_t claim = claim_.load(std::memory_order_relaxed);
    std::uint32_t segment = 0;
    std::uint64_t claimed = 0;
    do {
      if (!fits(position_of(claim), limit, others)) {
        if (segment != 0) pool_.release(segment);
        // relaxed: a statistic; nothing is ordered by it.
        dropped_.fetch_add(1, std::memory_order_relaxed);
        return {};
      }
      claimed = next_claim(claim, segment);
      // P1, acquire: pairs with P2 of the producer that brought in the segment; without it the slot could be written
      // before its slab is visible. Also pairs with C1, after which the owner has cleared waker_.
      // P2, release: pairs with P1. relaxed on failure: another guess. The order against C1 needs no fence: both are
      // changes of this one word, so either the owner's comes first and we see SCHED clear, or ours does and its
      // exchange fails.
    } while (!claim_.compare_exchange_weak(claim, claimed, std::memory_order_acq_rel, std::memory_order_relaxed));

    if (opens_segment(claim)) {
      // P3, release: pairs with T1; without it the owner could enter a segment it cannot see yet.
      link_of(segment_of(claim)).store(segment, std::memory_order_release);
    } else if (segment != 0) {
      pool_.release(segment);
    }
    const bool wakes = (claim & sched) == 0;
    Atomic<std::uint64_t>& slot = wakes ? waker_ : pool_[segment_of(claimed)].slots[position_of(claim) % Slots];
    // P4, release: pairs with T2; without it the owner could deliver a packet whose contents it cannot see yet.
    slot.store(SlotCodec<Item>::encode(item), std::memory_order_release);
    return {.admitted = true, .scheduled = wakes};
  }

  /// Refusals so far, modulo 2^32.
  std::uint32_t dropped() const noexcept { return dropped_.load(std::memory_order_relaxed); }
  void count_drop() noexcept { dropped_.fetch_add(1, std::memory_order_relaxed); }

  /// Admissions so far, modulo 2^32.
  std::uint32_t admitted() const noexcept { return position_of(claim_.load(std::memory_order_relaxed)); }

  /// NAPI_STATE_SCHED. Seen set by the owner it stays set until the owner clears it.
  bool scheduled() const noexcept { return (claim_.load(std::memory_order_relaxed) & sched) != 0; }

  // --- owner only ---------------------------------------------------------------------------------------------------

  /// Nothing is in the window, and nothing has come in since the inbox fell asleep (2). SCHED alone would say as much;
  /// but a window that is not empty spares the look at the producers' line, with a quota of 1 once a packet.
  bool asleep() const noexcept { return window_empty() && !scheduled(); }

  /// Packets that the limit counts: 0 while SCHED is clear (2). From any thread: as it was a moment ago.
  std::uint32_t counted() const noexcept {
    // acquire: pairs with R1. The claims are read after it, so that they are never fewer than what was released.
    const std::uint32_t released = released_.load(std::memory_order_acquire);
    return admitted() - released;
  }

  /// Packets that are not yet taken.
  std::uint32_t waiting() const noexcept { return admitted() - head_; }

  bool window_empty() const noexcept { return head_ == mark_; }

  /// Takes from the window until `deliver`, which gets each packet, says that the poll ends, or the window is empty, or
  /// the packet at the head is claimed but not yet published (it will be; SCHED stays set meanwhile).
  /// \return whether the poll ends. `deliver` may enqueue.
  template <class Deliver>
  bool drain(Deliver&& deliver) {
    bool ends = false;
    while (head_ != mark_ && !ends) {
      if (head_ % Slots == 0 && !enter_next_segment()) return true;
      Atomic<std::uint64_t>& slot = waker_next_ ? waker_ : current_->slots[head_ % Slots];
      // T2, acquire: pairs with P4.
      const std::uint64_t word = slot.load(std::memory_order_acquire);
      if (word == 0) return true;
      prefetch_ahead();
      // relaxed: the next claimant of this slot comes through the pool (F2, F1), or for waker_ after C1 and P1; either
      // orders this store before it.
      slot.store(0, std::memory_order_relaxed);
      waker_next_ = false;
      ++head_;
      entered_ = false;
      if (count_ == Count::waiting) release_to(head_);
      ends = deliver(SlotCodec<Item>::decode(word));
    }
    return ends;
  }

  /// With the window empty: falls asleep (clears SCHED) if nothing came in, and says true; else moves all that came in
  /// into the window, and says false.
  bool complete_or_look() noexcept {
    assert(window_empty());
    prefetch_for_write(&claim_);
    // relaxed: only the number of claims is taken from it; slots and links have pairs of their own (T1, T2).
    std::uint64_t claim = claim_.load(std::memory_order_relaxed);
    // Nobody has scheduled the inbox since it fell asleep, so nothing is in it (2); whoever does will say so.
    if ((claim & sched) == 0) return true;
    // C1, release: pairs with P1. One exchange for "empty?" and "asleep": were they two steps, a packet between them
    // would wait for ever. It fails, as it should, when a position was claimed meanwhile.
    if (position_of(claim) == head_ &&
        claim_.compare_exchange_strong(claim, claim & ~sched, std::memory_order_release, std::memory_order_relaxed)) {
      waker_next_ = true;
      return true;
    }
    take_in(claim);
    return false;
  }

  /// Moves all that came in into the window.
  // relaxed: as in complete_or_look.
  void look() noexcept { take_in(claim_.load(std::memory_order_relaxed)); }

  void reserve(std::uint32_t packets) { pool_.reserve(packets / Slots + 2); }

  /// Checks the invariants; exact while no producer is active.
  void invariant() const noexcept {
    const std::uint64_t claim = claim_.load(std::memory_order_relaxed);
    [[maybe_unused]] const std::uint32_t waits = position_of(claim) - head_;
    assert(mark_ - head_ <= waits);  // (1)
    assert((claim & sched) != 0 ||
           (waits == 0 && position_of(claim) == released_.load(std::memory_order_relaxed)));  // (2)
    assert(position_of(claim) - released_.load(std::memory_order_relaxed) <= waits);          // (5)
  }

 private:
  static constexpr std::uint64_t sched = 1;
  static constexpr std::uint32_t lookahead = 8;  // packets: one cache line of slots
  static constexpr std::uint64_t pack(std::uint32_t position, std::uint32_t segment, std::uint64_t flag) {
    return std::uint64_t{position} << 32 | std::uint64_t{segment} << 1 | flag;
  }
  static constexpr std::uint32_t position_of(std::uint64_t claim) { return static_cast<std::uint32_t>(claim >> 32); }
  static constexpr std::uint32_t segment_of(std::uint64_t claim) { return static_cast<std::uint32_t>(claim) >> 1; }
  static constexpr bool opens_segment(std::uint64_t claim) { return position_of(claim) % Slots == 0; }

  /// The word after one more claim. Where that opens a segment, `fresh` is acquired first (and kept over retries).
  std::uint64_t next_claim(std::uint64_t claim, std::uint32_t& fresh) {
    if (!opens_segment(claim)) return (claim + (std::uint64_t{1} << 32)) | sched;
    if (fresh == 0) fresh = pool_.acquire();
    // Once a segment, so that the producers' copy never lags by a whole turn of the 32-bit positions.
    released_seen_.store(released_.load(std::memory_order_relaxed), std::memory_order_relaxed);
    return pack(position_of(claim) + 1, fresh, sched);
  }

  bool fits(std::uint32_t position, std::uint32_t limit, std::uint32_t others) noexcept {
    // relaxed: an old value only makes the queue look longer than it is, and then we look at the true one.
    if (position - released_seen_.load(std::memory_order_relaxed) + others <= limit) return true;
    // relaxed: same; pairs with R1 only for the value. A refusal rests on a length that was true a moment ago.
    const std::uint32_t released = released_.load(std::memory_order_relaxed);
    released_seen_.store(released, std::memory_order_relaxed);
    const std::uint32_t waiting = position - released;
    // Less than nothing: the claim is one of some time ago, and the owner has come past it since. Whether the packet
    // fits is to be asked of the present one, which the exchange will bring.
    return static_cast<std::int32_t>(waiting) < 0 || waiting + others <= limit;
  }

  void take_in(std::uint64_t claim) noexcept {
    mark_ = position_of(claim);
    if (count_ == Count::input) release_to(mark_);
  }

  void release_to(std::uint32_t position) noexcept {
    // R1, release: pairs with the acquire in counted(); without it the claims that are released might not be seen
    // there.
    released_.store(position, std::memory_order_release);
  }

  Atomic<std::uint32_t>& link_of(std::uint32_t segment) noexcept { return segment == 0 ? first_ : pool_[segment].next; }

  /// Packets written on another core are each a cache miss away; asked for early, the misses overlap.
  void prefetch_ahead() const noexcept {
    const std::uint32_t ahead = head_ % Slots + lookahead;
    // relaxed: a hint; the packet is not touched through it.
    if (mark_ - head_ > lookahead && ahead < Slots)
      SlotCodec<Item>::prefetch(current_->slots[ahead].load(std::memory_order_relaxed));
  }

  bool enter_next_segment() noexcept {
    if (entered_) return true;
    // T1, acquire: pairs with P3.
    const std::uint32_t next = link_of(segment_).load(std::memory_order_acquire);
    if (next == 0) return false;
    link_of(segment_).store(0, std::memory_order_relaxed);
    if (segment_ != 0) pool_.release(segment_);
    segment_ = next;
    current_ = &pool_[next];
    entered_ = true;
    return true;
  }

  // Written by producers.
  alignas(cache_line) Atomic<std::uint64_t> claim_;
  Atomic<std::uint32_t> released_seen_;  // the producers' copy of released_: spares them the owner's cache line
  Atomic<std::uint32_t> dropped_{0};
  Atomic<std::uint32_t> first_{0};  // the link to the very first segment
  Atomic<std::uint64_t> waker_{0};  // where the packet that set SCHED waits: it travels with the claim it made

  // Written by the owner.
  alignas(cache_line) Atomic<std::uint32_t> released_;  // positions below it do not count against the limit
  Count count_;
  Plain<bool> waker_next_{true};  // the packet at the head is, or will be, in waker_
  Plain<bool> entered_{false};    // segment_ is the one of head_ although head_ is at its first slot
  Plain<std::uint32_t> head_;
  Plain<std::uint32_t> mark_;
  Plain<std::uint32_t> segment_{0};
  Plain<typename Pool::Segment*> current_{nullptr};

  alignas(cache_line) Pool pool_;
};

}  // namespace weir::lockfree
