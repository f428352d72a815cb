// Several producers and one owner: crowd/<producers>/<burst>. Each producer has at most two bursts under way, and its
// core to itself where there are enough; where there are not, those that share one give way while they wait.
#pragma once
#include <sched.h>

#include <thread>
#include <vector>

#include "bench/scenes/scene.hpp"

namespace weir::bench {

template <Contender C>
class Crowd {
 public:
  Crowd(C& contender, std::uint32_t producers, const Cell& cell, std::uint32_t packets)
      : contender_(contender),
        cell_(cell),
        each_(cell, packets / producers),
        senders_(producers),
        owner_(contender, cell.quota) {}

  /// \pre two cores; the calling thread is pinned to the last of them
  Figures run(const std::vector<int>& cores) {
    const std::size_t others = cores.size() - 1;
    crowded_ = others < senders_.size();
    std::vector<std::thread> producers;
    for (std::uint32_t i = 0; i < senders_.size(); ++i)
      producers.emplace_back([this, i, core = cores[i % others]] { produce_as(i, core); });
    while (ready_.load(std::memory_order_acquire) != senders_.size()) std::this_thread::yield();
    Sink sink{.payload = Payload::sender, .burst = cell_.burst, .senders = &senders_};
    const long before = preemptions();
    owner_.drain_until(each_.warm * senders_.size(), sink);
    const auto start = Clock::now();
    owner_.drain_until(each_.total * senders_.size(), sink);
    const double ns = ns_since(start);
    const bool disturbed = preemptions() != before || disturbed_.load(std::memory_order_relaxed);
    for (std::thread& each : producers) each.join();
    owner_.finish(sink);
    return {.ns = ns / static_cast<double>((each_.total - each_.warm) * senders_.size()), .disturbed = disturbed};
  }

 private:
  void produce_as(std::uint32_t sender, int core) {
    pin_to(core);
    PacketPool pool(cell_, sender);
    const std::atomic<std::uint64_t>& delivered = senders_[sender].told;
    const auto wait_until = [&](std::uint64_t goal) {
      // acquire: the owner has read the packets that are now written again.
      while (delivered.load(std::memory_order_acquire) < goal)
        if (crowded_) sched_yield();
    };
    ready_.fetch_add(1, std::memory_order_acq_rel);
    const long before = preemptions();
    for (std::uint64_t sent = 0; sent < each_.total; sent += cell_.burst) {
      if (sent >= cell_.burst * bursts_in_flight) wait_until(sent - cell_.burst * (bursts_in_flight - 1));
      if (enqueue_wakes(contender_, pool.fill(), netdev_max_backlog)) owner_.raise();
    }
    if (!crowded_ && preemptions() != before) disturbed_.store(true, std::memory_order_relaxed);
    wait_until(each_.total);  // the pool lives as long
  }

  C& contender_;
  const Cell cell_;
  const Amount each_;
  bool crowded_ = false;
  std::vector<Returned> senders_;
  Owner<C> owner_;
  alignas(64) std::atomic<std::size_t> ready_{0};
  std::atomic<bool> disturbed_{false};
};

template <Contender C>
void add_crowds() {
  constexpr std::int32_t quota = 64;
  constexpr std::uint32_t packets = 8192;
  for (const std::uint32_t producers : {2U, 4U})
    for (const std::uint32_t burst : {1U, 8U, 32U})
      scenes().push_back({.cell = "crowd/" + std::to_string(producers) + "/" + std::to_string(burst),
                          .contender = std::string(C::name),
                          .threads = producers + 1,
                          .measure = [=](const std::vector<int>& cores) {
                            const Cell cell{Where::cross_core, Payload::sender, burst, quota};
                            return undisturbed(
                                [&] { return Crowd<C>(the_contender<C>(), producers, cell, packets).run(cores); });
                          }});
}

}  // namespace weir::bench
