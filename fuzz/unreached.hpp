// Clauses that no campaign reaches, each with the reason. All others count as reachable in the verdict table; a test
// holds that none of these is reached after all.
#pragma once
#include <array>
#include <string_view>

#include "model/clause.hpp"

namespace weir::fuzz {

struct Unreached {
  Clause clause;
  std::string_view reason;
};

inline constexpr auto unreached = std::to_array<Unreached>({
    {Clause::SYSCTL_TOO_LARGE, "takes a write of 4 MiB; tests/model/sysctl_plane_test.cpp makes it"},
    {Clause::DOINTVEC_LATER_ERROR,
     "takes a vector, and no sysctl of the operations is one; called directly in tests/model"},
    {Clause::DOINTVEC_LATER_SHORT,
     "takes a vector, and no sysctl of the operations is one; called directly in tests/model"},
    {Clause::FD_NONE_FREE, "takes 1,048,573 open descriptors"},
    {Clause::LISTEN_SECURITY, "a host has no security module; the theorems let one refuse"},
    {Clause::ACCEPTQ_WRAPS, "takes 65,536 connections; called directly in tests/model/old_listen_test.cpp"},
});

}  // namespace weir::fuzz
