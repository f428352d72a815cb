// Does the model allow what a trace says was observed?
#pragma once
#include <functional>
#include <optional>
#include <string>

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
  bool stopped = false;                  ///< before the end of the trace
  std::optional<std::string> undecided;  ///< why it stopped without a verdict
  ClauseSet clauses;                     ///< passed in all

  bool agrees() const { return divergences == 0; }
};

/// Replays the trace on the model and calls `found` for each line that the model does not allow. Where the lines have a
/// start, an order is looked for in which the model allows them all (oracle/linear/history.hpp). Throws Malformed.
CheckResult check(TraceReader& trace, const CheckOptions& options, const std::function<void(const Divergence&)>& found);

}  // namespace weir::oracle
