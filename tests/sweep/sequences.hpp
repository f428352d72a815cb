// Bounded-exhaustive sweeps: every sequence of a length over a small set of operations, held against both sides.
#pragma once
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "fuzz/engine.hpp"
#include "fuzz/report.hpp"
#include "oracle/profile/fields.hpp"

namespace weir::sweep {

/// The releases at which a field of the plane changed, and the first: enough to meet each of its behaviours.
inline std::vector<const Profile*> eras(oracle::Plane plane) {
  const auto differ = [&](const Profile& a, const Profile& b) {
    for (const oracle::ProfileField& field : oracle::profile_fields)
      if (field.plane == plane && oracle::value_text(a, field) != oracle::value_text(b, field)) return true;
    return false;
  };
  std::vector<const Profile*> found;
  for (const Profile* each : releases::all)
    if (found.empty() || differ(*found.back(), *each)) found.push_back(each);
  return found;
}

struct SweepResult {
  std::uint64_t sequences = 0;
  std::string divergence;  ///< the first, as a trace; "" if there was none
};

/// Runs `prefix` followed by each sequence of exactly `length` operations of `alphabet`. Shorter sequences are their
/// prefixes, so their outcomes are compared too. Ends at the first divergence.
inline SweepResult sweep(const fuzz::Target& target, const fuzz::Input& prefix, std::span<const Op> alphabet,
                         std::size_t length) {
  SweepResult result;
  fuzz::Effort effort;
  fuzz::Input input = prefix;
  input.ops.resize(prefix.ops.size() + length);
  std::vector<std::size_t> digits(length, 0);
  for (std::size_t i = 0; i < length; ++i) input.ops[prefix.ops.size() + i] = alphabet[0];
  for (;;) {
    ++result.sequences;
    if (const auto difference = target.run(input, effort)) {
      result.divergence = fuzz::to_sentence(*difference) + "\n" + fuzz::to_trace(input, *difference);
      return result;
    }
    std::size_t at = length;
    while (at > 0 && ++digits[at - 1] == alphabet.size()) {  // the odometer carries
      digits[--at] = 0;
      input.ops[prefix.ops.size() + at] = alphabet[0];
    }
    if (at == 0) return result;
    input.ops[prefix.ops.size() + at - 1] = alphabet[digits[at - 1]];
  }
}

}  // namespace weir::sweep
