// A trace with results, held against the model or against the kernel.
#pragma once
#include <string>
#include <vector>

#include "model/op.hpp"
#include "model/outcome.hpp"
#include "oracle/json/observation.hpp"
#include "oracle/targets/linux.hpp"

namespace weir::live {

struct TraceCase {
  std::string file;
  std::vector<Op> ops;
  std::vector<oracle::Observation> seen;
};

/// The traces of a folder beside this file, by name.
std::vector<TraceCase> traces_in(const std::string& folder);

std::vector<Outcome> answers_of_model(const TraceCase& trace);

/// Asks again while the machine is too busy to tell; throws std::runtime_error if it stays so or the driver fails.
std::vector<Outcome> answers_of(oracle::LinuxTarget& kernel, const std::vector<Op>& ops);

/// "" where all that was seen agrees; else the first line that does not, and the answer.
std::string disagreement(const TraceCase& trace, const std::vector<Outcome>& answers);

}  // namespace weir::live
