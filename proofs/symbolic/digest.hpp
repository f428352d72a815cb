// A number that stands for a solver term: the same in every context and process, whatever was built before it.
#pragma once
#include <z3++.h>

#include <cstdint>
#include <string_view>
#include <unordered_map>

namespace weir::proofs {

/// 128 bits, so that two terms with the same digest are the same term for all that matters.
struct Digest {
  std::uint64_t high = 0, low = 0;

  /// What has been put in, in that order.
  void put(std::uint64_t value);
  void put(std::string_view text);
  void put(const Digest& other) {
    put(other.high);
    put(other.low);
  }
  friend bool operator==(const Digest&, const Digest&) = default;
};

/// Digests of the terms of one context. A term is visited once, however often it is shared. The operands of operations
/// in which order does not matter are taken without one, since the solver sorts them by when they were made.
class TermDigests {
 public:
  Digest of(const z3::expr& term);
  /// Needed before the context ends.
  void clear() { known_.clear(); }

 private:
  struct Known {
    z3::expr term;  ///< kept, so that no other term takes its number
    Digest digest;
  };
  Digest compute(const z3::expr& term);

  std::unordered_map<unsigned, Known> known_;
};

}  // namespace weir::proofs
