// What the C++ library has: a mutex around a deque.
#include <deque>
#include <mutex>

#include "bench/drain/registry.hpp"
#include "bench/peers/wrapped.hpp"

namespace weir::bench {
namespace {

class MutexDeque {
 public:
  static constexpr std::string_view name = "std-mutex-deque";
  bool push(Packet& packet) {
    const std::lock_guard held(mutex_);
    queue_.push_back(&packet);
    return true;
  }
  std::uint32_t push_burst(Burst packets) {
    const std::lock_guard held(mutex_);
    queue_.insert(queue_.end(), packets.begin(), packets.end());
    return static_cast<std::uint32_t>(packets.size());
  }
  std::uint32_t pop(Packet** into, std::uint32_t count) {
    const std::lock_guard held(mutex_);
    const auto got = std::min(count, static_cast<std::uint32_t>(queue_.size()));
    for (std::uint32_t i = 0; i < got; ++i) into[i] = queue_[i];
    queue_.erase(queue_.begin(), queue_.begin() + got);
    return got;
  }

 private:
  std::mutex mutex_;
  std::deque<Packet*> queue_;
};

[[maybe_unused]] const bool added = add_contender<Wrapped<MutexDeque>>(Producers::any);

}  // namespace
}  // namespace weir::bench
