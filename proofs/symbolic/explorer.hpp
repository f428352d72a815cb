// The path explorer: runs a program over symbolic values once for each feasible path.
//
// A branch on a symbolic condition asks decide(). Both sides of a new decision are settled, at most one by asking the
// solver: a witness, which is a model of the path so far, shows the other to be feasible. The witness's side is taken;
// if the other is feasible too, a later run replays the decisions before it and takes that side (depth first). A
// condition that this run has decided already is no new decision.
//
// Invariants: (1) witness_ satisfies the constraints in solver_, so the path that runs is feasible
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

  /// The side that this run takes. \throws Undecided
  bool decide(const z3::expr& condition);

  /// Restricts this path. \throws PathEnds if that leaves nothing of it, Undecided
  void assume(const z3::expr& condition);

  /// A model of this path in which `claim` is false; nothing if there is none, or if the run before asked already.
  /// \throws Undecided
  std::optional<z3::model> refute(const z3::expr& claim);

  /// A model of this path in which `condition` is true; nothing if there is none. \throws Undecided
  std::optional<z3::model> find(const z3::expr& condition);

  /// From now on a question that is too hard counts, and is taken to have no answer, instead of ending the attempt: the
  /// paths and models that are found are right, but there may be more. For searches, not for proofs.
  void skip_hard_questions() { skips_ = true; }
  /// Questions that were skipped since `explore` was last called.
  std::size_t skipped() const { return skipped_; }

  /// Whether the run is still repeating decisions of the run before.
  bool replaying() const { return position_ < trail_.size(); }
  std::size_t paths() const { return paths_; }
  z3::context& context() { return context_; }

  /// From now on keep every formula that the verdict needs to be unsatisfiable: pruned sides and negated claims.
  void keep_obligations() { obligations_.emplace(context_); }
  /// SMT-LIB 2: the disjunction of what was kept. It is unsatisfiable iff no goal can be refuted.
  std::string obligations_as_smt2(Verdict verdict);

 private:
  struct Decision {
    z3::expr condition;                   ///< what was asked
    z3::expr taken;                       ///< the constraint of the side taken
    bool side;                            ///< which one it is
    std::optional<z3::model> other_side;  ///< a witness for it, if it is feasible and not yet explored
  };

  std::optional<z3::model> solve(const z3::expr& condition);
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
  std::optional<z3::expr_vector> obligations_;
  Explorer* const outer_;
};

}  // namespace weir::proofs
