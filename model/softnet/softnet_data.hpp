// The state of one CPU's receive side. Source: include/linux/netdevice.h (struct softnet_data).
#pragma once
#include "model/profile.hpp"
#include "model/softnet/skb_queue.hpp"

namespace weir::model {

/// No CPU: the end of a list of interrupts.
inline constexpr std::uint32_t no_cpu = ~std::uint32_t{0};

/// \invariant (1) a packet waits in either queue => sched, outside of process_backlog
///            (2) sched => on_poll_list, outside of net_rx_action; or sched_threaded; or the CPU is on the list of
///                interrupts of another, so that it will be on its poll list
///            (3) process_queue is empty where the profile has none
///            (4) sched_threaded => sched
/// on_poll_list without sched is the corrupt state that a weight of 0 or less produces (NETRX.REPOLL_COMPLETED).
template <Domain D>
struct SoftnetData {
  SkbQueue<D> input_pkt_queue;
  SkbQueue<D> process_queue;  ///< 2.6.35 ..: packets taken over by the poll, out of reach of the limit
  Bool<D> sched{false};       ///< NAPI_STATE_SCHED of the backlog NAPI
  Bool<D> on_poll_list{false};
  Bool<D> sched_threaded{false};        ///< NAPI_STATE_SCHED_THREADED, 6.10 ..: the backlog's thread has been woken
  std::uint32_t rps_ipi_list = no_cpu;  ///< 2.6.35 ..: the first of the CPUs that this one is to interrupt
  std::uint32_t rps_ipi_next = no_cpu;  ///< the next of those on whose list this one is
  I32<D> weight{};                      ///< napi->weight: the quota of the next poll, at first dev_weight
  U32<D> processed{0};
  U32<D> dropped{0};
  U32<D> time_squeeze{0};
  U32<D> received_rps{0};      ///< interrupts that scheduled the backlog
  U32<D> input_queue_head{0};  ///< packets that have left
  U32<D> input_queue_tail{0};  ///< packets that have joined

  /// Calls put(number) for each part of the state.
  template <class Put>
  void for_each_value(Put&& put) const {
    for (const auto* const queue : {&input_pkt_queue, &process_queue}) {
      put(queue->qlen());
      for (const Skb each : queue->waiting()) put(each.id);
    }
    for (const bool each : {sched, on_poll_list, sched_threaded}) put(each ? 1 : 0);
    for (const std::uint32_t each : {rps_ipi_list, rps_ipi_next, as<U32<D>>(weight), processed, dropped, time_squeeze,
                                     received_rps, input_queue_head, input_queue_tail})
      put(each);
  }
};

/// Whether anybody calls the poll function: net_rx_action, or the backlog's thread. A backlog that another CPU has
/// scheduled is not polled before the interrupt comes.
template <Domain D>
Bool<D> is_polled(const SoftnetData<D>& sd) {
  return sd.sched && (sd.on_poll_list || sd.sched_threaded);
}

/// jiffies, and how it moves while packets are delivered: by one each time `tick_after` packets were (0: it stands
/// still).
template <Domain D>
struct Clock {
  U64<D> jiffies{};
  std::uint32_t tick_after{};
  std::uint32_t since_tick{};

  void delivered_one() {
    if (tick_after == 0 || ++since_tick < tick_after) return;
    D::clause(Clause::JIFFIES_TICK);
    jiffies = jiffies + U64<D>(1);
    since_tick = 0;
  }
};

}  // namespace weir::model
