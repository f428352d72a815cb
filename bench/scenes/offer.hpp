// Packets for a producer that does not wait for the owner: what was refused is offered again, what was admitted comes
// back when it was delivered.
#pragma once
#include <algorithm>
#include <atomic>
#include <random>
#include <vector>

#include "bench/drain_cell.hpp"

namespace weir::bench {

class Offer {
 public:
  /// Enough that one is always free, also behind a backlog that keeps twice its limit.
  Offer(std::uint32_t limit, std::uint32_t burst) : packets_(std::size_t{4} * (limit + 1) + std::size_t{2} * burst) {
    for (Packet& each : packets_) order_.push_back(&each);
    std::shuffle(order_.begin(), order_.end(), std::mt19937(1));
    order_.insert(order_.end(), order_.begin(), order_.begin() + burst);  // so that a burst may go round the end
  }

  /// The next `burst` packets. \pre free(burst)
  Burst next(std::uint32_t burst) { return Burst(order_).subspan(admitted_ % packets_.size(), burst); }
  /// acquire: the owner has read the packets that are now written again.
  bool free(std::uint32_t burst) const {
    return admitted_ + burst <= delivered.load(std::memory_order_acquire) + packets_.size();
  }

  /// Offers the next `burst` packets at once, or one by one where the contender has no bursts.
  /// \return whether the owner is to be woken
  template <Contender C>
  bool offer(C& contender, std::uint32_t burst, std::uint32_t limit) {
    if constexpr (requires(Burst packets) { contender.enqueue_burst(packets, limit); }) {
      if (burst > 1) {
        const EnqueuedBurst enqueued = contender.enqueue_burst(next(burst), limit);  // admits the first of them
        admitted_ += enqueued.admitted;
        return enqueued.scheduled;
      }
    }
    bool wakes = false;
    for (std::uint32_t i = 0; i < burst; ++i) {
      const Enqueued one = contender.enqueue(*next(1).front(), limit);
      admitted_ += one.admitted ? 1 : 0;
      wakes = wakes || one.scheduled;
    }
    return wakes;
  }
  std::uint64_t admitted() const { return admitted_; }

  alignas(64) std::atomic<std::uint64_t> delivered{0};  ///< the owner's: a sink tells it

 private:
  alignas(64) std::uint64_t admitted_ = 0;
  std::vector<Packet> packets_;
  std::vector<Packet*> order_;
};

}  // namespace weir::bench
