// Runs the same operations on two hosts and compares every outcome, then their final states by probing.
//
//   auto difference = compare<model::Host<Concrete>, lockfree::Host>(input);
//
// The first host is the reference: its outcome is "expected", and the probes follow it.
#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>

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
};

/// What a comparison may tell, for rates and coverage.
struct Effort {
  std::uint64_t operations = 0;  ///< compared, without the probes
  std::uint64_t probes = 0;
};

namespace detail {

/// After an Oops nothing is defined, so nothing more is compared.
inline bool ended(const Outcome& outcome) { return std::holds_alternative<outcome::Oops>(outcome); }

}  // namespace detail

template <class Expected, class Observed>
std::optional<Difference> compare(const Input& input, Expected& reference, Observed& subject, Effort& effort) {
  Scope scope{.cpus = input.options.cpus};
  for (std::size_t i = 0; i < input.ops.size(); ++i) {
    const Outcome expected = reference.step(input.ops[i]);
    Outcome observed = subject.step(input.ops[i]);
    ++effort.operations;
    if (!(expected == observed)) return Difference{i, false, input.ops[i], expected, std::move(observed)};
    if (detail::ended(expected)) return std::nullopt;
    scope.note(input.ops[i], expected);
  }
  std::optional<Difference> difference;
  std::size_t index = input.ops.size();
  Outcome expected;
  probe(scope, *input.profile, [&](const Op& operation) -> const Outcome* {
    expected = reference.step(operation);
    Outcome observed = subject.step(operation);
    ++effort.probes;
    ++index;
    if (!(expected == observed)) {
      difference = Difference{index - 1, true, operation, expected, std::move(observed)};
      return nullptr;
    }
    return detail::ended(expected) ? nullptr : &expected;
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
