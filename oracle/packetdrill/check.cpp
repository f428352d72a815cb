#include "oracle/packetdrill/check.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "oracle/packetdrill/script.hpp"
#include "oracle/packetdrill/world.hpp"

namespace weir::oracle::packetdrill {

std::uint64_t Places::total() const {
  std::uint64_t sum = 0;
  for (const auto& [kind, lines] : places_) sum += lines.size();
  return sum;
}

std::vector<std::string> Places::texts() const {
  std::vector<std::pair<std::string, std::vector<std::uint64_t>>> sorted(places_.begin(), places_.end());
  std::stable_sort(sorted.begin(), sorted.end(),
                   [](const auto& a, const auto& b) { return a.second.size() > b.second.size(); });
  std::vector<std::string> texts;
  for (const auto& [kind, lines] : sorted)
    texts.push_back(
        fmt::format("{} {} (line{} {})", kind, lines.size(), lines.size() == 1 ? "" : "s", fmt::join(lines, ", ")));
  return texts;
}

Report check(Lines lines, const Profile& profile, bool all, const std::function<void(const Divergence&)>& found) {
  const std::string file = lines.file();
  Script script(std::move(lines));
  World world(profile, file, all, found);
  for (Statement statement; !world.stopped() && script.next(statement);) world.apply(statement);
  return std::move(world).finish();
}

}  // namespace weir::oracle::packetdrill
