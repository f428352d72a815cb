// A packet arrives at a CPU's backlog. Source: net/core/dev.c (netif_rx, enqueue_to_backlog, ____napi_schedule).
#pragma once
#include "model/softnet/softnet_data.hpp"

namespace weir::model {

/// What became of the packet.
enum class Enqueued { queued, dropped, list_corrupted };

/// Puts the backlog NAPI on the poll list unless it is scheduled already.
/// \return false where it is on the list although not scheduled: adding it again corrupts the list
template <Domain D>
bool napi_schedule(SoftnetData<D>& sd) {
  if (sd.sched) {
    D::clause(Clause::ENQUEUE_ALREADY);
    return true;
  }
  if (sd.on_poll_list) {
    D::clause(Clause::ENQUEUE_DOUBLE_ADD);
    return false;
  }
  D::clause(Clause::ENQUEUE_SCHEDULE);
  sd.sched = Bool<D>(true);
  sd.on_poll_list = Bool<D>(true);
  return true;
}

/// Admits the packet if no more than `netdev_max_backlog` wait in the input queue; the capacity is so one more. Both
/// are compared as unsigned: a negative limit admits all.
template <Domain D>
Enqueued enqueue_to_backlog(const Profile& kernel, SoftnetData<D>& sd, Packet<D> skb, I32<D> netdev_max_backlog) {
  if (kernel.counts_enqueue_in_total) sd.processed = sd.processed + U32<D>(1);
  if (sd.input_pkt_queue.qlen() > as<U32<D>>(netdev_max_backlog)) {
    D::clause(Clause::ENQUEUE_LIMIT);
    sd.dropped = sd.dropped + U32<D>(1);
    return Enqueued::dropped;
  }
  D::clause(Clause::ENQUEUE_ADMIT);
  if (sd.input_pkt_queue.empty() && !napi_schedule(sd)) return Enqueued::list_corrupted;
  sd.input_pkt_queue.push(skb);
  return Enqueued::queued;
}

}  // namespace weir::model
