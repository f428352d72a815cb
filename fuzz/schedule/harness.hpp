// What the schedule harnesses share. A harness is one file that defines `schedule_harness`: how a case runs on the
// sources of lockfree/ under the scheduler, and who judges it. harness.cpp gives it the entry points of a fuzzer, makes
// a finding small, and prints it:
//
//   a table of who did what when, the history as a trace (which `weir check` judges again, where it makes no
//   descriptors), and how to replay it
//
// The judge is the spec: the model, which oracle/linear asks for an order of the calls that explains all answers.
// Besides, what must hold in any case when all threads are done.
#pragma once
#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "fuzz/schedule/case.hpp"
#include "fuzz/schedule/scheduler.hpp"
#include "oracle/linear/history.hpp"

namespace weir::fuzz {

/// The calls of a run, each with the ticks of its beginning and its end.
class Recording {
 public:
  void restart(Scheduler& scheduler) {
    scheduler_ = &scheduler;
    calls_.clear();
    threads_.clear();
  }

  /// Runs `perform(operation)` as a call of that thread. \return its answer
  template <class Perform>
  Outcome call(unsigned thread, const Op& operation, Perform&& perform) {
    const std::size_t at = begin(thread, operation);
    Outcome answer = perform(operation);
    end(at, answer);
    return answer;
  }
  std::size_t begin(unsigned thread, const Op& operation) {
    calls_.push_back({operation, {}, scheduler_->tick()});
    threads_.push_back(static_cast<std::uint8_t>(thread));
    return calls_.size() - 1;
  }
  void end(std::size_t at, const Outcome& answer) {
    oracle::Call& call = calls_[at];
    call.seen = oracle::observed_in_full(answer);
    call.likely = std::max(call.start, scheduler_->last_write());
    call.end = scheduler_->tick();
  }

  const std::vector<oracle::Call>& calls() const { return calls_; }
  unsigned thread_of(std::size_t call) const { return threads_[call]; }

 private:
  Scheduler* scheduler_ = nullptr;
  std::vector<oracle::Call> calls_;
  std::vector<std::uint8_t> threads_;
};

/// What is wrong with a run; nothing if `why` is empty.
struct Flaw {
  std::string why;
  oracle::History history;  ///< that no order explains; or empty
};

inline constexpr std::string_view stuck = "the threads wait for each other";

struct ScheduleHarness {
  std::string_view name;
  Weights weights;
  std::vector<const Profile*> profiles;
  void (*draw)(Rng& rng, std::vector<Op>& ops) = nullptr;  ///< in the generator's place
  Flaw (*run)(Scheduler& scheduler, const ScheduleCase& each, Recording& recording) = nullptr;
};

/// Defined by each harness.
extern const ScheduleHarness schedule_harness;

/// Asks the spec, which begins as `before` leaves it, for an order. What takes too long to find is counted as undecided
/// and is no flaw.
Flaw judge(const ScheduleCase& each, const std::vector<Op>& before, std::vector<oracle::Call> calls);

/// The run as a table: a column a thread, a row for each call's beginning and end, and for what it did in a row.
std::string schedule_table(const Recording& recording, const std::vector<Stretch>& stretches);

}  // namespace weir::fuzz
