#include "proofs/memory/revisit.hpp"

#include <algorithm>
#include <cstddef>

namespace weir::proofs::memory {
namespace {

using Trail = std::vector<Event>;

/// Whether `write` depends on the event: (po | rf)+.
bool in_prefix(const Event& event, const Event& write) { return event.index < write.prefix[event.thread]; }

/// A trail seen from a revisit of the read at `read` by its last event: what stays, and what goes.
struct Cut {
  const Trail& trail;
  std::size_t read;
  const Event& write;

  bool stays(std::size_t at) const { return at <= read || in_prefix(trail[at], write); }
};

const Event* find(const Trail& trail, EventId id) {
  const auto found = std::find_if(trail.begin(), trail.end(), [=](const Event& event) { return event.id() == id; });
  return found == trail.end() ? nullptr : &*found;
}

/// Whether the event at `at` is as it would have been had nothing but what stays been there when it was added, and had
/// the newest been chosen.
bool maximally_added(const Cut& cut, std::size_t at) {
  const Event& event = cut.trail[at];
  if (event.kind == Kind::fence) return true;
  if (event.kind == Kind::choice) return event.source == 0;
  std::int32_t stamp = event.stamp;
  if (event.is_read()) {
    const Event* const source = event.source == initial_write ? nullptr : find(cut.trail, event.source);
    stamp = source == nullptr ? 0 : source->stamp;
  }
  for (std::size_t i = 0; i + 1 < cut.trail.size(); ++i) {
    const Event& other = cut.trail[i];
    if (other.location != event.location || (i > at && !in_prefix(other, cut.write))) continue;
    if (other.is_write() && other.stamp > stamp && !other.stuck) return false;
    // Somebody who was there before the event reads from it: it has come to that by a revisit.
    if (event.is_write() && i < at && other.is_read() && other.source == event.id()) return false;
  }
  return true;
}

std::int32_t stamp_of(const Trail& trail, EventId id) {
  const Event* const source = id == initial_write ? nullptr : find(trail, id);
  return source == nullptr ? 0 : source->stamp;
}

/// The places that the write can take among what stays, if `cut.read` reads from it.
void find_places(const Cut& cut, std::vector<Option>& found) {
  const Event& write = cut.write;
  const Event& reader = cut.trail[cut.read];
  struct Placed {
    std::int32_t stamp;
    bool updated;  // an update's write stands right behind it
  };
  std::vector<Placed> placed{{0, false}};
  for (std::size_t i = 0; i + 1 < cut.trail.size(); ++i)
    if (cut.stays(i) && cut.trail[i].is_write() && cut.trail[i].location == write.location)
      placed.push_back({cut.trail[i].stamp, false});
  std::sort(placed.begin(), placed.end(), [](const Placed& a, const Placed& b) { return a.stamp < b.stamp; });
  for (std::size_t i = 0; i + 1 < cut.trail.size(); ++i) {
    const Event& event = cut.trail[i];
    if (event.kind != Kind::update_write || event.location != write.location || !cut.stays(i)) continue;
    const std::int32_t below = stamp_of(cut.trail, event.source);
    for (Placed& each : placed) each.updated = each.updated || each.stamp == below;
  }
  const bool updates = write.kind == Kind::update_write;
  const std::int32_t only = updates ? stamp_of(cut.trail, write.source) : 0;
  const std::int32_t floor = std::max(write.floor, reader.floor);
  for (std::size_t i = 0; i < placed.size(); ++i) {
    const std::int32_t below = placed[i].stamp;
    if (placed[i].updated || below < floor || (updates && below != only)) continue;
    const std::int32_t above = i + 1 == placed.size() ? below + 2 * stamp_step : placed[i + 1].stamp;
    found.push_back({.source = reader.id(), .stamp = below + (above - below) / 2});
  }
}

}  // namespace

void find_revisits(const Trail& trail, std::vector<Option>& found) {
  const Event& write = trail.back();
  bool interesting = false;
  for (std::size_t i = 0; i + 1 < trail.size() && !interesting; ++i)
    interesting = trail[i].is_read() && trail[i].location == write.location && !in_prefix(trail[i], write);
  if (!interesting) return;
  for (std::size_t read = 0; read + 1 < trail.size(); ++read) {
    const Event& reader = trail[read];
    if (!reader.is_read() || reader.location != write.location || in_prefix(reader, write)) continue;
    const Cut cut{trail, read, write};
    bool maximal = true;
    for (std::size_t i = read; i + 1 < trail.size() && maximal; ++i)
      if (i == read || !cut.stays(i)) maximal = maximally_added(cut, i);
    if (maximal) find_places(cut, found);
  }
}

void revisit(const Trail& trail, Option option, Trail& after) {
  after.clear();
  const Event& write = trail.back();
  std::size_t read = 0;
  while (trail[read].id() != option.source) ++read;
  const Cut cut{trail, read, write};
  for (std::size_t i = 0; i < trail.size(); ++i) {
    if (i + 1 != trail.size() && !cut.stays(i)) continue;
    Event event = trail[i];
    event.forward = event.backward = 0;
    event.revisits_known = true;
    if (i == read) event.source = write.id();
    if (i + 1 == trail.size()) {
      event.stamp = option.stamp;
      event.stuck = false;
    }
    after.push_back(event);
  }
}

}  // namespace weir::proofs::memory
