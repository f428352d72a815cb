// Traces whose calls overlapped: lines with "start" and "end" (docs/TRACE.md), held against the model as the sequential
// specification (search.hpp).
//
//   const History history = read_history(trace);          // throws Malformed
//   const HistoryResult result = check_history(history, {});
//
// A history of packets and polls is first parted by CPUs that have nothing to do with each other: each part is judged
// by itself, which is the same (linearizability is local) and much less work.
#pragma once
#include <optional>
#include <vector>

#include "oracle/check/divergence.hpp"
#include "oracle/json/reader.hpp"
#include "oracle/linear/search.hpp"

namespace weir::oracle {

struct History {
  Header header;
  std::vector<Call> calls;
};

struct HistoryResult {
  Linearizable verdict = Linearizable::ok;
  std::uint64_t steps = 0;               ///< of the model
  std::optional<Divergence> divergence;  ///< where illegal: the line that fits nowhere after the longest order
  ClauseSet clauses;                     ///< passed in the orders that were found
};

/// What is left of a trace, each line of which has a start. `first`: a line that has been read already.
History read_history(TraceReader& trace, std::optional<TraceLine> first = {});

HistoryResult check_history(const History& history, const LinearOptions& options);

/// Groups of calls, by their places, that cannot influence each other.
std::vector<std::vector<std::size_t>> parts_of(const History& history);

/// Of packets that one CPU delivered, the one that was delivered first came first (the queue theorems of
/// proofs/theorems): said beforehand, no search has to find it out. Where it is not known who was first, nothing is
/// said.
void order_packets(std::vector<Call>& calls);

/// As a trace.
std::string to_trace(const History& history);

}  // namespace weir::oracle
