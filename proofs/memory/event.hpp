// An execution under exploration: its events in the order in which they were added, and what was chosen at each.
//
// An event is named by its thread and its number there, which stay the same when others are taken out. The order of the
// trail is that of exploration, not of time: a read may stand before the write that it reads from. What is consistent
// is decided by `source` (reads-from) and `stamp` (modification order: stamps of one location ascend) alone.
#pragma once
#include <array>
#include <cstdint>
#include <vector>

#include "proofs/memory/memory.hpp"

namespace weir::proofs::memory {

enum class Kind : std::uint8_t {
  read,
  update_read,  ///< of a read-modify-write that succeeds: its update_write follows at once
  write,
  update_write,
  fence,
  choice,  ///< spurious failure, or what the program asked for
};

using EventId = std::uint16_t;
inline constexpr unsigned index_bits = 12;
inline constexpr EventId initial_write = 0xffff;

constexpr EventId event_id(unsigned thread, unsigned index) {
  return static_cast<EventId>(thread << index_bits | index);
}
constexpr unsigned thread_of(EventId id) { return id >> index_bits; }
constexpr unsigned index_of(EventId id) { return id & ((1u << index_bits) - 1); }

struct Event {
  std::uint8_t thread = 0;
  Kind kind = Kind::read;
  Order order = Order::relaxed;
  std::uint8_t location = 0;  ///< of this run
  std::uint16_t index = 0;    ///< in its thread
  EventId source = 0;         ///< reads: the write; updates' writes: what was read; choices: the alternative
  std::int32_t stamp = 0;     ///< writes: the place in modification order; reads: that of what was read
  std::int32_t floor = 0;     ///< the stamp of the newest message that the thread knew at this location
  Clocks prefix{};            ///< per thread, how many events are before this one in (po | rf)+, itself included
  Clocks before{};            ///< the same for happens-before
  Word value = 0;             ///< read or written
  Site site{};
  std::uint16_t forward = 0;   ///< alternatives that are left: other sources, other stamps
  std::uint16_t backward = 0;  ///< revisits that are left
  std::uint16_t tried = 0;     ///< alternatives that are done with
  bool revisits_known = false;
  bool stuck = false;  ///< an update_write without a place: another update has read the same message

  bool is_read() const { return kind == Kind::read || kind == Kind::update_read; }
  bool is_write() const { return kind == Kind::write || kind == Kind::update_write; }
  bool line_known() const { return site.line != 0; }
  EventId id() const { return event_id(thread, index); }
};

/// One more way to go on: what a read reads or where a write goes; for a revisit the read as well.
struct Option {
  EventId source = 0;
  std::int32_t stamp = 0;
};

/// A subtree of the exploration: everything that extends the first `base` events, whose alternatives are others'.
struct Frame {
  std::vector<Event> trail;
  std::vector<Option> options;  ///< of the events after base, the last event's on top
  std::size_t base = 0;

  void clear() {
    trail.clear();
    options.clear();
    base = 0;
  }
};

inline constexpr std::int32_t stamp_step = 1 << 16;  // room for sixteen insertions one into the other

}  // namespace weir::proofs::memory
