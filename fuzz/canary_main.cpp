// The harness over one broken variant.
#include "fuzz/canary.hpp"
#include "fuzz/harness.hpp"

const weir::fuzz::Harness weir::fuzz::harness{WEIR_CANARY_NAME, host_plane, WEIR_CANARY_TARGET()};
