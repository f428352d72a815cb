// Packets come in on CPU 0 from any thread while its owner, thread 0, polls it; thread 1 is CPU 1, which steers what it
// receives to CPU 0 and interrupts it.
#include "fuzz/schedule/host_run.hpp"
#include "fuzz/schedule/turns.hpp"

namespace weir::fuzz {
namespace {

constexpr std::uint32_t cpus_in_use = 2;

/// Limits stand before the threads begin: a packet that has read one is judged by it, however late it arrives, in the
/// kernel too. Only CPU 1 steers, and nothing waits there, so that what a poll of CPU 0 does is its turns, and what a
/// run of CPU 1 does its interrupt.
bool may(unsigned thread, const Op& operation) {
  const bool alone = thread == ScheduleCase::before;
  if (const auto* const write = std::get_if<op::SysctlWrite>(&operation))
    return alone && write->sysctl == Sysctl::netdev_max_backlog;
  if (const auto* const packet = std::get_if<op::NetifRx>(&operation)) {
    const std::uint32_t cpu = packet->cpu.index;
    return cpu < cpus_in_use && packet->to.has_value() == (cpu == 1) && packet->to.value_or(Cpu{}).index == 0 &&
           (alone || cpu == 0 || thread == 1);
  }
  if (const auto* const poll = std::get_if<op::ProcessBacklog>(&operation))
    return poll->cpu.index == 0 && !poll->tick_after && poll->quota > 0 && (alone || thread == 0);
  if (const auto* const ran = std::get_if<op::NetRxAction>(&operation))
    return !ran->tick_after && (alone || (ran->cpu.index == 1 && thread == 1));
  return false;
}

bool was_admitted(const oracle::Call& call) {
  const auto* const received = std::get_if<outcome::Received>(&call.seen.outcome);
  return received != nullptr && received->ret == NetRx::success;
}
bool is_poll(const oracle::Call& call) { return std::holds_alternative<op::ProcessBacklog>(call.operation); }

template <class Which>
bool overlaps(const std::vector<oracle::Call>& calls, const oracle::Call& call, Which&& which) {
  return std::any_of(calls.begin(), calls.end(), [&](const oracle::Call& each) {
    return which(each) && each.start < call.end && call.start < each.end;
  });
}

/// A packet sets SCHED, and then puts the backlog on the list: who polls in between does not find it there.
bool found_nothing(const oracle::Call& poll) {
  const auto& polled = std::get<outcome::Polled>(poll.seen.outcome);
  return polled.work == 0 && !polled.complete;
}

std::vector<oracle::Call> in_turns(const std::vector<oracle::Call>& seen) {
  std::vector<oracle::Call> calls;
  Turns turns;
  bool all_told = true;
  for (const oracle::Call& each : seen) {
    if (is_poll(each)) {
      const bool busy = overlaps(seen, each, was_admitted);
      if (!found_nothing(each) || busy)
        turns.tell(each, busy, calls);
      else
        calls.push_back(each);
    } else if (was_refused(each) && overlaps(seen, each, is_poll)) {  // decision 0021
      all_told = false;
    } else if (all_told || !std::holds_alternative<op::SoftnetStat>(each.operation)) {
      calls.push_back(each);
    }
  }
  return calls;
}

Flaw run(Scheduler& scheduler, const ScheduleCase& each, Recording& recording) {
  HostRun host(scheduler, each, recording);
  const Op rest = op::ProcessBacklog{{}, max_ops, {}};  // so that a turn which has begun is told as one
  if (Flaw flaw = host.begin(may); !flaw.why.empty()) return flaw;
  if (Flaw flaw = host.go(may, {rest}); !flaw.why.empty()) return flaw;
  const auto& calls = recording.calls();
  const bool crashed = std::any_of(calls.begin(), calls.end(), [](const oracle::Call& call) {
    return std::holds_alternative<outcome::Oops>(call.seen.outcome);
  });
  if (crashed) return {"the kernel crashes, which it does with no weight that is left as it was", {}};
  return judge(each, host.before(), in_turns(recording.calls()));
}

void draw(Rng& rng, std::vector<Op>& ops) {
  ops.clear();
  if (rng.chance(3, 4)) ops.emplace_back(op::SysctlWrite{{}, Sysctl::netdev_max_backlog, std::to_string(rng.below(8))});
  const bool steered = rng.chance(1, 2);
  for (std::uint32_t count = 8 + rng.below(24); count > 0; --count) {
    const Skb skb{static_cast<std::uint32_t>(ops.size())};
    if (rng.chance(1, 3))
      ops.emplace_back(op::ProcessBacklog{{}, static_cast<std::int32_t>(1 + rng.below(4)), {}});
    else if (steered && rng.chance(1, 4))
      ops.emplace_back(op::NetRxAction{{1}, {}});
    else if (steered && rng.chance(1, 3))
      ops.emplace_back(op::NetifRx{{1}, skb, Cpu{0}});
    else
      ops.emplace_back(op::NetifRx{{}, skb});
  }
}

}  // namespace

const ScheduleHarness schedule_harness{.name = "schedule_softnet",
                                       .weights = softnet_plane,
                                       .profiles = {&releases::linux_6_18, &releases::linux_2_6_32},
                                       .draw = draw,
                                       .run = run};

}  // namespace weir::fuzz
