// What was recorded while one CPU sent packets to the backlog of another (RPS), told as a history of calls that
// overlapped (oracle/linear).
//
// Tracepoints of two CPUs have no common order: a packet is in the queue somewhere between the events at which it
// arrives, and leaves it somewhere before the event at which it is delivered. So a run of the softirq is not told as
// one operation but packet by packet: each turn of the poll's loop is a `process_backlog` of quota 1, from the event
// before it to its own. How many a run delivers, and when it is squeezed, is for the traces of one CPU
// (translation.hpp).
//
// Packets of others that join the same backlog, and those that a delivery sends, are calls like any other here.
#pragma once
#include "oracle/linear/history.hpp"
#include "oracle/softnet/translation.hpp"

namespace weir::oracle {

struct SoftnetHistory {
  History history;
  SoftnetDisturbance disturbance = SoftnetDisturbance::none;  ///< if other than none, there are no calls
};

/// The recording begins with a marker of each CPU.
/// \param from, to  where our packets arrive, and to whose backlog they go
SoftnetHistory translate_overlapping(const SoftnetRecording& recording, std::uint32_t from, std::uint32_t to,
                                     const Header& header);

}  // namespace weir::oracle
