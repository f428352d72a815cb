// The counters of a network namespace.
#pragma once
#include "model/outcome.hpp"

namespace weir::oracle {

/// As an open /proc/net/netstat has them. Throws std::system_error.
outcome::Counters read_counters(int netstat);

/// What was counted between two readings.
outcome::Counters since(const outcome::Counters& before, const outcome::Counters& now);

}  // namespace weir::oracle
