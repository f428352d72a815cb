// One CPU's receive side: its backlog, whether that is on the poll list, and the interrupts it has to send.
//
// Thread safety: schedule, schedule_from and the flow limit from any thread; all else from the CPU's owner only, but
// that send_interrupts reaches into the CPUs that it interrupts, where only atomics wait.
//
// Invariants:
//   (1) A packet waits => SCHED is set (of Backlog).
//   (2) SCHED is set => on_poll_list, or thread_woken, or the CPU is on a list of interrupts; or the owner is polling,
//       or the producer that set SCHED is about to see to it.
//   (3) on_poll_list without SCHED: a completed backlog that a weight of 0 or less left there.
//   (4) delivered and time_squeeze never decrease (modulo 2^32).
#pragma once
#include <cstdint>

#include "lockfree/backlog.hpp"
#include "lockfree/softnet_flow_limit.hpp"

namespace weir::lockfree {

template <class Atomics = HostAtomics>
struct SoftnetCpu {
  template <class T>
  using Atomic = typename Atomics::template atomic<T>;

  SoftnetCpu(Count count, std::int32_t napi_weight) : backlog(count), weight(napi_weight) {}

  /// For whoever has set SCHED on this CPU itself, or interrupts it. \return false if the backlog joins the poll list a
  /// second time
  // L1, release: pairs with L2. SCHED was set before: without it the owner could see the backlog on its list and still
  // asleep, take it off, and never look again.
  bool schedule() noexcept { return !on_poll_list.exchange(true, std::memory_order_release); }
  /// On the poll list. For the owner.
  // L2, acquire: pairs with L1.
  bool listed() const noexcept { return on_poll_list.load(std::memory_order_acquire); }

  /// For whoever has set SCHED on CPU `me`: an interrupt will come, or the thread runs.
  void schedule_from(SoftnetCpu& sender, std::uint32_t me, bool threads) noexcept {
    if (threads) {
      // relaxed: the thread looks at SCHED first, and this flag stands as long as it has not polled.
      thread_woken.store(true, std::memory_order_relaxed);
      return;
    }
    std::uint32_t first = sender.to_interrupt.load(std::memory_order_relaxed);
    do {
      next_to_interrupt.store(first, std::memory_order_relaxed);  // relaxed: published by the exchange
      // release: pairs with the acquire in `send_interrupts`; without it the link could be that of an earlier list.
    } while (!sender.to_interrupt.compare_exchange_weak(first, me + 1, std::memory_order_release,
                                                        std::memory_order_relaxed));
  }

  /// \param cpus  all of them, by number. \return false if a backlog joined its poll list a second time
  template <class Cpus>
  bool send_interrupts(Cpus& cpus) noexcept {
    // acquire: pairs with the release in `schedule_from`. The plain load spares the exchange where nothing is due.
    if (to_interrupt.load(std::memory_order_relaxed) == 0) return true;
    std::uint32_t next = to_interrupt.exchange(0, std::memory_order_acquire);
    while (next != 0) {
      SoftnetCpu& target = cpus[next - 1];
      next = target.next_to_interrupt.load(std::memory_order_relaxed);  // before it may join another list
      if (!target.schedule()) return false;
      target.received_rps.fetch_add(1, std::memory_order_relaxed);
    }
    return true;
  }

  /// Whether net_rx_action would call the poll function.
  bool ready() const noexcept { return backlog.scheduled() && on_poll_list.load(std::memory_order_relaxed); }
  /// Whether its thread would.
  bool ready_for_thread() const noexcept { return backlog.scheduled() && thread_woken.load(std::memory_order_relaxed); }

  Backlog<Skb, Atomics> backlog;
  BasicFlowLimit<Atomics> flow_limit;
  std::int32_t weight;  ///< of the backlog NAPI: what the next poll from net_rx_action gets as its quota
  std::uint32_t delivered = 0;
  std::uint32_t time_squeeze = 0;
  Atomic<bool> on_poll_list{false};
  Atomic<bool> thread_woken{false};            ///< thread_backlog_napi: SCHED was set from another CPU
  Atomic<std::uint32_t> received_rps{0};       ///< interrupts
  Atomic<std::uint32_t> to_interrupt{0};       ///< first of the CPUs to interrupt: its number + 1, or 0
  Atomic<std::uint32_t> next_to_interrupt{0};  ///< likewise, on the list that this CPU is on
  Atomic<std::uint32_t> not_running{0};        ///< packets whose device was down, where they count as dropped
};

}  // namespace weir::lockfree
