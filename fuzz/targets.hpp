// Targets that run inside this process.
#pragma once
#include "fuzz/engine.hpp"

namespace weir::fuzz {

/// weir's own lock-free implementation against the spec; every profile.
Target lockfree_target();

}  // namespace weir::fuzz
