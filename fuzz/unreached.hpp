// Clauses that no campaign reaches, each with the reason. All others count as reachable in the verdict table; tests
// hold that none of these is reached after all, and that every other one is.
#pragma once
#include <algorithm>
#include <array>
#include <string_view>
#include <vector>

#include "model/clause.hpp"

namespace weir::fuzz {

struct Unreached {
  Clause clause;
  std::string_view reason;
};

inline constexpr auto unreached = std::to_array<Unreached>({
    {Clause::SYSCTL_TOO_LARGE, "takes a write of 4 MiB; tests/model/sysctl_plane_test.cpp makes it"},
    {Clause::FD_NONE_FREE, "takes 1,048,573 open descriptors"},
    {Clause::LISTEN_SECURITY, "a host has no security module; the theorems let one refuse"},
    {Clause::LISTEN_ULP, "no operation gives a socket an upper layer protocol; the theorems let it have one"},
    {Clause::ACCEPTQ_WRAPS, "takes 65,536 connections; called directly in tests/model/old_listen_test.cpp"},
    {Clause::LISTEN_STATE,
     "sock->state leaves SS_UNCONNECTED before sk_state leaves CLOSE, so LISTEN.CONNECTING answers first; the theorems "
     "start from any state"},
    {Clause::CPU_UNKNOWN, "a trace cannot name a CPU that its host lacks; tests/model/softnet_plane_test.cpp does"},
});

/// Empty for a clause that campaigns reach.
constexpr std::string_view why_unreached(Clause clause) {
  for (const Unreached& each : unreached)
    if (each.clause == clause) return each.reason;
  return {};
}

inline bool is_unreached(Clause clause) { return !why_unreached(clause).empty(); }

/// Where `covered`, the clauses that some effort has reached, and the table do not agree.
inline std::vector<Clause> contradictions(const ClauseSet& covered) {
  std::vector<Clause> found;
  for (std::size_t i = 0; i < clause_count; ++i)
    if (const auto clause = static_cast<Clause>(i); covered.contains(clause) == is_unreached(clause))
      found.push_back(clause);
  return found;
}

}  // namespace weir::fuzz
