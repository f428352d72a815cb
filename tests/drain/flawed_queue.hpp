// Queues that break one promise each, for the checkers to catch. With Flaw::none the queue is sound.
#pragma once
#include <deque>
#include <mutex>
#include <span>
#include <thread>

#include "lockfree/backlog.hpp"

namespace weir::lockfree {

enum class Flaw { none, lost_wakeup, reordered, lost_packet, no_limit, uncounted_drop };

template <Flaw flaw>
class FlawedQueue {
 public:
  explicit FlawedQueue(Count) {}

  Admission enqueue(Skb skb, std::uint32_t limit) {
    const std::lock_guard held(lock_);
    if (flaw != Flaw::no_limit && waiting_.size() > limit) {
      if (flaw != Flaw::uncounted_drop) ++dropped_;
      return {};
    }
    const bool asleep = !scheduled_;
    scheduled_ = true;
    const bool lost = flaw == Flaw::lost_packet && ++seen_ % 1000 == 0;
    if (!lost) waiting_.push_back(skb);
    return {.admitted = true, .scheduled = asleep};
  }
  Admission enqueue_on_owner(Skb skb, std::uint32_t limit) { return enqueue(skb, limit); }
  BurstAdmission enqueue_burst(std::span<const Skb> burst, std::uint32_t limit) {
    BurstAdmission all;
    for (const Skb skb : burst) {
      const Admission one = enqueue(skb, limit);
      if (!one.admitted) {
        if (flaw != Flaw::uncounted_drop) count_drops(static_cast<std::uint32_t>(burst.size()) - all.admitted - 1);
        break;
      }
      ++all.admitted;
      all.scheduled = all.scheduled || one.scheduled;
    }
    return all;
  }

  template <class Deliver>
  PollResult poll(std::int32_t quota, Deliver&& deliver) {
    std::int32_t work = 0;
    do {
      std::unique_lock held(lock_);
      if (waiting_.empty()) {
        if (flaw == Flaw::lost_wakeup) {
          // "Empty" and "asleep" as two steps: a packet that comes in between finds the flag set and wakes nobody.
          held.unlock();
          for (int i = 0; i < 10; ++i) std::this_thread::yield();
          held.lock();
        }
        scheduled_ = false;
        return {work, true};
      }
      const bool swap = flaw == Flaw::reordered && waiting_.size() > 1;
      const Skb skb = swap ? waiting_.back() : waiting_.front();
      swap ? waiting_.pop_back() : waiting_.pop_front();
      held.unlock();
      deliver(skb);
    } while (++work < quota);
    return {work, false};
  }

  std::uint32_t waiting() {
    const std::lock_guard held(lock_);
    return static_cast<std::uint32_t>(waiting_.size());
  }
  std::uint32_t dropped() {
    const std::lock_guard held(lock_);
    return dropped_;
  }

 private:
  void count_drops(std::uint32_t packets) {
    const std::lock_guard held(lock_);
    dropped_ += packets;
  }

  std::mutex lock_;
  std::deque<Skb> waiting_;
  bool scheduled_ = false;
  std::uint32_t dropped_ = 0;
  std::uint32_t seen_ = 0;
};

}  // namespace weir::lockfree
