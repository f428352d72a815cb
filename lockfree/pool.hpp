// Objects by index, handed out and taken back without locks. Index 0 is "none".
//
// T has two members for the pool's own use: atomic<uint32_t> pool_link and atomic<uint64_t> pool_stamp.
//
// Thread safety: any thread, inside an epoch (epoch.hpp).
//
// Invariants:
//   (1) An object is either in use or on the list of retired ones, never both.
//   (2) An object retired in epoch e is handed out again only in an epoch above e.
#pragma once
#include <cstdint>

#include "lockfree/atomics.hpp"
#include "lockfree/segmented.hpp"

namespace weir::lockfree {

template <class T, std::uint32_t first, class Atomics = HostAtomics>
class Pool {
 public:
  T& operator[](std::uint32_t index) { return slots_.at(index); }

  /// Above every index that was handed out so far.
  std::uint32_t end() const {
    // relaxed: a bound for a walk, which judges each slot by itself.
    return next_.load(std::memory_order_relaxed);
  }

  std::uint32_t allocate(std::uint64_t epoch) {
    // acquire: pairs with the release in `retire`; without it link and stamp of the top might be those of earlier days.
    std::uint64_t top = retired_.load(std::memory_order_acquire);
    while (const std::uint32_t index = index_of(top)) {
      T& slot = slots_.at(index);
      // relaxed: ordered by the acquire of `top`; a value read after another thread took the slot is discarded, because
      // then the tag has moved on and the exchange fails.
      if (slot.pool_stamp.load(std::memory_order_relaxed) >= epoch) break;
      const std::uint64_t below = successor(top, slot.pool_link.load(std::memory_order_relaxed));
      // relaxed on success: it reads the top that was acquired, as the tag tells. acquire on failure: as above.
      if (retired_.compare_exchange_weak(top, below, std::memory_order_relaxed, std::memory_order_acquire))
        return index;
    }
    // relaxed: the number alone matters; the slot itself is fresh memory.
    return next_.fetch_add(1, std::memory_order_relaxed);
  }

  /// \pre no new reference to the object can be obtained any more.
  void retire(std::uint32_t index, std::uint64_t epoch) {
    T& slot = slots_.at(index);
    slot.pool_stamp.store(epoch, std::memory_order_relaxed);  // relaxed: published by the exchange below
    std::uint64_t top = retired_.load(std::memory_order_relaxed);
    do {
      slot.pool_link.store(index_of(top), std::memory_order_relaxed);  // relaxed: as above
      // release: publishes link and stamp to the acquire in `allocate`.
    } while (!retired_.compare_exchange_weak(top, successor(top, index), std::memory_order_release,
                                             std::memory_order_relaxed));
  }

 private:
  static constexpr std::uint32_t index_of(std::uint64_t word) { return static_cast<std::uint32_t>(word); }
  // The upper half counts changes, so that a top that left and came back is not taken for the one that was read.
  static constexpr std::uint64_t successor(std::uint64_t word, std::uint32_t index) {
    return ((word >> 32) + 1) << 32 | index;
  }
  template <class U>
  using Atomic = typename Atomics::template atomic<U>;

  Segmented<T, first, 1u << 28, Atomics> slots_;
  Atomic<std::uint32_t> next_{1};
  Atomic<std::uint64_t> retired_{0};
};

}  // namespace weir::lockfree
