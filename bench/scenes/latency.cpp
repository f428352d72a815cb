#include "bench/scenes/latency.hpp"

#include "bench/peers/rivals.hpp"

namespace weir::bench {

double ns_at_full_load(const std::vector<int>& cores) {
  static const double ns = [&] {
    std::vector<double> samples(9);
    for (double& each : samples)
      each = undisturbed([&] {
               return Latency<LockFree>(the_contender<LockFree>(), 0).run(cores.front(), 8192);
             }).more.at("each");
    return median(samples);
  }();
  return ns;
}

}  // namespace weir::bench
