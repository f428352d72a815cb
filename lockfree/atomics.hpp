// Where lockfree/ gets its atomics from.
//
// The low-level structures are templates over a policy, so that the same source ships on std::atomic and can be read
// by a memory-model explorer or a solver: a policy supplies `atomic<T>` with the interface of std::atomic, and
// `plain<T>` for what one thread at a time may use: a T here, and one that notices races where they are looked for.
// `wait()` is for a loop that has looked in vain and may go on once another thread has stored what it looks at.
// `renew()` begins a new life of an object that was used before: as if it were constructed, nobody else may use it
// meanwhile, nor afterwards without knowing of this. The host as a whole is built on one of them: a build that defines
// WEIR_LOCKFREE_ATOMICS names a header with another `HostAtomics`.
#pragma once
#include <atomic>
#include <thread>
#include <type_traits>

namespace weir::lockfree {

struct StdAtomics {
  template <class T>
  using atomic = std::atomic<T>;
  template <class T>
  using plain = T;
  static void wait() noexcept { std::this_thread::yield(); }
  template <class T>
  static void renew(std::atomic<T>& at, std::type_identity_t<T> value) noexcept {
    at.store(value, std::memory_order_relaxed);  // relaxed: published by whatever hands the object out
  }
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
