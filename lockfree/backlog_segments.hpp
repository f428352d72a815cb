// Where the packets of an inbox wait: segments of slots, named by number, recycled without a lock.
//
// A segment is known by a 31-bit id so that it fits beside a position in one word. Segments are never freed while the
// pool lives, only recycled: an id always names readable memory, so no hazard pointers are needed.
//
// Thread safety: acquire, release and operator[] may be called from any thread. Lock-free; acquire allocates only when
// more segments are in use than ever before (reserve() does that beforehand).
//
// Invariants:
//   (1) An id that acquire returned belongs to the caller alone until it is given to release.
//   (2) Slab k holds the ids [2^k, 2^(k+1)); once installed it stays until destruction. Id 0 names nothing.
//   (3) A segment in the pool has all slots 0 and next 0.
#pragma once
#include <array>
#include <bit>
#include <cassert>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "lockfree/atomics.hpp"

namespace weir::lockfree {

/// Ask the cache for the line of `address`, ready to be written: a line that is first read and then written crosses
/// between cores twice.
inline void prefetch_for_write([[maybe_unused]] const void* address) noexcept {
#if defined(__x86_64__) && defined(__GNUC__)
  // Not __builtin_prefetch(address, 1): without -mprfchw that is a prefetch for reading.
  asm volatile("prefetchw %0" : : "m"(*static_cast<const char*>(address)));
#endif
}

inline constexpr std::size_t cache_line = 64;

template <std::uint32_t Slots, class Atomics = HostAtomics>
class SegmentPool {
  static_assert(std::has_single_bit(Slots), "a position's slot is its low bits");
  template <class T>
  using Atomic = typename Atomics::template atomic<T>;

 public:
  struct alignas(cache_line) Segment {
    std::array<Atomic<std::uint64_t>, Slots> slots{};  ///< 0: nothing published
    Atomic<std::uint32_t> next{0};                     ///< id of the segment that follows; 0: not linked yet
    Atomic<std::uint32_t> next_free{0};                ///< id of the segment below on the free stack
  };

  SegmentPool() = default;
  SegmentPool(const SegmentPool&) = delete;
  SegmentPool& operator=(const SegmentPool&) = delete;
  ~SegmentPool() {
    for (auto& slab : slabs_) delete[] slab.load(std::memory_order_relaxed);
  }

  Segment& operator[](std::uint32_t id) noexcept {
    const auto level = static_cast<std::uint32_t>(std::bit_width(id)) - 1;
    // relaxed: whoever knows an id has it from `fresh` or over an acquire (F1, P1, T1), and with it the slab.
    return slabs_[level].load(std::memory_order_relaxed)[id - (1U << level)];
  }

  /// The id of a segment for the caller alone. Throws std::bad_alloc when memory is exhausted.
  std::uint32_t acquire() {
    // F1, acquire: pairs with F2; the taker must see the slots as the releaser emptied them.
    std::uint64_t top = free_.load(std::memory_order_acquire);
    while (id_of(top) != 0) {
      // relaxed: a stale value is caught by the tag in the exchange below (a segment that was taken and returned
      // meanwhile carries the same id but another tag).
      const std::uint32_t below = (*this)[id_of(top)].next_free.load(std::memory_order_relaxed);
      // relaxed on success: it reads what F1 has read, as the tag tells. acquire on failure: as F1.
      if (free_.compare_exchange_weak(top, pack(tag_of(top) + 1, below), std::memory_order_relaxed,
                                      std::memory_order_acquire))
        return id_of(top);
    }
    return fresh();
  }

  /// Gives back a segment that satisfies invariant (3) and that nobody will touch again.
  void release(std::uint32_t id) noexcept {
    Segment& segment = (*this)[id];
    std::uint64_t top = free_.load(std::memory_order_relaxed);
    do {
      segment.next_free.store(id_of(top), std::memory_order_relaxed);
      // F2, release: pairs with F1; without it the next user could find our old packets in the slots.
    } while (!free_.compare_exchange_weak(top, pack(tag_of(top) + 1, id), std::memory_order_release,
                                          std::memory_order_relaxed));
  }

  /// Allocates until `count` segments exist, so that acquire need not while no more than those are in use.
  void reserve(std::uint32_t count) {
    std::vector<std::uint32_t> taken;
    for (std::uint32_t i = 0; i < count; ++i) taken.push_back(acquire());
    for (const std::uint32_t id : taken) release(id);
  }

 private:
  static constexpr std::size_t levels = 24;  // 2^24 segments: more slots than 32-bit positions can tell apart
  static constexpr std::uint64_t pack(std::uint32_t tag, std::uint32_t id) { return std::uint64_t{tag} << 32 | id; }
  static constexpr std::uint32_t id_of(std::uint64_t word) { return static_cast<std::uint32_t>(word); }
  static constexpr std::uint32_t tag_of(std::uint64_t word) { return static_cast<std::uint32_t>(word >> 32); }

  std::uint32_t fresh() {
    // relaxed: the number alone is claimed; what it names is published through S1, and with the id by whoever took it.
    const std::uint32_t id = 1 + used_.fetch_add(1, std::memory_order_relaxed);
    const auto level = static_cast<std::uint32_t>(std::bit_width(id)) - 1;
    assert(level < levels);
    // S2, acquire: pairs with S1; without it the segment might be used before it is constructed.
    Segment* installed = slabs_[level].load(std::memory_order_acquire);
    if (installed == nullptr) {
      auto* const made = new Segment[std::size_t{1} << level];
      // S1, release: pairs with S2. acquire on failure: as S2. Whoever loses the race uses the winner's slab.
      if (!slabs_[level].compare_exchange_strong(installed, made, std::memory_order_release, std::memory_order_acquire))
        delete[] made;
    }
    return id;
  }

  std::array<Atomic<Segment*>, levels> slabs_{};
  Atomic<std::uint64_t> free_{0};  // a stack: {tag, id of the top segment}
  Atomic<std::uint32_t> used_{0};  // ids handed out so far
};

}  // namespace weir::lockfree
