// A case in which time passes, as a live kernel is asked it.
//
// The model's timers fire at their times. A kernel's never fire earlier, but later: its timer wheel rounds up by as
// much as an eighth (decision 0010), and a timer that is set again when it fires carries that on. And between two
// operations a little time passes that the case does not name. A case is `steady` where neither can matter: nothing is
// due within a guard band around the end of an `advance`, no answer turns on a few milliseconds, and the order in which
// timers fire, where it is not certain, decides nothing.
#pragma once
#include <chrono>
#include <functional>
#include <vector>

#include "fuzz/question.hpp"

namespace weir::fuzz {

struct TimedQuestion : Question {
  struct Sent {
    std::chrono::milliseconds at{};
    outcome::SentSegment segment;
  };
  std::vector<std::vector<Sent>> sent;  ///< of each operation; empty unless it is an `advance`
  std::chrono::milliseconds length{};   ///< the sum of what its `advance`s take
  bool decided_under_pressure = false;  ///< whether a request stays: the SYN queue was more than half full
  bool steady = false;
};

/// As question(), for a target that lets time pass.
TimedQuestion timed_question(const Input& input, const std::function<bool(const Op&)>& supported);

/// The first operation that the kernel did not answer as the model does, apart from the order of what was sent at times
/// that the wheel may turn round.
std::optional<Difference> first_difference(const TimedQuestion& asked, const std::vector<Outcome>& answers);

}  // namespace weir::fuzz
