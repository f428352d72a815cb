// What the two locked rivals have in common: a spin lock around a chain of packets, a length and the SCHED flag.
#pragma once
#include <atomic>

#include "bench/cores.hpp"
#include "bench/peers/contender.hpp"

namespace weir::bench {

/// Test and test-and-set. While it is free, taking it costs one locked instruction, giving it back a plain store.
class SpinLock {
 public:
  void lock() noexcept {
    // acquire: pairs with the release in unlock(): the holder sees what the last one did.
    while (taken_.exchange(true, std::memory_order_acquire))
      while (taken_.load(std::memory_order_relaxed)) bench::pause();
  }
  void unlock() noexcept { taken_.store(false, std::memory_order_release); }

 private:
  std::atomic<bool> taken_{false};
};

class Locked {
 public:
  explicit Locked(SpinLock& lock) noexcept : lock_(lock) { lock_.lock(); }
  ~Locked() { lock_.unlock(); }
  Locked(const Locked&) = delete;
  Locked& operator=(const Locked&) = delete;

 private:
  SpinLock& lock_;
};

/// First in, first out, through Packet::next.
class Chain {
 public:
  void append(Packet& packet) noexcept {
    packet.next = nullptr;
    (tail_ != nullptr ? tail_->next : head_) = &packet;
    tail_ = &packet;
    ++length_;
  }
  Packet* take() noexcept {
    Packet* const packet = head_;
    if (packet == nullptr) return nullptr;
    head_ = packet->next;
    if (head_ == nullptr) tail_ = nullptr;
    --length_;
    return packet;
  }
  /// Moves all of `other` here. \pre this chain is empty
  void splice(Chain& other) noexcept {
    *this = other;
    other = Chain{};
  }
  std::uint32_t length() const noexcept { return length_; }

 private:
  Packet* head_ = nullptr;
  Packet* tail_ = nullptr;
  std::uint32_t length_ = 0;
};

/// The way in, which both share: one lock, one comparison, one append. Lock and list fit in one cache line.
class LockedInput {
 public:
  Enqueued enqueue(Packet& packet, std::uint32_t limit) noexcept {
    const Locked held(lock_);
    if (input_.length() > limit) {
      ++dropped_;
      return {};
    }
    const bool asleep = !scheduled_;
    if (asleep) scheduled_ = true;
    input_.append(packet);
    return {.admitted = true, .scheduled = asleep};
  }
  /// Under one lock: better than the kernel does.
  EnqueuedBurst enqueue_burst(Burst packets, std::uint32_t limit) noexcept {
    const Locked held(lock_);
    EnqueuedBurst all;
    for (Packet* packet : packets) {
      if (input_.length() > limit) break;
      input_.append(*packet);
      ++all.admitted;
    }
    dropped_ += static_cast<std::uint32_t>(packets.size()) - all.admitted;
    all.scheduled = all.admitted != 0 && !scheduled_;
    scheduled_ = scheduled_ || all.scheduled;
    return all;
  }
  Enqueued enqueue_on_owner(Packet& packet, std::uint32_t limit) noexcept { return enqueue(packet, limit); }
  std::uint32_t dropped() noexcept {
    const Locked held(lock_);
    return dropped_;
  }

 protected:
  alignas(64) SpinLock lock_;
  bool scheduled_ = false;
  std::uint32_t dropped_ = 0;
  Chain input_;
};

}  // namespace weir::bench
