// Boost.Lockfree: the queue for many producers, with nodes from a pool of fixed size, and the ring for one.
#include <boost/lockfree/queue.hpp>
#include <boost/lockfree/spsc_queue.hpp>

#include "bench/drain/registry.hpp"
#include "bench/peers/wrapped.hpp"

namespace weir::bench {
namespace {

class BoostQueue {
 public:
  static constexpr std::string_view name = "boost-queue";
  bool push(Packet& packet) { return queue_.bounded_push(&packet); }
  std::uint32_t pop(Packet** into, std::uint32_t count) {
    std::uint32_t got = 0;
    while (got < count && queue_.pop(into[got])) ++got;
    return got;
  }

 private:
  static constexpr std::uint32_t nodes =
      65000;  // one less than 2^16 is the most that its tagged indices can tell apart
  boost::lockfree::queue<Packet*, boost::lockfree::fixed_sized<true>> queue_{nodes};
};

class BoostSpsc {
 public:
  static constexpr std::string_view name = "boost-spsc";
  bool push(Packet& packet) { return queue_.push(&packet); }
  std::uint32_t push_burst(Burst packets) {
    return static_cast<std::uint32_t>(queue_.push(packets.data(), packets.size()));
  }
  std::uint32_t pop(Packet** into, std::uint32_t count) { return static_cast<std::uint32_t>(queue_.pop(into, count)); }

 private:
  boost::lockfree::spsc_queue<Packet*> queue_{ring_size};
};

[[maybe_unused]] const bool added =
    add_contender<Wrapped<BoostQueue>>(Producers::any) && add_contender<Wrapped<BoostSpsc>>(Producers::one);

}  // namespace
}  // namespace weir::bench
