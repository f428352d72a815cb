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
// `void append_state(std::string&) const`, which tells states apart that behave differently (or those that
// `bool same_state(const Spec&) const` tells apart, where it has that too), states that lead nowhere are remembered.
// One whose answers are not always settled has `Outcome step(const Op&, const Observation& seen)`, which may choose
// what was seen. Time is any number that grows. Not thread-safe, keeps nothing between calls.
#pragma once
#include <algorithm>
#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <unordered_map>
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
  static constexpr std::size_t nothing = std::numeric_limits<std::size_t>::max();
  std::size_t after = nothing;   ///< a call, by its place, that comes before this one although they overlap
  std::uint64_t likely = never;  ///< when it took effect at the latest, as a guess: which orders are tried first
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
      : calls_(calls), options_(options), done_(calls.size(), 0), by_start_(calls.size()), now_(spec) {
    for (std::size_t i = 0; i < by_start_.size(); ++i) by_start_[i] = i;
    std::stable_sort(by_start_.begin(), by_start_.end(),
                     [&](std::size_t a, std::size_t b) { return calls_[a].start < calls_[b].start; });
    place_of_.resize(calls.size());
    for (std::size_t i = 0; i < by_start_.size(); ++i) place_of_[by_start_[i]] = i;
    for (const Call& each : calls_) left_ += each.end != Call::never ? 1 : 0;
    keep(spec);
    open_frame();
  }

  Linear run() && {
    while (left_ != 0) {
      if (frames_.empty()) return finish(Linearizable::illegal);
      if (result_.steps >= options_.max_steps) return finish(Linearizable::unknown);
      Frame& top = frames_.back();
      if (top.next == candidates_.size())
        take_back();
      else
        try_call(candidates_[top.next++]);
    }
    result_.order = order_;
    result_.refused.clear();
    return finish(Linearizable::ok);
  }

 private:
  /// A prefix of the order, and what may follow it: candidates_ from `first` on, of the last frame.
  struct Frame {
    std::size_t first, next;
    std::string key;  ///< of its state, which is kept; or empty
  };
  /// The state after the first `calls` of order_.
  struct Kept {
    std::size_t calls;
    Spec spec;
  };

  static std::uint64_t guess(const Call& call) { return std::min(call.end, call.likely); }

  /// Those before which no other has to come; those first that are the likeliest to have taken effect first.
  void open_frame() {
    const std::size_t first = candidates_.size();
    std::uint64_t earliest_end = Call::never;
    for (std::size_t i = first_; i < by_start_.size(); ++i) {
      const Call& each = calls_[by_start_[i]];
      if (each.start > earliest_end) break;
      if (done_[i] != 0) continue;
      earliest_end = std::min(earliest_end, each.end);
      if (each.after != Call::nothing && done_[place_of_[each.after]] == 0) continue;
      auto at = candidates_.size();
      candidates_.push_back(i);
      for (; at > first && guess(calls_[by_start_[candidates_[at - 1]]]) > guess(each); --at)
        std::swap(candidates_[at], candidates_[at - 1]);
    }
    frames_.push_back({first, first, {}});
  }

  void try_call(std::size_t place) {
    bring_up_to_date();
    const Call& call = calls_[by_start_[place]];
    Outcome answer = perform(call);
    if (!agrees(call.seen, answer)) {
      is_current_ = false;
      // Only what is refused after the longest order explains anything.
      if (order_ == result_.order) result_.refused.emplace_back(by_start_[place], std::move(answer));
      return;
    }
    mark(place, true);
    order_.push_back(by_start_[place]);
    std::string key;
    if (alert_ > 0) {
      --alert_;
      key = key_of_state();
      if (!key.empty() && was_given_up(key)) {
        order_.pop_back();
        mark(place, false);
        is_current_ = false;
        return;
      }
      keep(now_);
    }
    if (order_.size() > result_.order.size()) {
      result_.order = order_;
      result_.refused.clear();
      steps_at_longest_ = result_.steps;
    }
    open_frame();
    frames_.back().key = std::move(key);
  }

  Outcome perform(const Call& call) {
    ++result_.steps;
    if constexpr (requires { now_.step(call.operation, call.seen); })
      return now_.step(call.operation, call.seen);
    else
      return now_.step(call.operation);
  }

  void take_back() {
    if (!frames_.back().key.empty()) give_up(std::move(frames_.back().key));
    candidates_.resize(frames_.back().first);
    frames_.pop_back();
    if (result_.steps - steps_at_longest_ > patience) alert_ = wary;
    if (frames_.empty()) return;
    mark(place_of_[order_.back()], false);
    order_.pop_back();
    is_current_ = false;
    while (kept_[kept_count_ - 1].calls > order_.size()) --kept_count_;
  }

  /// Makes now_ what order_ leads to. Most calls agree at once, so states are kept where one did not, not at each:
  /// copying one costs more than some steps.
  void bring_up_to_date() {
    if (is_current_) return;
    const Kept& from = kept_[kept_count_ - 1];
    now_ = from.spec;
    for (std::size_t i = from.calls; i < order_.size(); ++i) perform(calls_[order_[i]]);
    if (from.calls < order_.size()) keep(now_);
    is_current_ = true;
  }

  void keep(const Spec& spec) {
    if (kept_count_ == kept_.size())
      kept_.push_back({order_.size(), spec});
    else
      kept_[kept_count_].calls = order_.size(), kept_[kept_count_].spec = spec;
    ++kept_count_;
  }

  void mark(std::size_t place, bool done) {
    done_[place] = done ? 1 : 0;
    if (calls_[by_start_[place]].end != Call::never) left_ += done ? std::size_t(-1) : 1;
    if (!done) first_ = std::min(first_, place);
    while (first_ < done_.size() && done_[first_] != 0) ++first_;
  }

  static constexpr bool tells_states = requires(const Spec& spec, std::string& key) { spec.append_state(key); };
  static constexpr bool compares_states = requires(const Spec& spec) { spec.same_state(spec); };

  /// Which calls are done, and what is told of the state; empty where nothing is.
  std::string key_of_state() const {
    std::string key;
    if constexpr (tells_states) {
      const auto put = [&key](std::size_t number) {
        key.append(reinterpret_cast<const char*>(&number), sizeof number);
      };
      // All before the first that is not done are done, and a few after it.
      put(first_);
      put(order_.size() - first_);
      for (std::size_t i = first_, ahead = order_.size() - first_; ahead > 0; ++i) {
        if (done_[i] == 0) continue;
        put(i);
        --ahead;
      }
      now_.append_state(key);
    }
    return key;
  }
  bool was_given_up(const std::string& key) const {
    const auto found = given_up_.find(key);
    if (found == given_up_.end()) return false;
    if constexpr (compares_states) {
      for (const Spec& each : found->second)
        if (each.same_state(now_)) return true;
      return false;
    }
    return true;
  }
  /// \pre the state of order_ is the last that is kept
  void give_up(std::string key) {
    auto& states = given_up_[std::move(key)];
    if constexpr (compares_states) states.push_back(kept_[kept_count_ - 1].spec);
  }

  Linear finish(Linearizable verdict) {
    result_.verdict = verdict;
    return std::move(result_);
  }

  std::span<const Call> calls_;
  LinearOptions options_;
  std::vector<std::uint8_t> done_;                ///< by place in by_start_
  std::vector<std::size_t> by_start_, place_of_;  ///< calls by place, and the other way round
  std::size_t first_ = 0;                         ///< the first place that is not done
  std::size_t left_ = 0;                          ///< calls with an end that are not done
  Spec now_;                                      ///< after the calls of order_, if is_current_
  bool is_current_ = true;
  unsigned alert_ = 0;      ///< so many more states are kept and compared
  std::vector<Kept> kept_;  ///< the first kept_count_ of them; the others are memory to use again
  std::size_t kept_count_ = 0;
  std::vector<Frame> frames_;            ///< one more than there are calls in order_
  std::vector<std::size_t> candidates_;  ///< places: those of all frames, one frame's after the other
  std::vector<std::size_t> order_;       ///< calls
  /// States from which no order leads to the end. They are looked for only in the neighbourhood of what was taken back:
  /// to tell states apart costs more than some steps, and most histories need it nowhere.
  std::unordered_map<std::string, std::vector<Spec>> given_up_;
  static constexpr unsigned wary = 32;
  static constexpr std::uint64_t patience = 128;  ///< steps without a longer order
  std::uint64_t steps_at_longest_ = 0;
  Linear result_;
};

}  // namespace detail

template <class Spec>
Linear linearize(const Spec& spec, std::span<const Call> calls, const LinearOptions& options = {}) {
  return detail::LinearSearch<Spec>(spec, calls, options).run();
}

}  // namespace weir::oracle
