// What the view machine does not decide: seq_cst.
//
// RC11 asks that a relation between the seq_cst accesses and fences of an execution, psc, has no cycle (Lahav,
// Vafeiadis, Kang, Hur, Dreyer: Repairing sequential consistency in C/C++11, PLDI 2017). To the machine a seq_cst
// access is a release or an acquire, and a seq_cst fence both; so it makes candidates, of which this keeps the right
// ones.
#pragma once
#include <vector>

#include "proofs/memory/event.hpp"

namespace weir::proofs::memory {

/// Whether psc has no cycle. The events may be the first ones of an execution only.
bool seq_cst_consistent(const std::vector<Event>& trail);

/// Whether some interleaving, with every access to the one memory at once, has this reads-from and modification order.
bool sequentially_consistent(const std::vector<Event>& trail);

}  // namespace weir::proofs::memory
