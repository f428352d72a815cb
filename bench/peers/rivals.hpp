// The contenders: two shaped like the kernel's own backlog, and ours.
#pragma once
#include "bench/peers/locked.hpp"

namespace weir::bench {

/// As in 2.6.32: packets leave one at a time, each under the lock; the one that finds none falls asleep under it.
class OneAtATime : public LockedInput {
 public:
  static constexpr std::string_view name = "2.6.32-shaped";
  static constexpr std::string_view profile = "linux-2.6.32";

  Polled poll(std::int32_t quota, Sink& sink) noexcept {
    std::int32_t work = 0;
    do {
      const Packet* const packet = take();
      if (packet == nullptr) return {work, true};
      sink(*packet);
    } while (++work < quota);
    return {work, false};
  }

 private:
  const Packet* take() noexcept {
    const Locked held(lock_);
    const Packet* const packet = input_.take();
    if (packet == nullptr) scheduled_ = false;
    return packet;
  }
};

/// As since 2.6.35, completing as since 3.16: all that waits moves to a private chain under one lock.
class Splice : public LockedInput {
 public:
  static constexpr std::string_view name = "splice-shaped";
  static constexpr std::string_view profile = "linux-6.18";

  Polled poll(std::int32_t quota, Sink& sink) noexcept {
    std::int32_t work = 0;
    for (;;) {
      while (const Packet* const packet = process_.take()) {
        sink(*packet);
        if (++work >= quota) return {work, false};
      }
      if (!refill()) return {work, true};
    }
  }

 private:
  bool refill() noexcept {
    const Locked held(lock_);
    if (input_.length() == 0) {
      scheduled_ = false;
      return false;
    }
    process_.splice(input_);
    return true;
  }
  alignas(64) Chain process_;
};

/// lockfree/backlog.hpp, as it ships.
class LockFree {
 public:
  static constexpr std::string_view name = "lock-free";
  static constexpr std::string_view profile = "linux-6.18";

  LockFree() { backlog_.reserve(reserved); }
  Enqueued enqueue(Packet& packet, std::uint32_t limit) { return backlog_.enqueue(&packet, limit); }
  Enqueued enqueue_on_owner(Packet& packet, std::uint32_t limit) { return backlog_.enqueue_on_owner(&packet, limit); }
  EnqueuedBurst enqueue_burst(Burst packets, std::uint32_t limit) { return backlog_.enqueue_burst(packets, limit); }
  EnqueuedBurst enqueue_burst_on_owner(Burst packets, std::uint32_t limit) {
    return backlog_.enqueue_burst_on_owner(packets, limit);
  }
  Polled poll(std::int32_t quota, Sink& sink) {
    return backlog_.poll(quota, [&](const Packet* packet) {
      sink(*packet);
      return true;
    });
  }
  std::uint32_t dropped() const noexcept { return backlog_.dropped(); }

 private:
  static constexpr std::uint32_t reserved =
      1024;  // more packets than wait in any cell: nothing is allocated while timed
  lockfree::Backlog<Packet*> backlog_{lockfree::Count::input};
};

}  // namespace weir::bench
