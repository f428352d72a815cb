// Threads write and read sysctls of two namespaces.
#include "fuzz/schedule/host_run.hpp"

namespace weir::fuzz {
namespace {

/// What is one word each. The CPUs of the flow limit are as many tables, and the three numbers of a vector as many
/// words: in the kernel, too, they are written one after the other. Namespaces are made before: two that are made at
/// once get their numbers, which are ours and not the kernel's, before the other one is there.
bool may(unsigned thread, const Op& operation) {
  if (thread == ScheduleCase::before) return true;
  const auto one_word = [](Sysctl id) { return id != Sysctl::flow_limit_cpu_bitmap && id != Sysctl::tcp_wmem; };
  if (const auto* const write = std::get_if<op::SysctlWrite>(&operation)) return one_word(write->sysctl);
  if (const auto* const read = std::get_if<op::SysctlRead>(&operation)) return one_word(read->sysctl);
  return false;
}

Flaw run(Scheduler& scheduler, const ScheduleCase& each, Recording& recording) {
  HostRun host(scheduler, each, recording);
  if (Flaw flaw = host.begin(may); !flaw.why.empty()) return flaw;
  if (Flaw flaw = host.go(may); !flaw.why.empty()) return flaw;
  return judge(each, host.before(), recording.calls());
}

/// Few sysctls, so that threads meet.
void draw(Rng& rng, std::vector<Op>& ops) {
  ops.clear();
  static constexpr auto global = std::to_array<Sysctl>(
      {Sysctl::dev_weight, Sysctl::dev_weight_rx_bias, Sysctl::netdev_budget, Sysctl::netdev_max_backlog});
  static constexpr auto own =
      std::to_array<Sysctl>({Sysctl::somaxconn, Sysctl::tcp_syncookies, Sysctl::tcp_max_syn_backlog});
  if (rng.chance(1, 2)) ops.emplace_back(op::Netns{});
  const Sysctl some[] = {rng.pick(global), rng.pick(global), rng.pick(own)};
  for (std::uint32_t count = 8 + rng.below(24); count > 0; --count) {
    const Sysctl id = some[rng.below(std::size(some))];
    const NsId ns{rng.chance(1, 4) ? 1U : 0U};
    if (rng.chance(1, 2)) {
      ops.emplace_back(op::SysctlRead{ns, id});
    } else {
      std::string text = std::to_string(rng.below(4));
      if (rng.chance(1, 4)) draw_sysctl_text(rng, text);
      ops.emplace_back(op::SysctlWrite{ns, id, text});
    }
  }
}

}  // namespace

const ScheduleHarness schedule_harness{.name = "schedule_sysctl",
                                       .weights = sysctl_plane,
                                       .profiles = {releases::all.begin(), releases::all.end()},
                                       .draw = draw,
                                       .run = run};

}  // namespace weir::fuzz
