// The releases by name. Included by model/profile.hpp.
#pragma once
#include <utility>

#include "model/profile/history.hpp"

namespace weir {
namespace releases {

inline constexpr auto table = [] {
  std::array<Profile, history.size()> profiles{};
  Profile kernel = linux_2_6_32_profile();
  for (std::size_t i = 0; i < history.size(); ++i) {
    history[i].change(kernel);
    kernel.name = history[i].name;
    kernel.release = kernel.name.substr(std::string_view("linux-").size());
    profiles[i] = kernel;
  }
  return profiles;
}();

/// In order of time.
inline constexpr auto all = []<std::size_t... I>(std::index_sequence<I...>) {
  return std::array<const Profile*, table.size()>{&table[I]...};
}
(std::make_index_sequence<table.size()>{});

/// \pre the table has a release of that very name
constexpr const Profile& named(std::string_view name) {
  std::size_t i = 0;
  while (table[i].name != name) ++i;
  return table[i];
}

inline constexpr const Profile& linux_2_6_32 = named("linux-2.6.32");
inline constexpr const Profile& linux_6_18 = named("linux-6.18");

/// A release as numbers: 2.6.32 is {2, 6, 32}. Empty where the text is not up to four numbers with dots between.
using Version = std::array<std::uint32_t, 4>;
constexpr std::optional<Version> version_from(std::string_view text) {
  Version version{};
  std::size_t part = 0;
  bool digit = false;  // the last character was one
  for (const char c : text) {
    if (c == '.' && digit && part + 1 < version.size()) {
      ++part;
      digit = false;
    } else if (c >= '0' && c <= '9' && version[part] < 100000) {
      version[part] = version[part] * 10 + static_cast<std::uint32_t>(c - '0');
      digit = true;
    } else {
      return std::nullopt;
    }
  }
  if (!digit) return std::nullopt;
  return version;
}

}  // namespace releases

/// The profile of that release, "linux-5.10" or "linux-5.10.7"; a release that has none is as the one below it that
/// has. nullptr for anything else, and for releases before the first or after the last of the table.
constexpr const Profile* profile_from(std::string_view name) {
  constexpr std::string_view prefix = "linux-";
  if (!name.starts_with(prefix)) return nullptr;
  const auto wanted = releases::version_from(name.substr(prefix.size()));
  const Profile* found = nullptr;
  if (!wanted) return found;
  for (const Profile* each : releases::all)
    if (releases::version_from(each->release) <= wanted) found = each;
  const auto last = *releases::version_from(releases::table.back().release);
  const bool after_last = (*wanted)[0] > last[0] || ((*wanted)[0] == last[0] && (*wanted)[1] > last[1]);
  return after_last ? nullptr : found;
}

}  // namespace weir
