// How long a packet waits, from its arrival to its delivery: latency/<load in percent>. Packets arrive one by one at
// random (exponential gaps), the same for every contender: 100 is what the lock-free backlog delivers on this machine
// when packets come without a gap. A packet's arrival is when it was due, so a producer that is late because
// enqueueing took long does not hide that.
//
// latency/full: bursts of 32 without a gap, more than can be drained; a packet arrives when it is offered. What waits
// is bounded by the limit, and so is how long.
#pragma once
#include <array>
#include <cmath>
#include <random>

#include "bench/scenes/offer.hpp"
#include "bench/scenes/scene.hpp"
#include "bench/statistics.hpp"

namespace weir::bench {

/// What a packet takes at a load of 100, in nanoseconds. Measured once.
double ns_at_full_load(const std::vector<int>& cores);

/// Gaps between arrivals that are independent of each other, in nanoseconds; none with a mean of 0.
class Gaps {
 public:
  explicit Gaps(double mean) {
    if (mean == 0) return;
    std::mt19937 random(1);
    std::exponential_distribution<double> gap(1 / mean);
    for (Clock::duration& each : gaps_)
      each = std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double, std::nano>(gap(random)));
  }
  Clock::duration next() { return gaps_[next_++ % gaps_.size()]; }

 private:
  std::array<Clock::duration, 4096> gaps_{};
  std::size_t next_ = 0;
};

template <Contender C>
class Latency {
 public:
  /// \param mean_gap  between bursts, in nanoseconds; 0: each arrives when the one before it has been offered
  Latency(C& contender, double mean_gap, std::uint32_t burst = 1)
      : contender_(contender),
        gapless_(mean_gap == 0),
        burst_(burst),
        gaps_(mean_gap),
        offer_(netdev_max_backlog, burst),
        owner_(contender, quota) {}

  /// \pre two cores; the calling thread is pinned to the last of them
  Figures run(int core, std::uint64_t packets) {
    const Refusals refusals(contender_);
    Producer producer(core, [this] { produce(); });
    std::vector<Clock::duration> waits;
    waits.reserve(packets * 2 + netdev_max_backlog * 4);
    Sink sink{.payload = Payload::due, .waits = &waits};
    sink.return_to(offer_.delivered, burst_);
    const long before = preemptions();
    const auto start = Clock::now();
    owner_.drain_until(packets, sink);
    const double each = ns_since(start) / static_cast<double>(packets);
    const bool disturbed = preemptions() != before;
    stop_.store(true, std::memory_order_relaxed);
    const bool producer_disturbed = producer.join();
    owner_.finish(sink);
    std::vector<double> settled;  // without those of the beginning
    for (std::size_t i = packets / 8; i < waits.size(); ++i)
      settled.push_back(std::chrono::duration<double, std::nano>(waits[i]).count());
    return {.ns = median(settled),
            .disturbed = disturbed || producer_disturbed,
            .more = {{"each", each},
                     {"p99", quantile(settled, 0.99)},
                     {"p99.9", quantile(settled, 0.999)},
                     {"refused", refusals.share(offer_.admitted())}}};
  }

 private:
  static constexpr std::int32_t quota = 64;

  void produce() {
    auto due = Clock::now();
    while (!stop_.load(std::memory_order_relaxed)) {
      while (Clock::now() < due || !offer_.free(burst_))
        if (stop_.load(std::memory_order_relaxed)) break;
      for (Packet* packet : offer_.next(burst_)) packet->due = due;
      if (offer_.offer(contender_, burst_, netdev_max_backlog)) owner_.raise();
      due = gapless_ ? Clock::now() : due + gaps_.next();
    }
  }

  C& contender_;
  const bool gapless_;
  const std::uint32_t burst_;
  Gaps gaps_;
  Offer offer_;
  Owner<C> owner_;
  alignas(64) std::atomic<bool> stop_{false};
};

template <Contender C>
void add_latencies() {
  constexpr std::uint64_t packets = 8192;
  scenes().push_back(
      {.cell = "latency/full", .contender = std::string(C::name), .measure = [=](const std::vector<int>& cores) {
         return undisturbed([&] { return Latency<C>(the_contender<C>(), 0, 32).run(cores.front(), packets); });
       }});
  for (const unsigned load : {10U, 50U, 90U})
    scenes().push_back({.cell = "latency/" + std::to_string(load),
                        .contender = std::string(C::name),
                        .measure = [=](const std::vector<int>& cores) {
                          const double gap = ns_at_full_load(cores) * 100 / load;
                          return undisturbed(
                              [&] { return Latency<C>(the_contender<C>(), gap).run(cores.front(), packets); });
                        }});
}

}  // namespace weir::bench
