// The softnet plane of a host: every CPU's softnet_data, the clock, and the operations on them.
#pragma once
#include <vector>

#include "model/outcome.hpp"
#include "model/softnet/enqueue.hpp"
#include "model/softnet/net_rx_action.hpp"
#include "model/softnet/rps.hpp"
#include "model/softnet/softnet_stat.hpp"
#include "model/sysctl/plane.hpp"

namespace weir::model {

template <Domain D>
class SoftnetPlane {
 public:
  SoftnetPlane(const Profile& kernel, const HostOptions& options, const SysctlPlane<D>& sysctls)
      : kernel_(&kernel),
        cpus_(options.cpus),
        flow_limits_(options.cpus),
        threads_(options.thread_backlog_napi && kernel.has_backlog_threads) {
    for (auto& cpu : cpus_) cpu.weight = dev_rx_weight(sysctls);
    if (kernel.has_flow_limit)
      set_flow_limit_cpus<D>(flow_limits_,
                             static_cast<std::uint32_t>(sysctls.global_cell(Sysctl::flow_limit_cpu_bitmap)),
                             sysctls.global_cell(Sysctl::flow_limit_table_len));
    any_flow_limit_ = flow_limit_cpus(flow_limits_) != 0;
  }

  /// Calls put(number) for each part of the state, always in the same order: planes that put the same numbers answer
  /// the same from then on.
  template <class Put>
  void for_each_value(Put&& put) const {
    put(jiffies_);
    for (const auto& each : cpus_) each.for_each_value(put);
    for (const auto& each : flow_limits_) {
      put(each ? 1 : 0);
      if (each) each->for_each_value(put);
    }
  }

  Outcome tick() {
    D::clause(Clause::JIFFIES_TICK);
    jiffies_ = jiffies_ + U64<D>(1);
    return outcome::Done{};
  }

  outcome::Returned flow_limit_cpu_write(const SysctlPlane<D>& sysctls, const op::SysctlWrite& op) {
    const auto answer = model::flow_limit_cpu_write<D>(flow_limits_, sysctls, op);
    any_flow_limit_ = flow_limit_cpus(flow_limits_) != 0;
    return answer;
  }
  Outcome flow_limit_cpu_read(const SysctlPlane<D>& sysctls, const op::SysctlRead& op) const {
    return model::flow_limit_cpu_read<D>(flow_limits_, sysctls, op);
  }

  Outcome netif_rx(const SysctlPlane<D>& sysctls, const op::NetifRx& op) {
    SoftnetData<D>* const sd = cpu(op.cpu);
    if (sd == nullptr) return failed(Errno::einval);
    const I32<D> limit = sysctls.global_cell(Sysctl::netdev_max_backlog);
    if (op.to || !op.running || any_flow_limit_) [[unlikely]]
      return netif_rx_steered(*sd, op, limit);
    const Enqueued enqueued = enqueue_to_backlog<D>(*kernel_, *sd, op.skb, limit);
    if (enqueued == Enqueued::queued) [[likely]]
      return outcome::Received{NetRx::success};
    return received(enqueued);
  }

  Outcome process_backlog(const SysctlPlane<D>& sysctls, const op::ProcessBacklog& op) {
    SoftnetData<D>* const sd = cpu(op.cpu);
    if (sd == nullptr) return failed(Errno::einval);
    outcome::Polled polled;
    if (!is_polled<D>(*sd)) {
      D::clause(sd->sched ? Clause::RPS_IPI_AWAITED : Clause::BACKLOG_IDLE);
      return polled;
    }
    if (!net_rps_action<D>(cpus_, *sd)) return outcome::Oops{};
    const bool by_thread = sd->sched_threaded, listed = sd->on_poll_list;
    if (by_thread) D::clause(Clause::BACKLOG_THREAD);
    Clock<D> clock = start_clock(op.tick_after);
    const auto poll = model::process_backlog<D>(*kernel_, *sd, op.quota, dev_rx_weight(sysctls), clock,
                                                [&](Skb skb) { append(polled.delivered, skb); });
    if (by_thread) sd->on_poll_list = listed;  // what takes it off the list is net_rx_action, not the poll
    jiffies_ = clock.jiffies;
    polled.work = poll.work;
    polled.complete = poll.exit == PollExit::empty;
    return polled;
  }

  Outcome net_rx_action(const SysctlPlane<D>& sysctls, const op::NetRxAction& op) {
    SoftnetData<D>* const sd = cpu(op.cpu);
    if (sd == nullptr) return failed(Errno::einval);
    outcome::ActionRan ran;
    Clock<D> clock = start_clock(op.tick_after);
    const SoftirqLimits<D> limits{sysctls.global_cell(Sysctl::netdev_budget),
                                  sysctls.global_cell(Sysctl::netdev_budget_usecs), dev_rx_weight(sysctls)};
    const auto run =
        model::net_rx_action<D>(*kernel_, *sd, limits, clock, [&](Skb skb) { append(ran.delivered, skb); });
    jiffies_ = clock.jiffies;
    if (run.list_corrupted || !net_rps_action<D>(cpus_, *sd)) return outcome::Oops{};
    ran.time_squeeze = run.time_squeeze;
    ran.rescheduled = run.rescheduled;
    return ran;
  }

  Outcome softnet_stat(const op::SoftnetStat& op) {
    const SoftnetData<D>* const sd = cpu(op.cpu);
    if (sd == nullptr) return failed(Errno::einval);
    const auto& limit = flow_limits_[op.cpu.index];
    const SoftnetRow<D> row = softnet_row<D>(*kernel_, *sd, U32<D>(limit ? limit->count : 0), op.cpu.index);
    return outcome::SoftnetRow{.processed = row.processed,
                               .dropped = row.dropped,
                               .time_squeeze = row.time_squeeze,
                               .received_rps = row.received_rps,
                               .backlog_len = row.backlog_len,
                               .cpu_collision = row.cpu_collision,
                               .flow_limit = row.flow_limit,
                               .cpu_id = row.cpu_id,
                               .input_qlen = row.input_qlen,
                               .process_qlen = row.process_qlen,
                               .input_queue_head = row.input_queue_head,
                               .input_queue_tail = row.input_queue_tail};
  }

 private:
  SoftnetData<D>* cpu(Cpu which) {
    if (which.index < cpus_.size()) return &cpus_[which.index];
    D::clause(Clause::CPU_UNKNOWN);
    return nullptr;
  }
  Clock<D> start_clock(TickAfter tick_after) const { return {jiffies_, tick_after.value_or(0), 0}; }

  /// A packet of which more is said than where it arrived. Kept out of the way of those of which it is not.
  [[gnu::noinline]] Outcome netif_rx_steered(SoftnetData<D>& mysd, const op::NetifRx& op, I32<D> netdev_max_backlog) {
    const std::uint32_t to = steered(op);
    SoftnetData<D>* const sd = cpu({to});
    if (sd == nullptr) return failed(Errno::einval);
    if (!op.running && refused_as_not_running<D>(*kernel_, *sd)) return received(Enqueued::device_down);
    // The table is that of the CPU which receives, the queue that of the CPU which gets the packet.
    auto& limits = flow_limits_[op.cpu.index];
    const auto flow_limit = [&](U32<D> qlen, I32<D> limit) {
      if (!limits) return FlowVerdict::within;
      if (flow_limit_sleeps<D>(qlen, limit)) {
        D::clause(Clause::FLOW_LIMIT_SLEEPS);
        return FlowVerdict::within;
      }
      return count_flow<D>(*kernel_, *limits, op.flow);
    };
    const auto schedule = [&](SoftnetData<D>& backlog) {
      if (&backlog == &mysd) return napi_schedule<D>(backlog);
      napi_schedule_rps<D>(mysd, backlog, to, threads_);
      return true;
    };
    return received(enqueue_to_backlog<D>(*kernel_, *sd, op.skb, netdev_max_backlog, flow_limit, schedule));
  }

  /// The CPU whose backlog gets the packet.
  std::uint32_t steered(const op::NetifRx& op) const {
    if (!op.to) return op.cpu.index;
    if (!kernel_->has_rps) {
      D::clause(Clause::RPS_NONE);
      return op.cpu.index;
    }
    D::clause(*op.to == op.cpu ? Clause::RPS_STAYS : Clause::RPS_STEERED);
    return op.to->index;
  }

  [[gnu::noinline]] Outcome received(Enqueued enqueued) const {
    switch (enqueued) {
      case Enqueued::queued:
        return outcome::Received{NetRx::success};
      case Enqueued::dropped:
      case Enqueued::device_down:
        return outcome::Received{NetRx::drop, drop_reason<D>(*kernel_, enqueued)};
      case Enqueued::list_corrupted:
      case Enqueued::out_of_table:
        break;
    }
    return outcome::Oops{};
  }

  const Profile* kernel_;
  std::vector<SoftnetData<D>> cpus_;
  FlowLimits flow_limits_;
  bool any_flow_limit_ = false;  ///< of one CPU at least
  U64<D> jiffies_{0};
  bool threads_;  ///< thread_backlog_napi is in force
};

}  // namespace weir::model
