#include "oracle/softnet/overlap.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <unordered_map>
#include <utility>

namespace weir::oracle {
namespace {

using Kind = SoftnetEventKind;
using Disturbance = SoftnetDisturbance;

// An event is a moment: what begins after it begins later than what ends with it.
constexpr std::uint64_t at(std::uint64_t seq) { return 2 * seq; }
constexpr std::uint64_t after(std::uint64_t seq) { return 2 * seq + 1; }

class Overlaps {
 public:
  Overlaps(const SoftnetRecording& recording, std::uint32_t from, std::uint32_t to)
      : recording_(recording), from_(from), to_(to) {}

  Disturbance run(std::vector<Call>& calls) {
    if (recording_.lost != 0) return Disturbance::lost;
    for (const SoftnetEvent& each : recording_.events) {
      if (each.cpu != from_ && each.cpu != to_) continue;
      Side& side = sides_.at(each.cpu == to_ ? 1 : 0);
      const Disturbance disturbance = side.begun ? take(side, each) : begin(side, each);
      if (disturbance != Disturbance::none) return disturbance;
    }
    if (!has_seen_all()) return Disturbance::lost;
    // The softirq of the other CPU may still be on its way out.
    for (const Side& each : sides_)
      if (!each.begun || each.arrival) return Disturbance::puzzling;
    if (sides_[0].softirq) return Disturbance::puzzling;
    calls = std::move(calls_);
    return Disturbance::none;
  }

 private:
  struct Arrival {
    std::uint64_t seq = 0, packet = 0;
    bool ours = false;
    Skb skb;
    std::optional<std::int32_t> reason = {};  ///< it is dropped
  };

  struct Side {
    bool begun = false;
    std::optional<Arrival> arrival = {};
    std::optional<std::uint64_t> softirq = {};  ///< its entry
    std::uint64_t last = 0;                     ///< the event that the next turn of the poll comes after
    std::int32_t delivered = 0;                 ///< of this CPU's backlog in this softirq
    std::uint32_t joined = 0, left = 0;         ///< packets that have joined this CPU's backlog, and left it
    SoftnetState at_first = {}, at_last = {};   ///< what markers have seen
  };

  static Disturbance begin(Side& side, const SoftnetEvent& event) {
    if (event.kind != Kind::marker) return Disturbance::none;  // the other CPU has its own business before it
    side.begun = true;
    side.at_first = side.at_last = event.sd;
    const bool idle =
        event.sd.known && !event.sd.sched && !event.sd.listed && event.sd.input_qlen == 0 && event.sd.process_qlen == 0;
    return idle ? Disturbance::none : Disturbance::unsettled;
  }

  Disturbance take(Side& side, const SoftnetEvent& event) {
    switch (event.kind) {
      case Kind::netif_rx:
        if (side.arrival) return Disturbance::puzzling;
        side.arrival = Arrival{event.seq, event.packet, event.ours, {next_skb_++}};
        waiting_[event.packet] = side.arrival->skb;  // it may be delivered before it has arrived
        return Disturbance::none;
      case Kind::kfree_skb:
        if (!side.arrival || side.arrival->packet != event.packet) return Disturbance::puzzling;
        side.arrival->reason = event.first;
        waiting_.erase(event.packet);
        return Disturbance::none;
      case Kind::netif_rx_done:
        return arrived(side, event);
      case Kind::softirq_entry:
        if (side.softirq) return Disturbance::puzzling;
        side.softirq = side.last = event.seq;
        side.delivered = 0;
        return Disturbance::none;
      case Kind::receive:
        return delivered(side, event);
      case Kind::napi_poll:
        return polled(side, event);
      case Kind::softirq_exit:
        return ran(side, event);
      case Kind::marker:
        side.at_last = event.sd;
        return Disturbance::none;
    }
    return Disturbance::puzzling;
  }

  /// Programs at tracepoints are passed over now and then. The kernel's own counters tell.
  bool has_seen_all() const {
    return std::all_of(sides_.begin(), sides_.end(), [](const Side& each) {
      return each.at_last.input_queue_tail - each.at_first.input_queue_tail == each.joined &&
             each.at_last.input_queue_head - each.at_first.input_queue_head == each.left;
    });
  }

  Disturbance arrived(Side& side, const SoftnetEvent& event) {
    if (!side.arrival || side.arrival->packet != event.packet) return Disturbance::puzzling;
    const Arrival arrival = *std::exchange(side.arrival, {});
    const bool drop = event.first != 0;
    if (drop != arrival.reason.has_value()) return Disturbance::puzzling;
    if (drop && *arrival.reason != recording_.cpu_backlog) return Disturbance::puzzling;
    op::NetifRx operation{{event.cpu}, arrival.skb};
    if (arrival.ours) operation.to = Cpu{to_};
    if (!drop) ++sides_.at(arrival.ours || event.cpu == to_ ? 1 : 0).joined;
    outcome::Received received{drop ? NetRx::drop : NetRx::success};
    if (drop) received.reason = DropReason::cpu_backlog;
    add(operation, received, at(arrival.seq), at(event.seq));
    return Disturbance::none;
  }

  /// What was never in a backlog is not looked at: other devices have NAPIs of their own.
  Disturbance delivered(Side& side, const SoftnetEvent& event) {
    const auto packet = waiting_.find(event.packet);
    if (packet == waiting_.end()) return event.ours ? Disturbance::puzzling : Disturbance::none;
    if (!side.softirq) return Disturbance::puzzling;
    turn(event, side, {1, false, {packet->second}});
    waiting_.erase(packet);
    ++side.delivered;
    ++side.left;
    return Disturbance::none;
  }

  /// A poll that had more quota has looked once more, and found nothing.
  Disturbance polled(Side& side, const SoftnetEvent& event) {
    if (!event.ours) return Disturbance::none;
    if (!side.softirq || event.first != side.delivered) return Disturbance::puzzling;
    if (event.first < event.second) turn(event, side, {0, true, {}});
    side.last = event.seq;
    return Disturbance::none;
  }

  void turn(const SoftnetEvent& event, Side& side, outcome::Polled seen) {
    add(op::ProcessBacklog{{event.cpu}, 1, {}}, std::move(seen), after(side.last), at(event.seq));
    side.last = event.seq;
  }

  /// What a softirq does beside its polls: the interrupts go out. Its backlog, if it has one, is done with.
  Disturbance ran(Side& side, const SoftnetEvent& event) {
    if (!side.softirq) return Disturbance::puzzling;
    const std::uint64_t entry = *std::exchange(side.softirq, {});
    if (event.cpu != from_) return Disturbance::none;
    if (event.sd.sched) return Disturbance::foreign_packet;  // a run that leaves packets is told by no turn of a poll
    add(op::NetRxAction{{event.cpu}, {}}, outcome::ActionRan{}, at(entry), at(event.seq));
    return Disturbance::none;
  }

  void add(Op operation, Outcome seen, std::uint64_t start, std::uint64_t end) {
    calls_.push_back({std::move(operation), observed_in_full(std::move(seen)), start, end, calls_.size() + 2});
  }

  const SoftnetRecording& recording_;
  std::uint32_t from_, to_;
  std::array<Side, 2> sides_;
  std::unordered_map<std::uint64_t, Skb> waiting_;
  std::uint32_t next_skb_ = 1;
  std::vector<Call> calls_;
};

}  // namespace

SoftnetHistory translate_overlapping(const SoftnetRecording& recording, std::uint32_t from, std::uint32_t to,
                                     const Header& header) {
  SoftnetHistory told{{header, {}}, {}};
  told.disturbance = Overlaps(recording, from, to).run(told.history.calls);
  return told;
}

}  // namespace weir::oracle
