// What the tests share that record histories of real threads.
//
// The clock is one atomic counter that orders nothing else (relaxed), so that under the preset `tsan` a race that the
// calls themselves do not prevent is still seen.
#pragma once
#include <atomic>
#include <cstdint>

#include "oracle/linear/search.hpp"

namespace weir::lockfree {

class Ticks {
 public:
  // relaxed: see above. Who comes later on this one word gets the larger number all the same.
  std::uint64_t next() { return ticks_.fetch_add(1, std::memory_order_relaxed); }

 private:
  std::atomic<std::uint64_t> ticks_{1};
};

/// `perform(operation)` as a call with its beginning and its end.
template <class Perform>
oracle::Call recorded(Ticks& clock, const Op& operation, Perform&& perform) {
  oracle::Call call{operation, {}, clock.next()};
  const Outcome answer = perform(operation);
  call.end = clock.next();
  call.seen = oracle::observed_in_full(answer);
  return call;
}

}  // namespace weir::lockfree
