// What took place in the receive softirq, replayed on a host.
#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>

#include "fuzz/differential.hpp"
#include "oracle/softnet/translation.hpp"

namespace weir::fuzz {

/// The first line that the host answers otherwise. \param note  called with each operation after the host's step; what
/// it returns becomes the difference's path
template <class Host, class Note>
std::optional<Difference> replay(Host& host, const oracle::SoftnetStory& story, Note&& note) {
  for (std::size_t i = 0; i < story.lines.size(); ++i) {
    const auto& [operation, seen] = story.lines[i];
    const Outcome expected = host.step(operation);
    const std::uint64_t path = note(operation);
    if (oracle::agrees(seen, expected)) continue;
    Difference difference{i, false, operation, expected, seen.outcome, path, {}};
    for (const auto& each : story.lines) difference.recorded.push_back(each.operation);
    return difference;
  }
  return std::nullopt;
}

}  // namespace weir::fuzz
