// More than can be drained: overload/<limit>/<burst>. A producer offers bursts as fast as it can; what does not fit is
// refused and counted. A packet costs what the owner takes from one delivery to the next: refusals must not slow it.
#pragma once

#include "bench/scenes/offer.hpp"
#include "bench/scenes/scene.hpp"

namespace weir::bench {

template <Contender C>
class Overload {
 public:
  Overload(C& contender, std::uint32_t limit, std::uint32_t burst)
      : contender_(contender), limit_(limit), burst_(burst), offer_(limit, burst), owner_(contender, quota) {}

  /// \pre two cores; the calling thread is pinned to the last of them
  Figures run(int core, std::uint64_t packets) {
    const Refusals refusals(contender_);
    Producer producer(core, [this] { produce(); });
    Sink sink;
    sink.return_to(offer_.delivered, burst_);
    const long before = preemptions();
    owner_.drain_until(packets / 8, sink);
    const std::uint64_t first = sink.packets;
    const auto start = Clock::now();
    owner_.drain_until(packets, sink);
    const double ns = ns_since(start) / static_cast<double>(sink.packets - first);
    const bool disturbed = preemptions() != before;
    stop_.store(true, std::memory_order_relaxed);
    const bool producer_disturbed = producer.join();
    owner_.finish(sink);
    return {.ns = ns,
            .disturbed = disturbed || producer_disturbed,
            .more = {{"refused", refusals.share(offer_.admitted())}}};
  }

 private:
  static constexpr std::int32_t quota = 64;

  void produce() {
    while (!stop_.load(std::memory_order_relaxed)) {
      if (!offer_.free(burst_)) continue;
      for (Packet* packet : offer_.next(burst_)) {
        packet->id = ++written_;
        packet->length = 64;
      }
      if (offer_.offer(contender_, burst_, limit_)) owner_.raise();
    }
  }

  C& contender_;
  const std::uint32_t limit_, burst_;
  Offer offer_;
  Owner<C> owner_;
  std::uint32_t written_ = 0;
  alignas(64) std::atomic<bool> stop_{false};
};

template <Contender C>
void add_overloads() {
  constexpr std::uint64_t packets = 8192;
  for (const std::uint32_t limit : {64U, 1000U})
    for (const std::uint32_t burst : {1U, 32U, 128U})
      scenes().push_back({.cell = "overload/" + std::to_string(limit) + "/" + std::to_string(burst),
                          .contender = std::string(C::name),
                          .measure = [=](const std::vector<int>& cores) {
                            return undisturbed([&] {
                              return Overload<C>(the_contender<C>(), limit, burst).run(cores.front(), packets);
                            });
                          }});
}

}  // namespace weir::bench
