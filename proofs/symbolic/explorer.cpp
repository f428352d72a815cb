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

/// Z3 counts resources by context.
std::uint64_t rlimit_count(const z3::solver& solver) {
  const z3::stats numbers = solver.statistics();
  for (unsigned i = 0; i < numbers.size(); ++i)
    if (numbers.key(i) == "rlimit count") return numbers.uint_value(i);
  return 0;
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

void Explorer::begin() {
  trail_.clear();
  paths_ = queries_ = skipped_ = followed_events_ = 0;
  clauses_.clear();
  transcript_ = {};
  if (obligations_) keep_obligations();
}

void Explorer::explore(const std::function<void()>& program) {
  solver_.reset();
  rlimit_before_ = rlimit_count(solver_);
  begin();
  deadline_ = std::chrono::steady_clock::now() + budget_.wall;
  witness_ = solve(context_.bool_val(true));
  run_all_paths(program);
}

bool Explorer::follow(const Transcript& before, const std::function<void()>& program) {
  struct Following {
    Explorer& explorer;
    Following(Explorer& owner, const Transcript& transcript) : explorer(owner) { owner.followed_ = &transcript; }
    ~Following() { explorer.followed_ = nullptr; }
  } const following(*this, before);
  begin();
  try {
    run_all_paths(program);
  } catch (const Diverged&) {
    return false;
  } catch (const RefutedBefore&) {  // neither was anything asked after that
  } catch (const Undecided&) {
  }
  return followed_events_ == before.events.size() && transcript_.digest == before.digest;
}

void Explorer::run_all_paths(const std::function<void()>& program) {
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
  const bool solving = followed_ == nullptr;
  while (!trail_.empty() && !trail_.back().open) {
    trail_.pop_back();
    if (solving) solver_.pop();
  }
  if (trail_.empty()) return false;
  const Decision last = trail_.back();
  trail_.back() = Decision{last.condition, !last.taken, !last.side, false, std::nullopt};
  if (!solving) return true;
  witness_ = *last.other_side;
  solver_.pop();
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
  if (followed_ != nullptr) {
    const Told told = follow_event(Asked::decision, condition);
    const bool side = told == Told::yes || told == Told::yes_or_no;
    const bool open = told == Told::no_or_yes || told == Told::yes_or_no;
    trail_.push_back({condition, side ? condition : !condition, side, open, std::nullopt});
    ++position_;
    return side;
  }
  const bool side = witnessed(condition);
  const z3::expr taken = side ? condition : !condition;
  auto other_side = answer(Asked::decision, condition, !taken);
  const bool open = other_side.has_value();
  if (side) note(Asked::decision, open ? Told::yes_or_no : Told::yes, condition);
  if (!side) note(Asked::decision, open ? Told::no_or_yes : Told::no, condition);
  if (!open) keep_obligation(!taken);
  trail_.push_back({condition, taken, side, open, std::move(other_side)});
  ++position_;
  solver_.push();
  solver_.add(taken);
  return side;
}

void Explorer::assume(const z3::expr& condition) {
  if (replaying()) return;
  if (followed_ != nullptr) {
    if (follow_event(Asked::assumption, condition) == Told::no) throw PathEnds{};
    return;
  }
  if (!witnessed(condition)) {
    auto model = answer(Asked::assumption, condition, condition);
    if (!model) {
      note(Asked::assumption, Told::no, condition);
      keep_obligation(condition);
      throw PathEnds{};
    }
    witness_ = std::move(model);
  }
  note(Asked::assumption, Told::yes, condition);
  solver_.add(condition);
}

std::optional<z3::model> Explorer::refute(const z3::expr& claim) {
  if (replaying()) return std::nullopt;
  if (followed_ != nullptr) {
    if (follow_event(Asked::claim, claim) == Told::yes) throw RefutedBefore{};
    return std::nullopt;
  }
  keep_obligation(!claim);
  auto model = witnessed(!claim) ? witness_ : answer(Asked::claim, claim, !claim);
  note(Asked::claim, model ? Told::yes : Told::no, claim);
  return model;
}

bool Explorer::possible(const z3::expr& condition) {
  if (followed_ != nullptr) return follow_event(Asked::search, condition) == Told::yes;
  const bool found = witnessed(condition) || answer(Asked::search, condition, condition);
  note(Asked::search, found ? Told::yes : Told::no, condition);
  return found;
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

void Explorer::note(Asked asked, Told told, const z3::expr& what) {
  if (keeps_transcript_) transcript_.put(asked, told, digests_.of(what));
}

/// The next answer of the transcript that is followed. \throws Diverged where it is one to another question
Told Explorer::follow_event(Asked asked, const z3::expr& what) {
  if (followed_events_ == followed_->events.size()) throw Diverged{};
  const Transcript::Event& event = followed_->events[followed_events_++];
  const Digest digest = digests_.of(what);
  if (event.asked != asked || event.what != Transcript::part(digest)) throw Diverged{};
  transcript_.put(asked, event.told, digest);
  if (event.told == Told::nothing) throw Undecided{Verdict::unknown, "the solver gave up before"};
  return event.told;
}

/// A question of the program, whose answer is that `wanted` is feasible, and how.
std::optional<z3::model> Explorer::answer(Asked asked, const z3::expr& what, const z3::expr& wanted) {
  try {
    return solve(wanted);
  } catch (const Undecided&) {
    note(asked, Told::nothing, what);
    throw;
  }
}

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

std::uint64_t Explorer::rlimit_spent() const { return rlimit_count(solver_) - rlimit_before_; }

namespace {

/// Z3 has operators of its own for a division by what is known not to be 0; the standard's are the same there.
std::string in_standard_words(std::string text) {
  for (const std::string_view own : {"bvudiv_i", "bvurem_i"})
    for (std::size_t at = 0; (at = text.find(own, at)) != text.npos;) text.erase(at + own.size() - 2, 2);
  return text;
}

}  // namespace

std::string Explorer::obligations_as_smt2(Verdict verdict) {
  z3::solver all(context_);
  all.add(obligations_->empty() ? context_.bool_val(false) : z3::mk_or(*obligations_));
  const bool decided = verdict == Verdict::proved || verdict == Verdict::counterexample;
  const std::string text = all.to_smt2(!decided ? "unknown" : verdict == Verdict::proved ? "unsat" : "sat");
  return in_standard_words(text.substr(text.find("(set-info :status")));  // behind an empty comment
}

}  // namespace weir::proofs
