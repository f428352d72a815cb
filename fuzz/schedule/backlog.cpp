// Any thread puts packets in the queue of a backlog, alone or in bursts, thread 0 owns it. The first ring has two
// slots, so that laps are short and rings are left for larger ones.
#include <array>
#include <optional>
#include <span>
#include <vector>

#include "fuzz/schedule/harness.hpp"
#include "fuzz/schedule/host_atomics.hpp"
#include "fuzz/schedule/turns.hpp"
#include "lockfree/backlog.hpp"

namespace weir::fuzz {
namespace {

using Queue = lockfree::Backlog<Skb, Scheduled, 2>;

/// `to` means that the owner uses its own lane.
bool on_own_lane(unsigned thread, const op::NetifRx& packet) { return thread == 0 && packet.to.has_value(); }

/// `flow` tells how many packets a burst has.
std::uint32_t burst_of(const op::NetifRx& packet) { return 1 + packet.flow.value % 4; }

/// A limit that is written stands from the beginning: one that changes meanwhile has no one moment.
std::uint32_t limit_of(const ScheduleCase& each) {
  std::uint32_t limit = 2;
  for (const Op& operation : each.input.ops)
    if (const auto* const write = std::get_if<op::SysctlWrite>(&operation); write != nullptr && !write->data.empty())
      limit = static_cast<std::uint8_t>(write->data.front() - '0') % 10U;
  return limit;
}

class World {
 public:
  World(Scheduler& scheduler, const ScheduleCase& each, Recording& recording)
      : scheduler_(scheduler),
        case_(each),
        recording_(recording),
        limit_(limit_of(each)),
        queue_(each.input.profile->process_queue ? lockfree::Count::input : lockfree::Count::waiting) {}

  Flaw run() {
    for (std::size_t i = 0; i < case_.thread.size(); ++i)
      if (case_.thread[i] == ScheduleCase::before) perform(0, i);
    const bool ended = scheduler_.run(Scheduler::max_threads, case_.plan, [&](unsigned thread) {
      for (std::size_t i = 0; i < case_.thread.size(); ++i)
        if (case_.thread[i] == thread) perform(thread, i);
    });
    if (!ended) return {std::string(stuck), {}};
    queue_.invariant();
    if (queue_.waiting() != 0 && !queue_.scheduled()) return {"a wake-up is lost", {}};
    if (queue_.dropped() != refused_) return {"refusals are not what is counted", {}};
    if (queue_.waiting() != admitted_ - delivered_) return {"what was admitted neither waits nor was delivered", {}};
    for (int polls = 0; polls < 4 && queue_.scheduled(); ++polls) poll(0, {{}, max_ops, {}});
    if (queue_.scheduled() || delivered_ != admitted_) return {"the queue cannot be emptied", {}};
    return own_lane_used_ ? Flaw{} : explained();
  }

 private:
  void perform(unsigned thread, std::size_t at) {
    const Op& operation = case_.input.ops[at];
    if (const auto* const packet = std::get_if<op::NetifRx>(&operation))
      put(thread, *packet, static_cast<std::uint32_t>(at));
    if (const auto* const call = std::get_if<op::ProcessBacklog>(&operation); call != nullptr && thread == 0)
      poll(thread, {{}, 1 + (call->quota & 3), {}});
  }

  void put(unsigned thread, const op::NetifRx& packet, std::uint32_t number) {
    const bool own = on_own_lane(thread, packet);
    own_lane_used_ = own_lane_used_ || own;
    if (burst_of(packet) > 1) return put_burst(thread, own, burst_of(packet), number);
    const Skb skb{number};
    recording_.call(thread, op::NetifRx{{}, skb}, [&](const Op&) -> Outcome {
      const auto admission = own ? queue_.enqueue_on_owner(skb, limit_) : queue_.enqueue(skb, limit_);
      (admission.admitted ? admitted_ : refused_) += 1;
      return outcome::Received{admission.admitted ? NetRx::success : NetRx::drop, reason(admission.admitted)};
    });
  }
  /// Recorded as a call a packet, each after the one before it.
  void put_burst(unsigned thread, bool own, std::uint32_t packets, std::uint32_t number) {
    std::array<Skb, 4> burst;
    std::array<std::size_t, 4> calls{};
    for (std::uint32_t i = 0; i < packets; ++i) {
      burst[i] = Skb{number + i * static_cast<std::uint32_t>(max_ops)};
      calls[i] = recording_.begin(thread, op::NetifRx{{}, burst[i]});
      follows_.resize(calls[i] + 1);
      follows_[calls[i]] = i != 0;
    }
    const std::span<const Skb> all(burst.data(), packets);
    const auto admission = own ? queue_.enqueue_burst_on_owner(all, limit_) : queue_.enqueue_burst(all, limit_);
    admitted_ += admission.admitted;
    refused_ += packets - admission.admitted;
    for (std::uint32_t i = 0; i < packets; ++i) {
      const bool admitted = i < admission.admitted;
      recording_.end(calls[i], outcome::Received{admitted ? NetRx::success : NetRx::drop, reason(admitted)});
    }
  }
  std::optional<DropReason> reason(bool admitted) const {
    const Profile& kernel = *case_.input.profile;
    if (admitted || !kernel.has_drop_reasons) return {};
    return kernel.has_backlog_drop_reason ? DropReason::cpu_backlog : DropReason::not_specified;
  }

  void poll(unsigned thread, const op::ProcessBacklog& call) {
    recording_.call(thread, call, [&](const Op&) -> Outcome {
      outcome::Polled polled;
      if (!queue_.scheduled()) return polled;
      const auto result = queue_.poll(call.quota, [&](Skb skb) {
        polled.delivered.push_back(skb);
        ++delivered_;
        return true;
      });
      polled.work = result.work;
      polled.complete = result.complete;
      return polled;
    });
  }

  Flaw explained() {
    Turns turns;
    std::vector<oracle::Call> calls;
    follows_.resize(recording_.calls().size());
    std::array<std::size_t, Scheduler::max_threads + 1> last_put{};  // by thread: its place in `calls`
    for (std::size_t i = 0; i < recording_.calls().size(); ++i) {
      const oracle::Call& each = recording_.calls()[i];
      if (std::holds_alternative<op::ProcessBacklog>(each.operation)) {
        turns.tell(each, overlaps<op::NetifRx>(each), calls);
      } else if (!was_refused(each) || !overlaps<op::ProcessBacklog>(each)) {  // decision 0021
        std::size_t& last = last_put[recording_.thread_of(i)];
        calls.push_back(each);
        if (follows_[i]) calls.back().after = last;
        last = calls.size() - 1;
      }
    }
    const Op limit = op::SysctlWrite{{}, Sysctl::netdev_max_backlog, std::to_string(limit_)};
    return judge(case_, {limit}, std::move(calls));
  }
  template <class Operation>
  bool overlaps(const oracle::Call& call) const {
    const auto& calls = recording_.calls();
    return std::any_of(calls.begin(), calls.end(), [&](const oracle::Call& each) {
      return std::holds_alternative<Operation>(each.operation) && each.start < call.end && call.start < each.end;
    });
  }

  Scheduler& scheduler_;
  const ScheduleCase& case_;
  Recording& recording_;
  const std::uint32_t limit_;
  Queue queue_;
  std::vector<bool> follows_;  ///< by recorded call: it is of the same burst as its thread's call before it
  bool own_lane_used_ = false;
  std::uint32_t admitted_ = 0, refused_ = 0, delivered_ = 0;
};

Flaw run(Scheduler& scheduler, const ScheduleCase& each, Recording& recording) {
  return World(scheduler, each, recording).run();
}

/// Three packets to a poll; one case in four also uses the owner's lane.
void draw(Rng& rng, std::vector<Op>& ops) {
  ops.clear();
  const bool own_lane = rng.chance(1, 4);
  ops.emplace_back(op::SysctlWrite{{}, Sysctl::netdev_max_backlog, std::to_string(rng.below(8))});
  for (std::uint32_t count = 8 + rng.below(24); count > 0; --count) {
    if (rng.chance(1, 3))
      ops.emplace_back(op::ProcessBacklog{{}, static_cast<std::int32_t>(rng.below(4)), {}});
    else
      ops.emplace_back(op::NetifRx{{},
                                   {},
                                   own_lane && rng.chance(1, 2) ? Steered(Cpu{}) : Steered{},
                                   FlowHash{rng.chance(1, 2) ? rng.below(4) : 0}});
  }
}

}  // namespace

const ScheduleHarness schedule_harness{
    .name = "schedule_backlog",
    .weights = weights(Weight<op::SysctlWrite>{1}, Weight<op::NetifRx>{3}, Weight<op::ProcessBacklog>{1}),
    .profiles = {&releases::linux_6_18, &releases::linux_2_6_32},
    .draw = draw,
    .run = run};

}  // namespace weir::fuzz
