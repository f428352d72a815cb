// The host's atomics where the explorer runs it: see WEIR_LOCKFREE_ATOMICS in lockfree/atomics.hpp.
#pragma once
#include "proofs/memory/atomic.hpp"

namespace weir::lockfree {

using HostAtomics = proofs::memory::Modelled;

}  // namespace weir::lockfree
