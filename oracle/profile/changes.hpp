// What one profile has otherwise than another, thing by thing: its fields, and each property of its sysctls.
#pragma once
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "oracle/profile/fields.hpp"

namespace weir::oracle {

struct ProfileChange {
  std::string name;  ///< "backlog_is_u16", "net.core.somaxconn.maximum", "net.core.netdev_budget_usecs" (is there)
  Plane plane{};
  std::optional<Sysctl> sysctl;
  std::string meaning;
  std::string from, to;                                ///< the two values
  std::string changed;                                 ///< the release and commit, as far as the profiles say
  std::function<void(Profile&, const Profile&)> take;  ///< the first becomes in this as the second
};

/// In the order of profile_fields; sysctls first.
std::vector<ProfileChange> changes_between(const Profile& from, const Profile& to);

}  // namespace weir::oracle
