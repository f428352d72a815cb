// A queue from a library, with the duties of a backlog around it (contender.hpp): a count for the limit and a flag for
// "asleep", both shared, which the libraries do not have. This is the least that does it: two updates of a shared word
// a packet, each for the whole burst where the library has bursts.
#pragma once
#include <algorithm>
#include <array>
#include <atomic>

#include "bench/peers/contender.hpp"

namespace weir::bench {

/// What a library's queue has to offer. push() may refuse: a ring that is full. Where the library puts in many at once,
/// push_burst(Burst) does, and says how many went in.
template <class Q>
concept Queue = requires(Q& queue, Packet& packet, Packet** into, std::uint32_t count) {
  { Q::name } -> std::convertible_to<std::string_view>;
  { queue.push(packet) } -> std::same_as<bool>;
  { queue.pop(into, count) } -> std::same_as<std::uint32_t>;  ///< up to `count` packets, in order
};

/// How many packets a ring holds: more than the largest limit of a cell lets in.
inline constexpr std::uint32_t ring_size = 1U << 17U;

/// As in 2.6.32 all packets that wait count. Between the count and the push of another thread the count may be ahead of
/// the queue: a limit is then reached that much earlier.
template <Queue Q>
class Wrapped {
 public:
  static constexpr std::string_view name = Q::name;
  static constexpr std::string_view profile = "linux-2.6.32";

  Enqueued enqueue(Packet& packet, std::uint32_t limit) {
    // seq_cst, here and below: between "counted" and "is it asleep?" stands the owner's "asleep" and "does any wait?".
    if (waiting_.fetch_add(1, std::memory_order_seq_cst) > limit || !queue_.push(packet)) {
      waiting_.fetch_sub(1, std::memory_order_relaxed);
      dropped_.fetch_add(1, std::memory_order_relaxed);
      return {};
    }
    return {.admitted = true, .scheduled = wakes()};
  }
  Enqueued enqueue_on_owner(Packet& packet, std::uint32_t limit) { return enqueue(packet, limit); }
  /// One update of the count for all of them, and one push where the queue has that.
  EnqueuedBurst enqueue_burst(Burst packets, std::uint32_t limit) requires requires(Q queue) {
    queue.push_burst(packets);
  }
  {
    const auto all = static_cast<std::uint32_t>(packets.size());
    const std::uint32_t before = waiting_.fetch_add(all, std::memory_order_seq_cst);
    const std::uint32_t fit = before > limit ? 0 : std::min(all - 1, limit - before) + 1;
    const std::uint32_t in = fit == 0 ? 0 : queue_.push_burst(packets.first(fit));
    if (in < all) {
      waiting_.fetch_sub(all - in, std::memory_order_relaxed);
      dropped_.fetch_add(all - in, std::memory_order_relaxed);
    }
    return {.admitted = in, .scheduled = in != 0 && wakes()};
  }

  Polled poll(std::int32_t quota, Sink& sink) {
    std::int32_t work = 0;
    do {
      const auto room = static_cast<std::uint32_t>(std::max(quota - work, 1));
      std::array<Packet*, 32> taken;
      const std::uint32_t got = queue_.pop(taken.data(), std::min(room, static_cast<std::uint32_t>(taken.size())));
      if (got == 0) {
        if (falls_asleep()) return {work, true};
        continue;
      }
      waiting_.fetch_sub(got, std::memory_order_relaxed);
      for (std::uint32_t i = 0; i < got; ++i) sink(*taken[i]);
      work += static_cast<std::int32_t>(got);
    } while (work < std::max(quota, 1));
    return {work, false};
  }

  std::uint32_t dropped() const noexcept { return dropped_.load(std::memory_order_relaxed); }

 private:
  bool wakes() noexcept {
    return !awake_.load(std::memory_order_seq_cst) && !awake_.exchange(true, std::memory_order_seq_cst);
  }
  /// Not if a packet has come meanwhile that found it awake.
  bool falls_asleep() noexcept {
    if (waiting_.load(std::memory_order_relaxed) != 0) return false;
    awake_.store(false, std::memory_order_seq_cst);
    return waiting_.load(std::memory_order_seq_cst) == 0 || awake_.exchange(true, std::memory_order_seq_cst);
  }

  alignas(64) Q queue_;
  alignas(64) std::atomic<std::uint32_t> waiting_{0};
  alignas(64) std::atomic<bool> awake_{false};
  alignas(64) std::atomic<std::uint32_t> dropped_{0};
};

}  // namespace weir::bench
