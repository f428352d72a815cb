// The backlog's poll function. Source: net/core/dev.c (process_backlog, __napi_complete).
#pragma once
#include "model/softnet/softnet_data.hpp"

namespace weir::model {

/// Why a poll ended; `more` where it goes on. Exactly one of the last three holds at the end.
enum class PollExit { more, empty, quota, clock };

template <Domain D>
struct Poll {
  I32<D> quota;
  U64<D> start;              ///< jiffies when the poll began
  I32<D> work{0};            ///< packets delivered so far
  Bool<D> completed{false};  ///< SCHED is clear already, although packets are left to deliver (2.6.35 .. 3.15)
};

/// From 2.6.35 packets are drained from a private queue; when that is empty, the whole input queue moves over.
template <Domain D>
void refill_process_queue(SoftnetData<D>& sd) {
  if (sd.process_queue.empty() && !sd.input_pkt_queue.empty()) {
    D::clause(Clause::BACKLOG_SPLICE);
    sd.process_queue.splice_tail(sd.input_pkt_queue);
  }
}

/// NAPI_STATE_MISSED has no part in this: who finds SCHED set has queued his packet under the lock under which the poll
/// finds the queue empty, so there is nothing to miss.
template <Domain D>
void napi_complete(SoftnetData<D>& sd) {
  D::clause(Clause::BACKLOG_COMPLETE);
  sd.sched = Bool<D>(false);
  sd.on_poll_list = Bool<D>(false);
  sd.sched_threaded = Bool<D>(false);
}

/// 2.6.35 .. 3.15. What the input queue holds is taken over; if it fits what is left of the quota the poll completes at
/// once and delivers it afterwards.
template <Domain D>
void take_over_early(SoftnetData<D>& sd, Poll<D>& poll) {
  const U32<D> qlen = sd.input_pkt_queue.qlen();
  refill_process_queue(sd);
  if (qlen >= as<U32<D>>(wrapping_sub(poll.quota, poll.work))) return;
  napi_complete(sd);
  if (qlen != U32<D>(0)) D::clause(Clause::BACKLOG_COMPLETE_EARLY);
  poll.quota = wrapping_add(poll.work, as<I32<D>>(qlen));
  poll.completed = Bool<D>(true);
}

/// One turn of the loop of 2.6.35 .. 3.15: nothing at all happens for a quota of 0 or less.
template <Domain D, class Deliver>
PollExit drain_one_early(SoftnetData<D>& sd, Poll<D>& poll, Clock<D>& clock, Deliver&& deliver) {
  if (poll.work < poll.quota && sd.process_queue.empty()) take_over_early(sd, poll);
  if (poll.work >= poll.quota) {
    if (poll.completed) return PollExit::empty;
    D::clause(poll.work == I32<D>(0) ? Clause::BACKLOG_NO_QUOTA : Clause::BACKLOG_QUOTA);
    return PollExit::quota;
  }
  D::clause(Clause::BACKLOG_DELIVER);
  deliver(sd.process_queue.pop());
  sd.processed = sd.processed + U32<D>(1);
  clock.delivered_one();
  poll.work = wrapping_add(poll.work, I32<D>(1));
  return PollExit::more;
}

/// One turn of the loop. The body has a name so that an invariant over it proves the loop for every quota, queue and
/// clock. \param deliver  called with the packet at the head
template <Domain D, class Deliver>
PollExit drain_one(const Profile& kernel, SoftnetData<D>& sd, Poll<D>& poll, Clock<D>& clock, Deliver&& deliver) {
  if (kernel.completes_early) return drain_one_early<D>(sd, poll, clock, deliver);
  if (kernel.process_queue) refill_process_queue(sd);
  auto& queue = kernel.process_queue ? sd.process_queue : sd.input_pkt_queue;
  if (queue.empty()) {
    napi_complete(sd);
    return PollExit::empty;
  }
  D::clause(Clause::BACKLOG_DELIVER);
  deliver(queue.pop());
  sd.processed = sd.processed + U32<D>(1);
  clock.delivered_one();
  poll.work = wrapping_add(poll.work, I32<D>(1));
  if (poll.work >= poll.quota) {
    D::clause(Clause::BACKLOG_QUOTA);
    return PollExit::quota;
  }
  if (kernel.poll_stops_on_tick && clock.jiffies != poll.start) {
    D::clause(Clause::BACKLOG_CLOCK);
    return PollExit::clock;
  }
  return PollExit::more;
}

template <Domain D>
struct PollResult {
  I32<D> work;
  PollExit exit;
};

/// What a poll does before its first turn.
/// \param dev_rx_weight  becomes the weight of the next poll, not of this one
template <Domain D>
Poll<D> begin_poll(SoftnetData<D>& sd, I32<D> quota, I32<D> dev_rx_weight, const Clock<D>& clock) {
  D::clause(Clause::BACKLOG_WEIGHT);
  sd.weight = dev_rx_weight;
  return {.quota = quota, .start = clock.jiffies};
}

/// \pre sd.sched
/// \param quota  packets to deliver at most; at least one is tried whatever it is (but for 2.6.35 .. 3.15)
template <Domain D, class Deliver>
PollResult<D> process_backlog(const Profile& kernel, SoftnetData<D>& sd, I32<D> quota, I32<D> dev_rx_weight,
                              Clock<D>& clock, Deliver&& deliver) {
  Poll<D> poll = begin_poll(sd, quota, dev_rx_weight, clock);
  PollExit exit = PollExit::more;
  while (exit == PollExit::more) exit = drain_one(kernel, sd, poll, clock, deliver);
  sd.input_queue_head = sd.input_queue_head + as<U32<D>>(poll.work);
  return {poll.work, exit};
}

}  // namespace weir::model
