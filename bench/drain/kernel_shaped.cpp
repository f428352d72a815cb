// Ours, and the two that are shaped like the kernel's own.
#include "bench/drain/registry.hpp"
#include "bench/peers/rivals.hpp"

namespace weir::bench {
namespace {

[[maybe_unused]] const bool added = add_contender<OneAtATime>(Producers::any) &&
                                    add_contender<Splice>(Producers::any) && add_contender<LockFree>(Producers::any);

}  // namespace
}  // namespace weir::bench
