// How much of the past somebody knows: for each thread the number of its events, for each location the stamp of the
// newest message.
#pragma once
#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

namespace weir::proofs::memory {

inline constexpr std::size_t max_threads = 4;
inline constexpr std::size_t max_locations = 60;

/// The lanes: clocks first, then locations. Nobody looks at more than `used` of them, so nothing else is ever written.
/// Signed, because that is the comparison which a baseline x86-64 has for four of them at once.
class View {
 public:
  static constexpr std::size_t lanes = max_threads + max_locations;

  std::int32_t clock(std::size_t thread) const { return lanes_[thread]; }
  std::int32_t stamp(std::size_t location) const { return lanes_[max_threads + location]; }
  void set_clock(std::size_t thread, std::int32_t events) { lanes_[thread] = events; }
  void set_stamp(std::size_t location, std::int32_t stamp) { lanes_[max_threads + location] = stamp; }

  void clear(std::size_t used) { std::fill_n(lanes_.begin(), used, 0); }
  void copy(const View& other, std::size_t used) { std::copy_n(other.lanes_.begin(), used, lanes_.begin()); }
  void join(const View& other, std::size_t used) {
    for (std::size_t i = 0; i < used; ++i) lanes_[i] = std::max(lanes_[i], other.lanes_[i]);
  }

 private:
  std::array<std::int32_t, lanes> lanes_;
};

}  // namespace weir::proofs::memory
