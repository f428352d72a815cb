// The one interface of all contenders in the drain benchmark, and their duties.
//
//   enqueue           from any thread: refuse and count the packet iff more than `limit` wait (unsigned), else keep it
//                     in order; say whether it found the backlog asleep, so that the caller wakes the owner
//   enqueue_on_owner  the same, from the thread that drains: what netif_rx does on the CPU that owns the backlog
//   enqueue_burst, enqueue_burst_on_owner  the same as one enqueue after the other: who has a better way offers it
//   poll              deliver at most `quota` packets, at least one if any waits, each to `sink`; fall asleep iff none
//   dropped           refusals so far
//
// A rival that has one way in offers it twice.
#pragma once
#include <atomic>
#include <chrono>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <string_view>
#include <vector>

#include "lockfree/backlog.hpp"

namespace weir::bench {

using Clock = std::chrono::steady_clock;

/// The first cache line of a packet: what a driver fills in and a protocol reads.
struct alignas(64) Packet {
  Packet* next = nullptr;  ///< for contenders that chain packets
  std::uint32_t id = 0;
  std::uint32_t length = 0;
  std::uint32_t sender = 0;  ///< where there are several
  Clock::time_point due{};   ///< when it arrived, where that is asked
};

using Enqueued = lockfree::Admission;
using EnqueuedBurst = lockfree::BurstAdmission;
using Polled = lockfree::PollResult;
using Burst = std::span<Packet* const>;

/// What becomes of a packet's first line: it is written before the packet is enqueued and read when it is delivered, or
/// nobody looks at it. Read may be for whom it is from, or since when it waits.
enum class Payload : std::uint8_t { untouched, read, sender, due };

/// How many of one sender's packets were delivered, for it alone to know.
struct alignas(64) Returned {
  std::atomic<std::uint64_t> told{0};
  std::uint64_t packets = 0;  ///< the owner's
};

/// Consumes a packet: counts it, and reads it and keeps what it read unless it is to be left alone. Where packets go
/// back to whoever sent them, they do so a burst at a time, as to an allocator that takes them back in bulk.
struct Sink {
  Payload payload = Payload::read;
  std::uint64_t packets = 0;
  std::uint64_t bytes = 0;
  std::uint64_t digest = 0;
  std::atomic<std::uint64_t>* returned = nullptr;  ///< how many went back
  std::uint64_t return_at = std::numeric_limits<std::uint64_t>::max();
  std::uint64_t burst = 0;
  std::vector<Returned>* senders = nullptr;       ///< Payload::sender
  std::vector<Clock::duration>* waits = nullptr;  ///< Payload::due: how long each packet took; room is there

  void operator()(const Packet& packet) {
    if (payload != Payload::untouched) look_at(packet);
    if (++packets == return_at) give_back();
  }
  /// From here on packets go back, `burst` of them at a time.
  void return_to(std::atomic<std::uint64_t>& to, std::uint64_t burst_of) {
    returned = &to;
    burst = burst_of;
    packets = 0;
    return_at = burst;
  }

 private:
  void look_at(const Packet& packet) {
    bytes += packet.length;
    digest = digest * 31 + packet.id;
    if (payload == Payload::read) return;
    if (payload == Payload::due) return waits->push_back(Clock::now() - packet.due);
    Returned& sender = (*senders)[packet.sender];
    // release: as give_back().
    if (++sender.packets % burst == 0) sender.told.store(sender.packets, std::memory_order_release);
  }
  void give_back() {
    // release: pairs with the producer's acquire; without it a packet could be written while it is read here.
    returned->store(packets, std::memory_order_release);
    return_at += burst;
  }
};

template <class C>
concept Contender = requires(C& contender, Packet& packet, Sink& sink) {
  { C::name } -> std::convertible_to<std::string_view>;
  { C::profile } -> std::convertible_to<std::string_view>;  ///< whose netif_rx and process_backlog it answers like
  { contender.enqueue(packet, std::uint32_t{}) } -> std::same_as<Enqueued>;
  { contender.enqueue_on_owner(packet, std::uint32_t{}) } -> std::same_as<Enqueued>;
  { contender.poll(std::int32_t{}, sink) } -> std::same_as<Polled>;
  { contender.dropped() } -> std::same_as<std::uint32_t>;
};

/// A burst by the best way that the contender has.
template <class C>
EnqueuedBurst enqueue_burst(C& contender, Burst packets, std::uint32_t limit) {
  if constexpr (requires { contender.enqueue_burst(packets, limit); }) {
    return contender.enqueue_burst(packets, limit);
  } else {
    EnqueuedBurst all;
    for (Packet* packet : packets) {
      const Enqueued one = contender.enqueue(*packet, limit);
      all.admitted += one.admitted ? 1 : 0;
      all.scheduled = all.scheduled || one.scheduled;
    }
    return all;
  }
}
template <class C>
EnqueuedBurst enqueue_burst_on_owner(C& contender, Burst packets, std::uint32_t limit) {
  if constexpr (requires { contender.enqueue_burst_on_owner(packets, limit); })
    return contender.enqueue_burst_on_owner(packets, limit);
  else
    return bench::enqueue_burst(contender, packets, limit);
}

}  // namespace weir::bench
