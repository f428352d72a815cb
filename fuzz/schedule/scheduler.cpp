#include "fuzz/schedule/scheduler.hpp"

#include <boost/context/fiber.hpp>
#include <utility>

namespace weir::fuzz {

/// Lives as long as the scheduler and runs one body after another: to begin one costs no more than a switch.
struct Scheduler::Fiber {
  boost::context::fiber inside, outside;

  void enter() { inside = std::move(inside).resume(); }
  void leave() { outside = std::move(outside).resume(); }
};

Scheduler::Scheduler() {
  for (unsigned i = 0; i < max_threads; ++i) {
    auto fiber = std::make_unique<Fiber>();
    Fiber& own = *fiber;
    own.inside = boost::context::fiber([this, i, &own](boost::context::fiber&& from) {
      own.outside = std::move(from);
      for (;;) {
        (*body_)(i);
        threads_[i].ended = true;
        own.leave();
      }
      return std::move(own.outside);
    });
    threads_[i].fiber = std::move(fiber);
  }
}

Scheduler::~Scheduler() {
  // What stands still in the middle of lock-free code, which is noexcept, cannot be unwound: it is kept for ever.
  static auto* const left_behind = new std::vector<std::unique_ptr<Fiber>>;
  if (stuck_)
    for (Thread& each : threads_) left_behind->push_back(std::move(each.fiber));
}

bool Scheduler::run(unsigned threads, std::span<const std::uint8_t> plan, const Body& body) {
  plan_ = plan;
  body_ = &body;
  began_ = clock_;
  for (unsigned i = 0; i < threads; ++i) threads_[i].ended = false, threads_[i].last_write = 0;
  running_ = threads - 1;
  current_ = this;
  begin_turn();
  for (;;) {
    threads_[running_].fiber->enter();
    if (stuck_) break;
    if (!threads_[running_].ended) continue;
    if (others() == 0) break;
    begin_turn();
  }
  current_ = nullptr;
  return !stuck_;
}

unsigned Scheduler::others() const {
  unsigned count = 0;
  for (unsigned i = 0; i < max_threads; ++i) count += i != running_ && !threads_[i].ended ? 1 : 0;
  return count;
}

/// The others in the order of their numbers, beginning after the running one. \pre which < others()
unsigned Scheduler::other(unsigned which) const {
  unsigned at = running_;
  do {
    at = (at + 1) % max_threads;
    if (at != running_ && !threads_[at].ended && which-- == 0) return at;
  } while (at != running_);
  return at;
}

/// Another thread's, where there is one.
void Scheduler::begin_turn() {
  const unsigned there = others();
  const unsigned byte = plan_.empty() ? 0 : plan_.front();
  left_ = plan_.empty() ? for_ever : byte % longest_turn + 1;
  if (!plan_.empty()) plan_ = plan_.subspan(1);
  if (there != 0) running_ = other(byte / longest_turn % there);
}

void Scheduler::end_turn() {
  Fiber& self = *threads_[running_].fiber;
  const unsigned before = running_;
  if (plan_.empty()) {
    left_ = for_ever;
    return;
  }
  begin_turn();
  if (running_ != before) self.leave();
}

void Scheduler::wait() {
  Fiber& self = *threads_[running_].fiber;
  stuck_ = clock_ - began_ > longest_run;
  if (!stuck_ && others() == 0) return;
  if (!stuck_) running_ = other(0);
  self.leave();
}

void Scheduler::note(const Site& site) {
  const bool goes_on = !stretches_->empty() && stretches_->back().thread == running_ && stretches_->back().to != 0;
  if (!goes_on) stretches_->push_back({running_, clock_, clock_, site});
  stretches_->back().to = clock_;
  stretches_->back().last = site;
}

}  // namespace weir::fuzz
