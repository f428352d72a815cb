// Cases for live targets: drawn from the one generator, held against a reference host, compared outcome by outcome.
//
//   LiveCases cases;                              // the generator, kept to what a live kernel can be asked
//   cases.fill(rng, ops);
//   const LiveResult result = compare_live(kernel, reference, ops, effort);
//
// Namespace 0 of a target is the machine's own and out of bounds, so every case begins with `netns` and the generator's
// namespace n is the case's n + 1.
#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "fuzz/differential.hpp"
#include "fuzz/generator.hpp"
#include "fuzz/live_exclusions.hpp"
#include "oracle/targets/linux.hpp"

namespace weir::fuzz {

class LiveCases {
 public:
  explicit LiveCases(std::uint32_t length = 32)
      : generate_({.weights = sysctl_plane + listen_plane, .length = length, .namespaces = 2, .allow = askable}) {}

  /// A whole case: `netns`, then as many operations as were asked for.
  void fill(Rng& rng, std::vector<Op>& ops) {
    generate_.fill(rng, ops);
    for (Op& each : ops) shift_namespace(each);
    ops.insert(ops.begin(), Op{op::Netns{}});
  }

 private:
  static void shift_namespace(Op& operation) {
    std::visit(
        [](auto& each) {
          if constexpr (requires { each.ns; }) ++each.ns.id;
        },
        operation);
  }

  static bool askable(const Op& operation) {
    Op shifted = operation;
    shift_namespace(shifted);
    return oracle::LinuxTarget::supported(shifted);
  }

  Generator generate_;
};

/// What a campaign against a live target tells beside its findings.
struct LiveEffort {
  std::uint64_t cases = 0;
  std::uint64_t operations = 0;  ///< compared, without the probes
  std::uint64_t probes = 0;
  std::uint64_t late = 0;      ///< cases thrown away because they took too long
  std::uint64_t excluded = 0;  ///< cases cut short at an operation of the table of exclusions
};

struct LiveResult {
  std::optional<Difference> difference;
  std::string error;  ///< the target failed: neither agreement nor a finding
};

namespace detail {

/// The reference's side of a case: operations up to the first that is excluded, then probes, with what they answer.
template <class Reference>
std::size_t run_reference(Reference& reference, std::vector<Op>& ops, std::vector<Outcome>& expected,
                          LiveEffort& effort) {
  Scope scope;
  LiveExclusions exclusions;
  for (std::size_t i = 0; i < ops.size(); ++i) {
    if (exclusions.excludes(ops[i])) {
      ++effort.excluded;
      ops.resize(i);
      break;
    }
    expected.push_back(reference.step(ops[i]));
    exclusions.note(ops[i], expected.back());
    scope.note(ops[i], expected.back());
  }
  const std::size_t length = ops.size();
  Outcome outcome;
  probe(scope, releases::linux_6_18, [&](const Op& operation) -> const Outcome* {
    outcome = reference.step(operation);
    if (oracle::LinuxTarget::supported(operation)) {
      ops.push_back(operation);
      expected.push_back(outcome);
    }
    return &outcome;
  });
  return length;
}

}  // namespace detail

/// \param reference  a fresh host
template <class Reference>
LiveResult compare_live(oracle::LinuxTarget& kernel, Reference& reference, std::vector<Op> ops, LiveEffort& effort) {
  std::vector<Outcome> expected;
  const std::size_t length = detail::run_reference(reference, ops, expected, effort);
  oracle::LinuxTarget::Run ran = kernel.run(ops);
  if (ran.status == oracle::LinuxTarget::Status::failed) return {std::nullopt, std::move(ran.error)};
  if (ran.status == oracle::LinuxTarget::Status::late) {
    ++effort.late;
    return {};
  }
  ++effort.cases;
  for (std::size_t i = 0; i < ops.size(); ++i) {
    ++(i < length ? effort.operations : effort.probes);
    if (!(expected[i] == ran.outcomes[i]))
      return {Difference{i, i >= length, ops[i], expected[i], std::move(ran.outcomes[i])}, {}};
  }
  return {};
}

}  // namespace weir::fuzz
