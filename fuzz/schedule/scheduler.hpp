// A deterministic scheduler: several threads of one case on one thread of the machine, which thread goes on before each
// atomic access being a matter of bytes.
//
//   Scheduler scheduler;
//   const bool ended = scheduler.run(3, plan, [&](unsigned thread) { … });
//
// A byte of the plan is one turn: which of the threads that can go on has it, and before how many accesses it ends (1
// .. 64). Bytes that are missing mean that nobody is interrupted any more: a thread runs until it ends or waits. So a
// plan is a list of preemptions, and a shorter one is simpler. The same plan is the same execution.
//
// Executions are sequentially consistent: what weaker orders allow is for proofs/memory. In return any number of
// operations may be run.
//
// A thread waits where it says so (the policy's wait(), lockfree/turn.hpp): then another one has a turn. Where that
// goes on for ever, `run` says false; the threads are then left where they are, and the scheduler is of no use any
// more.
//
// Not thread-safe; one run at a time on a thread of the machine.
#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <memory>
#include <span>
#include <vector>

namespace weir::fuzz {

/// A line of the source, for reports.
struct Site {
  const char* file = "";
  int line = 0;
  const char* function = "";
};

/// What a thread did between two moments: accesses in a row, with the last one's line.
struct Stretch {
  unsigned thread = 0;
  std::uint64_t from = 0, to = 0;
  Site last;
};

class Scheduler {
 public:
  static constexpr unsigned max_threads = 4;
  static constexpr unsigned longest_turn = 64;  ///< accesses
  using Body = std::function<void(unsigned thread)>;

  Scheduler();
  ~Scheduler();
  Scheduler(const Scheduler&) = delete;
  Scheduler& operator=(const Scheduler&) = delete;

  /// \return false: the threads wait for each other
  bool run(unsigned threads, std::span<const std::uint8_t> plan, const Body& body);

  /// Accesses and ticks so far: what came later has a larger number.
  std::uint64_t tick() { return ++clock_; }
  /// When the running thread last wrote; 0: not yet.
  std::uint64_t last_write() const { return threads_[running_].last_write; }

  /// Notes the stretches of the next runs, or no longer.
  void watch(std::vector<Stretch>* stretches) { stretches_ = stretches; }

  // --- for the atomics ----------------------------------------------------------------------------------------------

  /// The scheduler whose threads run now; nullptr outside of a run.
  static Scheduler* current() { return current_; }
  void before_access(bool writes, const Site& site) {
    if (--left_ == 0) [[unlikely]]
      end_turn();
    ++clock_;
    if (writes) threads_[running_].last_write = clock_;
    if (stretches_ != nullptr) [[unlikely]]
      note(site);
  }
  /// The running thread waits for others.
  void wait();

 private:
  struct Fiber;
  struct Thread {
    std::unique_ptr<Fiber> fiber;
    std::uint64_t last_write = 0;
    bool ended = true;
  };
  static constexpr std::uint64_t for_ever = std::numeric_limits<std::uint64_t>::max();
  static constexpr std::uint64_t longest_run = 200'000;  ///< accesses; a case ends after some hundreds

  void end_turn();
  void begin_turn();
  unsigned other(unsigned which) const;
  unsigned others() const;
  void note(const Site& site);

  static thread_local constinit inline Scheduler* current_ = nullptr;
  std::array<Thread, max_threads> threads_;
  unsigned running_ = 0;
  std::uint64_t left_ = for_ever;  ///< accesses of this turn
  std::uint64_t clock_ = 0, began_ = 0;
  bool stuck_ = false;
  std::span<const std::uint8_t> plan_;
  const Body* body_ = nullptr;
  std::vector<Stretch>* stretches_ = nullptr;
};

}  // namespace weir::fuzz
