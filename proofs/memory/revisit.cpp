#include "proofs/memory/revisit.hpp"

#include <algorithm>

namespace weir::proofs::memory {
namespace {

/// Whether `write` depends on the event: (po | rf)+.
bool in_prefix(const Event& event, const Event& write) { return event.index < write.prefix[event.thread]; }

/// The stamp of what an update has read: what its thread knew at the write, since nothing can have come between.
std::int32_t read_by_update(const Event& update) { return update.floor; }

}  // namespace

void Revisits::find(const Trail& trail, std::vector<Option>& found) {
  trail_ = trail.data();
  size_ = trail.size();
  write_ = &trail.back();
  if (!has_reader()) return;
  sort_by_location();
  for (std::size_t read = first_at_[write_->location]; read != none; read = next_[read]) {
    const Event& reader = trail_[read];
    if (!reader.is_read() || in_prefix(reader, *write_)) continue;
    if (all_that_goes_is_maximal(read)) find_places(read, found);
  }
}

bool Revisits::has_reader() const {
  return std::any_of(trail_, trail_ + size_ - 1, [&](const Event& event) {
    return event.location == write_->location && event.is_read() && !in_prefix(event, *write_);
  });
}

/// Nearly every question is about the events of one location.
void Revisits::sort_by_location() {
  first_at_.fill(none);
  if (next_.size() < size_) next_.resize(2 * size_);
  independent_.clear();
  for (std::size_t i = size_ - 1; i-- > 0;) {
    const Event& event = trail_[i];
    if (!in_prefix(event, *write_)) independent_.push_back(static_cast<std::uint16_t>(i));
    if (!event.is_read() && !event.is_write()) continue;
    next_[i] = first_at_[event.location];
    first_at_[event.location] = static_cast<std::uint16_t>(i);
  }
}

/// In a revisit of the read at `read`.
bool Revisits::stays(std::size_t read, std::size_t at) const { return at <= read || in_prefix(trail_[at], *write_); }

bool Revisits::all_that_goes_is_maximal(std::size_t read) const {
  return std::all_of(independent_.begin(), independent_.end(),
                     [&](std::size_t at) { return at < read || maximally_added(at); });
}

/// Whether the event at `at` is as it would have been had nothing but what stays been there when it was added, and had
/// the newest been chosen.
bool Revisits::maximally_added(std::size_t at) const {
  const Event& event = trail_[at];
  if (event.kind == Kind::fence) return true;
  if (event.kind == Kind::choice) return event.source == 0;
  for (std::size_t i = first_at_[event.location]; i != none; i = next_[i]) {
    const Event& other = trail_[i];
    if (i > at && !in_prefix(other, *write_)) continue;
    if (other.is_write() && other.stamp > event.stamp && !other.stuck) return false;
    // Somebody who was there before the event reads from it: it has come to that by a revisit.
    if (event.is_write() && i < at && other.is_read() && other.source == event.id()) return false;
  }
  return true;
}

/// The writes to the location that stay, in modification order, the initial one among them.
void Revisits::place_what_stays(std::size_t read) {
  placed_.assign(1, {0, false});
  const auto each_write = [&](auto&& visit) {
    for (std::size_t i = first_at_[write_->location]; i != none; i = next_[i])
      if (trail_[i].is_write() && stays(read, i)) visit(trail_[i]);
  };
  each_write([&](const Event& event) { placed_.push_back({event.stamp, false}); });
  std::sort(placed_.begin(), placed_.end(), [](const Placed& a, const Placed& b) { return a.stamp < b.stamp; });
  each_write([&](const Event& event) {
    if (event.kind != Kind::update_write) return;
    for (Placed& each : placed_) each.updated = each.updated || each.stamp == read_by_update(event);
  });
}

/// The places that the write can take among what stays, if the read at `read` reads from it.
void Revisits::find_places(std::size_t read, std::vector<Option>& found) {
  place_what_stays(read);
  const bool updates = write_->kind == Kind::update_write;
  const std::int32_t floor = std::max(write_->floor, trail_[read].floor);
  for (std::size_t i = 0; i < placed_.size(); ++i) {
    const std::int32_t below = placed_[i].stamp;
    if (placed_[i].updated || below < floor || (updates && below != read_by_update(*write_))) continue;
    const std::int32_t above = i + 1 == placed_.size() ? below + 2 * stamp_step : placed_[i + 1].stamp;
    found.push_back({.source = trail_[read].id(), .stamp = below + (above - below) / 2});
  }
}

void revisit(const std::vector<Event>& trail, Option option, std::vector<Event>& after) {
  const Event& write = trail.back();
  const auto reader = std::find_if(trail.begin(), trail.end(), [&](const Event& e) { return e.id() == option.source; });
  after.assign(trail.begin(), reader + 1);
  after.back().source = write.id();
  after.back().stamp = option.stamp;
  for (auto event = reader + 1; event != trail.end(); ++event)
    if (in_prefix(*event, write)) after.push_back(*event);  // the write itself among them
  after.back().stamp = option.stamp;
  after.back().stuck = false;
  for (Event& event : after) {
    event.forward = event.backward = 0;
    event.revisits_known = true;
  }
}

}  // namespace weir::proofs::memory
