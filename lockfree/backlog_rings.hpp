// Where the packets of an inbox wait: a ring of slots, and a larger one when it is full.
//
// Rings are numbered. Number 0 is none, each further one has twice the slots of the one before it. A position names the
// same slot of a ring in every lap, and the lowest bits of what is in the slot tell even laps from odd ones: so a slot
// that was written in this lap can be told from one that still holds the packet of the last, and nobody clears it.
//
// Thread safety: everything from any thread. Lock-free; `provide` allocates where the ring is not there yet.
//
// Invariants:
//   (1) A ring that is there stays until destruction.
//   (2) Each ring is left for a larger one once, at one position, and never entered again.
#pragma once
#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <new>
#include <span>

#include "lockfree/atomics.hpp"
#include "lockfree/cache_line.hpp"

namespace weir::lockfree {

template <std::uint32_t Slots, class Atomics = HostAtomics>
class Rings {
  static_assert(std::has_single_bit(Slots), "a position's slot is its low bits");
  template <class T>
  using Atomic = typename Atomics::template atomic<T>;
  static constexpr std::uint32_t slots_in_line = std::min(Slots, static_cast<std::uint32_t>(cache_line / 8));

 public:
  struct alignas(cache_line) Line {
    std::array<Atomic<std::uint64_t>, slots_in_line> slots{};  ///< 0: never written
  };

  /// A ring as who uses it knows it.
  struct View {
    Line* lines = nullptr;
    std::uint32_t slots = 0;

    /// The slots from that of `position` to the end of its cache line.
    std::span<Atomic<std::uint64_t>> line_from(std::uint32_t position) const noexcept {
      return std::span(lines[(position & (slots - 1)) / slots_in_line].slots).subspan(position % slots_in_line);
    }
    Atomic<std::uint64_t>& operator[](std::uint32_t position) const noexcept { return line_from(position).front(); }
    /// What the lowest bits are of a word that was written for `position`. A slot that was never written has 0.
    std::uint64_t tag(std::uint32_t position) const noexcept { return (position & slots) != 0 ? 2 : 1; }
  };
  static constexpr std::uint64_t tag_bits = 3;

  /// Where the packets go on that no longer fit in a ring: from `position` in `ring`. 0: it is not full yet.
  struct Successor {
    std::uint32_t ring = 0;
    std::uint32_t position = 0;
  };

  Rings() = default;
  Rings(const Rings&) = delete;
  Rings& operator=(const Rings&) = delete;
  ~Rings() {
    for (auto& level : levels_) delete[] level.lines.load(std::memory_order_relaxed);
  }

  static constexpr std::uint32_t slots_of(std::uint32_t ring) noexcept { return ring == 0 ? 0 : Slots << (ring - 1); }

  /// \pre the ring is there
  View operator[](std::uint32_t ring) const noexcept {
    // relaxed: whoever knows a number has it from `provide` or over an acquire (P1, T1), and with it the slots.
    return {levels_[ring].lines.load(std::memory_order_relaxed), slots_of(ring)};
  }

  /// The number of a ring above `ring` with at least `slots` slots, which is there. Throws std::bad_alloc when memory
  /// is exhausted.
  std::uint32_t provide(std::uint32_t ring, std::uint32_t slots) {
    // relaxed: a wish; any ring that is large enough is right.
    ring = std::max(ring + 1, least_.load(std::memory_order_relaxed));
    while (slots_of(ring) < slots) ++ring;
    if (ring >= levels_.size()) throw std::bad_alloc();
    auto& lines = levels_[ring].lines;
    // S2, acquire: pairs with S1; without it the slots might be used before they are constructed.
    Line* there = lines.load(std::memory_order_acquire);
    if (there != nullptr) return ring;
    auto* const made = new Line[slots_of(ring) / slots_in_line];
    // S1, release: pairs with S2. acquire on failure: as S2. Whoever loses the race uses the winner's ring.
    if (!lines.compare_exchange_strong(there, made, std::memory_order_release, std::memory_order_acquire))
      delete[] made;
    return ring;
  }

  /// Has the next ring hold that many at least.
  void reserve(std::uint32_t slots) { least_.store(provide(0, slots), std::memory_order_relaxed); }

  /// For who has claimed the first position that is not in `ring`.
  void succeed(std::uint32_t ring, Successor by) noexcept {
    // P3, release: pairs with T1; without it the owner could enter a ring that it cannot see yet.
    levels_[ring].successor.store(std::uint64_t{by.ring} << 32 | by.position, std::memory_order_release);
  }
  Successor successor(std::uint32_t ring) const noexcept {
    // T1, acquire: pairs with P3.
    const std::uint64_t word = levels_[ring].successor.load(std::memory_order_acquire);
    return {static_cast<std::uint32_t>(word >> 32), static_cast<std::uint32_t>(word)};
  }

  /// The first position in `ring`, for checks: it is looked for.
  std::uint32_t entered(std::uint32_t ring) const noexcept {
    for (std::uint32_t before = 0; before < ring; ++before)
      if (successor(before).ring == ring) return successor(before).position;
    return 0;
  }

 private:
  struct Level {
    Atomic<Line*> lines{nullptr};
    Atomic<std::uint64_t> successor{0};  ///< {ring : 32, position : 32}
  };
  static constexpr std::size_t levels =
      34 - std::bit_width(Slots);  // the largest has 2^31 slots: half of all positions

  std::array<Level, levels> levels_{};
  Atomic<std::uint32_t> least_{0};  ///< the smallest ring to provide
};

}  // namespace weir::lockfree
