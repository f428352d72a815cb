// Runs the same operations on two hosts and compares every outcome, then their final states by probing.
//
//   auto difference = compare<model::Host<Concrete>, lockfree::Host>(input);
//
// The first host is the reference: its outcome is "expected", and the probes follow it.
#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <variant>
#include <vector>

#include "fuzz/decoder.hpp"
#include "fuzz/probes.hpp"
#include "model/outcome.hpp"
#include "model/vocabulary/host_options.hpp"

namespace weir::fuzz {

/// The first operation on which two hosts did not answer the same.
struct Difference {
  std::size_t index = 0;  ///< operations that both answered alike before it, probes included
  bool in_probe = false;  ///< the operation is a probe of the final state, not part of the input
  Op operation;
  Outcome expected;
  Outcome observed;
  std::uint64_t path = 0;         ///< of the model through its clauses in that operation, hashed; 0: not recorded
  std::vector<Op> recorded = {};  ///< what took place, where the target has a say in it; `index` is a place in it
};

/// What a comparison may tell, for rates and coverage.
struct Effort {
  std::uint64_t operations = 0;  ///< compared, without the probes
  std::uint64_t probes = 0;
};

namespace detail {

/// As operator==, quick for the most frequent kind of outcome.
inline bool same(const Outcome& a, const Outcome& b) {
  if (const auto* returned = std::get_if<outcome::Returned>(&a)) {
    const auto* other = std::get_if<outcome::Returned>(&b);
    return other != nullptr && *returned == *other;
  }
  return a == b;
}

}  // namespace detail

template <class Expected, class Observed>
std::optional<Difference> compare(const Input& input, Expected& reference, Observed& subject, Effort& effort) {
  Scope scope;
  for (std::size_t i = 0; i < input.ops.size(); ++i) {
    const Outcome expected = reference.step(input.ops[i]);
    const Outcome observed = subject.step(input.ops[i]);
    ++effort.operations;
    if (!detail::same(expected, observed)) return Difference{i, false, input.ops[i], expected, observed};
    if (std::holds_alternative<outcome::Oops>(expected)) return std::nullopt;  // nothing is defined from here on
    scope.note(input.ops[i], expected);
  }
  std::optional<Difference> difference;
  std::size_t index = input.ops.size();
  probe(scope, [&](const Op& operation) {
    const Outcome expected = reference.step(operation);
    const Outcome observed = subject.step(operation);
    ++effort.probes;
    if (!detail::same(expected, observed)) {
      difference = Difference{index, true, operation, expected, observed};
      return Glimpse{.go_on = false};
    }
    ++index;
    return Glimpse::of(expected);
  });
  return difference;
}

/// On fresh hosts.
template <class Expected, class Observed>
std::optional<Difference> compare(const Input& input, Effort& effort) {
  Expected reference(*input.profile, input.options);
  Observed subject(*input.profile, input.options);
  return compare(input, reference, subject, effort);
}

template <class Expected, class Observed>
std::optional<Difference> compare(const Input& input) {
  Effort effort;
  return compare<Expected, Observed>(input, effort);
}

}  // namespace weir::fuzz
