// The promises of a backlog under real concurrency, checked for any queue with the backlog's interface.
//
// Producers put in short bursts, as such or packet by packet, and wait until theirs are delivered, so the queue falls
// asleep and is woken all the time; the owner drains in polls and puts in packets of its own.
#pragma once
#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <span>
#include <thread>
#include <vector>

#include "lockfree/backlog.hpp"

namespace weir::lockfree::stress {

inline constexpr std::uint32_t producers = 3;
inline constexpr std::uint32_t lanes = producers + 1;  // the last is the owner's

struct Load {
  std::uint32_t packets = 20000;  ///< each producer offers
  std::uint32_t burst = 4;        ///< at most, 1 .. 16
  std::uint32_t limit = 1000;
  std::int32_t quota = 3;
};

/// What was found. Each is a promise of backlog.hpp.
struct Report {
  bool in_order = true;   ///< each producer's packets arrive in its order
  bool conserved = true;  ///< what was admitted was delivered, once; what was refused was counted
  bool woken = true;      ///< nothing waits while nobody was told
  bool bounded = true;    ///< at most limit + 1 wait, and 1 more for the race of the two lanes
  std::uint64_t refused = 0;
};

template <class Queue>
class Stress {
 public:
  explicit Stress(const Load& load) : load_(load) {}

  Report run() {
    std::vector<std::thread> threads;
    for (std::uint32_t lane = 0; lane < producers; ++lane) threads.emplace_back([this, lane] { produce(lane); });
    own();
    for (std::thread& each : threads) each.join();
    for (std::uint32_t lane = 0; lane < lanes; ++lane) {
      report_.conserved = report_.conserved && (!report_.woken || delivered_[lane].load() == admitted_[lane].load());
      report_.refused += refused_[lane];
    }
    report_.conserved = report_.conserved && queue_.dropped() == static_cast<std::uint32_t>(report_.refused);
    return report_;
  }

 private:
  using Clock = std::chrono::steady_clock;

  static Skb packet(std::uint32_t lane, std::uint32_t number) { return Skb{lane << 28 | number}; }

  void produce(std::uint32_t lane) {
    std::uint32_t state = lane + 1;
    for (std::uint32_t offered = 0; offered < load_.packets && !gave_up_.load();) {
      state = state * 1664525 + 1013904223;
      const std::uint32_t packets = 1 + (state >> 16) % load_.burst;
      offered += packets;
      if ((state >> 24) % 2 == 0)
        offer_burst(lane, packets);
      else
        for (std::uint32_t i = 0; i < packets; ++i)
          offer(lane, [&](Skb skb) { return queue_.enqueue(skb, load_.limit); });
      while (delivered_[lane].load() != admitted_[lane].load() && !gave_up_.load()) std::this_thread::yield();
    }
    finished_.fetch_add(1);
  }

  template <class Enqueue>
  void offer(std::uint32_t lane, Enqueue enqueue) {
    // Counted before it can be delivered, so that delivered never overtakes admitted.
    const std::uint32_t number = admitted_[lane].fetch_add(1);
    const Admission admission = enqueue(packet(lane, number));
    if (!admission.admitted) {
      admitted_[lane].fetch_sub(1);
      ++refused_[lane];
    }
    if (admission.scheduled) raised_.fetch_add(1);
  }

  void offer_burst(std::uint32_t lane, std::uint32_t packets) {
    const std::uint32_t number = admitted_[lane].fetch_add(packets);
    std::array<Skb, 16> burst;
    for (std::uint32_t i = 0; i < packets; ++i) burst[i] = packet(lane, number + i);
    const BurstAdmission admission = queue_.enqueue_burst(std::span<const Skb>(burst.data(), packets), load_.limit);
    admitted_[lane].fetch_sub(packets - admission.admitted);
    refused_[lane] += packets - admission.admitted;
    if (admission.scheduled) raised_.fetch_add(1);
  }

  void own() {
    auto quiet_since = Clock::now();
    while (finished_.load() != producers || raised_.load() != 0) {
      if (raised_.exchange(0) == 0) {
        if (Clock::now() - quiet_since > patience) return give_up();
        std::this_thread::yield();
        continue;
      }
      drain();
      quiet_since = Clock::now();
    }
  }

  void drain() {
    std::uint32_t polls = 0;
    for (bool complete = false; !complete && !gave_up_.load();) {
      complete = queue_.poll(load_.quota, [&](Skb skb) { return deliver(skb); }).complete;
      // waiting() is exact only where the limit counts all that waits.
      report_.bounded = report_.bounded && queue_.waiting() <= load_.limit + 2;
      if (++polls % 5 == 0) offer(producers, [&](Skb skb) { return queue_.enqueue_on_owner(skb, load_.limit); });
    }
  }

  bool deliver(Skb skb) {
    const std::uint32_t lane = skb.id >> 28;
    const std::uint32_t number = skb.id & 0x0fffffff;
    report_.in_order = report_.in_order && number == delivered_[lane].load();
    delivered_[lane].fetch_add(1);
    return true;
  }

  /// Producers wait, nobody is told: a wake-up was lost, or a packet was.
  void give_up() {
    (queue_.waiting() != 0 ? report_.woken : report_.conserved) = false;
    gave_up_.store(true);
  }

  static constexpr auto patience = std::chrono::seconds(3);

  const Load load_;
  Queue queue_{Count::waiting};
  Report report_;
  std::array<std::atomic<std::uint32_t>, lanes> admitted_{};
  std::array<std::atomic<std::uint32_t>, lanes> delivered_{};
  std::array<std::uint64_t, lanes> refused_{};
  std::atomic<std::uint32_t> raised_{0};
  std::atomic<std::uint32_t> finished_{0};
  std::atomic<bool> gave_up_{false};
};

}  // namespace weir::lockfree::stress
