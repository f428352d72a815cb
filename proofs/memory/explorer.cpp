#include "proofs/memory/explorer.hpp"

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>
#include <vector>

#include "proofs/memory/crash.hpp"
#include "proofs/memory/report.hpp"
#include "proofs/memory/revisit.hpp"

namespace weir::proofs::memory {
namespace {

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start) { return std::chrono::duration<double>(Clock::now() - start).count(); }

/// What the workers share: subtrees that one has given away, and when to stop.
class Pool {
 public:
  explicit Pool(unsigned workers) : workers_(workers) { given_.emplace_back(); }

  bool hungry() const { return hungry_.load(std::memory_order_relaxed); }
  void give(Frame frame) {
    {
      const std::lock_guard lock(mutex_);
      given_.push_back(std::move(frame));
      look();
    }
    changed_.notify_one();
  }
  /// false when there is nothing left to do.
  bool take(Frame& frame) {
    std::unique_lock lock(mutex_);
    ++idle_;
    look();
    while (given_.empty() && idle_ < workers_ && !stopped()) changed_.wait(lock);
    if (given_.empty() || stopped()) {
      changed_.notify_all();
      return false;
    }
    frame = std::move(given_.front());
    given_.pop_front();
    --idle_;
    look();
    return true;
  }
  bool stopped() const { return stopped_.load(std::memory_order_relaxed); }
  void stop() {
    {
      const std::lock_guard lock(mutex_);
      stopped_.store(true, std::memory_order_relaxed);
    }
    changed_.notify_all();
  }
  std::mutex& mutex() { return mutex_; }

 private:
  void look() { hungry_.store(idle_ > given_.size(), std::memory_order_relaxed); }

  const unsigned workers_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Frame> given_;
  unsigned idle_ = 0;
  std::atomic<bool> hungry_{false};
  std::atomic<bool> stopped_{false};
};

class Worker {
 public:
  Worker(const Factory& factory, const Plan& plan, Pool& pool, Clock::time_point start)
      : program_(factory()),
        plan_(plan),
        pool_(pool),
        start_(start),
        machine_(*program_, plan.limits, plan.weakening) {}

  Report work() {
    Frame first;
    while (pool_.take(first)) {
      push();
      std::swap(frames_[depth_ - 1], first);
      while (depth_ > 0 && !pool_.stopped()) step();
      depth_ = 0;
    }
    return std::move(report_);
  }

 private:
  Frame& push() {
    if (depth_ == frames_.size()) frames_.emplace_back();
    frames_[depth_].clear();
    return frames_[depth_++];
  }

  /// One run, and the way to the next.
  void step() {
    Frame& frame = frames_[depth_ - 1];
    judge(machine_.run(frame), frame);
    if ((++runs_ & 0x3ff) == 0) look_at_the_clock();
    if (pool_.hungry()) give_away();
    while (depth_ > 0 && !advance()) --depth_;
  }

  void judge(End end, const Frame& frame) {
    report_.events += frame.trail.size();
    switch (end) {
      case End::complete:
        ++report_.executions;
        if (plan_.count_sequential && machine_.sequential()) ++report_.sequential;
        if (plan_.each_complete) plan_.each_complete(*program_);
        return;
      case End::blocked:
        ++report_.blocked;
        return;
      case End::inconsistent:
        ++report_.inconsistent;
        return;
      case End::cut:
        ++report_.cut;
        return;
      case End::failed:
        report_.verdict = Verdict::counterexample;
        report_.execution = frame.trail;
        break;
      case End::bound:
        report_.verdict = Verdict::incomplete;
        report_.execution = frame.trail;
        break;
    }
    report_.why = machine_.failure();
    pool_.stop();
  }

  void look_at_the_clock() {
    const double seconds = seconds_since(start_);
    if (plan_.max_executions != 0 && report_.explored() * plan_.workers >= plan_.max_executions)
      return out_of("executions");
    if (plan_.max_seconds != 0 && seconds > plan_.max_seconds) return out_of("time");
    if (!plan_.progress || seconds < next_progress_) return;
    next_progress_ = seconds + 0.2;
    report_.seconds = seconds;
    plan_.progress(report_, part_done());
  }
  void out_of(std::string_view what) {
    report_.verdict = Verdict::incomplete;
    report_.why = "out of " + std::string(what);
    pool_.stop();
  }

  /// A guess: of each event on the outermost trail, its alternatives that are done with, as if all were alike.
  double part_done() const {
    double done = 0, share = 1;
    for (const Event& event : frames_[0].trail) {
      const double ways = event.tried + event.forward + event.backward + 1.0;
      done += share * event.tried / ways;
      share /= ways;
    }
    return done;
  }

  static void take(Event& event, Option option) {
    if (event.is_write())
      event.stamp = option.stamp;
    else
      event.source = option.source;
  }

  /// Moves the innermost subtree on to its next alternative, or opens one inside it. \return false if it has no more
  bool advance() {
    Frame& frame = frames_[depth_ - 1];
    while (frame.trail.size() > frame.base) {
      Event& event = frame.trail.back();
      if (event.forward > 0) {
        const Option option = frame.options.back();
        frame.options.pop_back();
        --event.forward;
        ++event.tried;
        take(event, option);
        return true;
      }
      if (event.is_write() && !event.revisits_known) {
        event.revisits_known = true;
        const std::size_t before = frame.options.size();
        revisits_.find(frame.trail, frame.options);
        event.backward = static_cast<std::uint16_t>(frame.options.size() - before);
      }
      if (event.backward > 0) return open_revisit();
      frame.trail.pop_back();
    }
    return false;
  }

  bool open_revisit() {
    const std::size_t outer = depth_ - 1;
    const Option option = frames_[outer].options.back();
    frames_[outer].options.pop_back();
    --frames_[outer].trail.back().backward;
    ++frames_[outer].trail.back().tried;
    Frame& inner = push();
    revisit(frames_[outer].trail, option, inner.trail);
    inner.base = inner.trail.size();
    return true;
  }

  /// Gives the outermost alternative that is left to another worker: the largest subtree there is, most likely.
  void give_away() {
    for (std::size_t depth = 0; depth < depth_; ++depth) {
      Frame& frame = frames_[depth];
      // An event's alternatives stand on those of the events before it.
      for (std::size_t at = frame.base; at < frame.trail.size(); ++at)
        if (frame.trail[at].forward + frame.trail[at].backward > 0) return give_first_of(frame, at);
    }
  }

  void give_first_of(Frame& frame, std::size_t at) {
    Event& event = frame.trail[at];
    const Option option = frame.options.front();
    frame.options.erase(frame.options.begin());
    ++event.tried;
    Frame given;
    if (event.forward > 0) {
      --event.forward;
      given.trail.assign(frame.trail.begin(), frame.trail.begin() + static_cast<std::ptrdiff_t>(at) + 1);
      take(given.trail.back(), option);
    } else {
      --event.backward;
      const std::vector<Event> until(frame.trail.begin(), frame.trail.begin() + static_cast<std::ptrdiff_t>(at) + 1);
      revisit(until, option, given.trail);
    }
    given.base = given.trail.size();
    pool_.give(std::move(given));
  }

  const std::unique_ptr<Program> program_;
  const Plan& plan_;
  Pool& pool_;
  const Clock::time_point start_;
  Machine machine_;
  Revisits revisits_;
  std::deque<Frame> frames_;
  std::size_t depth_ = 0;
  std::uint64_t runs_ = 0;
  double next_progress_ = 0.5;
  Report report_;
};

void add(Report& sum, Report&& part) {
  sum.executions += part.executions;
  sum.sequential += part.sequential;
  sum.blocked += part.blocked;
  sum.inconsistent += part.inconsistent;
  sum.cut += part.cut;
  sum.events += part.events;
  if (part.verdict == Verdict::complete) return;
  if (sum.verdict == Verdict::counterexample) return;
  sum.verdict = part.verdict;
  sum.why = std::move(part.why);
  sum.execution = std::move(part.execution);
}

}  // namespace

Report explore(const Factory& factory, const Plan& plan) {
  const auto start = Clock::now();
  Pool pool(plan.workers);
  Report sum;
  const auto work = [&] {
    const CatchCrashes caught;
    const auto worker = std::make_unique<Worker>(factory, plan, pool, start);
    Report part = worker->work();
    const std::lock_guard lock(pool.mutex());
    add(sum, std::move(part));
  };
  std::vector<std::thread> others;
  for (unsigned i = 1; i < plan.workers; ++i) others.emplace_back(work);
  work();
  for (std::thread& each : others) each.join();
  sum.seconds = seconds_since(start);
  return sum;
}

Report replay(const Factory& factory, const Plan& plan, std::string_view text) {
  const CatchCrashes caught;
  const std::unique_ptr<Program> program = factory();
  const auto machine = std::make_unique<Machine>(*program, plan.limits, plan.weakening);
  Report report;
  Frame frame;
  if (!read_replay(text, frame.trail)) {
    report.verdict = Verdict::incomplete;
    report.why = "this is not a replay string";
    return report;
  }
  const End end = machine->run(frame);
  report.verdict = end == End::failed  ? Verdict::counterexample
                   : end == End::bound ? Verdict::incomplete
                                       : Verdict::complete;
  report.why = machine->failure();
  report.execution = frame.trail;
  return report;
}

}  // namespace weir::proofs::memory
