// One cell of the drain table: packets arrive in bursts and are drained in polls of at most `quota`.
//
// same core    one thread enqueues a burst as the owner, then polls until the backlog sleeps.
// cross core   a producer on another core enqueues a burst, and at its end wakes the owner if a packet said so: the way
//              receive packet steering sends its interrupt after the batch. The owner polls until the backlog sleeps.
//              At most `bursts_in_flight` bursts are under way, so no packet is ever refused.
//
// Packets come from a small pool in random order, as from a busy allocator. Where their payload is read, the producer
// writes each just before it enqueues it, and the sink reads it. All of that is the same for every contender.
#pragma once
#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <random>
#include <span>
#include <thread>
#include <vector>

#include "bench/cores.hpp"
#include "bench/peers/contender.hpp"
#include "lockfree/cache_line.hpp"

namespace weir::bench {

enum class Where : bool { same_core, cross_core };

struct Cell {
  Where where;
  Payload payload;
  std::uint32_t burst;
  std::int32_t quota;
};

struct Measured {
  double ns_per_packet = 0;
  bool disturbed = false;  ///< a thread lost its core meanwhile
};

inline constexpr std::uint32_t bursts_in_flight = 2;       // one is written while the other is drained
inline constexpr std::uint32_t netdev_max_backlog = 1000;  // the kernel's default; above all that is ever in flight

/// The packets of all bursts in flight, in the order in which they are used, over and over.
class PacketPool {
 public:
  explicit PacketPool(const Cell& cell, std::uint32_t sender = 0)
      : packets_(std::size_t{cell.burst} * bursts_in_flight), burst_(cell.burst), payload_(cell.payload) {
    for (Packet& each : packets_) {
      each.sender = sender;
      order_.push_back(&each);
    }
    std::shuffle(order_.begin(), order_.end(), std::mt19937(1));
  }
  /// Asks for the packets of the next burst: the other core has them.
  void fetch() {
    if (payload_ == Payload::untouched) return;
    for (Packet* packet : std::span(order_.data() + next_, burst_)) lockfree::prefetch_for_write(packet);
  }
  /// The packets of the next burst, written where they are to be read.
  std::span<Packet* const> fill() {
    const std::span<Packet* const> burst(order_.data() + next_, burst_);
    next_ = burst_ - next_;  // two bursts in flight, turn and turn about
    if (payload_ == Payload::untouched) return burst;
    for (Packet* packet : burst) {
      packet->id = ++written_;
      packet->length = 64;
    }
    return burst;
  }

 private:
  std::vector<Packet> packets_;
  std::vector<Packet*> order_;
  std::size_t burst_;
  Payload payload_;
  std::size_t next_ = 0;
  std::uint32_t written_ = 0;
};

inline double ns_since(Clock::time_point start) {
  return std::chrono::duration<double, std::nano>(Clock::now() - start).count();
}

template <Contender C>
void same_core_bursts(C& contender, const Cell& cell, PacketPool& pool, std::uint32_t bursts, Sink& sink) {
  for (std::uint32_t n = 0; n < bursts; ++n) {
    bool wake = cell.burst == 1 ? contender.enqueue_on_owner(*pool.fill().front(), netdev_max_backlog).scheduled
                                : enqueue_burst_on_owner(contender, pool.fill(), netdev_max_backlog).scheduled;
    while (wake) wake = !contender.poll(cell.quota, sink).complete;
  }
}

template <Contender C>
Measured measure_same_core(C& contender, const Cell& cell, std::uint32_t packets, Sink& sink) {
  PacketPool pool(cell);
  const std::uint32_t bursts = packets / cell.burst;
  same_core_bursts(contender, cell, pool, bursts / 8 + 1, sink);  // warm
  const long before = preemptions();
  const auto start = Clock::now();
  same_core_bursts(contender, cell, pool, bursts, sink);
  const double ns = ns_since(start);
  return {ns / (bursts * cell.burst), preemptions() != before};
}

/// How many packets a cross-core cell sends: to warm up, and in all; whole bursts.
struct Amount {
  Amount(const Cell& cell, std::uint32_t packets)
      : warm((packets / 8 / cell.burst + 1) * cell.burst), total(warm + packets / cell.burst * cell.burst) {}
  const std::uint64_t warm, total;
};

/// What producer and owner share beside what is measured.
struct Shared {
  alignas(64) std::atomic<bool> ready{false};
  bool producer_disturbed = false;  ///< written once
  alignas(64) std::atomic<std::uint64_t> delivered{0};
};

/// The producer's thread, on `core`: sends bursts, at most `bursts_in_flight` of them under way.
/// \param send  a burst, once its packets may be written again
template <class Send>
void produce(const Cell& cell, int core, std::uint64_t total, Shared& shared, Send send) {
  pin_to(core);
  PacketPool pool(cell);
  const long before = preemptions();
  shared.ready.store(true, std::memory_order_release);
  for (std::uint64_t sent = 0; sent < total; sent += cell.burst) {
    // acquire: the owner has read the packets that are now written again.
    while (sent + cell.burst > shared.delivered.load(std::memory_order_acquire) + cell.burst * bursts_in_flight) {
    }
    pool.fetch();
    send(pool.fill());
  }
  shared.producer_disturbed = preemptions() != before;
  while (shared.delivered.load(std::memory_order_acquire) != total)
    std::this_thread::yield();  // the pool lives as long
}

/// The owner's time from `warm` to `total` packets. It waits until the producer has left this core, which real-time
/// priority gives to nobody else.
template <class DrainUntil>
Measured time_owner(const Amount& amount, Shared& shared, DrainUntil drain_until) {
  while (!shared.ready.load(std::memory_order_acquire)) std::this_thread::yield();
  const long before = preemptions();
  drain_until(amount.warm);
  const auto start = Clock::now();
  drain_until(amount.total);
  const double ns = ns_since(start);
  return {ns / static_cast<double>(amount.total - amount.warm), preemptions() != before};
}

/// The owner's side of a backlog that others fill: it sleeps until one of them says that a packet woke it.
template <Contender C>
class Owner {
 public:
  Owner(C& contender, std::int32_t quota) : contender_(contender), quota_(quota) {}

  /// From any thread, at the end of a burst of which a packet found the backlog asleep.
  void raise() { softirq_pending_.store(true, std::memory_order_release); }

  void drain_until(std::uint64_t goal, Sink& sink) {
    while (got_ < goal) {
      if (!awake_) {
        while (!softirq_pending_.load(std::memory_order_acquire)) {
        }
        // relaxed: whoever sets it again has seen the backlog asleep, so after the poll below.
        softirq_pending_.store(false, std::memory_order_relaxed);
      }
      const Polled polled = contender_.poll(quota_, sink);
      awake_ = !polled.complete;
      got_ += static_cast<std::uint64_t>(polled.work);
    }
  }

  /// With no producer left: the next measurement finds the backlog empty and asleep. A contender may have been woken
  /// for a packet that was gone by then.
  void finish(Sink& sink) {
    awake_ = awake_ || softirq_pending_.load(std::memory_order_relaxed);
    while (awake_) awake_ = !contender_.poll(quota_, sink).complete;
  }

 private:
  C& contender_;
  const std::int32_t quota_;
  // Written by the owner, each poll.
  alignas(64) std::uint64_t got_ = 0;
  bool awake_ = false;
  alignas(64) std::atomic<bool> softirq_pending_{false};
};

/// One packet, or all of a burst by the best way that the contender has.
/// \return whether the owner is to be woken
template <Contender C>
bool enqueue_wakes(C& contender, Burst burst, std::uint32_t limit) {
  return burst.size() == 1 ? contender.enqueue(*burst.front(), limit).scheduled
                           : enqueue_burst(contender, burst, limit).scheduled;
}

/// The two threads of a cross-core cell.
template <Contender C>
class CrossCore {
 public:
  CrossCore(C& contender, const Cell& cell, std::uint32_t packets)
      : contender_(contender), cell_(cell), amount_(cell, packets), owner_(contender, cell.quota) {}

  /// The calling thread is the owner; the producer runs on `producer_core`.
  Measured run(int producer_core, Sink& sink) {
    std::thread producer([this, producer_core] {
      produce(cell_, producer_core, amount_.total, shared_, [this](Burst burst) {
        if (enqueue_wakes(contender_, burst, netdev_max_backlog)) owner_.raise();
      });
    });
    sink.return_to(shared_.delivered, cell_.burst);
    Measured measured = time_owner(amount_, shared_, [&](std::uint64_t goal) { owner_.drain_until(goal, sink); });
    producer.join();
    measured.disturbed = measured.disturbed || shared_.producer_disturbed;
    owner_.finish(sink);
    return measured;
  }

 private:
  C& contender_;
  const Cell cell_;
  const Amount amount_;
  Owner<C> owner_;
  Shared shared_;
};

/// Measures until nobody disturbs, a few times at most.
template <class Once>
auto undisturbed(Once once) {
  constexpr int attempts = 5;
  decltype(once()) measured{.disturbed = true};
  for (int attempt = 0; attempt < attempts && measured.disturbed; ++attempt) measured = once();
  return measured;
}

/// The one backlog that all of a contender's cells use, one after the other.
template <Contender C>
C& the_contender() {
  static C contender;
  return contender;
}

/// \pre cross core: at least two cores
template <Contender C>
Measured measure(const Cell& cell, std::uint32_t packets, const std::vector<int>& cores, Sink& sink) {
  C& contender = the_contender<C>();
  return undisturbed([&] {
    return cell.where == Where::same_core ? measure_same_core(contender, cell, packets, sink)
                                          : CrossCore<C>(contender, cell, packets).run(cores.front(), sink);
  });
}

}  // namespace weir::bench
