// The one interface of all contenders in the drain benchmark, and their duties.
//
//   enqueue           from any thread: refuse and count the packet iff more than `limit` wait (unsigned), else keep it
//                     in order; say whether it found the backlog asleep, so that the caller wakes the owner
//   enqueue_on_owner  the same, from the thread that drains: what netif_rx does on the CPU that owns the backlog
//   poll              deliver at most `quota` packets, at least one if any waits, each to `sink`; fall asleep iff none
//   dropped           refusals so far
//
// A rival that has one way in offers it twice.
#pragma once
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "lockfree/backlog.hpp"

namespace weir::bench {

/// The first cache line of a packet: what a driver fills in and a protocol reads.
struct alignas(64) Packet {
  Packet* next = nullptr;  ///< for contenders that chain packets
  std::uint32_t id = 0;
  std::uint32_t length = 0;
};

using Enqueued = lockfree::Admission;
using Polled = lockfree::PollResult;

/// What becomes of a packet's first line: it is written before the packet is enqueued and read when it is delivered, or
/// nobody looks at it.
enum class Payload : bool { untouched, read };

/// Consumes a packet: counts it, and reads it and keeps what it read unless it is to be left alone.
struct Sink {
  Payload payload = Payload::read;
  std::uint64_t packets = 0;
  std::uint64_t bytes = 0;
  std::uint64_t digest = 0;
  void operator()(const Packet& packet) {
    ++packets;
    if (payload == Payload::untouched) return;
    bytes += packet.length;
    digest = digest * 31 + packet.id;
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

}  // namespace weir::bench
