// The programs that run in the kernel, at its tracepoints, and tell what happens to a CPU's backlog.
//
// All are alike: nothing on CPUs that are not asked for; a record in the ring for what is of interest. They read and
// count, and change nothing of the kernel's; where `hold_after` or `stopped` is set, the one at netif_receive_skb also
// lets time pass. Source: include/trace/events/net.h, napi.h, skb.h, irq.h.
#pragma once
#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "oracle/softnet/bpf_code.hpp"
#include "oracle/softnet/event.hpp"
#include "oracle/softnet/kernel_types.hpp"

namespace weir::oracle {

inline constexpr std::uint32_t most_probed_cpus = 64;

/// What the programs and the recorder share: the one value of a map.
struct SoftnetControl {
  std::uint64_t seq;         ///< of the last record
  std::uint64_t lost;        ///< records for which there was no room
  std::uint64_t cpus;        ///< bit i: CPU i is watched
  std::uint64_t hold_after;  ///< each time so many packets have been delivered in a softirq, jiffies is awaited; 0: not
  std::uint64_t since_hold;
  std::uint64_t stopped;                                 ///< while it is not 0 the next packet to be delivered waits
  std::array<std::uint64_t, most_probed_cpus> arriving;  ///< the packet that is just arriving at a CPU
  std::array<std::uint64_t, most_probed_cpus> softnet_data;  ///< where a CPU's is; 0 until its backlog has been polled
};

/// One event as the programs write it.
struct SoftnetRecord {
  std::uint64_t seq, nanoseconds, jiffies, subject, sd, poll_list_next, napi_state, netns;
  std::uint32_t kind, cpu;
  std::int32_t first, second;
  std::uint32_t flow;
  std::int32_t weight;
  std::uint32_t processed, time_squeeze, received_rps, dropped, dropped_elsewhere;
  std::uint32_t input_queue_head, input_queue_tail, input_qlen, process_qlen, unused;
};

struct SoftnetProbe {
  SoftnetEventKind kind;
  std::string tracepoint;  ///< empty: run on demand
};

/// netif_rx_done after netif_rx, and so on: all of them.
inline const std::array<SoftnetProbe, 8> softnet_probes{{{SoftnetEventKind::netif_rx, "netif_rx"},
                                                         {SoftnetEventKind::netif_rx_done, "netif_rx_exit"},
                                                         {SoftnetEventKind::kfree_skb, "kfree_skb"},
                                                         {SoftnetEventKind::receive, "netif_receive_skb"},
                                                         {SoftnetEventKind::napi_poll, "napi_poll"},
                                                         {SoftnetEventKind::softirq_entry, "softirq_entry"},
                                                         {SoftnetEventKind::softirq_exit, "softirq_exit"},
                                                         {SoftnetEventKind::marker, ""}}};

/// Writes the programs for one kernel. \param control, ring  descriptors of the two maps
/// \param may_wait  the kernel knows how to end a loop (6.9 ..); elsewhere no time passes, whatever `hold_after` says
class SoftnetProbes {
 public:
  SoftnetProbes(const KernelTypes& kernel, int control, int ring, bool may_wait)
      : kernel_(&kernel), control_(control), ring_(ring), may_wait_(may_wait) {}

  /// Throws std::runtime_error where the kernel lacks what the program reads.
  std::vector<bpf_insn> program(SoftnetEventKind kind) const;

 private:
  void begin(BpfCode& code, BpfCode::Label out) const;
  void only_if_wanted(BpfCode& code, SoftnetEventKind kind, BpfCode::Label out) const;
  void fill(BpfCode& code, SoftnetEventKind kind) const;
  void learn_softnet_data(BpfCode& code) const;
  void fill_from_softnet_data(BpfCode& code) const;
  void fill_from_packet(BpfCode& code) const;
  static void read(BpfCode& code, std::size_t into, std::size_t pointer, FieldPlace from);
  void let_time_pass(BpfCode& code, BpfCode::Label out) const;
  static void wait_while_stopped(BpfCode& code);

  const KernelTypes* kernel_;
  int control_, ring_;
  bool may_wait_;
};

}  // namespace weir::oracle
