// The receive backlog: spec against lock-free implementation, every profile.
#include "fuzz/harness.hpp"
#include "fuzz/targets.hpp"

const weir::fuzz::Harness weir::fuzz::harness{"diff_softnet", softnet_plane, lockfree_target()};
