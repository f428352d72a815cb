// Litmus tests: programs of a few accesses whose executions are known.
//
//     for (const Litmus& test : litmus_tests()) {
//       const LitmusCount machine = count_by_machine(test), axioms = count_by_axioms(test);
//
// A body gets the cells, which are all 0 at first, and a row of results of its own.
#pragma once
#include <array>
#include <cstdint>
#include <functional>
#include <string_view>
#include <vector>

#include "proofs/memory/atomic.hpp"
#include "proofs/memory/event.hpp"

namespace weir::proofs::memory {

inline constexpr std::size_t cell_count = 4;
struct Cells {
  std::array<Atomic<long>, cell_count> at;
  Atomic<long>&x = at[0], &y = at[1], &z = at[2], &w = at[3];
  Plain<long> data{0};
};
using Row = std::array<long, 6>;

/// What an execution has come to: each thread's row, and the last value of each cell.
struct Outcome {
  std::array<Row, max_threads> r{};
  std::array<long, cell_count> last{};
};

struct Litmus {
  using Body = std::function<void(Cells& cells, Row& r)>;
  using Predicate = bool (*)(const Outcome& outcome);

  std::string_view name;
  std::string_view source;  ///< where it comes from
  std::vector<Body> threads;
  /// Execution graphs under RC11 and under sequential consistency, as published; -1: none is.
  int rc11 = -1;
  int sc = -1;
  Predicate outcome = nullptr;  ///< the outcome that is asked for, if any
  bool allowed = false;         ///< whether C++20 allows it
};

/// Those with published counts, then those with a verdict.
const std::vector<Litmus>& litmus_tests();
std::vector<Litmus> counted_litmus_tests();
std::vector<Litmus> judged_litmus_tests();

struct LitmusCount {
  std::uint64_t rc11 = 0;
  std::uint64_t sc = 0;
  bool outcome_seen = false;
  bool exhausted = true;
  friend bool operator==(const LitmusCount&, const LitmusCount&) = default;
};
LitmusCount count_by_machine(const Litmus& test, unsigned workers = 1);
/// At most 64 accesses and fences, initial writes included; no weak compare-exchange.
LitmusCount count_by_axioms(const Litmus& test);

/// Whether the counts are as published and the outcome is seen where it is allowed, and only there.
bool as_published(const Litmus& test, const LitmusCount& count);

}  // namespace weir::proofs::memory
