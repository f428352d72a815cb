// The softnet plane on atomics: netif_rx, process_backlog and net_rx_action over one lock-free backlog a CPU.
//
// Thread safety: netif_rx, tick and the CPUs of the flow limit may be used from any thread; the other operations of a
// CPU only from the one thread that owns that CPU. Nothing here waits for another thread: a poll that meets a producer
// between claim and publication ends early and stays scheduled.
//
// Invariants: those of every CPU (softnet_cpu.hpp).
#pragma once
#include <cassert>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "lockfree/atomics.hpp"
#include "lockfree/cpumask_text.hpp"
#include "lockfree/row.hpp"
#include "lockfree/softnet_cpu.hpp"
#include "lockfree/sysctl_store.hpp"
#include "model/outcome.hpp"
#include "model/profile.hpp"

namespace weir::lockfree {

template <class Atomics = HostAtomics>
class BasicSoftnet {
 public:
  using Store = BasicSysctlStore<Atomics>;

  /// `kernel` and `sysctls` must outlive the plane.
  BasicSoftnet(const Profile& kernel, const HostOptions& options, const Store& sysctls)
      : kernel_(kernel),
        sysctls_(sysctls),
        cpus_(options.cpus, kernel.process_queue ? Count::input : Count::waiting, rx_weight()),
        threads_(options.thread_backlog_napi && kernel.has_backlog_threads) {
    if (kernel.has_flow_limit)
      give_flow_limits(static_cast<std::uint32_t>(sysctls.load(Sysctl::flow_limit_cpu_bitmap)));
  }

  /// Received; EINVAL for a CPU that the host lacks; Oops if the backlog would join its poll list a second time, or the
  /// flow limit write outside its table.
  Outcome netif_rx(const op::NetifRx& rx) {
    SoftnetCpu* const here = cpu_of(rx.cpu);
    if (here == nullptr) return failed(Errno::einval);
    // Sampled once: what is admitted is judged by one value, whatever is written meanwhile.
    const auto limit = static_cast<std::uint32_t>(sysctls_.load(Sysctl::netdev_max_backlog));
    if (rx.to || !rx.running || here->flow_limit.enabled()) [[unlikely]]
      return netif_rx_elsewhere(*here, rx, limit);
    const Admission admission = here->backlog.enqueue(rx.skb, limit);
    if (admission.scheduled && !here->schedule()) return oops();
    return admission.admitted ? outcome::Received{} : refused(kernel_.has_backlog_drop_reason, DropReason::cpu_backlog);
  }

  /// Polled; EINVAL for a CPU that the host lacks; Oops if an interrupt finds a backlog on its poll list.
  Outcome process_backlog(const op::ProcessBacklog& call) {
    SoftnetCpu* const cpu = cpu_of(call.cpu);
    if (cpu == nullptr) return failed(Errno::einval);
    outcome::Polled polled;
    const bool by_thread = cpu->ready_for_thread();
    if (!by_thread && !cpu->ready()) return polled;
    if (!cpu->send_interrupts(cpus_)) return oops();
    Run run{*cpu, call.tick_after.value_or(0), polled.delivered};
    const PollResult result = by_thread ? poll_by_thread(run, call.quota) : poll(run, call.quota);
    polled.work = result.work;
    polled.complete = result.complete;
    return polled;
  }

  /// ActionRan; EINVAL for a CPU that the host lacks; Oops where the kernel moves a deleted list node, or an interrupt
  /// finds a backlog on its poll list.
  Outcome net_rx_action(const op::NetRxAction& call) {
    SoftnetCpu* const cpu = cpu_of(call.cpu);
    if (cpu == nullptr) return failed(Errno::einval);
    outcome::ActionRan ran;
    if (cpu->listed()) {
      Run run{*cpu, call.tick_after.value_or(0), ran.delivered};
      const auto squeezed = kernel_.one_poll_per_run ? poll_once(run) : poll_until_limit(run);
      if (!squeezed) return oops();
      ran.time_squeeze = *squeezed;
      if (ran.time_squeeze) ++cpu->time_squeeze;
      ran.rescheduled = cpu->listed();
    }
    if (!cpu->send_interrupts(cpus_)) return oops();
    return ran;
  }

  /// SoftnetRow; EINVAL for a CPU that the host lacks.
  Outcome softnet_stat(const op::SoftnetStat& stat) {
    SoftnetCpu* const cpu = cpu_of(stat.cpu);
    if (cpu == nullptr) return failed(Errno::einval);
    const auto& backlog = cpu->backlog;
    outcome::SoftnetRow row{.processed = cpu->delivered,
                            .dropped = backlog.dropped() + cpu->not_running.load(std::memory_order_relaxed),
                            .time_squeeze = cpu->time_squeeze};
    if (kernel_.counts_enqueue_in_total) row.processed += backlog.admitted() + row.dropped;
    if (kernel_.counts_cpu_collision) row.cpu_collision = 0;
    if (kernel_.softnet_columns >= 10) row.received_rps = cpu->received_rps.load(std::memory_order_relaxed);
    if (kernel_.softnet_columns >= 11) row.flow_limit = cpu->flow_limit.dropped();
    if (kernel_.softnet_columns >= 13) row.cpu_id = stat.cpu.index;
    if (kernel_.softnet_columns >= 13) row.backlog_len = backlog.waiting();
    if (kernel_.softnet_columns >= 15) row.input_qlen = backlog.counted();
    if (kernel_.softnet_columns >= 15) row.process_qlen = backlog.waiting() - backlog.counted();
    if (kernel_.has_rps) row.input_queue_head = cpu->delivered;
    if (kernel_.has_rps) row.input_queue_tail = backlog.admitted();
    return row;
  }

  /// Writes flow_limit_cpu_bitmap: the count, or EINVAL, EOVERFLOW or ENOMEM.
  Outcome write_flow_limit_cpus(std::string_view data) {
    const MaskRead read = read_cpumask(kernel_, data, cpu_count());
    if (read.error != Errno::none) return failed(read.error);
    if (!give_flow_limits(read.mask)) return failed(Errno::enomem);
    return returned(static_cast<std::int64_t>(data.size()));
  }

  /// Reads it, into `room` bytes.
  std::string read_flow_limit_cpus(std::size_t room) const {
    std::uint64_t mask = 0;
    for (std::uint32_t i = cpu_count(); i > 0; --i) mask = mask << 1 | (cpus_[i - 1].flow_limit.enabled() ? 1 : 0);
    return cpumask_line(mask, cpu_count(), room);
  }

  /// jiffies advances by one, for all CPUs.
  // relaxed: a clock; it is compared with itself and orders nothing else.
  void tick() noexcept { jiffies_.fetch_add(1, std::memory_order_relaxed); }

  /// The kernel has crashed: from here on nothing is defined.
  bool oopsed() const noexcept { return oopsed_.load(std::memory_order_relaxed); }

  /// Checks the invariants of every CPU; exact while no other thread is active.
  void invariant() const noexcept {
    for (const SoftnetCpu& cpu : cpus_) cpu.backlog.invariant();
  }

 private:
  template <class T>
  using Atomic = typename Atomics::template atomic<T>;
  using SoftnetCpu = lockfree::SoftnetCpu<Atomics>;
  using FlowLimit = BasicFlowLimit<Atomics>;

  static constexpr std::size_t few_delivered = 16;  ///< by most polls no more

  /// One call: what it delivers, and the clock that its deliveries move.
  struct Run {
    SoftnetCpu& cpu;
    std::uint32_t tick_after;
    std::vector<Skb>& delivered;
  };

  SoftnetCpu* cpu_of(Cpu cpu) noexcept { return cpu.index < cpus_.size() ? &cpus_[cpu.index] : nullptr; }
  std::uint32_t cpu_count() const noexcept { return static_cast<std::uint32_t>(cpus_.size()); }

  /// What is not simply queued where it arrives. Not inlined: nearly every packet is.
  [[gnu::noinline]] Outcome netif_rx_elsewhere(SoftnetCpu& here, const op::NetifRx& rx, std::uint32_t limit) {
    const Cpu to = kernel_.has_rps ? rx.to.value_or(rx.cpu) : rx.cpu;
    SoftnetCpu* const target = cpu_of(to);
    if (target == nullptr) return failed(Errno::einval);
    if (!rx.running && kernel_.drops_if_not_running) {
      // relaxed: a statistic.
      if (kernel_.not_running_is_overload) target->not_running.fetch_add(1, std::memory_order_relaxed);
      return refused(!kernel_.not_running_is_overload, DropReason::dev_ready);
    }
    const std::uint32_t queued = target->backlog.counted();
    const auto half = static_cast<std::uint32_t>(static_cast<std::int32_t>(limit) >> 1);
    if (queued <= limit && queued >= half) {
      const auto verdict = here.flow_limit.admit(kernel_, rx.flow);
      if (verdict == FlowLimit::Verdict::wild) return oops();
      if (verdict == FlowLimit::Verdict::refused) {
        target->backlog.count_drop();
        return refused(kernel_.has_backlog_drop_reason, DropReason::cpu_backlog);
      }
    }
    const Admission admission = target->backlog.enqueue(rx.skb, limit);
    if (!admission.admitted) return refused(kernel_.has_backlog_drop_reason, DropReason::cpu_backlog);
    if (admission.scheduled && target != &here)
      target->schedule_from(here, to.index, threads_);
    else if (admission.scheduled && !target->schedule())
      return oops();
    return outcome::Received{};
  }

  /// A drop with the reason that the release has for it.
  outcome::Received refused(bool has_this_reason, DropReason reason) const noexcept {
    outcome::Received received{NetRx::drop};
    if (kernel_.has_drop_reasons) received.reason = has_this_reason ? reason : DropReason::not_specified;
    return received;
  }

  /// \return false where there is no memory for a table; the CPUs before it have what they were to have
  bool give_flow_limits(std::uint64_t mask) {
    const auto buckets = static_cast<std::uint32_t>(sysctls_.load(Sysctl::flow_limit_table_len));
    for (SoftnetCpu& cpu : cpus_) {
      if ((mask & 1) == 0)
        cpu.flow_limit.disable();
      else if (!cpu.flow_limit.enable(buckets))
        return false;
      mask >>= 1;
    }
    return true;
  }

  std::uint64_t jiffies() const noexcept { return jiffies_.load(std::memory_order_relaxed); }

  std::int32_t rx_weight() const noexcept {
    return kernel_.has_weight_bias ? sysctls_.dev_rx_weight() : sysctls_.load(Sysctl::dev_weight);
  }

  Outcome oops() noexcept {
    oopsed_.store(true, std::memory_order_relaxed);
    return outcome::Oops{};
  }

  /// Off the list and the thread at rest before the poll, so that who finds the completed backlog can schedule it; back
  /// to what they were where the poll does not complete.
  PollResult poll(Run& run, std::int32_t quota) {
    // relaxed, here and below: who schedules next has acquired the C1 that follows.
    run.cpu.on_poll_list.store(false, std::memory_order_relaxed);
    const PollResult result = poll_by_thread(run, quota);
    if (!result.complete) run.cpu.on_poll_list.store(true, std::memory_order_relaxed);
    return result;
  }

  PollResult poll_by_thread(Run& run, std::int32_t quota) {
    Atomic<bool>& woken = run.cpu.thread_woken;
    // relaxed: as in SoftnetCpu::ready_for_thread.
    const bool was_woken = woken.load(std::memory_order_relaxed);
    if (was_woken) woken.store(false, std::memory_order_relaxed);
    const PollResult result = drain(run, quota);
    if (was_woken && !result.complete) woken.store(true, std::memory_order_relaxed);
    return result;
  }

  PollResult drain(Run& run, std::int32_t quota) {
    run.cpu.weight = rx_weight();
    if (kernel_.completes_early && quota <= 0) return {};  // that loop tests before it delivers
    const std::uint64_t start = jiffies();
    return run.cpu.backlog.poll(quota, [&](Skb skb) {
      ++run.cpu.delivered;
      if (run.delivered.capacity() == 0) run.delivered.reserve(few_delivered);
      run.delivered.push_back(skb);
      if (run.tick_after != 0 && run.delivered.size() % run.tick_after == 0) tick();
      return !kernel_.poll_stops_on_tick || jiffies() == start;
    });
  }

  /// The first jiffy at which a run that begins now is out of time.
  std::uint64_t deadline() const noexcept {
    if (!kernel_.budget_in_usecs) return jiffies() + 2 + (kernel_.time_limit_inclusive ? 0 : 1);
    constexpr std::uint64_t usecs_per_second = 1'000'000;
    const std::uint64_t usecs = static_cast<std::uint32_t>(sysctls_.load(Sysctl::netdev_budget_usecs));
    return jiffies() + (usecs * kernel_.hz + usecs_per_second - 1) / usecs_per_second;
  }

  /// Polls that do nothing let time pass.
  void wait_until(std::uint64_t jiffy) noexcept {
    // relaxed: as in tick(); another CPU may have moved the clock further.
    std::uint64_t now = jiffies_.load(std::memory_order_relaxed);
    while (now < jiffy && !jiffies_.compare_exchange_weak(now, jiffy, std::memory_order_relaxed)) {
    }
  }

  static std::int32_t spend(std::int32_t budget, std::int32_t work) noexcept {
    return static_cast<std::int32_t>(static_cast<std::uint32_t>(budget) - static_cast<std::uint32_t>(work));
  }

  /// .. 3.18: limits are checked before each poll, and the backlog is polled until it completes. Says whether the
  /// run was cut short by a limit; nothing if the kernel crashed.
  std::optional<bool> poll_until_limit(Run& run) {
    const std::uint64_t out_of_time = deadline();
    std::int32_t budget = sysctls_.load(Sysctl::netdev_budget);
    while (run.cpu.listed()) {
      if (budget <= 0 || jiffies() >= out_of_time) return true;
      const std::int32_t weight = run.cpu.weight;
      const PollResult result = poll(run, weight);
      if (result.complete && result.work == weight) return std::nullopt;
      if (kernel_.completes_early && weight <= 0) {
        if (run.cpu.weight <= 0) wait_until(out_of_time);
        continue;
      }
      if (result.work == 0 && !result.complete) return false;
      budget = spend(budget, result.work);
    }
    return false;
  }

  /// 3.19 ..: one poll a run, limits are checked after it. A poll that used its weight stays listed, completed or not.
  /// Says whether a limit was reached.
  std::optional<bool> poll_once(Run& run) {
    const std::uint64_t out_of_time = deadline();
    const std::int32_t weight = run.cpu.weight;
    PollResult result;
    if (run.cpu.backlog.scheduled())
      result = poll(run, weight);
    else
      run.cpu.on_poll_list.store(false, std::memory_order_relaxed);  // nothing to poll was listed
    if (result.work >= weight) run.cpu.on_poll_list.store(true, std::memory_order_relaxed);
    return spend(sysctls_.load(Sysctl::netdev_budget), result.work) <= 0 || jiffies() >= out_of_time;
  }

  const Profile& kernel_;
  const Store& sysctls_;
  Row<SoftnetCpu, HostOptions{}.cpus> cpus_;
  const bool threads_;  ///< thread_backlog_napi is in force
  Atomic<std::uint64_t> jiffies_{0};
  Atomic<bool> oopsed_{false};
};

using Softnet = BasicSoftnet<>;

}  // namespace weir::lockfree
