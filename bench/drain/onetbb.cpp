// oneTBB: concurrent_queue.
#include <oneapi/tbb/concurrent_queue.h>

#include "bench/drain/registry.hpp"
#include "bench/peers/wrapped.hpp"

namespace weir::bench {
namespace {

class TbbQueue {
 public:
  static constexpr std::string_view name = "tbb-queue";
  bool push(Packet& packet) {
    queue_.push(&packet);
    return true;
  }
  std::uint32_t pop(Packet** into, std::uint32_t count) {
    std::uint32_t got = 0;
    while (got < count && queue_.try_pop(into[got])) ++got;
    return got;
  }

 private:
  tbb::concurrent_queue<Packet*> queue_;
};

[[maybe_unused]] const bool added = add_contender<Wrapped<TbbQueue>>(Producers::any);

}  // namespace
}  // namespace weir::bench
