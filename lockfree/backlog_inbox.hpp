// The shared half of a backlog: any thread puts packets in, one owner takes them out.
//
// One word says it all: {position of the next packet : 32, ring that holds it : 31, SCHED : 1}. A producer's single
// compare-and-swap on it checks the limit, claims a slot for each packet of a burst and sets SCHED; the owner's
// compare-and-swap clears SCHED only if no position was claimed since it last looked. So "empty" and "asleep" are one
// atomic fact, and no wake-up is lost.
//
//     Inbox<Packet*> inbox;
//     if (inbox.enqueue(packet, limit, 0).scheduled) raise(owner);             // any thread
//     if (inbox.enqueue_burst(packets, limit, 0).scheduled) raise(owner);      // likewise
//     ...
//     while (!inbox.complete_or_look())                                        // the owner
//       inbox.drain(quota, [](Packet* p) { deliver(*p); return true; });
//
// Thread safety: enqueue, enqueue_burst, dropped, admitted, counted and scheduled from any thread; everything else from
// the owner only. Putting in is lock-free; the owner's operations are wait-free. Nothing is allocated while no more
// packets wait than ever before (or than reserve() provided for). A producer must not sleep through 2^31 admissions in
// the middle of enqueue.
//
// Invariants:
//   (1) head <= position, mark <= position, each only ever moves forward (modulo 2^32). The window is [head, mark).
//   (2) SCHED clear => released == head == position: a packet that waits has an owner who was told.
//   (3) A packet that came alone and set SCHED waits in waker_, in the cache line of the claim; there is one at most,
//       and it is the first that the owner takes after it was asleep. Every other waits in the slot of its position.
//   (4) The slot of a claimed position is written by the claimant alone, once, after the owner has taken what was in it
//       a lap ago. A producer touches no other slot.
//   (5) taken <= head; released <= head, or released <= mark where the private window is not counted (see Count).
//   (6) position - released + others <= limit + 1 for a constant limit and constant `others`.
#pragma once
#include <algorithm>
#include <array>
#include <cassert>
#include <cstddef>
#include <cstdint>
#include <new>
#include <span>

#include "lockfree/backlog_packets.hpp"
#include "lockfree/backlog_rings.hpp"

namespace weir::lockfree {

template <class Item, class Atomics = HostAtomics, std::uint32_t Slots = 64>
class Inbox {
  template <class T>
  using Atomic = typename Atomics::template atomic<T>;
  template <class T>
  using Plain = typename Atomics::template plain<T>;
  using AllRings = Rings<Slots, Atomics>;
  using View = typename AllRings::View;

 public:
  /// \param first  the position of the first packet: where a test wants the positions to wrap soon
  explicit Inbox(Count count = Count::input, std::uint32_t first = 0)
      : claim_(pack(first, 0, 0)),
        seen_(pack_told({first, first})),
        told_(pack_told({first, first})),
        count_(count),
        head_(first),
        mark_(first) {}

  /// Admits `item` iff the packets that count, plus `others` kept elsewhere, are at most `limit` (unsigned, as the
  /// kernel compares: capacity is limit + 1). A refusal is counted.
  Admission enqueue(Item item, std::uint32_t limit, std::uint32_t others) {
    const Claimed claimed = claim(1, limit, others);
    if (claimed.packets == 0) {
      count_drops(1);
      return {};
    }
    put_alone(claimed, item);
    return {.admitted = true, .scheduled = claimed.wakes()};
  }

  /// As if each of `items` came by enqueue, one after the other. Packets of other threads may come in between only
  /// where the limit refuses some of them.
  BurstAdmission enqueue_burst(std::span<const Item> items, std::uint32_t limit, std::uint32_t others) {
    BurstAdmission all;
    while (!items.empty()) {
      const Claimed claimed = claim_rest(items.size(), limit, others, all);
      if (claimed.packets == 0) {
        count_drops(static_cast<std::uint32_t>(items.size()));
        break;
      }
      put_all(claimed, items.first(claimed.packets));
      all.admitted += claimed.packets;
      all.scheduled |= claimed.wakes();
      items = items.subspan(claimed.packets);
    }
    return all;
  }

  /// Refusals so far, modulo 2^32.
  std::uint32_t dropped() const noexcept { return dropped_.load(std::memory_order_relaxed); }
  // relaxed: a statistic; nothing is ordered by it.
  void count_drops(std::uint32_t packets) noexcept { dropped_.fetch_add(packets, std::memory_order_relaxed); }

  /// Admissions so far, modulo 2^32.
  std::uint32_t admitted() const noexcept { return position_of(claim_.load(std::memory_order_relaxed)); }

  /// NAPI_STATE_SCHED. Seen set by the owner it stays set until the owner clears it.
  bool scheduled() const noexcept { return (claim_.load(std::memory_order_relaxed) & sched) != 0; }

  // --- owner only ---------------------------------------------------------------------------------------------------

  /// Nothing is in the window, and nothing has come in since the inbox fell asleep (2). SCHED alone would say as much;
  /// but where the slot at the head tells, the producers' line need not be looked at.
  bool asleep() const noexcept { return window_empty() && !is_there(head_) && !scheduled(); }

  /// Packets that the limit counts: 0 while SCHED is clear (2). From any thread: as it was a moment ago.
  std::uint32_t counted() const noexcept {
    // acquire: pairs with R1. The claims are read after it, so that they are never fewer than what was released.
    const std::uint32_t released = unpack_told(told_.load(std::memory_order_acquire)).released;
    return admitted() - released;
  }

  /// Packets that are not yet taken.
  std::uint32_t waiting() const noexcept { return admitted() - head_; }

  bool window_empty() const noexcept { return static_cast<std::int32_t>(mark_ - head_) <= 0; }

  /// Takes from the window until it is empty or the poll ends: by its quota, by `deliver`, which gets each packet and
  /// says whether to go on, or because a packet of the window is claimed but not yet published (it will be; SCHED stays
  /// set meanwhile). \return whether the poll ends. `deliver` may enqueue.
  // Never beyond the window, though slots would tell that more is there: the limit counts what is not in it, so a
  // packet would be delivered and still be in the way of the next.
  template <class Deliver>
  bool drain(Quota& quota, Deliver&& deliver) {
    const std::uint32_t first = head_;
    bool stops = false, more = true;
    while (more && !stops && quota.left != 0 && !window_empty())
      more = drain_line(quota, deliver, stops) || drain_waker(quota, deliver, stops) || enter_next_ring();
    const bool ends = stops || quota.left == 0 || !window_empty();
    if (ends && head_ != first) tell();  // else the next look does
    return ends;
  }

  /// With the window empty: falls asleep (clears SCHED) if nothing came in, and says true; else moves all that came in
  /// into the window, and says false.
  bool complete_or_look() noexcept {
    assert(window_empty());
    prefetch_for_write(&claim_);
    // relaxed: only the number of claims is taken from it; slots and rings have pairs of their own (T1, T2).
    std::uint64_t claim = claim_.load(std::memory_order_relaxed);
    // Nobody has scheduled the inbox since it fell asleep, so nothing is in it (2); whoever does will say so.
    if ((claim & sched) == 0) return true;
    take_in(claim);
    // C1, release: pairs with P1. One exchange for "empty?" and "asleep": were they two steps, a packet between them
    // would wait for ever. It fails, as it should, when a position was claimed meanwhile.
    if (position_of(claim) != head_) return false;
    if (claim_.compare_exchange_strong(claim, claim & ~sched, std::memory_order_release, std::memory_order_relaxed)) {
      waker_next_ = true;
      return true;
    }
    take_in(claim);
    return false;
  }

  /// Moves all that came in into the window.
  // relaxed: as in complete_or_look.
  void look() noexcept { take_in(claim_.load(std::memory_order_relaxed)); }

  /// \pre nothing has come in yet
  // Twice as many: what a poll has taken is told when it ends, and until then its slots are not used again.
  void reserve(std::uint32_t packets) { rings_.reserve(2 * std::min(packets, std::uint32_t{1} << 29)); }

  /// Checks the invariants; exact while no producer is active.
  void invariant() const noexcept {
    const std::uint64_t claim = claim_.load(std::memory_order_relaxed);
    [[maybe_unused]] const Told told = unpack_told(told_.load(std::memory_order_relaxed));
    [[maybe_unused]] const std::uint32_t position = position_of(claim), waits = position - head_;
    assert(mark_ - head_ <= waits);                                                                // (1)
    assert((claim & sched) != 0 || (waits == 0 && position == told.released));                     // (2)
    assert(position - told.released <= (count_ == Count::input ? waits : position - told.taken));  // (5)
    assert(position - told.taken >= waits);
    [[maybe_unused]] const std::uint32_t in_ring = position - rings_.entered(ring_of(claim));
    assert(std::min(position - told.taken, in_ring) <= AllRings::slots_of(ring_of(claim)) ||
           (claim & sched) == 0);  // (4)
  }

 private:
  static constexpr std::uint64_t sched = 1;
  static constexpr std::uint64_t waker_tag = 1;  // so that no packet is 0 in waker_
  static constexpr std::uint32_t lookahead = 8;  // packets: one cache line of slots
  static constexpr std::uint64_t pack(std::uint32_t position, std::uint32_t ring, std::uint64_t flag) {
    return std::uint64_t{position} << 32 | std::uint64_t{ring} << 1 | flag;
  }
  static constexpr std::uint32_t position_of(std::uint64_t claim) { return static_cast<std::uint32_t>(claim >> 32); }
  static constexpr std::uint32_t ring_of(std::uint64_t claim) { return static_cast<std::uint32_t>(claim) >> 1; }

  /// How far the owner is, in one word: {released : 32, taken : 32}.
  struct Told {
    std::uint32_t released;  ///< positions below it do not count against the limit
    std::uint32_t taken;     ///< the slots of positions below it may be written again
  };
  static constexpr std::uint64_t pack_told(Told told) { return std::uint64_t{told.released} << 32 | told.taken; }
  static constexpr Told unpack_told(std::uint64_t word) {
    return {static_cast<std::uint32_t>(word >> 32), static_cast<std::uint32_t>(word)};
  }

  /// Positions that a producer has made its own.
  struct Claimed {
    std::uint64_t before = 0;   ///< the word that it replaced
    std::uint32_t packets = 0;  ///< 0: none fits
    std::uint32_t ring = 0;     ///< that holds them
    std::uint32_t position() const { return position_of(before); }
    bool wakes() const { return (before & sched) == 0; }
  };

  /// Claims positions for the first of `wanted` packets: as many as fit.
  Claimed claim(std::uint32_t wanted, std::uint32_t limit, std::uint32_t others) {
    prefetch_for_write(&claim_);
    // P1, acquire: pairs with P2 of the producer that brought in the ring; without it the slot could be written before
    // the ring is visible. And with C1, after which the owner has cleared waker_, and told how far it is: a refusal
    // goes by that, and it must not be older than the claim.
    std::uint64_t claim = claim_.load(std::memory_order_acquire);
    Claimed claimed;
    std::uint64_t next = 0;
    do {
      claimed = certainly_fit(claim, wanted, limit, others) ? Claimed{claim, wanted, ring_of(claim)}
                                                            : look_again(claim, wanted, limit, others);
      if (claimed.packets == 0) return claimed;
      next = pack(position_of(claim) + claimed.packets, claimed.ring, sched);
      // P2, release: pairs with P1. It reads what P1 has read. acquire on failure: as P1. The order against C1 needs no
      // fence: both are changes of this one word, so either the owner's comes first and we see SCHED clear, or ours
      // does and its exchange fails.
    } while (!claim_.compare_exchange_weak(claim, next, std::memory_order_release, std::memory_order_acquire));
    if (claimed.ring != ring_of(claim)) rings_.succeed(ring_of(claim), {claimed.ring, position_of(claim)});
    return claimed;
  }

  /// Without memory for the rest of a burst the rest is refused: who has put in its beginning must learn whether that
  /// found the inbox asleep.
  Claimed claim_rest(std::size_t wanted, std::uint32_t limit, std::uint32_t others, const BurstAdmission& so_far) {
    try {
      return claim(static_cast<std::uint32_t>(wanted), limit, others);
    } catch (const std::bad_alloc&) {
      if (so_far.admitted == 0) throw;
      return {};
    }
  }

  /// By what the producers know of the owner: that it was there some time ago.
  bool certainly_fit(std::uint64_t claim, std::uint32_t wanted, std::uint32_t limit,
                     std::uint32_t others) const noexcept {
    // acquire: pairs with R2, and so with R1.
    const Told seen = unpack_told(seen_.load(std::memory_order_acquire));
    const std::uint32_t counted = position_of(claim) - seen.released, kept = position_of(claim) - seen.taken;
    return std::uint64_t{counted} + others + wanted <= std::uint64_t{limit} + 1 &&
           std::uint64_t{kept} + wanted <= AllRings::slots_of(ring_of(claim));
  }

  /// By what the owner tells.
  [[gnu::noinline]] Claimed look_again(std::uint64_t claim, std::uint32_t wanted, std::uint32_t limit,
                                       std::uint32_t others) {
    // acquire: pairs with R1. A refusal rests on a length that was true a moment ago.
    const std::uint64_t word = told_.load(std::memory_order_acquire);
    // R2, release: whoever goes by it must know that the owner has taken what was in the slots.
    seen_.store(word, std::memory_order_release);
    const Told told = unpack_told(word);
    const std::uint32_t position = position_of(claim), counted = position - told.released;
    // Less than nothing: the claim is one of some time ago, and the owner has come past it since. Whether the packets
    // fit is to be asked of the present one, which the exchange will bring.
    if (static_cast<std::int32_t>(counted) < 0) return {claim, wanted, ring_of(claim)};
    if (std::uint64_t{counted} + others > limit) return {};
    const std::uint32_t fit = std::min(wanted - 1, limit - counted - others) + 1;
    const std::uint32_t kept = position - told.taken;
    if (std::uint64_t{kept} + fit <= AllRings::slots_of(ring_of(claim))) return {claim, fit, ring_of(claim)};
    return {claim, fit, rings_.provide(ring_of(claim), fit)};
  }

  void put_alone(const Claimed& claimed, Item item) noexcept {
    if (claimed.wakes()) return put(waker_, item, waker_tag);
    const View ring = rings_[claimed.ring];
    put(ring[claimed.position()], item, ring.tag(claimed.position()));
  }

  void put_all(const Claimed& claimed, std::span<const Item> items) noexcept {
    if (items.size() == 1) return put_alone(claimed, items.front());
    const View ring = rings_[claimed.ring];
    std::uint32_t position = claimed.position();
    for (std::size_t i = 0; i < items.size();) {
      const std::uint64_t tag = ring.tag(position);
      for (Atomic<std::uint64_t>& slot : ring.line_from(position)) {
        put(slot, items[i], tag);
        ++position;
        if (++i == items.size()) break;
      }
    }
    // The next burst will want the lines that follow. The owner has them yet, and to get them takes time.
    for (std::uint32_t i = 0; i < items.size(); i += lookahead) prefetch_for_write(&ring[position + i]);
  }

  void put(Atomic<std::uint64_t>& slot, Item item, std::uint64_t tag) noexcept {
    // P4, release: pairs with T2; without it the owner could deliver a packet whose contents it cannot see yet.
    slot.store(SlotCodec<Item>::encode(item) | tag, std::memory_order_release);
  }

  View ring() const noexcept { return {lines_, slots_}; }
  bool is_there(std::uint32_t position) const noexcept {
    if (ring_ == 0) return false;
    // relaxed: drain() looks again.
    const std::uint64_t word = ring()[position].load(std::memory_order_relaxed);
    return (word & AllRings::tag_bits) == ring().tag(position);
  }

  /// The packets at the head that are in one cache line of slots. False if none is there.
  template <class Deliver>
  bool drain_line(Quota& quota, Deliver& deliver, bool& stops) {
    if (ring_ == 0) return false;
    const View ring = this->ring();
    std::uint32_t head = head_;
    const std::uint64_t tag = ring.tag(head);
    std::array<std::uint64_t, lookahead> words;
    const auto line = ring.line_from(head);
    const auto most = std::min({static_cast<std::uint32_t>(line.size()), quota.left, mark_ - head});
    std::uint32_t there = 0;
    for (; there < most; ++there) {
      // T2, acquire: pairs with P4.
      words[there] = line[there].load(std::memory_order_acquire) - tag;
      if ((words[there] & AllRings::tag_bits) != 0) break;
    }
    if (there == 0) return false;
    waker_next_ = false;
    // Written on another core, each is a cache miss away; asked for at once, the misses overlap.
    for (std::uint32_t i = 1; i < there; ++i) SlotCodec<Item>::prefetch(words[i]);
    const bool one_queue = count_ == Count::waiting;
    std::uint32_t i = 0;
    do {
      head_ = ++head;  // before delivery, which may throw
      if (one_queue) tell();
      stops = !deliver(SlotCodec<Item>::decode(words[i]));
    } while (++i < there && !stops);
    quota.left -= i;
    return true;
  }

  /// The packet that woke the owner, if it came alone.
  template <class Deliver>
  bool drain_waker(Quota& quota, Deliver& deliver, bool& stops) {
    if (!waker_next_) return false;
    // T2, acquire: pairs with P4.
    const std::uint64_t word = waker_.load(std::memory_order_acquire);
    if (word == 0) return false;
    // relaxed: the next one comes after C1 and P1.
    waker_.store(0, std::memory_order_relaxed);
    // Nobody wrote its slot, and what stands there is two laps old: of the same tag. relaxed: R1 tells of it.
    if (ring_ != 0) ring()[head_].store(0, std::memory_order_relaxed);
    waker_next_ = false;
    ++head_;
    --quota.left;
    if (count_ == Count::waiting) tell();
    stops = !deliver(SlotCodec<Item>::decode(word - waker_tag));
    return true;
  }

  void take_in(std::uint64_t claim) noexcept {
    mark_ = position_of(claim);
    if (count_ == Count::input) tell();
  }

  void tell() noexcept {
    // R1, release: pairs with the acquires of those who put in, and of counted(). Without it a slot could be written
    // before it was read; and the claims that are released might not be seen.
    told_.store(pack_told({count_ == Count::input ? mark_ : head_, head_}), std::memory_order_release);
  }

  /// False if the packet at the head, should there be one, belongs in the ring that the owner is at.
  bool enter_next_ring() noexcept {
    const auto next = rings_.successor(ring_);
    if (next.ring == 0 || static_cast<std::int32_t>(head_ - next.position) < 0) return false;
    ring_ = next.ring;
    const View view = rings_[next.ring];
    lines_ = view.lines;
    slots_ = view.slots;
    return true;
  }

  // Written by producers.
  alignas(cache_line) Atomic<std::uint64_t> claim_;
  Atomic<std::uint64_t> seen_;  // the producers' copy of told_: spares them the owner's cache line
  Atomic<std::uint32_t> dropped_{0};
  Atomic<std::uint64_t> waker_{0};  // where the packet that set SCHED waits: it travels with the claim it made

  // Written by the owner.
  alignas(cache_line) Atomic<std::uint64_t> told_;
  const Count count_;
  Plain<bool> waker_next_{true};  // the packet at the head is, or will be, in waker_, if it came alone
  Plain<std::uint32_t> head_;
  Plain<std::uint32_t> mark_;
  Plain<std::uint32_t> ring_{0};  // where the owner is, and that ring's View
  Plain<typename AllRings::Line*> lines_{nullptr};
  Plain<std::uint32_t> slots_{0};

  alignas(cache_line) AllRings rings_;
};

}  // namespace weir::lockfree
