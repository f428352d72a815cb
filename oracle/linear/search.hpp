// Is there an order in which calls that overlapped could have taken effect one at a time?
//
//   std::vector<Call> calls{…};                    // operation, what was seen of it, when it began and when it ended
//   const Linear verdict = linearize(spec, calls); // ok: verdict.order is such an order
//
// A call takes effect at some moment between its start and its end; one that ended before another began comes first.
// The history is legal if in some order that keeps to this the sequential specification answers what was seen
// (linearizability: Herlihy and Wing, 1990; the search: Wing and Gong, 1993, with memory of what has been tried: Lowe,
// 2017). A call without an end may have taken effect or not.
//
// The specification is anything that can be copied and has `Outcome step(const Op&)`; if it also has
// `void append_state(std::string&) const`, which tells states apart that behave differently, no state is looked at
// twice. Time is any number that grows. Not thread-safe, keeps nothing between calls.
#pragma once
#include <algorithm>
#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <unordered_set>
#include <utility>
#include <vector>

#include "model/op.hpp"
#include "oracle/json/observation.hpp"

namespace weir::oracle {

struct Call {
  static constexpr std::uint64_t never = std::numeric_limits<std::uint64_t>::max();
  Op operation;
  Observation seen;
  std::uint64_t start = 0;
  std::uint64_t end = never;  ///< never: the call had not returned when the history ends
  std::uint64_t line = 0;     ///< where it stands in its file
};

enum class Linearizable : std::uint8_t { ok, illegal, unknown };

struct LinearOptions {
  std::uint64_t max_steps = 1'000'000;  ///< of the specification; unknown when they are used up
};

struct Linear {
  Linearizable verdict = Linearizable::unknown;
  std::vector<std::size_t> order;  ///< of calls, by their places: a whole order, or the longest that was found
  /// Where not ok: the calls that could have come next in that order, with what the specification would have answered.
  std::vector<std::pair<std::size_t, Outcome>> refused;
  std::uint64_t steps = 0;
};

namespace detail {

template <class Spec>
class LinearSearch {
 public:
  LinearSearch(const Spec& spec, std::span<const Call> calls, const LinearOptions& options)
      : calls_(calls), options_(options), done_(calls.size(), false), by_start_(calls.size()) {
    for (std::size_t i = 0; i < by_start_.size(); ++i) by_start_[i] = i;
    std::stable_sort(by_start_.begin(), by_start_.end(),
                     [&](std::size_t a, std::size_t b) { return calls_[a].start < calls_[b].start; });
    for (const Call& each : calls_) left_ += each.end != Call::never ? 1 : 0;
    stack_.push_back({spec, {}, 0});
    stack_.back().candidates = candidates();
  }

  Linear run() && {
    while (left_ != 0) {
      if (stack_.empty()) return finish(Linearizable::illegal);
      if (result_.steps >= options_.max_steps) return finish(Linearizable::unknown);
      Frame& top = stack_.back();
      if (top.tried == top.candidates.size()) {
        take_back();
        continue;
      }
      try_call(top, top.candidates[top.tried++]);
    }
    result_.order = order_;
    result_.refused.clear();
    return finish(Linearizable::ok);
  }

 private:
  struct Frame {
    Spec spec;  ///< after the calls of order_ up to here
    std::vector<std::size_t> candidates;
    std::size_t tried;
  };

  /// Those before which no other has to come.
  std::vector<std::size_t> candidates() const {
    std::vector<std::size_t> found;
    std::uint64_t earliest_end = Call::never;
    for (std::size_t i = first_; i < by_start_.size(); ++i) {
      const Call& each = calls_[by_start_[i]];
      if (each.start > earliest_end) break;
      if (done_[i]) continue;
      found.push_back(i);
      earliest_end = std::min(earliest_end, each.end);
    }
    return found;
  }

  void try_call(const Frame& top, std::size_t place) {
    const Call& call = calls_[by_start_[place]];
    Spec next = top.spec;
    Outcome answer = next.step(call.operation);
    ++result_.steps;
    if (!agrees(call.seen, answer)) return note_refusal(by_start_[place], std::move(answer));
    mark(place, true);
    order_.push_back(by_start_[place]);
    if (!is_new(next)) {
      order_.pop_back();
      mark(place, false);
      return;
    }
    if (order_.size() > result_.order.size()) {
      result_.order = order_;
      result_.refused.clear();
    }
    stack_.push_back({std::move(next), candidates(), 0});
    places_.push_back(place);
  }

  void take_back() {
    stack_.pop_back();
    if (places_.empty()) return;
    mark(places_.back(), false);
    places_.pop_back();
    order_.pop_back();
  }

  void mark(std::size_t place, bool done) {
    done_[place] = done;
    if (calls_[by_start_[place]].end != Call::never) left_ += done ? std::size_t(-1) : 1;
    if (!done) first_ = std::min(first_, place);
    while (first_ < done_.size() && done_[first_]) ++first_;
  }

  bool is_new(const Spec& spec) {
    if constexpr (requires(std::string & key) { spec.append_state(key); }) {
      // All before the first that is not done are done, and a few after it.
      std::string key = std::to_string(first_);
      for (std::size_t i = first_, ahead = order_.size() - first_; ahead > 0; ++i) {
        if (!done_[i]) continue;
        key += ',' + std::to_string(i);
        --ahead;
      }
      key += ':';
      spec.append_state(key);
      return seen_.insert(std::move(key)).second;
    }
    return true;
  }

  /// Only what is refused after the longest order explains anything.
  void note_refusal(std::size_t call, Outcome answer) {
    if (order_ == result_.order) result_.refused.emplace_back(call, std::move(answer));
  }

  Linear finish(Linearizable verdict) {
    result_.verdict = verdict;
    return std::move(result_);
  }

  std::span<const Call> calls_;
  LinearOptions options_;
  std::vector<bool> done_;             ///< by place in by_start_
  std::vector<std::size_t> by_start_;  ///< calls
  std::size_t first_ = 0;              ///< the first place that is not done
  std::size_t left_ = 0;               ///< calls with an end that are not done
  std::vector<Frame> stack_;
  std::vector<std::size_t> places_, order_;  ///< one for each frame but the first
  std::unordered_set<std::string> seen_;
  Linear result_;
};

}  // namespace detail

template <class Spec>
Linear linearize(const Spec& spec, std::span<const Call> calls, const LinearOptions& options = {}) {
  return detail::LinearSearch<Spec>(spec, calls, options).run();
}

}  // namespace weir::oracle
