#include "oracle/softnet/translation.hpp"

#include <optional>
#include <unordered_map>
#include <utility>

#include "oracle/json/writer.hpp"

namespace weir::oracle {
namespace {

using Kind = SoftnetEventKind;
using Disturbance = SoftnetDisturbance;

/// A packet between netif_rx and netif_rx_done.
struct Arrival {
  std::uint64_t packet = 0;
  std::uint32_t flow = 0;
  std::optional<std::int32_t> reason = {};  ///< it was dropped
};

/// The receive softirq between its entry and its exit.
struct SoftirqRun {
  std::uint64_t begins_after = 0;  ///< jiffies seen before it began, and once it had
  std::optional<std::uint64_t> begins_before = {};
  std::uint64_t polled = 0;  ///< jiffies at the end of the last poll
  std::uint32_t time_squeeze = 0;
  std::vector<Skb> delivered = {};
  bool polled_backlog = false;
};

/// After how many packets each jiffies has moved, so that it has moved `ticks` times in all; 0: it has not. Absent
/// where there is no such number.
std::optional<std::uint32_t> tick_after_for(std::size_t packets, std::uint64_t ticks) {
  if (ticks == 0) return 0;
  const std::uint64_t each = packets / ticks;
  if (each == 0 || packets / each != ticks) return std::nullopt;
  return static_cast<std::uint32_t>(each);
}

class Translator {
 public:
  Translator(const SoftnetRecording& recording, std::uint32_t cpu) : recording_(recording), cpu_(cpu) {}

  Disturbance run(std::vector<SoftnetLine>& lines) {
    if (recording_.lost != 0) return Disturbance::lost;
    for (const SoftnetEvent& each : recording_.events) {
      if (each.cpu != cpu_) continue;
      const Disturbance disturbance = begun_ ? take(each) : begin(each);
      if (disturbance != Disturbance::none) return disturbance;
    }
    if (!begun_ || run_ || arrival_ || next_action_ != recording_.actions.size()) return Disturbance::puzzling;
    lines = std::move(lines_);
    return Disturbance::none;
  }

 private:
  static bool is_idle(const SoftnetState& sd) {
    return sd.known && !sd.sched && !sd.listed && sd.input_qlen == 0 && sd.process_qlen == 0;
  }

  Disturbance begin(const SoftnetEvent& event) {
    begun_ = true;
    start_ = event.sd;
    if (event.kind != Kind::marker) return Disturbance::puzzling;
    return is_idle(start_) ? look(event) : Disturbance::unsettled;
  }

  Disturbance take(const SoftnetEvent& event) {
    if (acting_ && event.kind != Kind::marker) return Disturbance::raced;
    switch (event.kind) {
      case Kind::netif_rx:
        return arrives(event);
      case Kind::kfree_skb:
        return dropped(event);
      case Kind::netif_rx_done:
        return arrived(event);
      case Kind::softirq_entry:
        if (run_ || arrival_) return Disturbance::puzzling;
        run_ =
            SoftirqRun{.begins_after = event.jiffies, .polled = event.jiffies, .time_squeeze = event.sd.time_squeeze};
        return Disturbance::none;
      case Kind::receive:
        return delivered(event);
      case Kind::napi_poll:
        return polled(event);
      case Kind::softirq_exit:
        return ran(event);
      case Kind::marker:
        return look(event);
    }
    return Disturbance::puzzling;
  }

  Disturbance arrives(const SoftnetEvent& event) {
    if (!event.ours) return Disturbance::foreign_packet;
    if (run_) return Disturbance::nested;
    if (arrival_) return Disturbance::puzzling;
    arrival_ = Arrival{event.packet, event.flow};
    return Disturbance::none;
  }

  Disturbance dropped(const SoftnetEvent& event) {
    if (!arrival_ || arrival_->packet != event.packet) return Disturbance::puzzling;
    arrival_->reason = event.first;
    arrival_->flow = event.flow;
    return Disturbance::none;
  }

  std::optional<DropReason> reason_named(std::int32_t number) const {
    if (number == recording_.cpu_backlog) return DropReason::cpu_backlog;
    if (number == recording_.dev_ready) return DropReason::dev_ready;
    return DropReason::not_specified;
  }

  Disturbance arrived(const SoftnetEvent& event) {
    if (!arrival_ || arrival_->packet != event.packet) return Disturbance::puzzling;
    const Arrival arrival = *std::exchange(arrival_, {});
    const bool drop = event.first != 0;
    if (drop != arrival.reason.has_value()) return Disturbance::puzzling;
    const Skb skb{next_skb_++};
    outcome::Received received{drop ? NetRx::drop : NetRx::success};
    if (drop)
      received.reason = reason_named(*arrival.reason);
    else
      waiting_[arrival.packet] = skb;
    joined_ += drop ? 0 : 1;
    // Asked for by the flow limit at the latest, while the packet is still ours to look at.
    const std::uint32_t flow = drop ? arrival.flow : event.flow;
    const Steered to = recording_.steered ? Steered{Cpu{cpu_}} : Steered{};
    lines_.push_back({op::NetifRx{{cpu_}, skb, to, {flow}}, observed_in_full(received)});
    return Disturbance::none;
  }

  Disturbance delivered(const SoftnetEvent& event) {
    const auto packet = waiting_.find(event.packet);
    // Outside of the softirq, by a thread: it was never in this CPU's backlog.
    if (!event.ours && !run_ && packet == waiting_.end()) return Disturbance::none;
    if (!event.ours) return Disturbance::foreign_packet;
    if (!run_ || packet == waiting_.end()) return Disturbance::puzzling;
    if (!run_->begins_before) run_->begins_before = event.jiffies;
    run_->delivered.push_back(packet->second);
    waiting_.erase(packet);
    ++left_;
    return Disturbance::none;
  }

  Disturbance polled(const SoftnetEvent& event) {
    if (!event.ours && !run_) return Disturbance::none;  // as in delivered()
    if (!event.ours || !run_) return Disturbance::foreign_poll;
    if (run_->polled_backlog || event.first != static_cast<std::int32_t>(run_->delivered.size()))
      return Disturbance::puzzling;
    run_->polled_backlog = true;
    run_->polled = event.jiffies;
    return Disturbance::none;
  }

  Disturbance ran(const SoftnetEvent& event) {
    if (!run_) return Disturbance::puzzling;
    SoftirqRun run = *std::exchange(run_, {});
    // Where jiffies may have moved between the kernel's look at it and ours, the case is not certain.
    const std::uint64_t begins_before = run.begins_before.value_or(run.polled);
    if (begins_before != run.begins_after || event.jiffies != run.polled) return Disturbance::clock;
    const auto tick_after = tick_after_for(run.delivered.size(), run.polled - run.begins_after);
    if (!tick_after) return Disturbance::clock;
    const outcome::ActionRan seen{std::move(run.delivered), event.sd.time_squeeze != run.time_squeeze, event.sd.listed};
    const TickAfter told = *tick_after == 0 ? TickAfter{} : TickAfter{*tick_after};
    lines_.push_back({op::NetRxAction{{cpu_}, told}, observed_in_full(seen)});
    return Disturbance::none;
  }

  /// Programs at tracepoints are passed over now and then. The kernel's own counters tell; `processed` counts also what
  /// a device delivers that has no backlog, such as TUN.
  bool has_seen_all(const SoftnetState& sd) const {
    return sd.input_queue_tail - start_.input_queue_tail == joined_ &&
           sd.input_queue_head - start_.input_queue_head == left_ && sd.processed - start_.processed <= left_;
  }

  /// The first of an action's two markers, the second, or one that is nobody's.
  Disturbance look(const SoftnetEvent& event) {
    if (!has_seen_all(event.sd)) return Disturbance::lost;
    if (acting_) {
      const SoftnetAction& action = recording_.actions[next_action_++];
      acting_ = false;
      if (action.after != event.seq) return Disturbance::raced;
      lines_.push_back({action.operation, since_start(action.seen, event.sd)});
    }
    acting_ = next_action_ < recording_.actions.size() && recording_.actions[next_action_].before == event.seq;
    return Disturbance::none;
  }

  /// Counters began long before the case. The last two columns are not in the file; the marker has them.
  Observation since_start(Observation seen, const SoftnetState& sd) const {
    auto* const row = std::get_if<outcome::SoftnetRow>(&seen.outcome);
    if (row == nullptr) return seen;
    row->processed -= start_.processed;
    row->dropped -= start_.dropped;
    row->time_squeeze -= start_.time_squeeze;
    if (row->received_rps) *row->received_rps -= start_.received_rps;
    row->input_queue_head = sd.input_queue_head - start_.input_queue_head;
    row->input_queue_tail = sd.input_queue_tail - start_.input_queue_tail;
    return observed_in_full(*row);
  }

  const SoftnetRecording& recording_;
  std::uint32_t cpu_;
  bool begun_ = false;
  SoftnetState start_;
  std::vector<SoftnetLine> lines_;
  std::optional<Arrival> arrival_;
  std::optional<SoftirqRun> run_;
  std::unordered_map<std::uint64_t, Skb> waiting_;
  std::uint32_t next_skb_ = 1;
  std::uint32_t joined_ = 0, left_ = 0;  ///< packets that have joined the backlog, and left it
  std::size_t next_action_ = 0;
  bool acting_ = false;  ///< between the two markers of the next action
};

}  // namespace

SoftnetStory translate(const SoftnetRecording& recording, std::uint32_t cpu, const Header& header) {
  SoftnetStory story{header, {}, {}};
  story.disturbance = Translator(recording, cpu).run(story.lines);
  return story;
}

std::string to_trace(const SoftnetStory& story) {
  std::string text = to_json(story.header) + "\n";
  for (const SoftnetLine& each : story.lines) {
    append_json(text, each.operation, each.seen);
    text += '\n';
  }
  return text;
}

}  // namespace weir::oracle
