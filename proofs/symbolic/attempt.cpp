#include "proofs/symbolic/attempt.hpp"

#include <exception>

namespace weir::proofs {

Prover::Prover(const Theorem& theorem, Claims claims, const Budget& budget, bool keep_smt2)
    : theorem_(theorem), claims_(claims), keeps_smt2_(keep_smt2), explorer_(budget) {
  explorer_.keep_transcript();
  if (keep_smt2) explorer_.keep_obligations();
}

namespace {

/// Runs the body on machine integers.
Case<Replay> replayed(const Theorem& theorem, const Profile& kernel, Claims claims, const std::vector<Input>& inputs) {
  Case<Replay> replay(claims, inputs);
  try {
    theorem.replay(replay, kernel);
  } catch (const PathEnds&) {
  }
  return replay;
}

}  // namespace

/// Whether running the body on the counterexample refutes the same claim.
bool Prover::confirmed(const Profile& kernel, const std::string& claim, const std::vector<Input>& inputs) const {
  return replayed(theorem_, kernel, claims_, inputs).refuted() == claim;
}

std::vector<Op> program_of(const Theorem& theorem, const Profile& kernel, Claims claims,
                           const std::vector<Input>& counterexample) {
  const Explorer clauses_go_here{Budget{}};
  return replayed(theorem, kernel, claims, counterexample).program();
}

void Prover::explore(const Profile& kernel, Attempt& result) {
  Progress progress;
  try {
    explorer_.explore([&] {
      Case<Symbolic> symbolic(claims_, progress);
      theorem_.prove(symbolic, kernel);
    });
  } catch (const Refuted& refuted) {
    const bool runs = confirmed(kernel, refuted.claim, refuted.inputs);
    result.verdict = runs ? Verdict::counterexample : Verdict::error;
    result.detail = runs ? refuted.claim : "running does not confirm the counterexample to: " + refuted.claim;
    result.counterexample = refuted.inputs;
    return;
  }
  result.verdict = progress.claims == 0 ? Verdict::vacuous : Verdict::proved;
  if (progress.claims == 0) result.detail = "no claim is ever reached";
  for (const auto& [sentence, met] : progress.covers) {
    if (met) continue;
    result.verdict = Verdict::vacuous;
    result.detail = "never possible: " + sentence;
  }
}

Attempt Prover::attempt(const Profile& kernel) {
  Attempt result;
  try {
    try {
      explore(kernel, result);
    } catch (const Undecided& undecided) {
      result.verdict = undecided.verdict;
      result.detail = undecided.why;
    }
    result.paths = explorer_.paths();
    result.queries = explorer_.queries();
    result.rlimit = explorer_.rlimit_spent();
    result.clauses = explorer_.clauses();
    result.transcript = explorer_.transcript();
    if (keeps_smt2_) result.smt2 = explorer_.obligations_as_smt2(result.verdict);
  } catch (const z3::exception& failure) {
    result = {};
    result.detail = failure.msg();
  } catch (const std::exception& failure) {
    result = {};
    result.detail = failure.what();
  }
  return result;
}

bool Prover::is_as_before(const Profile& kernel, const Attempt& before, ClauseSet& clauses) {
  Progress progress;
  std::string refuted;
  try {
    const bool same = explorer_.follow(before.transcript, [&] {
      try {
        Case<Symbolic> symbolic(claims_, progress);
        theorem_.prove(symbolic, kernel);
      } catch (const Refuted& claim) {
        refuted = claim.claim;
        throw RefutedBefore{};
      }
    });
    if (!same) return false;
    if (before.verdict == Verdict::counterexample && !confirmed(kernel, refuted, before.counterexample)) return false;
    clauses |= explorer_.clauses();
    return true;
  } catch (const std::exception&) {
    return false;  // an attempt says what is wrong
  }
}

Attempt attempt(const Theorem& theorem, const Profile& kernel, Claims claims, const Budget& budget, bool keep_smt2) {
  try {
    return Prover(theorem, claims, budget, keep_smt2).attempt(kernel);
  } catch (const z3::exception& failure) {
    Attempt result;
    result.detail = failure.msg();
    return result;
  }
}

}  // namespace weir::proofs
