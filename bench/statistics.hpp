// What is said of samples: the middle one, how far the others are from it, and whether two sets differ by more than
// chance.
#pragma once
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <utility>
#include <vector>

namespace weir::bench {

/// The sample below which `share` of them are, 0 to 1. \pre there is one
inline double quantile(std::vector<double> samples, double share) {
  const auto last = static_cast<double>(samples.size() - 1);
  const auto at = samples.begin() + static_cast<std::ptrdiff_t>(std::lround(share * last));
  std::nth_element(samples.begin(), at, samples.end());
  return *at;
}
inline double median(std::vector<double> samples) { return quantile(std::move(samples), 0.5); }

/// How likely two sets as different as these are where both come from the same source: Mann and Whitney's U test,
/// two-sided, by the normal approximation with corrections for ties and continuity. Of fewer than nine samples each it
/// says little. \pre neither is empty
inline double mann_whitney(const std::vector<double>& a, const std::vector<double>& b) {
  std::vector<std::pair<double, bool>> all;
  for (const double each : a) all.emplace_back(each, true);
  for (const double each : b) all.emplace_back(each, false);
  std::sort(all.begin(), all.end());
  double ranks_of_a = 0, ties = 0;
  for (std::size_t i = 0; i < all.size();) {
    std::size_t end = i, of_a = 0;
    for (; end < all.size() && all[end].first == all[i].first; ++end) of_a += all[end].second ? 1 : 0;
    const auto tied = static_cast<double>(end - i);
    ranks_of_a += static_cast<double>(of_a) * (static_cast<double>(i + end + 1) / 2);
    ties += tied * tied * tied - tied;
    i = end;
  }
  const auto na = static_cast<double>(a.size()), nb = static_cast<double>(b.size()), n = na + nb;
  const double u = ranks_of_a - na * (na + 1) / 2;
  const double deviation = std::sqrt(na * nb / 12 * (n + 1 - ties / (n * (n - 1))));
  if (deviation == 0) return 1;
  const double z = std::max(0.0, std::abs(u - na * nb / 2) - 0.5) / deviation;
  return std::erfc(z / std::sqrt(2.0));
}

}  // namespace weir::bench
