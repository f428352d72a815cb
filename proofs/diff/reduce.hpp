// Makes a witness as small as it gets: without operations that it does not need, with shorter texts, nearer numbers.
#pragma once
#include "proofs/diff/diff.hpp"

namespace weir::proofs::diff {

/// What the operations are a witness of, if of anything; found by running the four kernels.
std::optional<Kind> kind_of(const Kernels& kernels, const std::vector<Op>& ops);

/// Calls `found` with what the operations, and they with each single reading behind them, are witnesses of.
void witnesses_in(const Kernels& kernels, const std::vector<Op>& ops, const std::vector<Op>& readings,
                  const std::function<void(const Witness&)>& found);

/// A witness from which no operation can be left out. \pre it replays
Witness reduce(const Kernels& kernels, Witness witness);

}  // namespace weir::proofs::diff
