// Where a write changes the past: reads that were added before it, but could have read from it.
//
// Reads choose among the writes that are there already; what comes later goes back to them. A revisit takes out of the
// trail all that came after the read and that the write does not depend on, and lets the read read from the write. So
// that no execution is reached twice, it is made from one trail only: that in which what is taken out was added in the
// one way that is called maximal (Kokologiannakis, Marmanis, Gladstein, Vafeiadis: Truly stateless, optimal dynamic
// partial order reduction, POPL 2022). With that each execution graph is explored exactly once, and nothing is
// remembered but the way to it.
#pragma once
#include <vector>

#include "proofs/memory/event.hpp"

namespace weir::proofs::memory {

/// The revisits that the last event of `trail`, a write, can make: the read, and where the write goes then.
void find_revisits(const std::vector<Event>& trail, std::vector<Option>& found);

/// The trail after such a revisit.
void revisit(const std::vector<Event>& trail, Option option, std::vector<Event>& after);

}  // namespace weir::proofs::memory
