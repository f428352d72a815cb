// Receive packet steering: a packet joins the backlog of another CPU, and that CPU is told by an interrupt, or its
// backlog's thread is woken. Source: net/core/dev.c (napi_schedule_rps, first rps_ipi_queued; rps_trigger_softirq;
// net_rps_action_and_irq_enable), from 2.6.35.
//
// In which order the interrupts go out, and that NET_RX_SOFTIRQ is raised for the CPU that sends them unless it is in
// net_rx_action already (6.4 ..), is nothing that an operation could show.
#pragma once
#include <vector>

#include "model/softnet/softnet_data.hpp"

namespace weir::model {

/// The backlog of another CPU is to be polled. The interrupt is sent later, by net_rps_action.
/// \pre !sd.sched, and &sd != &mysd
/// \param cpu      the number of sd's CPU
/// \param threads  thread_backlog_napi: its thread is woken and no interrupt sent
template <Domain D>
void napi_schedule_rps(SoftnetData<D>& mysd, SoftnetData<D>& sd, std::uint32_t cpu, bool threads) {
  sd.sched = Bool<D>(true);
  if (threads) {
    D::clause(Clause::RPS_THREAD_WOKEN);
    sd.sched_threaded = Bool<D>(true);
    return;
  }
  D::clause(Clause::RPS_IPI_QUEUED);
  sd.rps_ipi_next = mysd.rps_ipi_list;
  mysd.rps_ipi_list = cpu;
}

/// The interrupt, on the CPU that gets it.
/// \return false where the backlog is on the poll list already: adding it again corrupts the list
template <Domain D>
bool rps_trigger_softirq(SoftnetData<D>& sd) {
  if (sd.on_poll_list) {
    D::clause(Clause::RPS_IPI_DOUBLE_ADD);
    return false;
  }
  D::clause(Clause::RPS_IPI);
  sd.on_poll_list = Bool<D>(true);
  sd.received_rps = sd.received_rps + U32<D>(1);
  return true;
}

/// Sends the interrupts that are due. A list that runs in a circle ends at the first CPU that it meets again, which is
/// on its poll list by then.
/// \return false if that corrupted a poll list
template <Domain D>
bool net_rps_action(std::vector<SoftnetData<D>>& cpus, SoftnetData<D>& mysd) {
  std::uint32_t cpu = std::exchange(mysd.rps_ipi_list, no_cpu);
  while (cpu != no_cpu) {
    SoftnetData<D>& sd = cpus[cpu];
    cpu = sd.rps_ipi_next;
    if (!rps_trigger_softirq<D>(sd)) return false;
  }
  return true;
}

}  // namespace weir::model
