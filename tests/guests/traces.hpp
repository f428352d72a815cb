// Traces that hold what a guest's kernel answered, asked of one again.
#pragma once
#include <vector>

#include "oracle/targets/guests.hpp"

namespace weir::guests {

/// Asks again while the machine is too busy to tell. Throws std::runtime_error if it stays so, or the guest fails.
std::vector<Outcome> answers(oracle::LinuxTarget& guest, const std::vector<Op>& ops);

/// Each trace of the folder `predictions`, of the model of that kernel and of the kernel itself.
void expect_predictions(oracle::LinuxTarget& guest);

}  // namespace weir::guests
