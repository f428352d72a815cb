// What an exploration asked and what it was told, in order.
//
// A program that asks the same once more, and is told the same, takes the same paths and makes the same claims: it need
// not be put to the solver again. So one exploration speaks for every kernel, and every later version of the spec, for
// which the program asks no other question. What is asked is compared by digest.
#pragma once
#include <cstdint>
#include <vector>

#include "proofs/symbolic/digest.hpp"

namespace weir::proofs {

enum class Asked : std::uint8_t {
  decision,    ///< which side of a branch, and is the other feasible too
  assumption,  ///< is anything left
  claim,       ///< can it be false
  search,      ///< can it be true
};

enum class Told : std::uint8_t {
  no,
  yes,
  no_or_yes,  ///< a decision: this side first, and the other is feasible
  yes_or_no,
  nothing,  ///< the solver gave up, and with it the exploration ended
};

struct Transcript {
  struct Event {
    Asked asked{};
    Told told{};
    std::uint32_t what = 0;  ///< part of the digest of the term: a difference is noticed at once
  };
  std::vector<Event> events;
  Digest digest;  ///< of all questions, whole

  static std::uint32_t part(const Digest& term) { return static_cast<std::uint32_t>(term.low); }

  void put(Asked asked, Told told, const Digest& term) {
    events.push_back({asked, told, part(term)});
    digest.put(static_cast<std::uint64_t>(asked));
    digest.put(term);
  }
};

}  // namespace weir::proofs
