// The host's atomics where the scheduler runs it: see WEIR_LOCKFREE_ATOMICS in lockfree/atomics.hpp.
#pragma once
#include "fuzz/schedule/atomics.hpp"

namespace weir::lockfree {

using HostAtomics = fuzz::Scheduled;

}  // namespace weir::lockfree
