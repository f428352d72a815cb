// When may a retired object be used again? When the host has been idle once since.
//
// Every operation that follows references enters the epoch and leaves it. The epoch advances when the last operation in
// flight leaves, so whatever was retired in epoch e is out of everybody's reach in any epoch above e. A host that is
// never idle for a moment only grows; it never frees too early.
//
// Thread safety: any thread; enter is wait-free, leave is lock-free.
//
// Invariants:
//   (1) epoch does not change while active > 0, so an operation's epoch is that of its entry all along.
//   (2) epoch never decreases.
#pragma once
#include <cstdint>

#include "lockfree/atomics.hpp"

namespace weir::lockfree {

template <class Atomics = HostAtomics>
class BasicEpoch {
 public:
  /// The epoch of this operation; give it back to leave.
  std::uint64_t enter() noexcept {
    // acquire: pairs with the release in `leave`, so that an object recycled in this epoch is seen as its last user
    // left it, and what was retired in an earlier one is seen withdrawn. It need not stand before the first look at a
    // reference in any other sense: an epoch advances by a change of this one word, which comes before our entry, and
    // then we have acquired it, or after, and then it waits for us to leave.
    return word_.fetch_add(1, std::memory_order_acquire) >> active_bits;
  }

  void leave(std::uint64_t epoch) noexcept {
    std::uint64_t word = epoch << active_bits | 1;
    std::uint64_t next = (epoch + 1) << active_bits;
    // release: hands over what this operation did to the next epoch's users, also past the operations that leave after
    // it: their exchanges continue the release sequence. Without it a recycled object could still be written by an old
    // user.
    while (!word_.compare_exchange_weak(word, next, std::memory_order_release, std::memory_order_relaxed))
      next = (word & active_mask) == 1 ? (epoch + 1) << active_bits : word - 1;
  }

 private:
  static constexpr unsigned active_bits = 20;  // operations in flight: fewer than a million
  static constexpr std::uint64_t active_mask = (std::uint64_t{1} << active_bits) - 1;

  typename Atomics::template atomic<std::uint64_t> word_{std::uint64_t{1} << active_bits};
};

using Epoch = BasicEpoch<>;

/// Enters for the length of a scope.
class Operation {
 public:
  explicit Operation(Epoch& epoch) noexcept : epoch_(epoch), number_(epoch.enter()) {}
  ~Operation() { epoch_.leave(number_); }
  Operation(const Operation&) = delete;
  Operation& operator=(const Operation&) = delete;
  std::uint64_t epoch() const noexcept { return number_; }

 private:
  Epoch& epoch_;
  std::uint64_t number_;
};

}  // namespace weir::lockfree
