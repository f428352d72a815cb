// An execution for people to read, and for the explorer to run again.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "proofs/memory/event.hpp"

namespace weir::proofs::memory {

/// An event as a line of text: "[3] R m0.acq = 1 from [2]".
struct ShownEvent {
  unsigned thread = 0;
  std::string text;
  Site site;  ///< line 0: not known
};
/// In an order in which they can have happened.
std::vector<ShownEvent> shown_events(const std::vector<Event>& trail);

/// A table of threads and events, in an order in which they can have happened: nothing is read before it is written.
std::string execution_table(const std::vector<Event>& trail);

/// What was chosen at each event, in one word: `replay` runs it again.
std::string replay_text(const std::vector<Event>& trail);
/// false if `text` is none.
bool read_replay(std::string_view text, std::vector<Event>& trail);

}  // namespace weir::proofs::memory
