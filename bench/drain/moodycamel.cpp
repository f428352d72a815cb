// moodycamel::ConcurrentQueue: blocks for each producer, which it finds by the thread or by a token.
#include <concurrentqueue/concurrentqueue.h>

#include "bench/drain/registry.hpp"
#include "bench/peers/wrapped.hpp"

namespace weir::bench {
namespace {

class MoodyCamel {
 public:
  static constexpr std::string_view name = "moodycamel";
  bool push(Packet& packet) { return queue_.enqueue(&packet); }
  std::uint32_t push_burst(Burst packets) {
    return queue_.enqueue_bulk(packets.data(), packets.size()) ? static_cast<std::uint32_t>(packets.size()) : 0;
  }
  std::uint32_t pop(Packet** into, std::uint32_t count) {
    return static_cast<std::uint32_t>(queue_.try_dequeue_bulk(into, count));
  }

 private:
  moodycamel::ConcurrentQueue<Packet*> queue_{ring_size};
};

class MoodyCamelTokens {
 public:
  static constexpr std::string_view name = "moodycamel-tokens";
  bool push(Packet& packet) { return queue_.enqueue(producer_, &packet); }
  std::uint32_t push_burst(Burst packets) {
    return queue_.enqueue_bulk(producer_, packets.data(), packets.size()) ? static_cast<std::uint32_t>(packets.size())
                                                                          : 0;
  }
  std::uint32_t pop(Packet** into, std::uint32_t count) {
    return static_cast<std::uint32_t>(queue_.try_dequeue_bulk(consumer_, into, count));
  }

 private:
  moodycamel::ConcurrentQueue<Packet*> queue_{ring_size};
  moodycamel::ProducerToken producer_{queue_};
  moodycamel::ConsumerToken consumer_{queue_};
};

[[maybe_unused]] const bool added =
    add_contender<Wrapped<MoodyCamel>>(Producers::any) && add_contender<Wrapped<MoodyCamelTokens>>(Producers::one);

}  // namespace
}  // namespace weir::bench
