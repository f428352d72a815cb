// A shape: operations of which some arguments are left open, for the solver to choose.
#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "model/op.hpp"

namespace weir::proofs::diff {

/// An argument that is open: the one number of an operation (a backlog, a quota, the number that is written to a
/// sysctl), or a text. A text is runs of one byte each, so that long texts have few unknowns.
struct Hole {
  std::size_t at = 0;               ///< which operation
  std::vector<std::uint32_t> runs;  ///< lengths of the runs; empty: a number
};

struct Shape {
  std::vector<Op> ops;
  std::vector<Hole> holes;  ///< in the order of the operations, at most one each
  std::size_t steps = 1;    ///< of the story that the shape tells: a setting, a server, a crowd of clients, a call

  void add(Op operation) { ops.push_back(std::move(operation)); }
  void add_open(Op operation, std::vector<std::uint32_t> runs = {}) {
    holes.push_back({ops.size(), std::move(runs)});
    ops.push_back(std::move(operation));
  }
};

/// What fills the holes, in their order: a number is one value, a text one value a run.
using Values = std::vector<std::int64_t>;

/// The first `count` operations of the shape with their holes filled. \pre as many values as those holes take
std::vector<Op> filled(const Shape& shape, std::size_t count, const Values& values);

}  // namespace weir::proofs::diff
