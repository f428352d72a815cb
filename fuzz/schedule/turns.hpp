// Polls as the spec sees them: turn by turn.
//
// A poll is no atomic operation, in the kernel either: packets come in between its turns. So each turn of its loop is
// told as a `process_backlog` of quota 1, the turn that finds nothing as one that completes, all within the poll's
// beginning and end and in their order.
//
// lockfree/ may end a poll early, where it meets a packet whose place is claimed and which is not there yet. The turn
// that has begun so ends with the next poll that delivers, so it is told from the beginning of the first. Where nothing
// was coming in, a poll that ends early is told as one that finds nothing to do, which no order explains.
#pragma once
#include <algorithm>
#include <cstddef>
#include <limits>
#include <vector>

#include "oracle/linear/search.hpp"

namespace weir::fuzz {

inline bool was_refused(const oracle::Call& call) {
  const auto* const received = std::get_if<outcome::Received>(&call.seen.outcome);
  return received != nullptr && received->ret == NetRx::drop;
}

/// Of one CPU.
class Turns {
 public:
  /// \param poll  a process_backlog as it was seen
  /// \param ends_early_for  whether a packet that it does not know yet was coming in meanwhile
  void tell(const oracle::Call& poll, bool ends_early_for, std::vector<oracle::Call>& calls) {
    const auto& operation = std::get<op::ProcessBacklog>(poll.operation);
    const auto& polled = std::get<outcome::Polled>(poll.seen.outcome);
    const bool by_quota = polled.work >= std::max(operation.quota, 1);
    const bool early = !polled.complete && !by_quota;
    begun_ = std::min(begun_, poll.start);
    std::size_t after = oracle::Call::nothing;
    const auto turn = [&](outcome::Polled seen) {
      calls.push_back({op::ProcessBacklog{operation.cpu, 1, {}}, oracle::observed_in_full(std::move(seen)), begun_,
                       poll.end, 0, after, poll.likely});
      after = calls.size() - 1;
      begun_ = poll.start;
    };
    for (const Skb each : polled.delivered) turn({1, false, {each}});
    if (polled.complete) turn({0, true, {}});
    if (early && !ends_early_for) turn({0, false, {}});
    if (!early || !ends_early_for) begun_ = oracle::Call::never;
  }

 private:
  std::uint64_t begun_ = oracle::Call::never;  ///< of a turn that has not ended
};

}  // namespace weir::fuzz
