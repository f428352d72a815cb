// The slow lane of the live target: cases in which `advance` really takes its time, many beside each other, each in a
// driver process and namespaces of its own.
//
//   SlowLane lane(32, {.seed = 1, .profile = &releases::linux_6_18});   // forks: before threads start
//   const SlowEffort effort = lane.run(deadline);                       // sleeps, mostly; on a thread of its own
//
// A guest that skips the time in which it has nothing to do is asked one case after the other, each as long as it
// likes:
//
//   SlowLane lane(guest, {.profile = &profile, .supported = questions.also_in_time()});
//
// A difference counts if the kernel gives the same answers when it is asked again, and if it is the first of its kind
// (fuzz/kind.hpp).
#pragma once
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <stop_token>
#include <string>
#include <vector>

#include "fuzz/engine.hpp"
#include "fuzz/timer_cases.hpp"
#include "oracle/targets/linux.hpp"

namespace weir::fuzz {

struct SlowEffort {
  std::uint64_t cases = 0;           ///< compared
  std::uint64_t operations = 0;      ///< compared, without probes
  std::uint64_t late = 0;            ///< answers thrown away: the machine was too busy to keep to the times
  std::uint64_t unsteady = 0;        ///< cases with a difference that was another, or none, when asked again
  std::chrono::milliseconds time{};  ///< that has passed in the cases compared, taken together
  ClauseSet covered;                 ///< clauses of the spec behind the answers that agreed
  std::uint64_t divergences = 0;     ///< cases that differ, of which `findings` has one of each kind
  std::vector<Finding> findings;

  SlowEffort& operator+=(SlowEffort&& other);
};

struct SlowLaneOptions {
  std::uint64_t seed = 1;
  const Profile* profile = nullptr;  ///< that the kernel is held against
  std::size_t max_findings = 4;
  std::function<bool(const Op&)> supported = oracle::LinuxTarget::supported_slowly;
  /// Told of every case that agrees, with what the kernel answered.
  std::function<void(const TimedQuestion&, const std::vector<Outcome>&)> agreed = {};
};

class SlowLane {
 public:
  using Clock = std::chrono::steady_clock;

  /// Throws std::runtime_error where the kernel cannot be asked.
  SlowLane(std::size_t drivers, SlowLaneOptions options);

  /// \param guest  whose idle time takes none here
  SlowLane(std::shared_ptr<oracle::LinuxTarget> guest, SlowLaneOptions options);

  /// To be said before it runs: another seed, what need not be found again, and who is told of a finding, at once and
  /// on the thread of `run`.
  void begin(std::uint64_t seed, const std::vector<Finding>& known, std::function<void(const Finding&)> found);

  /// Asks cases until the deadline, and none that would not be over by then. Throws std::runtime_error if a driver
  /// dies. In a guest a case takes as long as it takes.
  SlowEffort run(Clock::time_point deadline);
  /// The same, told in `effort` as far as it has come, whatever ends it. Asked to stop, it leaves the cases at which it
  /// is, and cannot run again.
  void run(Clock::time_point deadline, SlowEffort& effort, const std::stop_token& stop);

  /// Asks these, once or as often as it takes to be sure.
  SlowEffort run(std::vector<TimerCase> cases);

 private:
  /// A driver, and the case that it is at.
  struct Driver {
    std::shared_ptr<oracle::LinuxTarget> kernel;
    std::optional<TimerCase> at = {};
    int attempts = 0;
    std::optional<Difference> first = {};  ///< that it gave when it was asked first
  };
  using NextCase = std::function<std::optional<TimerCase>()>;

  void run(Clock::time_point deadline, const NextCase& next, SlowEffort& effort, const std::stop_token& stop);
  std::optional<TimerCase> next_until(Clock::time_point deadline);
  void take_answer(Driver& driver, SlowEffort& effort);
  void judge(Driver& driver, const std::vector<Outcome>& answers, SlowEffort& effort);
  void ask(Driver& driver);
  bool has_time_for(std::chrono::milliseconds length) const;

  SlowLaneOptions options_;
  TimerCases cases_;
  bool idle_time_is_free_ = false;
  Clock::time_point deadline_{};  ///< nothing is asked that would not be over by then
  std::vector<Driver> drivers_;
  std::set<std::string> kinds_;  ///< of the findings
  std::function<void(const Finding&)> found_;
};

}  // namespace weir::fuzz
