// Whether what happened to a backlog could have happened one step at a time.
//
// The steps are the spec's: enqueue_to_backlog, and each turn of process_backlog's loop (drain_one), which is what the
// kernel does under its lock. A poll's turns may have other threads' packets between them.
//
// What may come in which order is decided by happens-before: an operation that happens before another one, as a whole,
// takes effect before it.
#pragma once
#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "proofs/memory/memory.hpp"

namespace weir::proofs::memory {

struct QueueOperation {
  enum class What : std::uint8_t { put, poll, idle };

  What what = What::put;
  std::uint8_t thread = 0;
  std::uint8_t packet = 0;           ///< put: its number
  std::uint8_t burst = 0;            ///< put: the number of the burst that it is in; 0: it came alone
  bool last_of_burst = false;        ///< put: and `scheduled` is that of the whole burst
  bool admitted = false;             ///< put
  bool scheduled = false;            ///< put: it found the backlog asleep
  bool complete = false;             ///< poll: it put the backlog to sleep
  std::uint8_t delivered_count = 0;  ///< poll
  std::array<std::uint8_t, 8> delivered{};
  std::int32_t limit = 0;  ///< put
  std::int32_t quota = 0;  ///< poll
  Clocks begin{};          ///< what the thread knew when it began
  std::uint16_t end = 0;   ///< the events that its thread had done when it was over
  bool has_ended = false;

  bool before(const QueueOperation& other) const {
    if (burst != 0 && burst == other.burst) return this < &other;
    return has_ended && (thread == other.thread ? end <= other.begin[thread] && this < &other
                                                : other.begin[thread] >= end && end > begin[thread]);
  }
};
using QueueHistory = std::vector<QueueOperation>;

/// All that the verdict depends on.
void append_key(std::string& key, const QueueHistory& history);

/// \param one_queue  the releases up to 2.6.34: what is not yet delivered counts
bool has_an_order(const QueueHistory& history, bool one_queue);

}  // namespace weir::proofs::memory
