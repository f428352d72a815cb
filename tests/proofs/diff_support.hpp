// What the tests of `weir diff` share: the search between two profiles by name.
#pragma once
#include <algorithm>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "oracle/profile/changes.hpp"
#include "oracle/profile/names.hpp"
#include "proofs/diff/diff.hpp"

namespace weir::proofs::diff {

struct Searched {
  std::vector<Change> changes;
  std::vector<Finding> findings;

  const Finding* of(std::string_view change) const {
    for (std::size_t i = 0; i < changes.size(); ++i)
      if (changes[i].name == change) return &findings[i];
    return nullptr;
  }
};

inline std::vector<Change> changes_of(const Profile& from, const Profile& to,
                                      const std::vector<std::string_view>& only = {}) {
  std::vector<Change> changes;
  for (const auto& each : oracle::changes_between(from, to))
    if (only.empty() || std::find(only.begin(), only.end(), each.name) != only.end())
      changes.push_back({each.name, static_cast<Plane>(each.plane), each.sysctl, each.take});
  return changes;
}

inline Searched search_between(const Profile& from, const Profile& to, const std::vector<std::string_view>& only = {},
                               const Options& options = {}) {
  Searched searched{changes_of(from, to, only), {}};
  searched.findings = search(from, to, searched.changes, options, nullptr);
  return searched;
}

inline Searched search_between(std::string_view from, std::string_view to,
                               const std::vector<std::string_view>& only = {}) {
  return search_between(*oracle::profile_named(from).profile, *oracle::profile_named(to).profile, only);
}

}  // namespace weir::proofs::diff
