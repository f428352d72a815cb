// One run of the receive softirq, with the backlog as the only NAPI. Source: net/core/dev.c (net_rx_action, napi_poll).
#pragma once
#include "model/softnet/process_backlog.hpp"

namespace weir::model {

template <Domain D>
struct SoftirqLimits {
  I32<D> netdev_budget;        ///< packets a run
  I32<D> netdev_budget_usecs;  ///< microseconds a run, from 4.12
  I32<D> dev_rx_weight;
};

/// One run's progress.
template <Domain D>
struct Run {
  I32<D> budget;      ///< what is left of it
  U64<D> time_limit;  ///< in jiffies
};

enum class RunExit { more, nothing_left, squeezed, repoll, list_corrupted };

/// Microseconds to ticks, rounded up. The kernel takes them as unsigned and computes in unsigned long.
template <Domain D>
U64<D> usecs_to_jiffies(const Profile& kernel, I32<D> usecs) {
  const std::uint64_t usecs_per_jiffy = 1000000 / kernel.hz;
  return (as<U64<D>>(as<U32<D>>(usecs)) + U64<D>(usecs_per_jiffy - 1)) / U64<D>(usecs_per_jiffy);
}

template <Domain D>
Run<D> begin_run(const Profile& kernel, const SoftirqLimits<D>& limits, const Clock<D>& clock) {
  const U64<D> allowed = kernel.budget_in_usecs ? usecs_to_jiffies<D>(kernel, limits.netdev_budget_usecs) : U64<D>(2);
  return {limits.netdev_budget, clock.jiffies + allowed};
}

/// Whether the run must end; counts the squeeze.
template <Domain D>
bool squeezed(const Profile& kernel, SoftnetData<D>& sd, const Run<D>& run, const Clock<D>& clock) {
  if (run.budget <= I32<D>(0)) {
    D::clause(Clause::NETRX_SQUEEZE_BUDGET);
  } else if (clock.jiffies > run.time_limit || (kernel.time_limit_inclusive && clock.jiffies == run.time_limit)) {
    D::clause(Clause::NETRX_SQUEEZE_TIME);
  } else {
    return false;
  }
  sd.time_squeeze = sd.time_squeeze + U32<D>(1);
  return true;
}

/// .. 3.18: limits are checked before a poll, and a backlog that used its weight is polled again in the same run.
template <Domain D, class Deliver>
RunExit poll_again_and_again(const Profile& kernel, SoftnetData<D>& sd, const SoftirqLimits<D>& limits, Run<D>& run,
                             Clock<D>& clock, Deliver&& deliver) {
  if (!sd.on_poll_list) return RunExit::nothing_left;
  if (squeezed(kernel, sd, run, clock)) return RunExit::squeezed;
  const I32<D> weight = sd.weight;
  const auto poll = process_backlog<D>(kernel, sd, weight, limits.dev_rx_weight, clock, deliver);
  run.budget = wrapping_sub(run.budget, poll.work);
  if (kernel.completes_early && weight <= I32<D>(0) && sd.weight <= I32<D>(0)) {
    D::clause(Clause::NETRX_SPINS);
    clock.jiffies = run.time_limit + U64<D>(kernel.time_limit_inclusive ? 0 : 1);
    return RunExit::more;
  }
  if (poll.work == weight) {
    if (poll.exit == PollExit::empty) {
      D::clause(Clause::NETRX_LIST_CORRUPTED);
      return RunExit::list_corrupted;
    }
    D::clause(Clause::NETRX_FULL_WEIGHT);
  }
  return RunExit::more;
}

/// 3.19 ..: the backlog is polled once, then the limits are checked; what is left waits for the next run.
template <Domain D, class Deliver>
RunExit poll_once(const Profile& kernel, SoftnetData<D>& sd, const SoftirqLimits<D>& limits, Run<D>& run,
                  Clock<D>& clock, Deliver&& deliver) {
  if (!sd.on_poll_list) return RunExit::nothing_left;
  const I32<D> weight = sd.weight;
  I32<D> work(0);
  if (sd.sched) work = process_backlog<D>(kernel, sd, weight, limits.dev_rx_weight, clock, deliver).work;
  run.budget = wrapping_sub(run.budget, work);
  const Bool<D> repoll = work >= weight;
  sd.on_poll_list = Bool<D>(false);
  if (repoll) {
    D::clause(sd.sched ? Clause::NETRX_FULL_WEIGHT : Clause::NETRX_REPOLL_COMPLETED);
    sd.on_poll_list = Bool<D>(true);
  }
  if (squeezed(kernel, sd, run, clock)) return RunExit::squeezed;
  return repoll ? RunExit::repoll : RunExit::nothing_left;
}

template <Domain D>
struct RunResult {
  bool time_squeeze;
  Bool<D> rescheduled;  ///< NET_RX_SOFTIRQ was raised again
  bool list_corrupted;  ///< the kernel crashed
};

template <Domain D, class Deliver>
RunResult<D> net_rx_action(const Profile& kernel, SoftnetData<D>& sd, const SoftirqLimits<D>& limits, Clock<D>& clock,
                           Deliver&& deliver) {
  if (!sd.on_poll_list) D::clause(Clause::NETRX_NOTHING);
  Run<D> run = begin_run(kernel, limits, clock);
  RunExit exit = RunExit::more;
  while (exit == RunExit::more)
    exit = kernel.one_poll_per_run ? poll_once<D>(kernel, sd, limits, run, clock, deliver)
                                   : poll_again_and_again<D>(kernel, sd, limits, run, clock, deliver);
  if (exit != RunExit::list_corrupted && sd.on_poll_list) D::clause(Clause::NETRX_RAISE);
  return {exit == RunExit::squeezed, sd.on_poll_list, exit == RunExit::list_corrupted};
}

}  // namespace weir::model
