#include "bench/scenes/latency.hpp"

#include <algorithm>

#include "bench/peers/rivals.hpp"

namespace weir::bench {

double ns_at_full_load(const std::vector<int>& cores) {
  static const double ns = [&] {
    std::array<double, 9> samples;
    for (double& each : samples)
      each = undisturbed([&] {
               return Latency<LockFree>(the_contender<LockFree>(), 0).run(cores.front(), 8192);
             }).more.at("each");
    std::nth_element(samples.begin(), samples.begin() + samples.size() / 2, samples.end());
    return samples[samples.size() / 2];
  }();
  return ns;
}

double quantile(std::vector<Clock::duration>& waits, double share) {
  const auto place = waits.begin() + static_cast<std::ptrdiff_t>(share * static_cast<double>(waits.size() - 1));
  std::nth_element(waits.begin(), place, waits.end());
  return std::chrono::duration<double, std::nano>(*place).count();
}

}  // namespace weir::bench
