// Where calls take turns, as they do in the kernel under lock_sock and under the lock of a hash bucket.
//
// bind, connect, listen, shutdown and close of several threads on one socket: each takes several steps. bind, connect
// and listen take their first back where a later one fails, and the last step of shutdown and close is to send a FIN. A
// call that came between and made the socket fresh again would see the next one's step taken back, its fields
// overwritten, or the FIN arrive at a connection that it was not meant for.
//
// connect from a port that bind asked for, and the child of such a client: of two that find the same two ends free one
// only may take them, and two whose SYNs cross meet once.
//
// Thread safety: any thread. These are the two places in lockfree/ where a thread waits for another: for the call that
// it would wait for in the kernel, too. A socket's turn comes before a namespace's, and each is asked for once.
#pragma once
#include <cstdint>

#include "lockfree/atomics.hpp"

namespace weir::lockfree {

class Turn {
 public:
  explicit Turn(HostAtomic<std::uint32_t>& taken) : taken_(taken) {
    // acquire: pairs with the release below; what the call before this one did stands before what this one looks at.
    // relaxed on failure: it looks again. In vain it only looks, so that waiting changes nothing.
    std::uint32_t free = 0;
    while (!taken_.compare_exchange_strong(free, 1, std::memory_order_acquire, std::memory_order_relaxed)) {
      free = 0;
      HostAtomics::wait();
    }
  }
  ~Turn() { taken_.store(0, std::memory_order_release); }
  Turn(const Turn&) = delete;
  Turn& operator=(const Turn&) = delete;

 private:
  HostAtomic<std::uint32_t>& taken_;
};

}  // namespace weir::lockfree
