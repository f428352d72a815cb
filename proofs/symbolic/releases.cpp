#include "proofs/symbolic/releases.hpp"

#include <algorithm>

namespace weir::proofs {

std::string spans_of(const std::vector<std::string_view>& profiles) {
  if (profiles.size() == releases::all.size()) return "all";
  const auto is_in = [&](std::size_t i) {
    return i < releases::all.size() &&
           std::find(profiles.begin(), profiles.end(), releases::all[i]->name) != profiles.end();
  };
  std::string text;
  for (std::size_t i = 0; i < releases::all.size(); ++i) {
    if (!is_in(i)) continue;
    const std::size_t first = i;
    while (is_in(i + 1)) ++i;
    text += (text.empty() ? "" : ", ") + std::string(releases::all[first]->release);
    if (i != first) text += (i == first + 1 ? ", " : " .. ") + std::string(releases::all[i]->release);
  }
  return text;
}

}  // namespace weir::proofs
