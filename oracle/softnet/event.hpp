// What happens to a CPU's backlog in a running kernel, one event a tracepoint: the raw material of softnet traces.
//
// Recorded by recorder.hpp, told as a trace by translation.hpp. Plain data, so that a test can write it down.
#pragma once
#include <cstdint>
#include <vector>

#include "model/op.hpp"
#include "oracle/json/observation.hpp"

namespace weir::oracle {

/// Where the event was seen; the comment says what `first` and `second` are there.
enum class SoftnetEventKind : std::uint32_t {
  netif_rx,       ///< a packet arrives, nothing has been decided
  netif_rx_done,  ///< first: 0 it was queued, 1 it was dropped
  kfree_skb,      ///< the packet that arrives is dropped. first: the reason's number
  receive,        ///< a packet is delivered
  napi_poll,      ///< a poll has ended. first: its work, second: the quota
  softirq_entry,  ///< the receive softirq begins
  softirq_exit,
  marker,  ///< the recorder looked
};

/// The state of the CPU's softnet_data when the event was seen. Counters wrap.
struct SoftnetState {
  bool known = true;  ///< false before the recorder has seen the CPU's backlog polled: the rest then says nothing
  std::uint32_t processed = 0, dropped = 0, time_squeeze = 0, received_rps = 0;
  std::uint32_t input_queue_head = 0, input_queue_tail = 0;
  std::uint32_t input_qlen = 0, process_qlen = 0;
  std::int32_t weight = 64;  ///< of the backlog's next poll
  bool sched = false;        ///< NAPI_STATE_SCHED of the backlog
  bool listed = false;       ///< the backlog is on a poll list
  friend bool operator==(const SoftnetState&, const SoftnetState&) = default;
};

struct SoftnetEvent {
  std::uint64_t seq = 0;  ///< of all events on all CPUs, from 1; what came first has the smaller number
  SoftnetEventKind kind{};
  std::uint32_t cpu = 0;
  std::uint64_t jiffies = 0;
  std::uint64_t nanoseconds = 0;
  std::uint64_t packet = 0;  ///< its address, which is used again for a later one
  std::int32_t first = 0, second = 0;
  std::uint32_t flow = 0;  ///< of a packet: skb->hash
  bool ours = true;        ///< the packet is of the recorder's own device; the poll is of the CPU's backlog
  SoftnetState sd;
};

/// Something that the recorder did itself, between two markers. Nothing else may have happened on the CPU meanwhile.
struct SoftnetAction {
  std::uint64_t before = 0, after = 0;  ///< the markers' numbers
  Op operation;
  Observation seen;
};

struct SoftnetRecording {
  std::vector<SoftnetEvent> events;  ///< by their numbers
  std::vector<SoftnetAction> actions;
  std::uint64_t lost = 0;         ///< events for which there was no room
  bool steered = false;           ///< RPS has chosen the CPU, at which the packets had arrived anyway
  std::int32_t cpu_backlog = -1;  ///< the number of the reason CPU_BACKLOG in this kernel, of DEV_READY
  std::int32_t dev_ready = -1;
};

}  // namespace weir::oracle
