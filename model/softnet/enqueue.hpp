// A packet arrives at a CPU's backlog. Source: net/core/dev.c (netif_rx, enqueue_to_backlog, ____napi_schedule).
#pragma once
#include "model/softnet/flow_limit.hpp"
#include "model/softnet/softnet_data.hpp"

namespace weir::model {

/// What became of the packet.
enum class Enqueued {
  queued,
  dropped,         ///< too many wait, or too many of its flow
  device_down,     ///< dropped for that reason
  list_corrupted,  ///< the kernel crashes: the backlog is on the poll list twice
  out_of_table,    ///< the kernel writes beyond the table of the flow limit
};

/// Puts the backlog NAPI on the poll list of its own CPU, which is running.
/// \pre !sd.sched
/// \return false where it is on the list although not scheduled: adding it again corrupts the list
template <Domain D>
bool napi_schedule(SoftnetData<D>& sd) {
  if (sd.on_poll_list) {
    D::clause(Clause::ENQUEUE_DOUBLE_ADD);
    return false;
  }
  D::clause(Clause::ENQUEUE_SCHEDULE);
  sd.sched = Bool<D>(true);
  sd.on_poll_list = Bool<D>(true);
  return true;
}

/// A packet that no flow limit applies to.
struct NoFlowLimit {
  template <class U32, class I32>
  constexpr FlowVerdict operator()(U32, I32) const {
    return FlowVerdict::within;
  }
};

template <Domain D>
Enqueued dropped_here(SoftnetData<D>& sd) {
  sd.dropped = sd.dropped + U32<D>(1);
  return Enqueued::dropped;
}

/// Admits the packet if no more than `netdev_max_backlog` wait in the input queue; the capacity is so one more. Both
/// are compared as unsigned: a negative limit admits all.
/// \param flow_limit  asked with the queue's length and the limit whether the packet's flow has had its share
/// \param schedule    called with `sd` where its backlog is to be scheduled, as napi_schedule is
template <Domain D, class FlowLimit, class Schedule>
Enqueued enqueue_to_backlog(const Profile& kernel, SoftnetData<D>& sd, Packet<D> skb, I32<D> netdev_max_backlog,
                            FlowLimit&& flow_limit, Schedule&& schedule) {
  if (kernel.counts_enqueue_in_total) sd.processed = sd.processed + U32<D>(1);
  if (sd.input_pkt_queue.qlen() > as<U32<D>>(netdev_max_backlog)) {
    D::clause(Clause::ENQUEUE_LIMIT);
    return dropped_here<D>(sd);
  }
  // Under the lock until 6.18, before it from 6.19 on: with one operation at a time there is no telling.
  const FlowVerdict verdict = flow_limit(sd.input_pkt_queue.qlen(), netdev_max_backlog);
  if (verdict == FlowVerdict::limited) return dropped_here<D>(sd);
  if (verdict == FlowVerdict::out_of_table) return Enqueued::out_of_table;
  D::clause(Clause::ENQUEUE_ADMIT);
  if (sd.input_pkt_queue.empty()) {
    if (sd.sched)
      D::clause(Clause::ENQUEUE_ALREADY);
    else if (!schedule(sd))
      return Enqueued::list_corrupted;
  }
  sd.input_pkt_queue.push(skb);
  sd.input_queue_tail = sd.input_queue_tail + U32<D>(1);
  return Enqueued::queued;
}

/// The same on the packet's own CPU, without a flow limit: what nearly every packet meets.
template <Domain D>
Enqueued enqueue_to_backlog(const Profile& kernel, SoftnetData<D>& sd, Packet<D> skb, I32<D> netdev_max_backlog) {
  return enqueue_to_backlog<D>(kernel, sd, skb, netdev_max_backlog, NoFlowLimit{}, napi_schedule<D>);
}

/// Whether a packet whose device is not running is dropped for it (and counted, until 6.9).
template <Domain D>
bool refused_as_not_running(const Profile& kernel, SoftnetData<D>& sd) {
  if (!kernel.drops_if_not_running) {
    D::clause(Clause::ENQUEUE_NOT_RUNNING_QUEUED);
    return false;
  }
  D::clause(kernel.not_running_is_overload ? Clause::ENQUEUE_NOT_RUNNING_COUNTED : Clause::ENQUEUE_NOT_RUNNING);
  if (kernel.not_running_is_overload) sd.dropped = sd.dropped + U32<D>(1);
  return true;
}

/// Why the kernel says that it dropped the packet; nothing where it gives no reasons.
/// \pre `enqueued` is dropped or device_down
template <Domain D>
std::optional<DropReason> drop_reason(const Profile& kernel, Enqueued enqueued) {
  if (!kernel.has_drop_reasons) return std::nullopt;
  const bool overload = enqueued == Enqueued::dropped;
  if (overload ? !kernel.has_backlog_drop_reason : kernel.not_running_is_overload) {
    D::clause(Clause::DROP_NOT_SPECIFIED);
    return DropReason::not_specified;
  }
  D::clause(overload ? Clause::DROP_CPU_BACKLOG : Clause::DROP_DEV_READY);
  return overload ? DropReason::cpu_backlog : DropReason::dev_ready;
}

}  // namespace weir::model
