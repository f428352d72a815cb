// The softnet plane: the backlog of one CPU, from netif_rx to delivery.
//
// Loops are proved by induction over their bodies, which the spec names: drain_one for process_backlog and the polls of
// net_rx_action. So each theorem holds for every quota, queue length, clock and number of turns.
#include "proofs/theorems/planes.hpp"
#include "proofs/theorems/softnet_state.hpp"

namespace weir::proofs {
namespace {

using model::PollExit;
using model::RunExit;

const auto poll_keeps_its_contract = [](auto& c, const Profile& kernel) {
  using D = DomainOf<decltype(c)>;
  AnyTurn turn(c, kernel);
  model::SoftnetData<D> fresh = turn.before;
  const auto first = model::begin_poll<D>(fresh, turn.quota, c.i32("dev_rx_weight"), turn.cpu.clock);
  c.goal("a poll begins with no work done, and not completed", first.work == I32<D>(0) && !first.completed);
  turn.turn(kernel);
  if (turn.exit == PollExit::more) c.goal("a poll that goes on has room for work", turn.goes_on(kernel));
  if (turn.exit != PollExit::more)
    c.goal("a poll that ends did at most max(quota, 1), in 2.6.35 .. 3.15 max(quota, 0)",
           keeps_contract<D>(kernel, turn.quota, turn.poll.work, turn.exit));
  c.twin("the quota is never reached", turn.poll.work < turn.quota);
};

const auto poll_ends = [](auto& c, const Profile& kernel) {
  using D = DomainOf<decltype(c)>;
  AnyTurn turn(c, kernel);
  const I32<D> most = most_work<D>(kernel, turn.quota);
  turn.turn(kernel);
  const I32<D> left_before = most - turn.poll_before.work, left = most - turn.poll.work;
  c.cover("the poll goes on", turn.exit == PollExit::more);
  if (turn.exit == PollExit::more)
    c.goal("what is left shrinks and is not negative", left < left_before && left >= I32<D>(0));
  c.twin("what is left shrinks by two",
         turn.exit != PollExit::more || static_cast<bool>(left < left_before - I32<D>(1)));
};

const auto poll_has_one_exit_reason = [](auto& c, const Profile& kernel) {
  using D = DomainOf<decltype(c)>;
  AnyTurn turn(c, kernel);
  turn.turn(kernel);
  const auto empty = waiting<D>(turn.before) == U64<D>(0);
  const auto used_up_before = turn.poll_before.work >= turn.poll_before.quota && !turn.poll_before.completed;
  const auto quota = kernel.completes_early ? used_up_before : turn.poll.work >= turn.poll.quota && !empty;
  const auto clock = turn.cpu.clock.jiffies != turn.poll.start && Bool<D>(kernel.poll_stops_on_tick);
  const auto is = [&](PollExit reason) { return Bool<D>(turn.exit == reason); };
  c.cover("the queue is empty", empty);
  c.cover("the quota is used up", quota);
  if (kernel.poll_stops_on_tick) c.cover("the clock ticks", clock);
  c.goal("quota: exactly if it is used up", is(PollExit::quota) == quota);
  c.goal("empty: exactly if nothing waits",
         is(PollExit::empty) == (empty && (!quota || !Bool<D>(kernel.completes_early))));
  c.goal("clock: exactly if neither, and jiffies moved", is(PollExit::clock) == (!empty && !quota && clock));
  if (!kernel.completes_early) c.goal("complete: exactly if empty", turn.cpu.sd.sched == (turn.before.sched && !empty));
  c.twin("quota: exactly if work == quota", is(PollExit::quota) == (turn.poll.work == turn.poll.quota));
};

const auto delivery_is_first_in_first_out = [](auto& c, const Profile& kernel) {
  using D = DomainOf<decltype(c)>;
  AnyTurn turn(c, kernel);
  turn.turn(kernel);
  const U64<D> next = next_in_line<D>(kernel, turn.before), last = turn.before.input_pkt_queue.tail - U64<D>(1);
  c.goal("the queues are one line", is_one_line<D>(kernel, turn.cpu.sd));
  c.goal("at most one packet a turn", turn.delivered.size() <= 1);
  c.goal("the line advances by what is delivered",
         next_in_line<D>(kernel, turn.cpu.sd) == next + U64<D>(turn.delivered.size()));
  for (const auto& skb : turn.delivered) {
    c.goal("the packet delivered is the next in line", skb == next);
    c.twin("it is the last in line", skb == last);
  }
};

const auto arrival_joins_the_end_of_the_line = [](auto& c, const Profile& kernel) {
  using D = DomainOf<decltype(c)>;
  AnyArrival arrival(c, kernel);
  c.assume("who waits will be polled", will_be_polled<D>(arrival.before));
  arrival.arrive(kernel);
  c.cover("it is queued", arrival.queued());
  c.cover("it is dropped", arrival.enqueued == model::Enqueued::dropped);
  const U64<D> joined(arrival.queued() ? 1 : 0);
  const auto& line = arrival.cpu.sd;
  c.goal("the queues are one line", is_one_line<D>(kernel, line));
  c.goal("the line grows by what is queued", line.input_pkt_queue.tail == arrival.before.input_pkt_queue.tail + joined);
  c.goal("nobody leaves", next_in_line<D>(kernel, line) == next_in_line<D>(kernel, arrival.before));
  c.twin("it always grows", line.input_pkt_queue.tail == arrival.before.input_pkt_queue.tail + U64<D>(1));
};

const auto packets_are_conserved = [](auto& c, const Profile& kernel) {
  using D = DomainOf<decltype(c)>;
  const auto more_waiting = [](const model::SoftnetData<D>& after, const model::SoftnetData<D>& before) {
    return waiting<D>(after) - waiting<D>(before);
  };
  if (c.below(2, "event") == 0) {
    AnyArrival arrival(c, kernel);
    c.assume("who waits will be polled", will_be_polled<D>(arrival.before));
    arrival.arrive(kernel);
    const U32<D> queued = as<U32<D>>(more_waiting(arrival.cpu.sd, arrival.before));
    const U32<D> dropped = arrival.cpu.sd.dropped - arrival.before.dropped;
    c.goal("a packet offered is queued or counted as dropped", queued + dropped == U32<D>(1));
    c.goal("not both", queued == U32<D>(arrival.queued() ? 1 : 0));
    c.twin("nothing is dropped", dropped == U32<D>(0));
  } else {
    AnyTurn turn(c, kernel);
    turn.turn(kernel);
    c.goal("a packet that leaves the queues is delivered",
           more_waiting(turn.before, turn.cpu.sd) == U64<D>(turn.delivered.size()));
  }
};

const auto no_wakeup_is_lost = [](auto& c, const Profile& kernel) {
  using D = DomainOf<decltype(c)>;
  if (c.below(2, "event") == 0) {
    AnyArrival arrival(c, kernel);
    c.assume("who waits will be polled", will_be_polled<D>(arrival.before));
    arrival.arrive(kernel);
    c.goal("an arrival leaves it so", will_be_polled<D>(arrival.cpu.sd));
    c.goal("the poll list is sound", arrival.enqueued != model::Enqueued::list_corrupted);
    c.twin("nothing that is scheduled is without packets",
           !arrival.before.sched || waiting<D>(arrival.before) != U64<D>(0));
  } else {
    AnyTurn turn(c, kernel);
    c.assume("who waits will be polled", turn.nobody_is_forgotten(kernel));
    c.assume("process_backlog runs because it is scheduled", turn.before.sched || turn.poll.completed);
    turn.turn(kernel);
    c.cover("the poll completes", turn.exit == PollExit::empty);
    c.goal("a turn, and completion, leave it so", turn.nobody_is_forgotten(kernel));
  }
};

const auto capacity_is_limit_plus_1 = [](auto& c, const Profile& kernel) {
  using D = DomainOf<decltype(c)>;
  AnyArrival arrival(c, kernel);
  const U64<D> limit = as<U64<D>>(as<U32<D>>(arrival.limit));
  const auto within = [&](const auto& queue) { return queue.length() <= limit + U64<D>(1); };
  c.assume("each queue holds at most limit + 1",
           within(arrival.before.input_pkt_queue) && within(arrival.before.process_queue));
  c.assume("who waits will be polled", will_be_polled<D>(arrival.before));
  arrival.arrive(kernel);
  const U64<D> length = arrival.cpu.sd.input_pkt_queue.length();
  c.cover("limit + 1 packets wait", length == limit + U64<D>(1));
  c.goal("the input queue holds at most limit + 1", within(arrival.cpu.sd.input_pkt_queue));
  c.goal("it refuses exactly from limit + 1 on",
         arrival.queued() == static_cast<bool>(arrival.before.input_pkt_queue.length() <= limit));
  model::SoftnetData<D> drained = arrival.cpu.sd;
  if (kernel.process_queue) model::refill_process_queue<D>(drained);
  c.goal("so does the process queue after it takes over", within(drained.process_queue));
  c.twin("it holds at most limit", length <= limit);
};

const auto budget_is_exceeded_by_less_than_one_weight = [](auto& c, const Profile& kernel) {
  using D = DomainOf<decltype(c)>;
  AnyRun run(c, kernel);
  run.turn(kernel);
  const I32<D> zero(0), most = most_work<D>(kernel, run.weight), left = run.run.budget;
  c.cover("a poll delivers packets", run.poll.delivered > zero);
  c.goal("a turn polls at most once", run.poll.polls <= 1);
  c.goal("a poll delivers at most max(weight, 1)", run.poll.delivered <= most);
  c.goal("the budget pays for what is delivered", wrapping_sub(run.budget_before, left) == run.poll.delivered);
  if (run.poll.polls != 0)
    c.goal("a poll begins with some budget left, or is the only one of its run",
           run.budget_before > zero || Bool<D>(run.exit != RunExit::more && kernel.one_poll_per_run));
  c.goal("a budget that was left is overdrawn by less than max(weight, 1)",
         run.budget_before <= zero || left > wrapping_sub(zero, most));
  c.twin("it is never overdrawn", run.budget_before <= zero || left >= zero);
};

/// A poll of 2.6.35 .. 3.15 with a weight of 0 or less spends no budget, but the time.
template <Domain D>
Bool<D> time_is_over(const Profile& kernel, const model::Run<D>& run, const model::Clock<D>& clock) {
  return clock.jiffies > run.time_limit || (Bool<D>(kernel.time_limit_inclusive) && clock.jiffies == run.time_limit);
}

const auto run_ends = [](auto& c, const Profile& kernel) {
  using D = DomainOf<decltype(c)>;
  AnyRun run(c, kernel);
  c.assume("jiffies do not wrap in 64 bits", run.run.time_limit < U64<D>(std::uint64_t{1} << 63));
  c.assume("what is on the poll list is scheduled", run.cpu.sd.sched == run.cpu.sd.on_poll_list);
  run.turn(kernel);
  const bool goes_on = run.exit == RunExit::more;
  // In 2.6.35 .. 3.15 a poll may do nothing: once with a weight that the next poll no longer has, or until time is
  // over.
  const auto gets_going = run.weight < I32<D>(1) && run.cpu.sd.weight >= I32<D>(1);
  const auto nothing_done =
      Bool<D>(kernel.completes_early) && (gets_going || time_is_over<D>(kernel, run.run, run.cpu.clock));
  c.goal("a turn that is not the last leaves less budget, nothing to poll, no time, or a weight that was not there",
         !goes_on || static_cast<bool>(run.run.budget < run.budget_before || !run.cpu.sd.on_poll_list || nothing_done));
  c.goal("from 3.19 every turn is the last", !goes_on || !kernel.one_poll_per_run);
  c.twin("a turn leaves less budget", run.run.budget < run.budget_before);
};

const auto run_keeps_the_poll_list_sound = [](auto& c, const Profile& kernel) {
  using D = DomainOf<decltype(c)>;
  AnyRun run(c, kernel);
  c.assume("who waits will be polled", will_be_polled<D>(run.cpu.sd));
  c.assume("the weight is at least 1", run.cpu.sd.weight >= I32<D>(1));
  run.turn(kernel);
  c.cover("a poll leaves packets", waiting<D>(run.cpu.sd) != U64<D>(0));
  c.goal("who waits will be polled", will_be_polled<D>(run.cpu.sd));
  c.goal("the list is not corrupted", run.exit != RunExit::list_corrupted);
  c.twin("a run leaves no packet", waiting<D>(run.cpu.sd) == U64<D>(0));
};

}  // namespace

std::vector<Theorem> softnet_theorems() {
  return {
      theorem("softnet.poll_keeps_its_contract",
              "process_backlog does at most max(quota, 1) work, in 2.6.35 .. 3.15 max(quota, 0), for every quota.",
              every_profile, poll_keeps_its_contract),
      theorem(
          "softnet.poll_ends",
          "The loop of process_backlog ends for every quota, queue and clock: what is left of the quota shrinks with "
          "each turn.",
          every_profile, poll_ends),
      theorem("softnet.poll_has_one_exit_reason",
              "A poll ends for exactly one reason: nothing waits, the quota is used up, or (.. 2.6.34) jiffies moved.",
              every_profile, poll_has_one_exit_reason),
      theorem("softnet.delivery_is_first_in_first_out",
              "Packets are delivered in the order of their arrival, each once, none left out.", every_profile,
              delivery_is_first_in_first_out),
      theorem("softnet.arrival_joins_the_end_of_the_line",
              "A packet that is admitted joins the end of the line; one that is not changes nothing in it.",
              every_profile, arrival_joins_the_end_of_the_line),
      theorem("softnet.packets_are_conserved",
              "Packets offered are delivered, queued or counted as dropped; those accepted are delivered or queued.",
              every_profile, packets_are_conserved),
      theorem("softnet.no_wakeup_is_lost",
              "After every arrival, turn and completion, a queue with packets is scheduled and on the poll list.",
              every_profile, no_wakeup_is_lost),
      theorem(
          "softnet.capacity_is_limit_plus_1",
          "The input queue admits packets until it holds netdev_max_backlog + 1, compared as unsigned, and no more; "
          "from 2.6.35 as many again may be in the process queue.",
          every_profile, capacity_is_limit_plus_1),
      theorem(
          "softnet.budget_is_exceeded_by_less_than_one_weight",
          "net_rx_action never exceeds its budget by as much as one poll's weight: each packet is paid for, and a poll "
          "begins only with budget left (.. 3.18) or is the only one of its run (3.19 ..).",
          every_profile, budget_is_exceeded_by_less_than_one_weight),
      theorem("softnet.run_ends", "The loop of net_rx_action ends for every budget and clock.", every_profile,
              run_ends),
      theorem("softnet.run_keeps_the_poll_list_sound",
              "With a weight of at least 1, no run of net_rx_action loses a wake-up or corrupts the poll list.",
              every_profile, run_keeps_the_poll_list_sound),
  };
}

}  // namespace weir::proofs
