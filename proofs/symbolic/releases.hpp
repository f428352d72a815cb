// Spans of releases.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "model/profile.hpp"

namespace weir::proofs {

/// From the first to the last, as in "3.16" and "6.13"; "" is open.
struct Releases {
  std::string_view since{};
  std::string_view until{};
};

inline bool contains(const Releases& span, const Profile& kernel) {
  const auto version = releases::version_from(kernel.release);
  return (span.since.empty() || version >= releases::version_from(span.since)) &&
         (span.until.empty() || version <= releases::version_from(span.until));
}

/// Those of the table.
inline std::vector<const Profile*> within(std::initializer_list<Releases> spans) {
  std::vector<const Profile*> found;
  for (const Profile* each : releases::all)
    for (const Releases& span : spans)
      if (contains(span, *each)) {
        found.push_back(each);
        break;
      }
  return found;
}

/// The releases by their spans: "2.6.32 .. 3.10, 6.1"; "all" for all of the table.
std::string spans_of(const std::vector<std::string_view>& profiles);

}  // namespace weir::proofs
