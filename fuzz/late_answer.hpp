// A remote peer that takes its time: it sends a SYN, then nothing until some timer is about to end, or has just done
// so, and then the ACK. What a SYN leaves behind, be it a request or the memory that a cookie was sent, lives for so
// long.
//
//   late.begin(rng, segment);            // perhaps, after each op::Segment
//   if (late.draw(rng, into)) …          // the wait, then the ACK
#pragma once
#include <array>
#include <cstdint>

#include "fuzz/rng.hpp"
#include "model/op.hpp"

namespace weir::fuzz {

class LateAnswer {
 public:
  void restart() { left_ = 0; }

  void begin(Rng& rng, const op::Segment& segment) {
    if (segment.flags != Flags::s || !rng.chance(1, 2)) return;
    answer_ = segment;
    left_ = 2;
  }

  bool draw(Rng& rng, Op& into) {
    if (left_ == 0) return false;
    if (--left_ == 1) {
      into = op::Advance{{rng.pick(spans) + rng.below(2)}};
    } else {
      answer_.flags = rng.chance(3, 4) ? Flags::a : Flags::pa;
      answer_.len = answer_.flags == Flags::pa ? 1 : 0;
      into = answer_;
    }
    return true;
  }

 private:
  /// ms: the SYN-ACK's timers one after another, from a first one of a second and of three; then the minutes that a
  /// cookie is good for. What is remembered of one ends with two of these, 3 s in old releases and 120 s.
  static constexpr auto spans = std::to_array<std::uint32_t>({1000, 3000, 7000, 15000, 31000, 63000, 60000, 120000});

  std::uint32_t left_ = 0;  ///< operations still to come
  op::Segment answer_;
};

}  // namespace weir::fuzz
