// Who is who in the rows of the drain benchmark.
#pragma once
#include <optional>
#include <string>

#include "bench/statistics.hpp"

namespace weir::cli {

using bench::mann_whitney;
using bench::median;

inline constexpr const char* ours = "lock-free";
inline constexpr const char* the_floor = "floor";

inline bool is_rival(const std::string& contender) { return contender != ours && contender != the_floor; }

/// Which rival of a cell takes least; none where there is none. \param nanoseconds  of what the map has for a contender
template <class Contenders, class Nanoseconds>
std::optional<std::string> best_rival(const Contenders& contenders, Nanoseconds nanoseconds) {
  std::optional<std::string> best;
  for (const auto& [name, its] : contenders)
    if (is_rival(name) && (!best || nanoseconds(its) < nanoseconds(contenders.at(*best)))) best = name;
  return best;
}

}  // namespace weir::cli
