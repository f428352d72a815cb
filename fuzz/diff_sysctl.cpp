// Sysctl writes and reads: spec against lock-free implementation, every profile.
#include "fuzz/harness.hpp"
#include "fuzz/targets.hpp"

const weir::fuzz::Harness weir::fuzz::harness{"diff_sysctl", sysctl_plane, lockfree_target()};
