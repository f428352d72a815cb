#include "oracle/softnet/probes.hpp"

#include <cstddef>

namespace weir::oracle {
namespace {

// Kept all through a program; calls leave them alone.
constexpr BpfReg context = r6, control = r7, cpu = r8, record = r9;

constexpr std::int32_t net_rx_softirq = 3;
constexpr std::size_t argument(std::size_t number) { return number * sizeof(std::uint64_t); }

bool is_about_a_packet(SoftnetEventKind kind) {
  return kind == SoftnetEventKind::netif_rx || kind == SoftnetEventKind::netif_rx_done ||
         kind == SoftnetEventKind::kfree_skb || kind == SoftnetEventKind::receive;
}

/// Makes r2 + offsetof(SoftnetControl, array) the address of this CPU's element.
void slot_of_cpu(BpfCode& code) {
  code.move(r2, cpu).mask(r2, most_probed_cpus - 1).shift_left(r2, 3).plus(r2, control);
}
constexpr std::size_t arriving = offsetof(SoftnetControl, arriving);

}  // namespace

/// Leaves the program unless its CPU is watched.
void SoftnetProbes::begin(BpfCode& code, BpfCode::Label out) const {
  code.move(context, r1).load_map_value(control, control_).call(BPF_FUNC_get_smp_processor_id).move(cpu, r0);
  code.load(r1, control, offsetof(SoftnetControl, cpus), 8).shift_right(r1, cpu).mask(r1, 1).jump_if_equal(r1, 0, out);
}

void SoftnetProbes::only_if_wanted(BpfCode& code, SoftnetEventKind kind, BpfCode::Label out) const {
  switch (kind) {
    case SoftnetEventKind::softirq_entry:
    case SoftnetEventKind::softirq_exit:
      code.load(r1, context, argument(0), 8).jump_unless_equal(r1, net_rx_softirq, out);
      if (kind == SoftnetEventKind::softirq_entry) code.store(control, offsetof(SoftnetControl, since_hold), 0, 8);
      return;
    case SoftnetEventKind::kfree_skb:  // only of the packet that is arriving
      slot_of_cpu(code);
      code.load(r1, context, argument(0), 8).load(r2, r2, arriving, 8).jump_unless_equal(r1, r2, out);
      return;
    case SoftnetEventKind::netif_rx:
      slot_of_cpu(code);
      code.load(r1, context, argument(0), 8).store(r2, arriving, r1, 8);
      return;
    case SoftnetEventKind::netif_rx_done:  // arriving no longer, from the end of the program on
    case SoftnetEventKind::receive:
    case SoftnetEventKind::napi_poll:
    case SoftnetEventKind::marker:
      return;
  }
}

void SoftnetProbes::fill(BpfCode& code, SoftnetEventKind kind) const {
  const auto put = [&](std::size_t offset, std::size_t size) { code.store(record, offset, r0, size); };
  code.move(r0, 1).fetch_add(control, offsetof(SoftnetControl, seq), r0).plus(r0, 1);
  put(offsetof(SoftnetRecord, seq), 8);
  code.call(BPF_FUNC_ktime_get_ns);
  put(offsetof(SoftnetRecord, nanoseconds), 8);
  code.call(BPF_FUNC_jiffies64);
  put(offsetof(SoftnetRecord, jiffies), 8);
  code.store(record, offsetof(SoftnetRecord, kind), static_cast<std::int32_t>(kind), 4);
  code.store(record, offsetof(SoftnetRecord, cpu), cpu, 4);
  for (const std::size_t each : {offsetof(SoftnetRecord, first), offsetof(SoftnetRecord, second),
                                 offsetof(SoftnetRecord, flow), offsetof(SoftnetRecord, unused)})
    code.store(record, each, 0, 4);
  code.store(record, offsetof(SoftnetRecord, netns), 0, 8);
  code.load(r1, context, argument(0), 8).store(record, offsetof(SoftnetRecord, subject), r1, 8);
  if (kind == SoftnetEventKind::netif_rx_done) {
    code.store(record, offsetof(SoftnetRecord, first), r1, 4);
    slot_of_cpu(code);
    code.load(r1, r2, arriving, 8).store(record, offsetof(SoftnetRecord, subject), r1, 8).store(r2, arriving, 0, 8);
  }
  if (kind == SoftnetEventKind::kfree_skb)
    code.load(r1, context, argument(2), 8).store(record, offsetof(SoftnetRecord, first), r1, 4);
  if (kind == SoftnetEventKind::napi_poll) {
    code.load(r1, context, argument(1), 8).store(record, offsetof(SoftnetRecord, first), r1, 4);
    code.load(r1, context, argument(2), 8).store(record, offsetof(SoftnetRecord, second), r1, 4);
  }
  if (kind == SoftnetEventKind::napi_poll) learn_softnet_data(code);
  fill_from_softnet_data(code);
  if (is_about_a_packet(kind)) fill_from_packet(code);
}

/// The variable softnet_data cannot be found by its name everywhere, but every poll of a backlog has a pointer into it:
/// the NAPI without a device. Before the first poll there is none, and all reads as 0.
void SoftnetProbes::learn_softnet_data(BpfCode& code) const {
  const auto known = code.label();
  constexpr std::size_t subject = offsetof(SoftnetRecord, subject), hop = offsetof(SoftnetRecord, netns);
  read(code, hop, subject, kernel_->field("napi_struct", {"dev"}));
  code.load(r1, record, hop, 8).jump_unless_equal(r1, 0, known);
  code.load(r1, record, subject, 8);
  code.plus(r1, -static_cast<std::int32_t>(kernel_->field("softnet_data", {"backlog"}).offset));
  slot_of_cpu(code);
  code.store(r2, offsetof(SoftnetControl, softnet_data), r1, 8).bind(known);
}

void SoftnetProbes::fill_from_softnet_data(BpfCode& code) const {
  constexpr std::size_t sd = offsetof(SoftnetRecord, sd);
  const auto copy = [&](std::initializer_list<const char*> path, std::size_t into) {
    read(code, into, sd, kernel_->field("softnet_data", path));
  };
  slot_of_cpu(code);
  code.load(r1, r2, offsetof(SoftnetControl, softnet_data), 8).store(record, sd, r1, 8);
  copy({"backlog", "poll_list", "next"}, offsetof(SoftnetRecord, poll_list_next));
  copy({"backlog", "state"}, offsetof(SoftnetRecord, napi_state));
  copy({"backlog", "weight"}, offsetof(SoftnetRecord, weight));
  copy({"processed"}, offsetof(SoftnetRecord, processed));
  copy({"time_squeeze"}, offsetof(SoftnetRecord, time_squeeze));
  copy({"received_rps"}, offsetof(SoftnetRecord, received_rps));
  copy({"input_queue_head"}, offsetof(SoftnetRecord, input_queue_head));
  copy({"input_queue_tail"}, offsetof(SoftnetRecord, input_queue_tail));
  copy({"input_pkt_queue", "qlen"}, offsetof(SoftnetRecord, input_qlen));
  copy({"process_queue", "qlen"}, offsetof(SoftnetRecord, process_qlen));
  code.store(record, offsetof(SoftnetRecord, dropped_elsewhere), 0, 4);
  if (kernel_->has_field("softnet_data", {"drop_counters"})) {  // 6.18: one for each half of the NUMA nodes
    copy({"drop_counters", "drops0", "counter"}, offsetof(SoftnetRecord, dropped));
    copy({"drop_counters", "drops1", "counter"}, offsetof(SoftnetRecord, dropped_elsewhere));
  } else {
    copy({"dropped"}, offsetof(SoftnetRecord, dropped));
  }
}

/// Reads a field of the kernel's into the record. \param pointer  where in the record stands what it is a field of
void SoftnetProbes::read(BpfCode& code, std::size_t into, std::size_t pointer, FieldPlace from) {
  code.load(r3, record, pointer, 8).plus(r3, static_cast<std::int32_t>(from.offset));
  code.move(r1, record).plus(r1, static_cast<std::int32_t>(into)).move(r2, static_cast<std::int32_t>(from.size));
  code.call(BPF_FUNC_probe_read_kernel);
}

/// Its flow, and the network namespace of its device: pointers are followed one read at a time.
void SoftnetProbes::fill_from_packet(BpfCode& code) const {
  constexpr std::size_t subject = offsetof(SoftnetRecord, subject), hop = offsetof(SoftnetRecord, netns);
  read(code, offsetof(SoftnetRecord, flow), subject, kernel_->field("sk_buff", {"hash"}));
  read(code, hop, subject, kernel_->field("sk_buff", {"dev"}));
  read(code, hop, hop, kernel_->field("net_device", {"nd_net", "net"}));
  read(code, hop, hop, kernel_->field("net", {"ns", "inum"}));
}

/// After the record: waits until jiffies moves, for as long as the limit of loops allows (more than a tick).
void SoftnetProbes::let_time_pass(BpfCode& code, BpfCode::Label out) const {
  constexpr std::size_t since = offsetof(SoftnetControl, since_hold);
  code.load(r1, control, offsetof(SoftnetControl, hold_after), 8).jump_if_equal(r1, 0, out);
  code.load(r2, control, since, 8).plus(r2, 1).store(control, since, r2, 8).jump_if_less(r2, r1, out);
  code.store(control, since, 0, 8).call(BPF_FUNC_jiffies64).move(record, r0);
  const auto again = code.label();
  code.bind(again).give_up_at_last(out).call(BPF_FUNC_jiffies64).jump_if_equal(r0, record, again);
}

/// After the record: until another CPU says so, or as long as the limit of loops allows.
void SoftnetProbes::wait_while_stopped(BpfCode& code) {
  const auto again = code.label(), on = code.label();
  code.bind(again).load(r1, control, offsetof(SoftnetControl, stopped), 8).jump_if_equal(r1, 0, on);
  code.give_up_at_last(on).jump(again).bind(on);
}

std::vector<bpf_insn> SoftnetProbes::program(SoftnetEventKind kind) const {
  BpfCode code;
  const auto out = code.label(), reserved = code.label(), recorded = code.label();
  begin(code, out);
  only_if_wanted(code, kind, out);
  code.load_map(r1, ring_).move(r2, sizeof(SoftnetRecord)).move(r3, 0).call(BPF_FUNC_ringbuf_reserve);
  code.move(record, r0).jump_unless_equal(r0, 0, reserved);
  code.move(r1, 1).fetch_add(control, offsetof(SoftnetControl, lost), r1).jump(recorded);
  code.bind(reserved);
  fill(code, kind);
  code.move(r1, record).move(r2, BPF_RB_NO_WAKEUP).call(BPF_FUNC_ringbuf_submit);
  code.bind(recorded);
  if (kind == SoftnetEventKind::receive && may_wait_) {
    wait_while_stopped(code);
    let_time_pass(code, out);
  }
  code.bind(out).move(r0, 0).exit();
  return std::move(code).finish();
}

}  // namespace weir::oracle
