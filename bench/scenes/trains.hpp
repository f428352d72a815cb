// Trains of bursts, and silence between them: bursty/<burst>. Each train finds the backlog asleep. A packet costs the
// time from the first burst until the producer knows that the last packet was delivered, waking included.
#pragma once

#include "bench/scenes/offer.hpp"
#include "bench/scenes/scene.hpp"

namespace weir::bench {

template <Contender C>
class Trains {
 public:
  Trains(C& contender, std::uint32_t burst)
      : contender_(contender), burst_(burst), offer_(train, burst), owner_(contender, quota) {}

  /// \pre two cores; the calling thread is pinned to the last of them
  Figures run(int core, std::uint32_t trains) {
    Producer producer(core, [=, this] { produce(trains); });
    Sink sink;
    sink.return_to(offer_.delivered, train);
    const long before = preemptions();
    owner_.drain_until(std::uint64_t{train} * (trains + warm), sink);
    const bool disturbed = preemptions() != before;
    const bool producer_disturbed = producer.join();
    owner_.finish(sink);
    return {.ns = ns_ / (trains * train), .disturbed = disturbed || producer_disturbed};
  }

 private:
  static constexpr std::uint32_t train = 256, warm = 4;
  static constexpr std::int32_t quota = 64;
  static constexpr double silence_ns = 5000;

  void produce(std::uint32_t trains) {
    for (std::uint32_t n = 0; n < trains + warm; ++n) {
      const auto start = Clock::now();
      for (std::uint32_t sent = 0; sent < train; sent += burst_) {
        for (Packet* packet : offer_.next(burst_)) packet->id = n;
        if (offer_.offer(contender_, burst_, netdev_max_backlog)) owner_.raise();
      }
      while (offer_.delivered.load(std::memory_order_acquire) != offer_.admitted()) {
      }
      if (n >= warm) ns_ += ns_since(start);
      for (const auto end = Clock::now(); ns_since(end) < silence_ns;) pause();
    }
  }

  C& contender_;
  const std::uint32_t burst_;
  Offer offer_;
  Owner<C> owner_;
  double ns_ = 0;
};

template <Contender C>
void add_trains() {
  constexpr std::uint32_t trains = 32;
  for (const std::uint32_t burst : {1U, 32U, 128U})
    scenes().push_back({.cell = "bursty/" + std::to_string(burst),
                        .contender = std::string(C::name),
                        .measure = [=](const std::vector<int>& cores) {
                          return undisturbed(
                              [&] { return Trains<C>(the_contender<C>(), burst).run(cores.front(), trains); });
                        }});
}

}  // namespace weir::bench
