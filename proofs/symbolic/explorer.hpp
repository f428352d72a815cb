// The path explorer: runs a program over symbolic values once for each feasible path.
//
// A branch on a symbolic condition asks decide(). Both sides of a new decision are settled, at most one by asking the
// solver: a witness, which is a model of the path so far, shows the other to be feasible. The witness's side is taken;
// if the other is feasible too, a later run replays the decisions before it and takes that side (depth first). A
// condition that this run has decided already is no new decision.
//
// An exploration can be written down (transcript.hpp), and another be held against what was written: then every answer
// comes from there, and the solver is not asked.
//
// Invariants, while the solver is asked:
//             (1) witness_ satisfies the constraints in solver_, so the path that runs is feasible
//             (2) solver scopes == decisions in trail_
//             (3) while replaying() the program does what it did the run before; what it asks then was answered then
//
// Not thread safe: one explorer, and so one Z3 context, a thread.
#pragma once
#include <z3++.h>

#include <chrono>
#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "model/clause.hpp"
#include "proofs/symbolic/transcript.hpp"
#include "proofs/symbolic/verdict.hpp"

namespace weir::proofs {

/// What an attempt may spend. The first two do not depend on how busy the machine is; wall time is a backstop, looked
/// at between queries.
struct Budget {
  unsigned rlimit = 20'000'000;   ///< Z3 resource units, each query
  std::size_t queries = 200'000;  ///< all paths together
  std::chrono::seconds wall{300};
};

/// Thrown through the program under exploration: the attempt ends without an answer.
struct Undecided {
  Verdict verdict;
  std::string why;
};

/// Thrown through the program under exploration: nothing more is to be learnt from this path.
struct PathEnds {};

/// Thrown through a program that follows a transcript, where the transcript has: the claim was refuted.
struct RefutedBefore {};

class Explorer {
 public:
  explicit Explorer(const Budget& budget);
  ~Explorer();
  Explorer(const Explorer&) = delete;
  Explorer& operator=(const Explorer&) = delete;

  /// The explorer whose program this thread is running. \pre one exists
  static Explorer& current();

  /// Runs `program` once for each feasible path. May be called again, with another program and the budget as new.
  /// \throws Undecided
  void explore(const std::function<void()>& program);

  /// Runs `program` with every answer out of `before`, and not one of the solver.
  /// \return false where it does not ask exactly what was asked then; what it has done until then means nothing
  bool follow(const Transcript& before, const std::function<void()>& program);

  /// From now on explorations are written down.
  void keep_transcript() { keeps_transcript_ = true; }
  /// Of the last exploration.
  const Transcript& transcript() const { return transcript_; }

  /// The side that this run takes. \throws Undecided
  bool decide(const z3::expr& condition);

  /// Restricts this path. \throws PathEnds if that leaves nothing of it, Undecided
  void assume(const z3::expr& condition);

  /// A model of this path in which `claim` is false; nothing if there is none, or if the run before asked already.
  /// \throws Undecided
  std::optional<z3::model> refute(const z3::expr& claim);

  /// Whether this path has a model in which `condition` is true. \pre !replaying() \throws Undecided
  bool possible(const z3::expr& condition);

  /// Such a model; nothing if there is none. For searches: no transcript has it. \throws Undecided
  std::optional<z3::model> find(const z3::expr& condition);

  /// From now on a question that is too hard counts, and is taken to have no answer, instead of ending the attempt: the
  /// paths and models that are found are right, but there may be more. For searches, not for proofs.
  void skip_hard_questions() { skips_ = true; }
  /// Questions that were skipped since `explore` was last called.
  std::size_t skipped() const { return skipped_; }

  /// Whether the run is still repeating decisions of the run before.
  bool replaying() const { return position_ < trail_.size(); }
  /// Of the last exploration: runs, questions to the solver, and what they took of its resources.
  std::size_t paths() const { return paths_; }
  std::size_t queries() const { return queries_; }
  std::uint64_t rlimit_spent() const;
  z3::context& context() { return context_; }

  /// A clause of the spec that the program passes.
  void pass(Clause passed) { clauses_.insert(passed); }
  const ClauseSet& clauses() const { return clauses_; }

  /// From now on keep every formula that the verdict needs to be unsatisfiable: pruned sides and negated claims.
  void keep_obligations() { obligations_.emplace(context_); }
  /// SMT-LIB 2: the disjunction of what was kept. It is unsatisfiable iff no goal can be refuted.
  std::string obligations_as_smt2(Verdict verdict);

 private:
  struct Decision {
    z3::expr condition;                   ///< what was asked
    z3::expr taken;                       ///< the constraint of the side taken
    bool side;                            ///< which one it is
    bool open;                            ///< the other is feasible and not yet explored
    std::optional<z3::model> other_side;  ///< then, a witness for it, unless a transcript is followed
  };
  struct Diverged {};  ///< thrown through a program that does not follow the transcript

  void begin();
  void run_all_paths(const std::function<void()>& program);
  Told follow_event(Asked asked, const z3::expr& what);
  void note(Asked asked, Told told, const z3::expr& what);
  std::optional<z3::model> solve(const z3::expr& condition);
  std::optional<z3::model> answer(Asked asked, const z3::expr& what, const z3::expr& wanted);
  bool witnessed(const z3::expr& condition) const;
  const Decision* decided(const z3::expr& condition) const;
  void keep_obligation(const z3::expr& condition);
  bool flip_last_open();

  const Budget budget_;
  std::chrono::steady_clock::time_point deadline_;
  z3::context context_;
  z3::solver solver_;
  std::optional<z3::model> witness_;
  std::vector<Decision> trail_;
  std::size_t position_ = 0;  ///< decisions taken by this run
  std::size_t paths_ = 0;
  std::size_t queries_ = 0;
  std::size_t skipped_ = 0;
  bool skips_ = false;
  std::uint64_t rlimit_before_ = 0;  ///< what explorations before this one took
  ClauseSet clauses_;
  TermDigests digests_;
  bool keeps_transcript_ = false;
  Transcript transcript_;
  const Transcript* followed_ = nullptr;
  std::size_t followed_events_ = 0;
  std::optional<z3::expr_vector> obligations_;
  Explorer* const outer_;
};

}  // namespace weir::proofs
