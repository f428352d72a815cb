// Every operation on the softnet plane of two CPUs in every situation: who waits is not forgotten, packets are kept or
// counted, and a CPU that has no part in it is left alone.
#include <algorithm>

#include "proofs/theorems/planes.hpp"
#include "proofs/theorems/situations.hpp"

namespace weir::proofs {
namespace {

using namespace program;

/// One CPU's receive side, read from the numbers that the plane shows.
struct CpuView {
  std::vector<std::uint64_t> waiting;  ///< packets in the order in which they will be delivered
  std::uint64_t taken_over = 0;        ///< those of them that a poll has taken over
  bool sched = false, on_poll_list = false, sched_threaded = false;
  std::uint32_t rps_ipi_list = 0, rps_ipi_next = 0;
  std::uint32_t weight = 0, processed = 0, dropped = 0, time_squeeze = 0, received_rps = 0, left = 0, joined = 0;
  friend bool operator==(const CpuView&, const CpuView&) = default;
};

class Reader {
 public:
  explicit Reader(const Host& host) {
    host.softnet().for_each_value([&](auto each) { numbers_.push_back(static_cast<std::uint64_t>(each)); });
    at_ = 1;  // behind jiffies
  }
  CpuView cpu() {
    CpuView view;
    const auto joining = packets();
    view.waiting = packets();
    view.taken_over = view.waiting.size();
    view.waiting.insert(view.waiting.end(), joining.begin(), joining.end());
    for (bool* const flag : {&view.sched, &view.on_poll_list, &view.sched_threaded}) *flag = next() != 0;
    for (std::uint32_t* const number :
         {&view.rps_ipi_list, &view.rps_ipi_next, &view.weight, &view.processed, &view.dropped, &view.time_squeeze,
          &view.received_rps, &view.left, &view.joined})
      *number = static_cast<std::uint32_t>(next());
    return view;
  }

 private:
  std::uint64_t next() { return numbers_[at_++]; }
  std::vector<std::uint64_t> packets() {
    std::vector<std::uint64_t> found(next());
    for (std::uint64_t& each : found) each = next();
    return found;
  }
  std::vector<std::uint64_t> numbers_;
  std::size_t at_ = 0;
};

using Cpus = std::array<CpuView, 2>;

Cpus cpus_of(const Host& host) {
  Reader reader(host);
  const CpuView first = reader.cpu();
  return {first, reader.cpu()};
}

/// Whether the CPU is among those that `from` is to interrupt.
bool is_listed(const Cpus& cpus, const CpuView& from, std::uint32_t cpu) {
  std::uint32_t each = from.rps_ipi_list;
  for (int steps = 0; each != model::no_cpu && steps < 3; ++steps) {
    if (each == cpu) return true;
    each = cpus[each].rps_ipi_next;
  }
  return false;
}

/// Goes through the stages with one NAPI a CPU, and with threads.
template <class C, class Visit>
void for_each_softnet_step(C& c, const Profile& kernel, Visit visit) {
  for (const Stage* const stage : {&softnet(), &softnet_with_threads()})
    for_each_step(c, kernel, *stage,
                  [&](const Host& before, const Op& operation, const Host& host, const Outcome& answer) {
                    if (!std::holds_alternative<outcome::Oops>(answer))
                      visit(cpus_of(before), operation, cpus_of(host), answer);
                  });
}

const auto who_waits_is_not_forgotten = [](auto& c, const Profile& kernel) {
  for_each_softnet_step(c, kernel, [&](const Cpus&, const Op&, const Cpus& now, const Outcome&) {
    for (std::uint32_t cpu = 0; cpu < now.size(); ++cpu) {
      const CpuView& each = now[cpu];
      const bool interrupted = is_listed(now, now[0], cpu) || is_listed(now, now[1], cpu);
      c.goal("a backlog in which packets wait is scheduled", each.waiting.empty() || each.sched);
      c.goal("one that is scheduled is on its poll list, or its thread is woken, or an interrupt is due",
             !each.sched || each.on_poll_list || each.sched_threaded || interrupted);
      c.goal("only what is scheduled is a thread's", !each.sched_threaded || each.sched);
      c.goal("there is a poll's own queue from 2.6.35 on", kernel.process_queue || each.taken_over == 0);
      c.twin("none is ever scheduled", !each.sched);
    }
  });
};

const std::vector<Skb>* delivered_by(const Outcome& answer) {
  if (const auto* const polled = std::get_if<outcome::Polled>(&answer)) return &polled->delivered;
  if (const auto* const ran = std::get_if<outcome::ActionRan>(&answer)) return &ran->delivered;
  return nullptr;
}

/// Whether the packets are the first that waited, in their order, and the others are left.
bool are_the_first(const CpuView& was, const std::vector<Skb>& delivered, const CpuView& now) {
  if (delivered.size() + now.waiting.size() != was.waiting.size()) return false;
  for (std::size_t i = 0; i < delivered.size(); ++i)
    if (delivered[i].id != was.waiting[i]) return false;
  return std::equal(now.waiting.begin(), now.waiting.end(),
                    was.waiting.begin() + static_cast<std::ptrdiff_t>(delivered.size()));
}

/// The CPU of a poll or run.
std::uint32_t polled_cpu(const Op& operation) {
  const auto* const poll = std::get_if<op::ProcessBacklog>(&operation);
  return poll != nullptr ? poll->cpu.index : std::get<op::NetRxAction>(operation).cpu.index;
}

const auto packets_are_delivered_in_their_order = [](auto& c, const Profile& kernel) {
  for_each_softnet_step(
      c, kernel, [&](const Cpus& before, const Op& operation, const Cpus& now, const Outcome& answer) {
        const auto* const delivered = delivered_by(answer);
        if (delivered == nullptr) return;
        const std::uint32_t cpu = polled_cpu(operation);
        const CpuView &was = before[cpu], &is_now = now[cpu], &other = now[1 - cpu];
        c.goal("those that waited longest, and the others are left", are_the_first(was, *delivered, is_now));
        c.goal("each counts as processed and as having left",
               is_now.processed - was.processed == delivered->size() && is_now.left - was.left == delivered->size());
        c.goal("nothing is dropped", is_now.dropped == was.dropped);
        c.goal("the other CPU's queue is as it was", other.waiting == before[1 - cpu].waiting);
        if (const auto* const polled = std::get_if<outcome::Polled>(&answer)) {
          const std::int32_t quota = std::get<op::ProcessBacklog>(operation).quota;
          c.goal("work says how many", polled->work == static_cast<std::int32_t>(delivered->size()));
          c.goal("no more than the quota, or one", polled->work <= std::max(quota, 1));
          c.goal("who completes is scheduled no more, and nothing waits",
                 !polled->complete || (!is_now.sched && is_now.waiting.empty()));
          c.goal("who does not stays scheduled", polled->complete || is_now.sched == was.sched);
        }
        c.twin("all are delivered", is_now.waiting.empty());
      });
};

/// The CPU that gets a packet.
std::uint32_t target_of(const Profile& kernel, const op::NetifRx& rx) {
  return rx.to && kernel.has_rps ? rx.to->index : rx.cpu.index;
}

const auto a_packet_is_queued_or_counted = [](auto& c, const Profile& kernel) {
  for_each_softnet_step(
      c, kernel, [&](const Cpus& before, const Op& operation, const Cpus& now, const Outcome& answer) {
        const auto* const rx = std::get_if<op::NetifRx>(&operation);
        const auto* const received = std::get_if<outcome::Received>(&answer);
        if (rx == nullptr || received == nullptr) return;
        const std::uint32_t cpu = target_of(kernel, *rx);
        const CpuView &was = before[cpu], &is_now = now[cpu];
        const bool queued = received->ret == NetRx::success;
        auto longer = was.waiting;
        if (queued) longer.push_back(rx->skb.id);
        c.goal("it joins the end of the line, or the line stays", is_now.waiting == longer);
        c.goal("it counts as having joined exactly if it did", is_now.joined - was.joined == (queued ? 1U : 0U));
        const bool uncounted = !rx->running && kernel.drops_if_not_running && !kernel.not_running_is_overload;
        c.goal("one that is dropped is counted, but from 6.10 not for its device",
               is_now.dropped - was.dropped == (queued || uncounted ? 0U : 1U));
        c.goal("there is a reason for a drop from 5.17 on",
               received->reason.has_value() == (!queued && kernel.has_drop_reasons));
        c.goal("the other CPU's queue and counts are as they were",
               now[1 - cpu].waiting == before[1 - cpu].waiting && now[1 - cpu].dropped == before[1 - cpu].dropped);
        c.twin("each is queued", queued);
      });
};

const auto settings_leave_the_queues = [](auto& c, const Profile& kernel) {
  for_each_softnet_step(
      c, kernel, [&](const Cpus& before, const Op& operation, const Cpus& now, const Outcome& answer) {
        const bool touches = std::holds_alternative<op::NetifRx>(operation) || delivered_by(answer) != nullptr;
        if (!touches || std::holds_alternative<outcome::Returned>(answer))
          c.goal("no write, read or tick, nor a call on a CPU that is not there, changes a backlog", before == now);
        if (const auto* const returned = std::get_if<outcome::Returned>(&answer);
            returned != nullptr && !std::holds_alternative<op::SysctlWrite>(operation) &&
            returned->error != Errno::none)
          c.goal("a CPU that is not there: EINVAL",
                 returned->error == Errno::einval || std::holds_alternative<op::SysctlRead>(operation));
        c.twin("nothing does", before == now);
      });
};

std::uint64_t jiffies_of(const Host& host) {
  std::vector<std::uint64_t> numbers;
  host.softnet().for_each_value([&](auto each) { numbers.push_back(static_cast<std::uint64_t>(each)); });
  return numbers.front();
}

const auto a_tick_moves_the_clock = [](auto& c, const Profile& kernel) {
  Host host(kernel);
  c.goal("a host begins at 0", jiffies_of(host) == 0);
  for (std::uint64_t ticks = 1; ticks < 4; ++ticks) {
    const Cpus before = cpus_of(host);
    host.step(op::Tick{});
    c.goal("each tick is one jiffy, and nothing else", jiffies_of(host) == ticks && cpus_of(host) == before);
    c.twin("the clock stands", jiffies_of(host) == 0);
  }
};

}  // namespace

std::vector<Theorem> softnet_program_theorems() {
  return {
      theorem("backlogs.who_waits_is_not_forgotten",
              "In every situation and after every operation, a backlog in which packets wait is scheduled; and one "
              "that is scheduled is on its poll list, or its thread is woken, or an interrupt is due.",
              every_profile, who_waits_is_not_forgotten),
      theorem("backlogs.packets_are_delivered_in_their_order",
              "In every situation a poll, and a run of the softirq, delivers those that waited longest, counts them, "
              "leaves the others, and stays scheduled unless nothing waits.",
              every_profile, packets_are_delivered_in_their_order),
      theorem("backlogs.a_packet_is_queued_or_counted",
              "In every situation a packet joins the end of one CPU's line, or is dropped and counted, with a reason "
              "from 5.17 on; and the other CPU is left alone.",
              every_profile, a_packet_is_queued_or_counted),
      theorem("backlogs.settings_leave_the_queues",
              "In every situation no setting, no read and no tick changes a backlog.", every_profile,
              settings_leave_the_queues),
      theorem("backlogs.a_tick_moves_the_clock", "The clock begins at 0, and each tick moves it by one jiffy.",
              every_profile, a_tick_moves_the_clock),
  };
}

}  // namespace weir::proofs
