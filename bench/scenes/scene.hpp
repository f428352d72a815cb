// What is measured besides the steady cells (bench/drain_cell.hpp): several producers, overload, trains of bursts, how
// long a packet waits, and what a long queue costs. Each is a header of its own and adds its cells for one contender.
#pragma once
#include <atomic>
#include <functional>
#include <map>
#include <string>
#include <thread>
#include <vector>

#include "bench/drain_cell.hpp"

namespace weir::bench {

/// How many threads a contender lets enqueue at a time.
enum class Producers : bool { one, any };

struct Figures {
  double ns = 0;  ///< a packet; of waits: their median
  bool disturbed = false;
  std::map<std::string, double> more{};  ///< what else this scene tells, by name
};

struct Scene {
  std::string cell;  ///< scene/…, without the contender
  std::string contender;
  std::size_t threads = 2;  ///< fewer cores: they take turns, and the figures are not to be compared
  std::function<Figures(const std::vector<int>& cores)> measure;
};

/// Contender by contender.
inline std::vector<Scene>& scenes() {
  static std::vector<Scene> all;
  return all;
}

/// What of a contender's refusals fell into a measurement.
template <Contender C>
class Refusals {
 public:
  explicit Refusals(C& contender) : contender_(contender), before_(contender.dropped()) {}
  /// As a share of all that was offered.
  double share(std::uint64_t admitted) const {
    const double refused = contender_.dropped() - before_;
    return refused / (refused + static_cast<double>(admitted));
  }

 private:
  C& contender_;
  std::uint32_t before_;
};

/// A producer's thread, on a core of its own from the start: with real-time priority an owner who spins would not let
/// it leave the core on which both begin.
class Producer {
 public:
  template <class Work>
  Producer(int core, Work work)
      : thread_([this, core, work] {
          pin_to(core);
          const long before = preemptions();
          ready_.store(true, std::memory_order_release);
          work();
          disturbed_ = preemptions() != before;
        }) {
    while (!ready_.load(std::memory_order_acquire)) std::this_thread::yield();
  }
  /// \return whether it lost its core meanwhile
  bool join() {
    thread_.join();
    return disturbed_;
  }

 private:
  std::atomic<bool> ready_{false};
  bool disturbed_ = false;  ///< read once the thread has ended
  std::thread thread_;      // last: the thread uses what stands above
};

}  // namespace weir::bench
