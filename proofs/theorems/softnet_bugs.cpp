// Bugs of the softnet plane that kernels have had, or still have: each theorem fails for exactly the releases that had
// the bug, and the solver's counterexample is shown on a host.
#include "model/sysctl/plane.hpp"
#include "proofs/theorems/planes.hpp"
#include "proofs/theorems/softnet_state.hpp"
#include "proofs/theorems/stories.hpp"

namespace weir::proofs {
namespace {

constexpr std::int32_t most_ticks = 1 << 16;  ///< a run takes less, and jiffies do not wrap

/// Any value that the sysctl's table allows, under the sysctl's name; `otherwise` where the release has no such sysctl.
template <class C>
I32<DomainOf<C>> any_setting(C& c, const Profile& kernel, Sysctl id, std::int32_t otherwise = 0) {
  using D = DomainOf<C>;
  const SysctlSpec* const spec = spec_of(kernel, id);
  if (spec == nullptr) return I32<D>(otherwise);
  const I32<D> value = c.i32(name_of_enum(id));
  c.assume("a setting is in the range of its table", value >= I32<D>(spec->minimum) && value <= I32<D>(spec->maximum));
  return value;
}

/// A whole run of net_rx_action with at most one packet, and the weight of the polls as the sysctls make it.
template <class C>
struct WholeRun {
  using D = DomainOf<C>;
  AnyCpu<C> cpu;
  model::RunResult<D> result{};
  unsigned delivered = 0;

  WholeRun(C& c, const Profile& kernel) : cpu(c, kernel) {
    c.assume("who waits will be polled", will_be_polled<D>(cpu.sd));
    c.assume("at most one packet waits", waiting<D>(cpu.sd) <= U64<D>(1));
    c.assume("jiffies do not wrap in 64 bits", cpu.clock.jiffies < U64<D>(std::uint64_t{1} << 62));
    cpu.clock.jump = [&c] {
      const U64<D> jump = c.u64("jump of the clock");
      c.assume("a delivery takes few ticks", jump < U64<D>(most_ticks));
      return jump;
    };
  }
  void run(const Profile& kernel, I32<D> weight) {
    cpu.sd.weight = weight;
    const model::SoftirqLimits<D> limits{I32<D>(300), I32<D>(8000), weight};
    result = model::net_rx_action<D>(kernel, cpu.sd, limits, cpu.clock, [this](U64<D>) { ++delivered; });
  }
  Bool<D> list_is_sound() const { return Bool<D>(!result.list_corrupted) && cpu.sd.sched == cpu.sd.on_poll_list; }
};

const auto every_dev_weight_keeps_the_poll_list_sound = [](auto& c, const Profile& kernel) {
  WholeRun run(c, kernel);
  run.run(kernel, any_setting(c, kernel, Sysctl::dev_weight));
  c.goal("the poll list is sound", run.list_is_sound());
  c.twin("nothing is on it", !run.cpu.sd.on_poll_list);
};

const auto every_product_of_weights_keeps_the_poll_list_sound = [](auto& c, const Profile& kernel) {
  using D = DomainOf<decltype(c)>;
  auto sysctls = model::initial_sysctls<D>(kernel, HostOptions{});
  for (const Sysctl id : {Sysctl::dev_weight, Sysctl::dev_weight_rx_bias}) {
    sysctls.cell(0, id) = any_setting(c, kernel, id);
    c.assume("both weights are at least 1", sysctls.cell(0, id) >= I32<D>(1));
  }
  WholeRun run(c, kernel);
  run.run(kernel, model::dev_rx_weight<D>(sysctls));
  c.goal("the poll list is sound", run.list_is_sound());
  c.twin("nothing is on it", !run.cpu.sd.on_poll_list);
};

const auto every_dev_weight_lets_a_run_deliver = [](auto& c, const Profile& kernel) {
  using D = DomainOf<decltype(c)>;
  WholeRun run(c, kernel);
  c.assume("a packet waits", waiting<D>(run.cpu.sd) == U64<D>(1));
  run.run(kernel, any_setting(c, kernel, Sysctl::dev_weight));
  c.goal("it is delivered", run.delivered == 1);
  c.twin("the backlog stays scheduled", run.cpu.sd.sched);
};

const auto every_budget_lets_a_run_poll = [](auto& c, const Profile& kernel) {
  using D = DomainOf<decltype(c)>;
  AnyRun run(c, kernel);
  run.limits.netdev_budget = any_setting(c, kernel, Sysctl::netdev_budget);
  run.run = model::begin_run<D>(kernel, run.limits, run.cpu.clock);
  c.assume("jiffies do not wrap in 64 bits", run.cpu.clock.jiffies < U64<D>(std::uint64_t{1} << 62));
  c.assume("the backlog is scheduled", run.cpu.sd.sched && run.cpu.sd.on_poll_list);
  run.turn(kernel);
  c.goal("the first turn polls", run.poll.polls == 1);
  c.twin("and empties the backlog", waiting<D>(run.cpu.sd) == U64<D>(0));
};

const auto no_run_is_squeezed_while_the_clock_stands = [](auto& c, const Profile& kernel) {
  using D = DomainOf<decltype(c)>;
  AnyCpu cpu(c, kernel);
  model::SoftirqLimits<D> limits{I32<D>(300), any_setting(c, kernel, Sysctl::netdev_budget_usecs), I32<D>(64)};
  c.assume("jiffies do not wrap in 64 bits", cpu.clock.jiffies < U64<D>(std::uint64_t{1} << 62));
  const auto run = model::begin_run<D>(kernel, limits, cpu.clock);
  const bool squeezed = model::squeezed<D>(kernel, cpu.sd, run, cpu.clock);
  c.goal("with budget left it goes on", !squeezed);
  c.twin("its time is a whole tick at most", run.time_limit <= cpu.clock.jiffies + U64<D>(1));
};

const auto no_queue_grows_above_its_limit_as_it_reads = [](auto& c, const Profile& kernel) {
  using D = DomainOf<decltype(c)>;
  AnyArrival arrival(c, kernel);
  c.assume("the limit is negative", arrival.limit < I32<D>(0));
  c.assume("who waits will be polled", will_be_polled<D>(arrival.before));
  arrival.arrive(kernel);
  c.goal("no packet is let in", !arrival.queued());
  c.twin("every packet is let in", arrival.queued());
};

const auto the_input_queue_holds_at_most_the_limit = [](auto& c, const Profile& kernel) {
  using D = DomainOf<decltype(c)>;
  AnyArrival arrival(c, kernel);
  const U64<D> limit = as<U64<D>>(as<U32<D>>(arrival.limit));
  c.assume("the limit is 0 .. 8", arrival.limit >= I32<D>(0) && arrival.limit <= I32<D>(8));
  c.assume("at most that many wait", arrival.before.input_pkt_queue.length() <= limit);
  c.assume("who waits will be polled", will_be_polled<D>(arrival.before));
  arrival.arrive(kernel);
  c.goal("at most that many wait", arrival.cpu.sd.input_pkt_queue.length() <= limit);
  c.twin("fewer wait", arrival.cpu.sd.input_pkt_queue.length() < limit);
};

const auto a_backlog_holds_at_most_limit_plus_1 = [](auto& c, const Profile& kernel) {
  using D = DomainOf<decltype(c)>;
  AnyArrival arrival(c, kernel);
  const U64<D> most = as<U64<D>>(as<U32<D>>(arrival.limit)) + U64<D>(1);
  c.assume("the limit is 1 .. 8", arrival.limit >= I32<D>(1) && arrival.limit <= I32<D>(8));
  c.assume("at most limit + 1 wait in both queues", waiting<D>(arrival.before) <= most);
  c.assume("who waits will be polled", will_be_polled<D>(arrival.before));
  arrival.arrive(kernel);
  c.goal("at most limit + 1 wait in both queues", waiting<D>(arrival.cpu.sd) <= most);
  c.twin("at most limit wait in both queues", waiting<D>(arrival.cpu.sd) < most);
};

const auto who_waits_is_scheduled_within_a_poll = [](auto& c, const Profile& kernel) {
  using D = DomainOf<decltype(c)>;
  AnyTurn turn(c, kernel);
  c.assume("the poll runs because it is scheduled", turn.before.sched && turn.before.on_poll_list);
  turn.turn(kernel);
  c.goal("who waits is scheduled", will_be_polled<D>(turn.cpu.sd));
  c.twin("nobody waits", waiting<D>(turn.cpu.sd) == U64<D>(0));
};

// --- the same on a host ---------------------------------------------------------------------------------------------

op::NetRxAction softirq() { return {Cpu{0}, {}}; }

/// The weight counts from the second poll on, which delivers; the third completes, and a packet finds what that left.
Story the_list_is_corrupted(std::vector<Op> settings) {
  Story told{std::move(settings), [](auto&, const Outcome& last) { return story::oops(last); }};
  for (const std::uint32_t n : {1U, 2U}) {
    told.ops.emplace_back(story::packet(n));
    told.ops.emplace_back(softirq());
  }
  told.ops.emplace_back(softirq());
  told.ops.emplace_back(story::packet(3));
  return told;
}

Story a_weight_corrupts_the_list(const Profile&, const InputValues& inputs) {
  return the_list_is_corrupted({story::write(Sysctl::dev_weight, inputs["net.core.dev_weight"])});
}

Story a_product_corrupts_the_list(const Profile&, const InputValues& inputs) {
  return the_list_is_corrupted({story::write(Sysctl::dev_weight, inputs["net.core.dev_weight"]),
                                story::write(Sysctl::dev_weight_rx_bias, inputs["net.core.dev_weight_rx_bias"])});
}

bool delivers_nothing(const Outcome& last) {
  return story::answered<outcome::ActionRan>(
      last, [](const auto& each) { return each.delivered.empty() && each.rescheduled; });
}

Story the_second_run_spins(const Profile&, const InputValues& inputs) {
  return {{story::write(Sysctl::dev_weight, inputs["net.core.dev_weight"]), story::packet(1), softirq(),
           story::packet(2), softirq()},
          [](auto&, const Outcome& last) { return delivers_nothing(last); }};
}

Story a_run_without_budget(const Profile&, const InputValues& inputs) {
  return {{story::write(Sysctl::netdev_budget, inputs["net.core.netdev_budget"]), story::packet(1), softirq()},
          [](auto&, const Outcome& last) { return delivers_nothing(last); }};
}

Story a_run_without_time(const Profile&, const InputValues& inputs) {
  return {
      {story::write(Sysctl::netdev_budget_usecs, inputs["net.core.netdev_budget_usecs"]), story::packet(1), softirq()},
      [](auto&, const Outcome& last) {
        return story::answered<outcome::ActionRan>(last, [](const auto& each) { return each.time_squeeze; });
      }};
}

bool is_let_in(const Outcome& last) {
  return story::answered<outcome::Received>(last, [](const auto& each) { return each.ret == NetRx::success; });
}

/// So many packets come, and the last is let in.
Story the_last_is_let_in(std::int64_t limit, std::int64_t packets) {
  Story told{{story::write(Sysctl::netdev_max_backlog, limit)},
             [](auto&, const Outcome& last) { return is_let_in(last); }};
  for (std::int64_t n = 1; n <= packets; ++n) told.ops.emplace_back(story::packet(static_cast<std::uint32_t>(n)));
  return told;
}

Story a_negative_limit_lets_in(const Profile&, const InputValues& inputs) {
  return the_last_is_let_in(inputs["netdev_max_backlog"], 1);
}

Story one_more_than_the_limit_waits(const Profile&, const InputValues& inputs) {
  return the_last_is_let_in(inputs["netdev_max_backlog"], inputs["netdev_max_backlog"] + 1);
}

/// limit + 1 packets, of which a poll takes over all and delivers one; then as many again as the queue has room for.
Story a_second_queue_waits(const Profile&, const InputValues& inputs) {
  const auto limit = static_cast<std::uint32_t>(inputs["netdev_max_backlog"]);
  Story told = the_last_is_let_in(limit, limit + 1);
  told.ops.emplace_back(op::ProcessBacklog{Cpu{0}, 1, {}});
  for (const std::uint32_t n : {limit + 2, limit + 3}) told.ops.emplace_back(story::packet(n));
  return told;
}

}  // namespace

std::vector<Theorem> softnet_bugs() {
  return {
      historic("C19", {{"", "2.6.34"}, {"3.16", "6.13"}},
               theorem("softnet.every_dev_weight_keeps_the_poll_list_sound",
                       "No dev_weight that its table allows lets a run lose or corrupt the poll list. Until 2.6.34 and "
                       "from 3.16 to 6.13 (CVE-2025-21806) one of 0 did.",
                       every_profile, every_dev_weight_keeps_the_poll_list_sound),
               a_weight_corrupts_the_list),
      historic(
          "B7.3", {{"2.6.35", "3.15"}},
          theorem("softnet.every_dev_weight_lets_a_run_deliver",
                  "Whatever dev_weight its table allows, a run delivers a packet that waits. From 2.6.35 to 3.15 one "
                  "of 0 or less made it spin.",
                  every_profile, every_dev_weight_lets_a_run_deliver),
          the_second_run_spins),
      historic("B7.4", {{}},
               theorem("softnet.every_product_of_weights_keeps_the_poll_list_sound",
                       "No dev_weight and dev_weight_rx_bias of at least 1 let a run lose the poll list. Their product "
                       "may overflow, in all releases that have both.",
                       within({{"4.11", ""}}), every_product_of_weights_keeps_the_poll_list_sound),
               a_product_corrupts_the_list),
      historic(
          "C20", {{"", "3.18"}},
          theorem("softnet.every_budget_lets_a_run_poll",
                  "Whatever netdev_budget its table allows, a run polls a backlog that is scheduled. Until 3.18 one "
                  "of 0 or less did not.",
                  every_profile, every_budget_lets_a_run_poll),
          a_run_without_budget),
      historic("C21", {{"4.12", "6.13"}},
               theorem("softnet.no_run_is_squeezed_while_the_clock_stands",
                       "Whatever netdev_budget_usecs its table allows, a run that takes no time is not cut short. From "
                       "4.12 to 6.13 one of 0 did.",
                       every_profile, no_run_is_squeezed_while_the_clock_stands),
               a_run_without_time),
      historic("C22", {{}},
               theorem("softnet.a_negative_limit_lets_nothing_in",
                       "With a negative netdev_max_backlog no packet is let in. All are, in every release, since it is "
                       "compared as unsigned.",
                       every_profile, no_queue_grows_above_its_limit_as_it_reads),
               a_negative_limit_lets_in),
      historic("C23", {{}},
               theorem("softnet.the_input_queue_holds_at_most_the_limit",
                       "The input queue holds at most netdev_max_backlog packets. It holds one more, in every release.",
                       every_profile, the_input_queue_holds_at_most_the_limit),
               one_more_than_the_limit_waits),
      historic(
          "C23", {{"2.6.35", ""}},
          theorem("softnet.a_backlog_holds_at_most_limit_plus_1",
                  "Both queues of a backlog together hold at most netdev_max_backlog + 1 packets. From 2.6.35 on the "
                  "limit does not count those that a poll has taken over.",
                  every_profile, a_backlog_holds_at_most_limit_plus_1),
          a_second_queue_waits),
      historic("C24", {{"2.6.35", "3.15"}},
               theorem("softnet.who_waits_is_scheduled_within_a_poll",
                       "After every turn of a poll a packet that waits has NAPI_STATE_SCHED set. From 2.6.35 to 3.15 a "
                       "poll cleared it before it delivered the last packets.",
                       every_profile, who_waits_is_scheduled_within_a_poll),
               "nothing happens within an operation, and a poll is one"),
  };
}

}  // namespace weir::proofs
