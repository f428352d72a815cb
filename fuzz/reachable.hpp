// Which clauses a campaign can reach, given the releases it is about.
#pragma once
#include <algorithm>
#include <vector>

#include "model/clause.hpp"
#include "model/profile.hpp"

namespace weir::fuzz {

/// Whether the table gives the clause to that release.
inline bool has_clause(const Profile& kernel, Clause clause) {
  const auto now = releases::version_from(kernel.release);
  const ClauseInfo& row = info(clause);
  const bool too_early = !row.since.empty() && now < releases::version_from(row.since);
  const bool too_late = !row.until.empty() && now > releases::version_from(row.until);
  return !too_early && !too_late;
}

inline ClauseSet clauses_of(const std::vector<const Profile*>& kernels) {
  ClauseSet all;
  for (const ClauseInfo& each : clauses)
    if (std::any_of(kernels.begin(), kernels.end(),
                    [&](const Profile* kernel) { return has_clause(*kernel, each.clause); }))
      all.insert(each.clause);
  return all;
}

}  // namespace weir::fuzz
