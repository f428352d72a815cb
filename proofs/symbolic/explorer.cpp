#include "proofs/symbolic/explorer.hpp"

#include <cassert>

namespace weir::proofs {
namespace {

thread_local Explorer* running = nullptr;

z3::solver make_solver(z3::context& context, const Budget& budget) {
  z3::solver solver(context, z3::solver::simple());  // fastest on many small questions about one growing path
  z3::params params(context);
  params.set("rlimit", budget.rlimit);
  solver.set(params);
  return solver;
}

}  // namespace

Explorer::Explorer(const Budget& budget) : budget_(budget), solver_(make_solver(context_, budget)), outer_(running) {
  running = this;
}

Explorer::~Explorer() { running = outer_; }

Explorer& Explorer::current() {
  assert(running != nullptr);
  return *running;
}

void Explorer::explore(const std::function<void()>& program) {
  if (!trail_.empty()) solver_.pop(static_cast<unsigned>(trail_.size()));  // left by an attempt without an answer
  trail_.clear();
  queries_ = skipped_ = 0;
  deadline_ = std::chrono::steady_clock::now() + budget_.wall;
  witness_ = solve(context_.bool_val(true));
  do {
    position_ = 0;
    ++paths_;
    try {
      program();
    } catch (const PathEnds&) {
    }
  } while (flip_last_open());
}

bool Explorer::flip_last_open() {
  while (!trail_.empty() && !trail_.back().other_side) {
    trail_.pop_back();
    solver_.pop();
  }
  if (trail_.empty()) return false;
  solver_.pop();
  witness_ = *trail_.back().other_side;
  const Decision& last = trail_.back();
  trail_.back() = Decision{last.condition, !last.taken, !last.side, std::nullopt};
  solver_.push();
  solver_.add(trail_.back().taken);
  return true;
}

/// The decision of this very condition that this run has taken, if it has. Terms are shared, so looking is enough.
const Explorer::Decision* Explorer::decided(const z3::expr& condition) const {
  for (std::size_t i = position_; i-- > 0;)
    if (z3::eq(trail_[i].condition, condition)) return &trail_[i];
  return nullptr;
}

bool Explorer::decide(const z3::expr& condition) {
  if (const Decision* const before = decided(condition)) return before->side;
  if (replaying()) return trail_[position_++].side;
  const bool side = witnessed(condition);
  const z3::expr taken = side ? condition : !condition;
  auto other_side = solve(!taken);
  if (!other_side) keep_obligation(!taken);
  trail_.push_back({condition, taken, side, std::move(other_side)});
  ++position_;
  solver_.push();
  solver_.add(taken);
  return side;
}

void Explorer::assume(const z3::expr& condition) {
  if (replaying()) return;
  if (!witnessed(condition)) {
    auto model = solve(condition);
    if (!model) {
      keep_obligation(condition);
      throw PathEnds{};
    }
    witness_ = std::move(model);
  }
  solver_.add(condition);
}

std::optional<z3::model> Explorer::refute(const z3::expr& claim) {
  if (replaying()) return std::nullopt;
  keep_obligation(!claim);
  return find(!claim);
}

std::optional<z3::model> Explorer::find(const z3::expr& condition) {
  if (witnessed(condition)) return witness_;
  return solve(condition);
}

void Explorer::keep_obligation(const z3::expr& condition) {
  if (!obligations_) return;
  z3::expr_vector all = solver_.assertions();
  all.push_back(condition);
  obligations_->push_back(z3::mk_and(all));
}

bool Explorer::witnessed(const z3::expr& condition) const { return witness_->eval(condition, true).is_true(); }

std::optional<z3::model> Explorer::solve(const z3::expr& condition) {
  if (++queries_ > budget_.queries) throw Undecided{Verdict::timeout, "more solver queries than budgeted"};
  if (std::chrono::steady_clock::now() > deadline_) throw Undecided{Verdict::timeout, "out of wall time"};
  solver_.push();
  solver_.add(condition);
  const z3::check_result answer = solver_.check();
  std::optional<z3::model> model;
  if (answer == z3::sat) model = solver_.get_model();
  const std::string why = answer == z3::unknown ? solver_.reason_unknown() : "";
  solver_.pop();
  if (answer != z3::unknown) return model;
  if (skips_) {
    ++skipped_;
    return std::nullopt;
  }
  const bool spent = why.find("resource") != why.npos || why.find("canceled") != why.npos;
  throw Undecided{spent ? Verdict::timeout : Verdict::unknown, why};
}

std::string Explorer::obligations_as_smt2(Verdict verdict) {
  z3::solver all(context_);
  all.add(z3::mk_or(*obligations_));
  const bool decided = verdict == Verdict::proved || verdict == Verdict::counterexample;
  return all.to_smt2(!decided ? "unknown" : verdict == Verdict::proved ? "unsat" : "sat");
}

}  // namespace weir::proofs
