#include "proofs/theorems/situations.hpp"

namespace weir::proofs::program {
namespace {

Program packets(std::uint32_t count) {
  Program program;
  for (std::uint32_t n = 1; n <= count; ++n) program.push_back(packet(n));
  return program;
}

/// From CPU 0 to CPU 1, of a flow.
Op steered(std::uint32_t n) { return op::NetifRx{Cpu{0}, Skb{n}, Cpu{1}, FlowHash{7}}; }

/// A flow limit with a table of `buckets`, which is asked about every packet.
Program limited(std::int64_t buckets) {
  return {write(Sysctl::flow_limit_table_len, buckets), write(Sysctl::flow_limit_cpu_bitmap, "1"),
          write(Sysctl::netdev_max_backlog, 0)};
}

/// 63 packets of one flow have come and gone, and one more is in its share.
Program half_of_the_history() {
  Program program = limited(16);
  for (std::uint32_t n = 0; n < 63; ++n) {
    program.push_back(op::NetifRx{Cpu{0}, Skb{n}, {}, FlowHash{7}});
    program.push_back(poll());
  }
  return program;
}

/// The backlog of a CPU stays on the poll list without being scheduled: a weight of 0, where that may be written.
Program completed_on_the_list(std::uint32_t cpu) {
  const Op arrives = op::NetifRx{Cpu{cpu}, Skb{1}};
  return {write(Sysctl::dev_weight, 0), arrives, softirq(cpu), arrives, softirq(cpu), softirq(cpu)};
}

std::vector<Situation> all_situations() {
  return {{"nothing waits", {}},
          {"one waits", packets(1)},
          {"three wait", packets(3)},
          {"one of three is left in the poll's queue", then(packets(3), {poll(0, 2)})},
          {"two behind one in the poll's queue", then(then(packets(2), {poll(0, 1)}), {packet(4), packet(5)})},
          {"nothing is left, and all of the quota is used", then(packets(2), {poll(0, 2)})},
          {"another CPU's, before the interrupt", {steered(1), steered(2)}},
          {"another CPU's, after it", {steered(1), steered(2), softirq()}},
          {"each other's", {steered(1), op::NetifRx{Cpu{1}, Skb{2}, Cpu{0}}}},
          {"no room", then({write(Sysctl::netdev_max_backlog, 0)}, packets(2))},
          {"a weight of 1", then({write(Sysctl::dev_weight, 1)}, then(packets(3), {softirq()}))},
          {"a weight of 0", then({write(Sysctl::dev_weight, 0)}, packets(2))},
          {"a weight of less", then({write(Sysctl::dev_weight, -1)}, then(packets(2), {softirq()}))},
          {"a backlog that is listed and not scheduled", completed_on_the_list(0)},
          {"one of another CPU, and an interrupt", then(completed_on_the_list(1), {steered(9)})},
          {"a budget of 0", then({write(Sysctl::netdev_budget, 0)}, packets(2))},
          {"a budget of 2", then({write(Sysctl::netdev_budget, 2), write(Sysctl::dev_weight, 1)}, packets(4))},
          {"a flow with its share", half_of_the_history()},
          {"a table of one bucket", limited(1)},
          {"a table of no end", {write(Sysctl::flow_limit_table_len, 4'194'304)}}};
}

void add_on_cpu(std::vector<Op>& all, std::uint32_t cpu) {
  for (const Steered to : {Steered{}, Steered{Cpu{0}}, Steered{Cpu{1}}, Steered{Cpu{9}}})
    for (const std::uint32_t flow : {0U, 7U})
      for (const bool running : {true, false})
        all.push_back(op::NetifRx{Cpu{cpu}, Skb{50}, to, FlowHash{flow}, running});
  for (const TickAfter tick : {TickAfter{}, TickAfter{1}}) {
    for (const std::int32_t quota : {-1, 0, 1, 2, 64}) all.push_back(op::ProcessBacklog{Cpu{cpu}, quota, tick});
    all.push_back(op::NetRxAction{Cpu{cpu}, tick});
  }
  all.push_back(op::SoftnetStat{Cpu{cpu}});
}

std::vector<Op> all_operations() {
  std::vector<Op> all{op::Tick{}};
  for (const std::uint32_t cpu : {0U, 1U, 9U}) add_on_cpu(all, cpu);
  for (const std::int32_t value : {-1, 0, 1, 2})
    for (const Sysctl id : {Sysctl::netdev_max_backlog, Sysctl::dev_weight, Sysctl::netdev_budget,
                            Sysctl::netdev_budget_usecs, Sysctl::flow_limit_table_len, Sysctl::dev_weight_rx_bias})
      all.push_back(write(id, value));
  for (const char* const mask : {"0", "1", "3", "8", "x", "", "1,1", "1 1", "00000000,1", "123456789", "x00000001"})
    all.push_back(write(Sysctl::flow_limit_cpu_bitmap, mask));
  for (const std::uint32_t len : {0U, 1U, 2U, 9U})
    for (const std::int64_t pos : {0, 1}) all.push_back(op::SysctlRead{{}, Sysctl::flow_limit_cpu_bitmap, len, pos});
  return all;
}

}  // namespace

const Stage& softnet() {
  static const Stage stage{all_situations(), all_operations()};
  return stage;
}

const Stage& softnet_with_threads() {
  static const Stage stage{all_situations(), all_operations(), HostOptions{.thread_backlog_napi = true}};
  return stage;
}

}  // namespace weir::proofs::program
