// One attempt to prove one theorem about one kernel.
#pragma once
#include <string>
#include <vector>

#include "proofs/symbolic/theorem.hpp"

namespace weir::proofs {

struct Attempt {
  Verdict verdict = Verdict::error;
  std::string detail;                 ///< which claim was refuted, or why there is no answer
  std::vector<Input> counterexample;  ///< confirmed by running; empty unless that is the verdict
  std::size_t paths = 0;
  std::string smt2;  ///< the obligation, if it was asked for
};

/// Explores every path of the theorem's body, and runs it again on a counterexample. Never throws; the error of a body
/// is the verdict `error`.
Attempt attempt(const Theorem& theorem, const Profile& kernel, Claims claims, const Budget& budget, bool keep_smt2);

}  // namespace weir::proofs
