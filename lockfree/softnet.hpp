// The softnet plane on atomics: netif_rx, process_backlog and net_rx_action over one lock-free backlog a CPU.
//
// Thread safety: netif_rx and tick may be called from any thread; the other operations of a CPU only from the one
// thread that owns that CPU. Nothing here waits for another thread: a poll that meets a producer between claim and
// publication ends early and stays scheduled.
//
// Invariants:
//   (1) A packet waits => its backlog is on its CPU's poll list.
//   (2) On the poll list <=> SCHED is set, or `relisted` is (a completed backlog that a weight of 0 or less kept
//   there). (3) processed, dropped and time_squeeze never decrease (modulo 2^32).
#pragma once
#include <cassert>
#include <cstdint>
#include <deque>
#include <optional>
#include <vector>

#include "lockfree/atomics.hpp"
#include "lockfree/backlog.hpp"
#include "lockfree/sysctl_store.hpp"
#include "model/outcome.hpp"
#include "model/profile.hpp"

namespace weir::lockfree {

template <class Atomics = StdAtomics>
class BasicSoftnet {
 public:
  using Store = BasicSysctlStore<Atomics>;

  /// `kernel` and `sysctls` must outlive the plane. `cpus`: 1 .. 64.
  BasicSoftnet(const Profile& kernel, std::uint32_t cpus, const Store& sysctls) : kernel_(kernel), sysctls_(sysctls) {
    for (std::uint32_t i = 0; i < cpus; ++i)
      cpus_.emplace_back(kernel.process_queue ? Count::input : Count::waiting, rx_weight());
  }

  /// Received; EINVAL for a CPU that the host lacks; Oops if the backlog would join its poll list a second time.
  Outcome netif_rx(const op::NetifRx& rx) {
    SoftnetData* const sd = data_of(rx.cpu);
    if (sd == nullptr) return failed(Errno::einval);
    // Sampled once: what is admitted is judged by one value, whatever is written meanwhile.
    const auto limit = static_cast<std::uint32_t>(sysctls_.load(Sysctl::netdev_max_backlog));
    const Admission admission = sd->backlog.enqueue(rx.skb, limit);
    // relaxed: set by the CPU's owner; no other data is reached through it.
    if (admission.scheduled && sd->relisted.load(std::memory_order_relaxed)) return oops();
    return outcome::Received{admission.admitted ? NetRx::success : NetRx::drop};
  }

  /// Polled; EINVAL for a CPU that the host lacks.
  Outcome process_backlog(const op::ProcessBacklog& call) {
    SoftnetData* const sd = data_of(call.cpu);
    if (sd == nullptr) return failed(Errno::einval);
    outcome::Polled polled;
    if (!sd->backlog.scheduled()) return polled;
    Run run{*sd, call.tick_after.value_or(0), polled.delivered};
    const PollResult result = poll(run, call.quota);
    polled.work = result.work;
    polled.complete = result.complete;
    return polled;
  }

  /// ActionRan; EINVAL for a CPU that the host lacks; Oops where the kernel moves a deleted list node.
  Outcome net_rx_action(const op::NetRxAction& call) {
    SoftnetData* const sd = data_of(call.cpu);
    if (sd == nullptr) return failed(Errno::einval);
    outcome::ActionRan ran;
    if (!listed(*sd)) return ran;
    Run run{*sd, call.tick_after.value_or(0), ran.delivered};
    if (kernel_.one_poll_per_run)
      ran.time_squeeze = poll_once(run);
    else if (const auto squeezed = poll_until_limit(run))
      ran.time_squeeze = *squeezed;
    else
      return oops();
    if (ran.time_squeeze) ++sd->time_squeeze;
    ran.rescheduled = listed(*sd);
    return ran;
  }

  /// SoftnetRow; EINVAL for a CPU that the host lacks.
  Outcome softnet_stat(const op::SoftnetStat& stat) {
    SoftnetData* const sd = data_of(stat.cpu);
    if (sd == nullptr) return failed(Errno::einval);
    outcome::SoftnetRow row{.processed = sd->delivered,
                            .dropped = sd->backlog.dropped(),
                            .time_squeeze = sd->time_squeeze,
                            .received_rps = {},
                            .backlog_len = {}};
    if (kernel_.counts_enqueue_in_total) row.processed += sd->backlog.admitted() + row.dropped;
    if (kernel_.softnet_columns >= 10) row.received_rps = 0;
    if (kernel_.softnet_columns >= 13) row.backlog_len = sd->backlog.waiting();
    return row;
  }

  /// jiffies advances by one, for all CPUs.
  // relaxed: a clock; it is compared with itself and orders nothing else.
  void tick() noexcept { jiffies_.fetch_add(1, std::memory_order_relaxed); }

  /// The kernel has crashed: from here on nothing is defined.
  bool oopsed() const noexcept { return oopsed_.load(std::memory_order_relaxed); }

  /// Checks the invariants of every CPU; exact while no other thread is active.
  void invariant() const noexcept {
    for (const SoftnetData& sd : cpus_) {
      sd.backlog.invariant();
      assert(sd.backlog.waiting() == 0 || listed(sd));  // (1)
    }
  }

 private:
  template <class T>
  using Atomic = typename Atomics::template atomic<T>;

  struct SoftnetData {
    SoftnetData(Count count, std::int32_t napi_weight) : backlog(count), weight(napi_weight) {}
    Backlog<Skb, Atomics> backlog;
    std::int32_t weight;  // of the backlog NAPI: what the next poll from net_rx_action gets as its quota
    std::uint32_t delivered = 0;
    std::uint32_t time_squeeze = 0;
    Atomic<bool> relisted{false};  // on the poll list although SCHED is clear
  };

  /// One call: what it delivers, and the clock that its deliveries move.
  struct Run {
    SoftnetData& sd;
    std::uint32_t tick_after;
    std::vector<Skb>& delivered;
  };

  SoftnetData* data_of(Cpu cpu) noexcept { return cpu.index < cpus_.size() ? &cpus_[cpu.index] : nullptr; }

  static bool listed(const SoftnetData& sd) noexcept {
    return sd.backlog.scheduled() || sd.relisted.load(std::memory_order_relaxed);
  }

  std::uint64_t jiffies() const noexcept { return jiffies_.load(std::memory_order_relaxed); }

  std::int32_t rx_weight() const noexcept {
    return kernel_.has_weight_bias ? sysctls_.dev_rx_weight() : sysctls_.load(Sysctl::dev_weight);
  }

  Outcome oops() noexcept {
    oopsed_.store(true, std::memory_order_relaxed);
    return outcome::Oops{};
  }

  PollResult poll(Run& run, std::int32_t quota) {
    run.sd.weight = rx_weight();
    if (kernel_.completes_early && quota <= 0) return {};  // that loop tests before it delivers
    const std::uint64_t start = jiffies();
    return run.sd.backlog.poll(quota, [&](Skb skb) {
      ++run.sd.delivered;
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
    while (listed(run.sd)) {
      if (budget <= 0 || jiffies() >= out_of_time) return true;
      const std::int32_t weight = run.sd.weight;
      const PollResult result = poll(run, weight);
      if (result.complete && result.work == weight) return std::nullopt;
      if (kernel_.completes_early && weight <= 0) {
        if (run.sd.weight <= 0) wait_until(out_of_time);
        continue;
      }
      if (result.work == 0 && !result.complete) return false;
      budget = spend(budget, result.work);
    }
    return false;
  }

  /// 3.19 ..: one poll a run, limits are checked after it. A poll that used its weight stays listed, completed or not.
  /// Says whether a limit was reached.
  bool poll_once(Run& run) {
    const std::uint64_t out_of_time = deadline();
    const std::int32_t weight = run.sd.weight;
    const std::int32_t work = run.sd.backlog.scheduled() ? poll(run, weight).work : 0;
    run.sd.relisted.store(work >= weight && !run.sd.backlog.scheduled(), std::memory_order_relaxed);
    return spend(sysctls_.load(Sysctl::netdev_budget), work) <= 0 || jiffies() >= out_of_time;
  }

  const Profile& kernel_;
  const Store& sysctls_;
  std::deque<SoftnetData> cpus_;
  Atomic<std::uint64_t> jiffies_{0};
  Atomic<bool> oopsed_{false};
};

using Softnet = BasicSoftnet<>;

}  // namespace weir::lockfree
