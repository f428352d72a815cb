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
I32<D> most_work(I32<D> quota) {
  return at_least<D>(quota, 1);
}

/// What process_backlog promises about its result; softnet.poll_keeps_its_contract proves it, and
/// softnet.poll_has_one_exit_reason that it completes exactly when nothing waits.
template <Domain D>
Bool<D> keeps_contract(I32<D> quota, I32<D> work, model::PollExit exit) {
  const Bool<D> bounded = work >= I32<D>(0) && work <= most_work<D>(quota);
  switch (exit) {
    case model::PollExit::empty:
      return bounded && work < most_work<D>(quota);
    case model::PollExit::quota:
      return bounded && work == most_work<D>(quota);
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
  c.assume("the poll keeps its contract", proofs::keeps_contract<D>(quota, work, exit));
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
