// What models with a wrong rule about timers answer (wrong_timer.cmake makes them).
#pragma once
#include <span>
#include <vector>

#include "model/op.hpp"
#include "model/outcome.hpp"

namespace weir::wrong_timer {

/// One function for each, with the name that tests/live/CMakeLists.txt gives it.
#define WEIR_WRONG_TIMERS(EACH) \
  EACH(back_off_is_linear)      \
  EACH(one_retry_more)          \
  EACH(deferred_is_not_asked)   \
  EACH(deferred_waits_longer)   \
  EACH(half_full_at_half)

#define WEIR_DECLARE(name) std::vector<Outcome> answers_of_##name(std::span<const Op> ops);
WEIR_WRONG_TIMERS(WEIR_DECLARE)
#undef WEIR_DECLARE

}  // namespace weir::wrong_timer
