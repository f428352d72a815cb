// Changes a case operation by operation: insert, delete, duplicate, swap, draw one field again, splice two cases. Works
// on operations, so that every mutant is again a sequence of whole operations.
#pragma once
#include <algorithm>
#include <cstddef>
#include <span>
#include <utility>
#include <vector>

#include "fuzz/decoder.hpp"
#include "fuzz/generator.hpp"
#include "fuzz/rng.hpp"

namespace weir::fuzz {

class Mutator {
 public:
  explicit Mutator(GeneratorOptions options) : generator_(std::move(options)) {}

  /// One or two changes. An empty case gains an operation; none grows beyond max_ops.
  void mutate(Rng& rng, std::vector<Op>& ops) {
    for (auto changes = 1 + rng.below(2); changes > 0; --changes) mutate_once(rng, ops);
  }

  /// The first part of one case, then the last part of another.
  void splice(Rng& rng, std::vector<Op>& ops, std::span<const Op> other) {
    const std::size_t keep = rng.below(ops.size() + 1);
    const std::size_t from = rng.below(other.size() + 1);
    ops.resize(keep);
    for (std::size_t i = from; i < other.size() && ops.size() < max_ops; ++i) ops.push_back(other[i]);
  }

 private:
  void mutate_once(Rng& rng, std::vector<Op>& ops) {
    const auto kind = rng.below(8);
    if (ops.empty() || (kind < 2 && ops.size() < max_ops)) return insert(rng, ops);
    const auto at = rng.below(ops.size());
    if (kind == 2) {
      ops.erase(ops.begin() + at);
    } else if (kind == 3 && ops.size() < max_ops) {
      const Op copy = ops[at];
      ops.insert(ops.begin() + rng.below(ops.size() + 1), copy);
    } else if (kind == 4) {
      std::swap(ops[at], ops[rng.below(ops.size())]);
    } else {
      follow(ops, ops.size());
      generator_.redraw_field(rng, ops[at]);
    }
  }

  void insert(Rng& rng, std::vector<Op>& ops) {
    const auto at = rng.below(ops.size() + 1);
    follow(ops, at);
    Op fresh;
    generator_.next(rng, fresh);
    ops.insert(ops.begin() + at, std::move(fresh));
  }

  void follow(const std::vector<Op>& ops, std::size_t count) {
    generator_.restart();
    for (std::size_t i = 0; i < count; ++i) generator_.follow(ops[i]);
  }

  Generator generator_;
};

}  // namespace weir::fuzz
