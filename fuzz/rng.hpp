// The random numbers of generators and mutators: splitmix64. Small state, one multiply-and-shift chain a draw, and the
// same sequence everywhere for the same seed, so that a seed is a reproduction.
#pragma once
#include <cstddef>
#include <cstdint>

namespace weir::fuzz {

class Rng {
 public:
  explicit constexpr Rng(std::uint64_t seed) : state_(seed) {}

  constexpr std::uint64_t next() {
    state_ += 0x9e3779b97f4a7c15;
    std::uint64_t mixed = state_;
    mixed = (mixed ^ mixed >> 30) * 0xbf58476d1ce4e5b9;
    mixed = (mixed ^ mixed >> 27) * 0x94d049bb133111eb;
    return mixed ^ mixed >> 31;
  }

  /// 0 .. bound - 1; bound is at least 1. The bias (bound / 2^32) does not matter here.
  constexpr std::uint32_t below(std::size_t bound) {
    return static_cast<std::uint32_t>((next() >> 32) * static_cast<std::uint64_t>(bound) >> 32);
  }

  /// True in `part` of `whole` draws.
  constexpr bool chance(std::uint32_t part, std::uint32_t whole) { return below(whole) < part; }

  /// One element of a non-empty array-like.
  template <class Pool>
  constexpr const auto& pick(const Pool& pool) {
    return pool[below(pool.size())];
  }

 private:
  std::uint64_t state_;
};

}  // namespace weir::fuzz
