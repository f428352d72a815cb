// An array that grows without moving: the first segment is inline, each further one doubles the whole.
//
// Thread safety: `at` may be called from any thread; it is lock-free (a segment that two threads allocate at once is
// installed by one and freed by the other).
//
// Invariants:
//   (1) An element never moves, so a reference stays good for the life of the array.
//   (2) Segment k >= 1 holds elements [first << (k-1), first << k); an installed segment is never replaced.
#pragma once
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <memory>

#include "lockfree/atomics.hpp"

namespace weir::lockfree {

/// \tparam first elements of the inline segment, a power of two.
/// \tparam capacity elements at most, a power of two above `first`.
template <class T, std::uint32_t first, std::uint32_t capacity, class Atomics = HostAtomics>
class Segmented {
  static_assert(std::has_single_bit(first) && std::has_single_bit(capacity) && first < capacity);

 public:
  static constexpr std::uint32_t max_size = capacity;

  Segmented() = default;
  Segmented(const Segmented&) = delete;
  Segmented& operator=(const Segmented&) = delete;
  ~Segmented() {
    // relaxed: whoever destroys the array has already synchronised with all its users.
    for (auto& segment : more_) delete[] segment.load(std::memory_order_relaxed);
  }

  /// \pre index < capacity. Allocates the element's segment at its first use.
  T& at(std::uint32_t index) {
    if (index < first) return inline_[index];
    const auto k = static_cast<std::uint32_t>(std::bit_width(index / first));
    const std::uint32_t begin = first << (k - 1);
    return segment(k, begin)[index - begin];
  }

  /// nullptr where nobody has asked for that element's segment with `at`; never allocates.
  T* find(std::uint32_t index) {
    if (index < first) return &inline_[index];
    if (index >= capacity) return nullptr;
    const auto k = static_cast<std::uint32_t>(std::bit_width(index / first));
    // acquire: pairs with the exchange in `segment`; without it the elements' initial values might not be seen.
    T* const elements = more_[k - 1].load(std::memory_order_acquire);
    return elements == nullptr ? nullptr : &elements[index - (first << (k - 1))];
  }

 private:
  static constexpr std::size_t segments = std::bit_width(capacity / first) - 1;
  template <class U>
  using Atomic = typename Atomics::template atomic<U>;

  T* segment(std::uint32_t k, std::uint32_t size) {
    Atomic<T*>& place = more_[k - 1];
    // acquire: as in `find`.
    if (T* const there = place.load(std::memory_order_acquire)) return there;
    auto fresh = std::make_unique<T[]>(size);
    T* installed = nullptr;
    // release: publishes the fresh elements to the acquire loads above. acquire on failure: the other thread's.
    if (place.compare_exchange_strong(installed, fresh.get(), std::memory_order_release, std::memory_order_acquire))
      return fresh.release();
    return installed;
  }

  std::array<T, first> inline_{};
  std::array<Atomic<T*>, segments> more_{};
};

}  // namespace weir::lockfree
