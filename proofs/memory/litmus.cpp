#include "proofs/memory/litmus.hpp"

#include <memory>
#include <new>
#include <optional>

#include "proofs/memory/explorer.hpp"

namespace weir::proofs::memory {
namespace {

class LitmusProgram : public Program {
 public:
  explicit LitmusProgram(const Litmus& test) : test_(test) {}

  unsigned threads() const override { return static_cast<unsigned>(test_.threads.size()); }
  void set_up() override {
    cells_.emplace();
    outcome_ = {};
  }
  void run(unsigned thread) override { test_.threads[thread](*cells_, outcome_.r[thread]); }
  void tear_down() override {
    for (std::size_t i = 0; i < cell_count; ++i) outcome_.last[i] = cells_->at[i].load();
    cells_.reset();
  }
  void forget() override { new (&cells_) std::optional<Cells>; }
  const Outcome& outcome() const { return outcome_; }

 private:
  const Litmus& test_;
  std::optional<Cells> cells_;
  Outcome outcome_;
};

}  // namespace

const std::vector<Litmus>& litmus_tests() {
  static const std::vector<Litmus> all = [] {
    std::vector<Litmus> tests = counted_litmus_tests();
    for (Litmus& each : judged_litmus_tests()) tests.push_back(std::move(each));
    return tests;
  }();
  return all;
}

LitmusCount count_by_machine(const Litmus& test, unsigned workers) {
  LitmusCount count;
  Plan plan;
  plan.limits.spurious = 0;
  plan.workers = workers;
  plan.count_sequential = true;
  if (test.outcome != nullptr)
    plan.each_complete = [&](const Program& program) {
      if (test.outcome(static_cast<const LitmusProgram&>(program).outcome())) count.outcome_seen = true;
    };
  const Report report = explore([&] { return std::make_unique<LitmusProgram>(test); }, plan);
  count.rc11 = report.executions;
  count.sc = report.sequential;
  count.exhausted = report.verdict == Verdict::complete;
  return count;
}

bool as_published(const Litmus& test, const LitmusCount& count) {
  if (!count.exhausted) return false;
  if (test.rc11 >= 0 && count.rc11 != static_cast<std::uint64_t>(test.rc11)) return false;
  if (test.sc >= 0 && count.sc != static_cast<std::uint64_t>(test.sc)) return false;
  return test.outcome == nullptr || count.outcome_seen == test.allowed;
}

}  // namespace weir::proofs::memory
