// How exactly two answers are compared: as data, since what a user wants to hear of depends on the stack.
#pragma once
#include <array>
#include <optional>
#include <string_view>

#include "model/op.hpp"
#include "model/outcome.hpp"
#include "oracle/json/observation.hpp"

namespace weir::oracle {

/// What counts; all of it is "exact".
struct Comparison {
  bool counters = true;  ///< the numbers of tcp_info, and all of netstat
  bool errnos = true;    ///< which error it was, not only that there was one

  friend bool operator==(const Comparison&, const Comparison&) = default;
};

struct ComparisonMode {
  std::string_view name;
  bool Comparison::*ignores;  ///< nullptr: nothing
  std::string_view sentence;
};

inline constexpr auto comparison_modes = std::to_array<ComparisonMode>({
    {"exact", nullptr, "every field of every answer"},
    {"ignore-counters", &Comparison::counters, "not unacked and sacked of tcp_info, nor netstat"},
    {"errno-class", &Comparison::errnos, "a failure is a failure, whichever error it is"},
});

constexpr const ComparisonMode* comparison_mode(std::string_view name) {
  for (const ComparisonMode& each : comparison_modes)
    if (each.name == name) return &each;
  return nullptr;
}

/// Equal in everything that counts.
inline bool same(const Comparison& comparison, const Outcome& expected, const Outcome& observed) {
  if (expected == observed) return true;
  if (expected.index() != observed.index()) return false;
  if (!comparison.errnos && is_failure(expected) && is_failure(observed)) return true;
  if (comparison.counters) return false;
  const auto* const info = std::get_if<outcome::Info>(&expected);
  if (info != nullptr) return info->state == std::get<outcome::Info>(observed).state;
  return std::holds_alternative<outcome::Counters>(expected);
}

}  // namespace weir::oracle
