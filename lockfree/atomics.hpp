// Where lockfree/ gets its atomics from.
//
// The low-level structures are templates over a policy, so that the same source ships on std::atomic and can be read
// by a memory-model explorer or a solver: a policy supplies `atomic<T>` with the interface of std::atomic.
#pragma once
#include <atomic>

namespace weir::lockfree {

struct StdAtomics {
  template <class T>
  using atomic = std::atomic<T>;
};

}  // namespace weir::lockfree
