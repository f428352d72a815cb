#include "proofs/memory/report.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdio>

namespace weir::proofs::memory {
namespace {

/// The trail's events in an order of time, by po and rf.
std::vector<const Event*> in_time(const std::vector<Event>& trail) {
  std::vector<const Event*> order;
  std::array<std::uint16_t, max_threads> done{};
  while (order.size() < trail.size()) {
    const std::size_t before = order.size();
    for (const Event& event : trail) {
      if (event.index != done[event.thread]) continue;
      if (event.is_read() && event.source != initial_write && done[thread_of(event.source)] <= index_of(event.source))
        continue;
      order.push_back(&event);
      ++done[event.thread];
    }
    if (order.size() == before) break;  // the last event of a run that was given up
  }
  return order;
}

std::string number(Word value) {
  char text[24];
  std::snprintf(text, sizeof text, value > 0xffff ? "0x%llx" : "%llu", static_cast<unsigned long long>(value));
  return text;
}

std::string_view base_name(std::string_view path) {
  const auto slash = path.rfind('/');
  return slash == std::string_view::npos ? path : path.substr(slash + 1);
}

std::string describe(const Event& event, std::size_t self, const std::vector<std::size_t>& row_of) {
  const std::string place = "m" + std::to_string(event.location);
  const std::string order = "." + std::string(short_name(event.order));
  std::string text = "[" + std::to_string(self) + "] ";
  switch (event.kind) {
    case Kind::read:
    case Kind::update_read: {
      text += (event.kind == Kind::read ? "R " : "U ") + place + order + " = " + number(event.value);
      const std::size_t source = event.source == initial_write ? 0 : row_of[event.source];
      return text + (event.source == initial_write ? " from init" : " from [" + std::to_string(source) + "]");
    }
    case Kind::write:
    case Kind::update_write:
      return text + (event.kind == Kind::write ? "W " : "U ") + place + order + " := " + number(event.value);
    case Kind::fence:
      return text + "fence" + order;
    case Kind::choice:
      return text + (event.source == 0 ? "chance: no" : "chance: yes");
  }
  return text;
}

std::int32_t stamp_of_source(const std::vector<Event>& trail, const Event& read) {
  const auto source = std::find_if(trail.begin(), trail.end(), [&](const Event& e) { return e.id() == read.source; });
  return source == trail.end() ? 0 : source->stamp;  // 0: the initial value
}

/// Numbers of the events in that order, from 1, by their ids.
std::vector<std::size_t> rows_of(const std::vector<const Event*>& order) {
  std::vector<std::size_t> row_of(std::size_t{max_threads} << index_bits, 0);
  for (std::size_t i = 0; i < order.size(); ++i) row_of[order[i]->id()] = i + 1;
  return row_of;
}

}  // namespace

std::vector<ShownEvent> shown_events(const std::vector<Event>& trail) {
  const auto order = in_time(trail);
  const auto row_of = rows_of(order);
  std::vector<ShownEvent> shown;
  for (std::size_t i = 0; i < order.size(); ++i)
    shown.push_back({order[i]->thread, describe(*order[i], i + 1, row_of), order[i]->site});
  return shown;
}

std::string execution_table(const std::vector<Event>& trail) {
  constexpr std::size_t width = 38;
  const auto order = in_time(trail);
  const auto row_of = rows_of(order);
  unsigned threads = 0;
  for (const Event& event : trail) threads = std::max(threads, event.thread + 1U);
  std::string text;
  for (unsigned i = 0; i < threads; ++i) {
    std::string head = "thread " + std::to_string(i);
    head.resize(width, ' ');
    text += head;
  }
  text += "\n";
  for (std::size_t i = 0; i < order.size(); ++i) {
    const Event& event = *order[i];
    text.append(width * event.thread, ' ');
    std::string cell = describe(event, i + 1, row_of);
    if (event.line_known()) {
      cell.resize(std::max(cell.size() + 2, width * (threads - event.thread)), ' ');
      cell += std::string(base_name(event.site.file)) + ":" + std::to_string(event.site.line);
    }
    text += cell + "\n";
  }
  std::string mo;
  for (unsigned place = 0; place < max_locations; ++place) {
    std::vector<const Event*> writes;
    for (const Event* each : order)
      if (each->is_write() && each->location == place && !each->stuck) writes.push_back(each);
    if (writes.size() < 2) continue;
    std::sort(writes.begin(), writes.end(), [](const Event* a, const Event* b) { return a->stamp < b->stamp; });
    mo += "order of the writes to m" + std::to_string(place) + ":";
    for (const Event* each : writes) mo += " [" + std::to_string(row_of[each->id()]) + "]";
    mo += "\n";
  }
  return text + mo;
}

std::string replay_text(const std::vector<Event>& trail) {
  std::string text;
  for (const Event& event : trail) {
    char item[48];
    const char kind = event.is_read() ? 'r' : event.is_write() ? 'w' : event.kind == Kind::choice ? 'c' : 'f';
    const unsigned chosen = event.is_write() ? static_cast<unsigned>(event.stamp) : event.source;
    std::snprintf(item, sizeof item, "%s%u%c%x", text.empty() ? "" : ".", event.thread, kind, chosen);
    text += item;
  }
  return text;
}

bool read_replay(std::string_view text, std::vector<Event>& trail) {
  std::array<std::uint16_t, max_threads> done{};
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('.'), text.size());
    const std::string_view item = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (item.size() < 3 || item[0] < '0' || item[0] >= static_cast<char>('0' + max_threads)) return false;
    Event event;
    event.thread = static_cast<std::uint8_t>(item[0] - '0');
    event.index = done[event.thread]++;
    std::uint32_t chosen = 0;
    const auto read = std::from_chars(item.data() + 2, item.data() + item.size(), chosen, 16);
    if (read.ec != std::errc{} || read.ptr != item.data() + item.size()) return false;
    event.source = static_cast<EventId>(chosen);
    event.stamp = static_cast<std::int32_t>(chosen);
    switch (item[1]) {
      case 'r':
        event.kind = Kind::read;
        break;
      case 'w':
        event.kind = Kind::write;
        break;
      case 'c':
        event.kind = Kind::choice;
        break;
      case 'f':
        event.kind = Kind::fence;
        break;
      default:
        return false;
    }
    trail.push_back(event);
  }
  for (Event& event : trail) event.stamp = event.is_read() ? stamp_of_source(trail, event) : event.stamp;
  return true;
}

}  // namespace weir::proofs::memory
