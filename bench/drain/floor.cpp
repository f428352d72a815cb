// What this machine cannot beat: packets change hands without a queue. One thread writes their addresses into cache
// lines and, once a burst, says how far it is; the other reads them. No limit, no count of what was dropped, nobody to
// wake.
#include <array>

#include "bench/drain/registry.hpp"

namespace weir::bench {
namespace {

class HandOff {
 public:
  HandOff(const Cell& cell, std::uint32_t packets)
      : cell_(cell),
        warm_((packets / 8 / cell.burst + 1) * cell.burst),
        total_(warm_ + packets / cell.burst * cell.burst) {}

  Measured across(int producer_core, Sink& sink) {
    std::thread producer([this, producer_core] { produce(producer_core); });
    // Until it has left this core, which nothing else takes away from us.
    while (!ready_.load(std::memory_order_acquire)) std::this_thread::yield();
    const long before = preemptions();
    read_until(warm_, sink);
    const auto start = Clock::now();
    read_until(total_, sink);
    const double ns = ns_since(start);
    const bool disturbed = preemptions() != before;
    producer.join();
    return {ns / static_cast<double>(total_ - warm_), disturbed || producer_disturbed_};
  }

  Measured here(Sink& sink) {
    PacketPool pool(cell_);
    const long before = preemptions();
    auto start = Clock::now();
    for (std::uint64_t sent = 0; sent < total_; sent += cell_.burst) {
      if (sent == warm_) start = Clock::now();
      write(pool);
      read_until(sent + cell_.burst, sink);
    }
    return {ns_since(start) / static_cast<double>(total_ - warm_), preemptions() != before};
  }

 private:
  void produce(int core) {
    pin_to(core);
    PacketPool pool(cell_);
    const long before = preemptions();
    ready_.store(true, std::memory_order_release);
    for (std::uint64_t sent = 0; sent < total_; sent += cell_.burst) {
      // acquire: the reader has read what is now written again.
      while (sent + cell_.burst > read_.load(std::memory_order_acquire) + cell_.burst * bursts_in_flight) {
      }
      pool.fetch();
      write(pool);
    }
    producer_disturbed_ = preemptions() != before;
    while (read_.load(std::memory_order_acquire) != total_) std::this_thread::yield();  // the pool lives as long
  }

  void write(PacketPool& pool) {
    for (Packet* packet : pool.fill()) addresses_[place_++ % addresses_.size()] = packet;
    written_.store(place_, std::memory_order_release);  // of what stands before it
  }

  void read_until(std::uint64_t goal, Sink& sink) {
    while (got_ < goal) {
      const std::uint64_t there = std::min(written_.load(std::memory_order_acquire), goal);
      if (there == got_) continue;
      for (; got_ < there; ++got_) sink(*addresses_[got_ % addresses_.size()]);
      read_.store(got_, std::memory_order_release);
    }
  }

  const Cell cell_;
  const std::uint64_t warm_, total_;
  alignas(64) std::array<Packet*, 1024> addresses_{};
  alignas(64) std::uint64_t place_ = 0;
  std::atomic<bool> ready_{false};
  bool producer_disturbed_ = false;
  alignas(64) std::uint64_t got_ = 0;
  alignas(64) std::atomic<std::uint64_t> written_{0};
  alignas(64) std::atomic<std::uint64_t> read_{0};
};

Measured measure_floor(const Cell& cell, std::uint32_t packets, const std::vector<int>& cores, Sink& sink) {
  return undisturbed([&] {
    HandOff hand_off(cell, packets);
    return cell.where == Where::same_core ? hand_off.here(sink) : hand_off.across(cores.front(), sink);
  });
}

[[maybe_unused]] const bool added = [] {
  contenders().push_back({"floor", Producers::one, nullptr, measure_floor});
  return true;
}();

}  // namespace
}  // namespace weir::bench
