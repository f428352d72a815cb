// Does the model allow what a trace says was observed?
#pragma once
#include <functional>

#include "oracle/check/divergence.hpp"
#include "oracle/json/reader.hpp"

namespace weir::oracle {

struct CheckOptions {
  const Profile* profile = nullptr;  ///< overrides the header's
  bool all = false;                  ///< go on behind a divergence where that is possible
};

struct CheckResult {
  std::uint64_t operations = 0;
  std::uint64_t compared = 0;  ///< operations with something observed
  std::uint64_t divergences = 0;
  bool stopped = false;    ///< before the end of the trace
  std::uint64_t line = 0;  ///< the last that was looked at
  bool undecided = false;  ///< at the line where it stopped: too many states could explain what came before it
  ClauseSet clauses;       ///< passed in all

  bool agrees() const { return divergences == 0; }
};

/// Replays the trace on the model and calls `found` for each line that the model does not allow. Throws Malformed.
CheckResult check(TraceReader& trace, const CheckOptions& options, const std::function<void(const Divergence&)>& found);

}  // namespace weir::oracle
