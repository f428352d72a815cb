// The second engine's way through a litmus test: every path of each thread, whatever its reads may return, then every
// reads-from and every modification order that fits, each judged by the axioms.
#include <algorithm>
#include <cstddef>
#include <set>
#include <vector>

#include "proofs/memory/axioms.hpp"
#include "proofs/memory/fiber.hpp"
#include "proofs/memory/litmus.hpp"

namespace weir::proofs::memory {
namespace {

struct Step {
  Candidate::Type type;
  Order order;
  int location;
  Word value;
  bool updates = false;  ///< a write: the second half of the step before
};
struct Path {
  std::vector<Step> steps;
  Row results{};
  bool given_up = false;  ///< an assumption did not hold: no execution has it whole, but others read what it writes
};
using Values = std::array<std::set<Word>, cell_count>;

/// Runs a thread by itself: each read returns one of the values that its cell may have, one after the other.
class Paths final : public Memory {
 public:
  Paths(const Litmus& test, unsigned thread, const Values& values) : test_(test), thread_(thread), values_(values) {}

  std::vector<Path> all() {
    do {
      once();
    } while (next());
    return std::move(paths_);
  }

  Word load(Location& at, Order order, Site) override { return read(at, order); }
  void store(Location& at, Word value, Order order, Site) override {
    step({Candidate::Type::write, order, cell(at), value});
  }
  Word update(Location& at, Change change, Word operand, Order order, Site) override {
    const Word before = read(at, order);
    step({Candidate::Type::write, order, cell(at), change(before, operand), true});
    return before;
  }
  Word compare_exchange(Location& at, const Exchange& exchange, bool& exchanged, Site) override {
    const Word before = read(at, exchange.success);
    exchanged = before == exchange.expected;
    if (exchanged)
      step({Candidate::Type::write, exchange.success, cell(at), exchange.desired, true});
    else
      path_.steps.back().order = exchange.failure;
    return before;
  }
  void fence(Order order, Site) override { step({Candidate::Type::fence, order, -1, 0}); }
  void born(Location&) override {}
  void died(Location&) override {}
  void renewed(Location&, Word) override {}
  void touch(Shadow&, Access, Site) override {}
  void assume(bool holds) override {
    if (holds) return;
    path_.given_up = true;
    fiber_.leave();
  }
  void wait() override { assume(false); }
  unsigned choose(unsigned alternatives) override { return static_cast<unsigned>(choice(alternatives)); }
  Clocks moment() override { return {}; }
  void fail(std::string_view) override { assume(false); }

 private:
  void once() {
    const Use use(this);
    Cells cells;
    cells_ = &cells;
    path_ = {};
    at_ = 0;
    fiber_.start(
        [](void* self) {
          auto* const paths = static_cast<Paths*>(self);
          paths->test_.threads[paths->thread_](*paths->cells_, paths->path_.results);
          paths->fiber_.leave();
        },
        this);
    fiber_.resume();
    paths_.push_back(path_);
  }
  bool next() {
    while (!choices_.empty() && choices_.back().taken + 1 == choices_.back().of) choices_.pop_back();
    if (choices_.empty()) return false;
    ++choices_.back().taken;
    return true;
  }
  std::size_t choice(std::size_t of) {
    if (at_ == choices_.size()) choices_.push_back({0, of});
    return choices_[at_++].taken;
  }
  int cell(const Location& at) const {
    for (std::size_t i = 0; i < cell_count; ++i) {
      const auto* const begin = reinterpret_cast<const std::byte*>(&cells_->at[i]);
      const auto* const address = reinterpret_cast<const std::byte*>(&at);
      if (address >= begin && address < begin + sizeof cells_->at[i]) return static_cast<int>(i);
    }
    return -1;
  }
  Word read(const Location& at, Order order) {
    const int which = cell(at);
    const auto& values = values_[static_cast<std::size_t>(which)];
    auto value = values.begin();
    std::advance(value, static_cast<std::ptrdiff_t>(choice(values.size())));
    step({Candidate::Type::read, order, which, *value});
    return *value;
  }
  void step(Step step) { path_.steps.push_back(step); }

  struct Choice {
    std::size_t taken, of;
  };
  const Litmus& test_;
  const unsigned thread_;
  const Values& values_;
  Fiber fiber_;
  Cells* cells_ = nullptr;
  std::vector<Choice> choices_;
  std::size_t at_ = 0;
  Path path_;
  std::vector<Path> paths_;
};

/// Every path of every thread, over all values that some path may write.
std::vector<std::vector<Path>> all_paths(const Litmus& test) {
  Values values;
  for (auto& each : values) each.insert(0);
  // What a path writes may make new paths; a value cannot take more steps to come about than there are writes.
  std::vector<std::vector<Path>> paths;
  for (std::size_t round = 0, writes = 1; round <= writes; ++round) {
    const Values before = values;
    paths.clear();
    writes = 0;
    for (unsigned i = 0; i < test.threads.size(); ++i) {
      paths.push_back(Paths(test, i, before).all());
      std::size_t most = 0;
      for (const Path& path : paths.back()) {
        std::size_t mine = 0;
        for (const Step& step : path.steps) {
          if (step.type != Candidate::Type::write) continue;
          values[static_cast<std::size_t>(step.location)].insert(step.value);
          ++mine;
        }
        most = std::max(most, mine);
      }
      writes += most;
    }
    if (values == before) break;
  }
  return paths;
}

/// All ways to complete one path a thread to an execution.
class Completion {
 public:
  Completion(const Litmus& test, const std::vector<const Path*>& paths, LitmusCount& count)
      : test_(test), count_(count), orders_(cell_count) {
    for (std::size_t i = 0; i < cell_count; ++i) {
      add(-1, {Candidate::Type::write, Order::relaxed, static_cast<int>(i), 0});
      orders_[i].push_back(static_cast<int>(i));
    }
    for (std::size_t i = 0; i < paths.size(); ++i) {
      outcome_.r[i] = paths[i]->results;
      for (const Step& step : paths[i]->steps) add(static_cast<int>(i), step);
    }
    candidate_.order = orders_;
  }
  void all() { choose_source(0); }

 private:
  void add(int thread, const Step& step) {
    const int self = static_cast<int>(candidate_.items.size());
    candidate_.items.push_back({thread, step.type, step.order, step.location, step.updates ? self - 1 : -1});
    candidate_.source.push_back(-1);
    values_.push_back(step.value);
    if (thread >= 0 && step.type == Candidate::Type::write)
      orders_[static_cast<std::size_t>(step.location)].push_back(self);
  }
  void choose_source(std::size_t at) {
    while (at < candidate_.items.size() && candidate_.items[at].type != Candidate::Type::read) ++at;
    if (at == candidate_.items.size()) return choose_order(0);
    for (const int write : orders_[static_cast<std::size_t>(candidate_.items[at].location)]) {
      if (values_[static_cast<std::size_t>(write)] != values_[at]) continue;
      candidate_.source[at] = write;
      choose_source(at + 1);
    }
  }
  void choose_order(std::size_t location) {
    if (location == cell_count) return judge();
    auto& order = candidate_.order[location];
    order = orders_[location];
    do {
      choose_order(location + 1);
    } while (std::next_permutation(order.begin() + 1, order.end()));
  }
  void judge() {
    if (!allowed_by_rc11(candidate_)) return;
    ++count_.rc11;
    if (allowed_by_sc(candidate_)) ++count_.sc;
    if (test_.outcome == nullptr) return;
    for (std::size_t i = 0; i < cell_count; ++i)
      outcome_.last[i] = from_word<long>(values_[static_cast<std::size_t>(candidate_.order[i].back())]);
    if (test_.outcome(outcome_)) count_.outcome_seen = true;
  }

  const Litmus& test_;
  LitmusCount& count_;
  Candidate candidate_;
  std::vector<Word> values_;
  std::vector<std::vector<int>> orders_;
  Outcome outcome_;
};

void combine(const Litmus& test, const std::vector<std::vector<Path>>& paths, std::vector<const Path*>& chosen,
             LitmusCount& count) {
  if (chosen.size() == paths.size()) return Completion(test, chosen, count).all();
  for (const Path& each : paths[chosen.size()]) {
    if (each.given_up) continue;
    chosen.push_back(&each);
    combine(test, paths, chosen, count);
    chosen.pop_back();
  }
}

}  // namespace

LitmusCount count_by_axioms(const Litmus& test) {
  LitmusCount count;
  std::vector<const Path*> chosen;
  combine(test, all_paths(test), chosen, count);
  return count;
}

}  // namespace weir::proofs::memory
