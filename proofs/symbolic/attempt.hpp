// Attempts to prove one theorem, about one kernel after another.
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
  std::size_t queries = 0;   ///< questions to the solver
  std::uint64_t rlimit = 0;  ///< of its resources that they took
  ClauseSet clauses;         ///< of the spec, passed on some path
  Transcript transcript;
  std::string smt2;  ///< the obligation, if it was asked for
};

/// Explores every path of a theorem's body, and runs it again on a counterexample. Never throws; the error of a body is
/// the verdict `error`. Not thread safe; one at a time in a thread.
class Prover {
 public:
  Prover(const Theorem& theorem, Claims claims, const Budget& budget, bool keep_smt2);

  Attempt attempt(const Profile& kernel);

  /// Whether the body asks about this kernel exactly what it asked in `before`, so that the verdict is the same.
  /// \param clauses  in and out: joined by those that the body passes
  bool is_as_before(const Profile& kernel, const Attempt& before, ClauseSet& clauses);

 private:
  void explore(const Profile& kernel, Attempt& result);
  bool confirmed(const Profile& kernel, const std::string& claim, const std::vector<Input>& inputs) const;

  const Theorem& theorem_;
  const Claims claims_;
  const bool keeps_smt2_;
  Explorer explorer_;
};

/// The operations of a counterexample, where the body says which (Case::running); otherwise nothing.
std::vector<Op> program_of(const Theorem& theorem, const Profile& kernel, Claims claims,
                           const std::vector<Input>& counterexample);

/// One attempt by itself.
Attempt attempt(const Theorem& theorem, const Profile& kernel, Claims claims, const Budget& budget, bool keep_smt2);

}  // namespace weir::proofs
