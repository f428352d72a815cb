// Arbitrary states of one CPU's receive side, for the softnet theorems, and what a poll promises its caller.
#pragma once
#include "model/softnet/enqueue.hpp"
#include "model/softnet/net_rx_action.hpp"
#include "proofs/symbolic/theorem.hpp"
#include "proofs/symbolic/window.hpp"

namespace weir::proofs {

/// The packet that is next in line, by its place in the order of arrival.
template <Domain D>
U64<D> next_in_line(const Profile& kernel, const model::SoftnetData<D>& sd) {
  return kernel.process_queue ? sd.process_queue.head : sd.input_pkt_queue.head;
}

/// Packets in either queue.
template <Domain D>
U64<D> waiting(const model::SoftnetData<D>& sd) {
  return sd.process_queue.length() + sd.input_pkt_queue.length();
}

/// Both queues together are one line in the order of arrival.
template <Domain D>
Bool<D> is_one_line(const Profile& kernel, const model::SoftnetData<D>& sd) {
  const auto& front = sd.process_queue;
  const auto& back = sd.input_pkt_queue;
  const Bool<D> joined = kernel.process_queue ? front.tail == back.head : front.head == front.tail;
  return front.in_order && back.in_order && front.head <= front.tail && back.head <= back.tail && joined;
}

/// No lost wake-up: who waits will be polled. And NAPI_STATE_SCHED means what it says.
template <Domain D>
Bool<D> will_be_polled(const model::SoftnetData<D>& sd) {
  return (waiting<D>(sd) == U64<D>(0) || sd.sched) && sd.sched == sd.on_poll_list;
}

/// A CPU with any number of packets in each queue (fewer than 2^32, since qlen is 32 bits wide), and an arbitrary
/// clock.
template <class C>
struct AnyCpu {
  using D = DomainOf<C>;
  model::SoftnetData<D> sd;
  model::Clock<D> clock;

  AnyCpu(C& c, const Profile& kernel) : clock{c.u64("jiffies"), [&c] { return c.u64("jump of the clock"); }} {
    sd.input_pkt_queue.head = c.u64("input_pkt_queue.head");
    if (kernel.process_queue) {
      sd.process_queue.head = c.u64("process_queue.head");
      sd.process_queue.tail = sd.input_pkt_queue.head;
    }
    sd.input_pkt_queue.tail = c.u64("input_pkt_queue.tail");
    sd.sched = c.boolean("sched");
    sd.on_poll_list = c.boolean("on_poll_list");
    sd.weight = c.i32("weight");
    sd.dropped = c.u32("dropped");
    const U64<D> most(0xffffffffU);
    c.assume("the queues are one line", is_one_line<D>(kernel, sd));
    c.assume("fewer than 2^63 packets ever came", sd.input_pkt_queue.tail < U64<D>(std::uint64_t{1} << 63));
    c.assume("fewer than 2^32 packets wait in each",
             sd.process_queue.length() <= most && sd.input_pkt_queue.length() <= most);
  }
};

template <Domain D>
I32<D> at_least(I32<D> value, std::int32_t minimum) {
  return choose(value < I32<D>(minimum), I32<D>(minimum), value);
}

/// The most packets that one poll may deliver.
template <Domain D>
I32<D> most_work(const Profile& kernel, I32<D> quota) {
  return at_least<D>(quota, kernel.completes_early ? 0 : 1);
}

/// What process_backlog promises about its result; softnet.poll_keeps_its_contract proves it, and
/// softnet.poll_has_one_exit_reason that it completes exactly when nothing waits.
template <Domain D>
Bool<D> keeps_contract(const Profile& kernel, I32<D> quota, I32<D> work, model::PollExit exit) {
  const I32<D> most = most_work<D>(kernel, quota);
  const Bool<D> bounded = work >= I32<D>(0) && work <= most;
  switch (exit) {
    case model::PollExit::empty:
      return bounded && work < most;
    case model::PollExit::quota:
      return bounded && work == most;
    case model::PollExit::clock:
      return bounded && work > I32<D>(0) && work < quota;
    case model::PollExit::more:
      break;
  }
  return Bool<D>(false);
}

/// Stands where a callback for packets is expected and makes process_backlog what its contract says and no more, so
/// that a theorem about its caller covers polls of every length.
template <class C>
struct PollContract {
  C& c;
  unsigned polls = 0;
  I32<DomainOf<C>> delivered{0};  ///< by the last poll
};

/// A turn of process_backlog in the middle of any poll.
template <class C>
struct AnyTurn {
  using D = DomainOf<C>;
  AnyCpu<C> cpu;
  I32<D> quota;  ///< that the poll was called with
  model::Poll<D> poll;
  model::SoftnetData<D> before;
  model::Poll<D> poll_before;
  std::vector<U64<D>> delivered;
  model::PollExit exit = model::PollExit::more;

  AnyTurn(C& c, const Profile& kernel)
      : cpu(c, kernel), quota(c.i32("quota")), poll{quota, c.u64("start"), c.i32("work")}, before(cpu.sd) {
    if (kernel.completes_early) {
      poll.completed = c.boolean("completed");
      poll.quota = choose(poll.completed, c.i32("quota after completion"), quota);
    }
    poll_before = poll;
    c.assume("the poll goes on: 0 <= work < max(quota, 1), or as its early completion has left it", goes_on(kernel));
  }

  void turn(const Profile& kernel) {
    exit = model::drain_one<D>(kernel, cpu.sd, poll, cpu.clock, [&](U64<D> skb) { delivered.push_back(skb); });
  }

  /// What is true before every turn. A poll of 2.6.35 .. 3.15 that has completed has taken over all that waited, and
  /// has that much left of its quota.
  Bool<D> goes_on(const Profile& kernel) const {
    if (!kernel.completes_early) return poll.work >= I32<D>(0) && poll.work < most_work<D>(kernel, poll.quota);
    const U64<D> left = as<U64<D>>(as<U32<D>>(wrapping_sub(poll.quota, poll.work)));
    const Bool<D> all_taken_over = cpu.sd.process_queue.length() == left && cpu.sd.input_pkt_queue.empty();
    const Bool<D> after = poll.quota < quota && poll.work <= poll.quota && all_taken_over && !cpu.sd.sched;
    return poll.work >= I32<D>(0) && poll.work <= most_work<D>(kernel, poll.quota) && (!poll.completed || after);
  }

  /// Nobody who waits is forgotten. Within a poll of 2.6.35 .. 3.15 only the input queue has that promise.
  Bool<D> nobody_is_forgotten(const Profile& kernel) const {
    const model::SoftnetData<D>& sd = cpu.sd;
    if (!kernel.completes_early || exit != model::PollExit::more) return will_be_polled<D>(sd);
    return (sd.input_pkt_queue.empty() || sd.sched) && sd.sched == sd.on_poll_list;
  }
};

/// One packet arrives at any CPU.
template <class C>
struct AnyArrival {
  using D = DomainOf<C>;
  AnyCpu<C> cpu;
  model::SoftnetData<D> before;
  I32<D> limit;  ///< netdev_max_backlog
  model::Enqueued enqueued{};

  AnyArrival(C& c, const Profile& kernel) : cpu(c, kernel), before(cpu.sd), limit(c.i32("netdev_max_backlog")) {}

  void arrive(const Profile& kernel) {
    enqueued = model::enqueue_to_backlog<D>(kernel, cpu.sd, before.input_pkt_queue.tail, limit);
  }
  bool queued() const { return enqueued == model::Enqueued::queued; }
};

}  // namespace weir::proofs

namespace weir::model {

/// The overload that net_rx_action finds for a PollContract.
template <Domain D, class C>
PollResult<D> process_backlog(const Profile& kernel, SoftnetData<D>& sd, I32<D> quota, I32<D> dev_rx_weight,
                              Clock<D>& clock, proofs::PollContract<C>& poll) {
  begin_poll<D>(sd, quota, dev_rx_weight, clock);
  C& c = poll.c;
  const I32<D> work = c.i32("work of a poll");
  const auto exit = static_cast<PollExit>(1 + c.below(kernel.poll_stops_on_tick ? 3 : 2, "exit of a poll"));
  c.assume("the poll keeps its contract", proofs::keeps_contract<D>(kernel, quota, work, exit));
  sd.process_queue.head = c.u64("process_queue.head after a poll");
  sd.input_pkt_queue.head = c.u64("input_pkt_queue.head after a poll");
  if (exit == PollExit::empty) {
    sd.process_queue.head = sd.process_queue.tail;
    sd.input_pkt_queue.head = sd.input_pkt_queue.tail;
    sd.sched = Bool<D>(false);
    sd.on_poll_list = Bool<D>(false);
  }
  clock.delivered_one();
  poll.delivered = work;
  ++poll.polls;
  return {work, exit};
}

}  // namespace weir::model

namespace weir::proofs {

/// One turn of net_rx_action's loop, the first or any other, with polls that do what their contract says.
template <class C>
struct AnyRun {
  using D = DomainOf<C>;
  AnyCpu<C> cpu;
  model::SoftirqLimits<D> limits;
  model::Run<D> run;
  I32<D> weight;  ///< of the poll to come
  I32<D> budget_before;
  PollContract<C> poll;
  model::RunExit exit = model::RunExit::more;

  AnyRun(C& c, const Profile& kernel)
      : cpu(c, kernel),
        limits{c.i32("netdev_budget"), c.i32("netdev_budget_usecs"), c.i32("dev_rx_weight")},
        run(model::begin_run<D>(kernel, limits, cpu.clock)),
        weight(cpu.sd.weight),
        poll{c} {
    if (!kernel.one_poll_per_run) run = {c.i32("budget left"), c.u64("time limit")};
    budget_before = run.budget;
  }

  void turn(const Profile& kernel) {
    exit = kernel.one_poll_per_run ? model::poll_once<D>(kernel, cpu.sd, limits, run, cpu.clock, poll)
                                   : model::poll_again_and_again<D>(kernel, cpu.sd, limits, run, cpu.clock, poll);
  }
};

}  // namespace weir::proofs
