// All operations: spec against lock-free implementation, every profile.
#include "fuzz/harness.hpp"
#include "fuzz/targets.hpp"

const weir::fuzz::Harness weir::fuzz::harness{"diff_host", host_plane, lockfree_target()};
