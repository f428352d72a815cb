// The counters of a network namespace.
#pragma once
#include "model/outcome.hpp"

namespace weir::oracle {

/// As /proc/self/net/netstat has them for the calling process's namespace. Throws std::system_error.
outcome::Counters read_counters();

/// What was counted between two readings.
outcome::Counters since(const outcome::Counters& before, const outcome::Counters& now);

}  // namespace weir::oracle
