// What is measured besides the steady cells (bench/drain_cell.hpp): several producers, overload, trains of bursts, how
// long a packet waits, and what a long queue costs. Each is a header of its own and adds its cells for one contender.
#pragma once
#include <functional>
#include <map>
#include <string>
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

}  // namespace weir::bench
