// The softnet plane of a host: every CPU's softnet_data, the clock, and the operations on them.
#pragma once
#include <vector>

#include "model/outcome.hpp"
#include "model/softnet/enqueue.hpp"
#include "model/softnet/net_rx_action.hpp"
#include "model/sysctl/plane.hpp"

namespace weir::model {

template <Domain D>
class SoftnetPlane {
 public:
  SoftnetPlane(const Profile& kernel, std::uint32_t cpus, I32<D> dev_weight) : kernel_(&kernel), cpus_(cpus) {
    for (auto& cpu : cpus_) cpu.weight = dev_weight;
  }

  Outcome tick() {
    D::clause(Clause::JIFFIES_TICK);
    jiffies_ = jiffies_ + U64<D>(1);
    return outcome::Done{};
  }

  Outcome netif_rx(const SysctlPlane<D>& sysctls, const op::NetifRx& op) {
    SoftnetData<D>* const sd = cpu(op.cpu);
    if (sd == nullptr) return failed(Errno::einval);
    switch (enqueue_to_backlog<D>(*kernel_, *sd, op.skb, sysctls.global_cell(Sysctl::netdev_max_backlog))) {
      case Enqueued::queued:
        return outcome::Received{NetRx::success};
      case Enqueued::dropped:
        return outcome::Received{NetRx::drop};
      case Enqueued::list_corrupted:
        break;
    }
    return outcome::Oops{};
  }

  Outcome process_backlog(const SysctlPlane<D>& sysctls, const op::ProcessBacklog& op) {
    SoftnetData<D>* const sd = cpu(op.cpu);
    if (sd == nullptr) return failed(Errno::einval);
    outcome::Polled polled;
    if (!sd->sched) {
      D::clause(Clause::BACKLOG_IDLE);
      return polled;
    }
    Clock<D> clock = start_clock(op.tick_after);
    const auto poll = model::process_backlog<D>(*kernel_, *sd, op.quota, dev_rx_weight(sysctls), clock,
                                                [&](Skb skb) { polled.delivered.push_back(skb); });
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
        model::net_rx_action<D>(*kernel_, *sd, limits, clock, [&](Skb skb) { ran.delivered.push_back(skb); });
    jiffies_ = clock.jiffies;
    if (run.list_corrupted) return outcome::Oops{};
    ran.time_squeeze = run.time_squeeze;
    ran.rescheduled = run.rescheduled;
    return ran;
  }

  Outcome softnet_stat(const op::SoftnetStat& op) {
    const SoftnetData<D>* const sd = cpu(op.cpu);
    if (sd == nullptr) return failed(Errno::einval);
    D::clause(Clause::SOFTNET_STAT_ROW);
    outcome::SoftnetRow row{sd->processed, sd->dropped, sd->time_squeeze, std::nullopt, std::nullopt};
    if (kernel_->softnet_columns >= 10) row.received_rps = 0;  // no packet of this model comes by RPS
    if (kernel_->softnet_columns >= 13) row.backlog_len = sd->input_pkt_queue.qlen() + sd->process_queue.qlen();
    return row;
  }

 private:
  SoftnetData<D>* cpu(Cpu which) {
    if (which.index < cpus_.size()) return &cpus_[which.index];
    D::clause(Clause::CPU_UNKNOWN);
    return nullptr;
  }
  Clock<D> start_clock(TickAfter tick_after) const { return {jiffies_, tick_after.value_or(0), 0}; }

  const Profile* kernel_;
  std::vector<SoftnetData<D>> cpus_;
  U64<D> jiffies_{0};
};

}  // namespace weir::model
