#include "proofs/symbolic/attempt.hpp"

#include <exception>

namespace weir::proofs {
namespace {

/// Whether running the body on the counterexample refutes the same claim.
bool confirmed(const Theorem& theorem, const Profile& kernel, Claims claims, const Refuted& refuted) {
  Case<Replay> replay(claims, refuted.inputs);
  try {
    theorem.replay(replay, kernel);
  } catch (const PathEnds&) {
  }
  return replay.refuted() == refuted.claim;
}

void explore(Explorer& explorer, const Theorem& theorem, const Profile& kernel, Claims claims, Attempt& result) {
  Progress progress;
  try {
    explorer.explore([&] {
      Case<Symbolic> symbolic(claims, progress);
      theorem.prove(symbolic, kernel);
    });
  } catch (const Refuted& refuted) {
    const bool runs = confirmed(theorem, kernel, claims, refuted);
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

}  // namespace

Attempt attempt(const Theorem& theorem, const Profile& kernel, Claims claims, const Budget& budget, bool keep_smt2) {
  Attempt result;
  try {
    Explorer explorer(budget);
    if (keep_smt2) explorer.keep_obligations();
    try {
      explore(explorer, theorem, kernel, claims, result);
    } catch (const Undecided& undecided) {
      result.verdict = undecided.verdict;
      result.detail = undecided.why;
    }
    result.paths = explorer.paths();
    if (keep_smt2) result.smt2 = explorer.obligations_as_smt2(result.verdict);
  } catch (const z3::exception& failure) {
    result = {Verdict::error, failure.msg(), {}, 0, {}};
  } catch (const std::exception& failure) {
    result = {Verdict::error, failure.what(), {}, 0, {}};
  }
  return result;
}

}  // namespace weir::proofs
