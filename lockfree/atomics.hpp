// Where lockfree/ gets its atomics from.
//
// The low-level structures are templates over a policy, so that the same source ships on std::atomic and can be read
// by a memory-model explorer or a solver: a policy supplies `atomic<T>` with the interface of std::atomic, and
// `plain<T>` for what one thread at a time may use: a T here, and one that notices races where they are looked for. The
// host as a whole is built on one of them: a build that defines WEIR_LOCKFREE_ATOMICS names a header with another
// `HostAtomics`.
#pragma once
#include <atomic>

namespace weir::lockfree {

struct StdAtomics {
  template <class T>
  using atomic = std::atomic<T>;
  template <class T>
  using plain = T;
};

}  // namespace weir::lockfree

#ifdef WEIR_LOCKFREE_ATOMICS
#include WEIR_LOCKFREE_ATOMICS
#else
namespace weir::lockfree {
using HostAtomics = StdAtomics;
}  // namespace weir::lockfree
#endif

namespace weir::lockfree {

template <class T>
using HostAtomic = HostAtomics::template atomic<T>;

}  // namespace weir::lockfree
