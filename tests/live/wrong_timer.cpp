// Compiled once for each wrong rule, with that variant's headers in front of model/'s own.
#include "tests/live/wrong_timer.hpp"

#include "model/host.hpp"

#define WEIR_JOIN(a, b) a##b
#define WEIR_ANSWERS_OF(name) WEIR_JOIN(answers_of_, name)

namespace weir::wrong_timer {

std::vector<Outcome> WEIR_ANSWERS_OF(WEIR_WRONG_TIMER)(std::span<const Op> ops) {
  WEIR_WRONG_TIMER::Host<Concrete> host(releases::linux_6_18);
  std::vector<Outcome> answers;
  for (const Op& each : ops) answers.push_back(host.step(each));
  return answers;
}

}  // namespace weir::wrong_timer
