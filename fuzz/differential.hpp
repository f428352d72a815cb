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

/// As operator==, where the operation tells which kinds of outcome there can be.
template <class Operation>
bool same(const Outcome& a, const Outcome& b) {
  if (a.index() != b.index()) return false;
  if (const auto* returned = std::get_if<outcome::Returned>(&a))
    return *returned == *std::get_if<outcome::Returned>(&b);
  if (const auto* answer = std::get_if<AnswerTo<Operation>>(&a))
    return *answer == *std::get_if<AnswerTo<Operation>>(&b);
  return a == b;
}

/// Two hosts, side by side.
template <class Expected, class Observed>
struct Pair {
  Expected& reference;
  Observed& subject;
  std::optional<Difference> difference = {};

  /// Has both perform it, and hands on what they answer if that is the same; false if it is not.
  template <class Operation, class Note>
  bool step(const Operation& operation, Note&& note) {
    // Chosen by the operation once: hosts, comparison and note know what it is.
    const Outcome expected = reference.answer(operation);
    const Outcome observed = subject.answer(operation);
    if (same<Operation>(expected, observed)) [[likely]] {
      note(operation, expected);
      return true;
    }
    differ(operation, expected, observed);
    return false;
  }

  [[gnu::noinline, gnu::cold]] void differ(const Op& operation, const Outcome& expected, const Outcome& observed) {
    difference = Difference{0, false, operation, expected, observed};
  }
};

}  // namespace detail

template <class Expected, class Observed>
std::optional<Difference> compare(const Input& input, Expected& reference, Observed& subject, Effort& effort) {
  detail::Pair<Expected, Observed> both{reference, subject};
  Scope scope;
  std::size_t index = 0;
  bool crashed = false;
  for (; index < input.ops.size() && !crashed; ++index) {
    const auto note = [&](const auto& operation, const Outcome& outcome) {
      crashed = std::holds_alternative<outcome::Oops>(outcome);
      scope.note(operation, outcome);
    };
    const bool alike = std::visit([&](const auto& each) { return both.step(each, note); }, input.ops[index]);
    ++effort.operations;
    if (!alike) break;
  }
  if (crashed) return std::nullopt;  // nothing is defined from here on
  if (both.difference) {
    both.difference->index = index;
    return both.difference;
  }
  probe(scope, [&](const auto& operation) {
    Glimpse seen{.go_on = false};
    ++effort.probes;
    if (both.step(operation, [&](const auto&, const Outcome& outcome) { seen = Glimpse::of(outcome); })) ++index;
    return seen;
  });
  if (both.difference) both.difference->index = index, both.difference->in_probe = true;
  return both.difference;
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
