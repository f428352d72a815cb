// The softnet plane with more than one CPU: packets that RPS steers, and a flow limit that says what it will.
#include "model/softnet/rps.hpp"
#include "proofs/theorems/planes.hpp"
#include "proofs/theorems/softnet_state.hpp"

namespace weir::proofs {
namespace {

using model::Enqueued;
using model::FlowVerdict;

/// A packet that one CPU steers to another. The other's backlog is idle, or will be polled, or waits for an interrupt
/// that is on its way.
template <class C>
struct AnySteering {
  using D = DomainOf<C>;
  static constexpr std::uint32_t target = 1;
  std::vector<model::SoftnetData<D>> cpus;
  model::SoftnetData<D> before;
  Enqueued enqueued{};

  AnySteering(C& c, const Profile& kernel) {
    cpus.resize(2);
    cpus[target] = AnyCpu<C>(c, kernel).sd;
    if (c.below(2, "the interrupt is on its way") == 1) {
      cpus[0].rps_ipi_list = target;
      c.assume("who is to be interrupted is scheduled and on no list",
               cpus[target].sched && !cpus[target].on_poll_list);
    } else {
      c.assume("who waits will be polled", will_be_polled<D>(cpus[target]));
    }
    before = cpus[target];
  }

  void steer(C& c, const Profile& kernel, bool threads) {
    auto& sd = cpus[target];
    const auto schedule = [&](model::SoftnetData<D>& backlog) {
      model::napi_schedule_rps<D>(cpus[0], backlog, target, threads);
      return true;
    };
    enqueued = model::enqueue_to_backlog<D>(kernel, sd, before.input_pkt_queue.tail, c.i32("netdev_max_backlog"),
                                            model::NoFlowLimit{}, schedule);
  }
};

const auto steered_packet_is_polled_after_the_interrupt = [](auto& c, const Profile& kernel) {
  using D = DomainOf<decltype(c)>;
  AnySteering steering(c, kernel);
  steering.steer(c, kernel, false);
  auto& sd = steering.cpus[steering.target];
  c.cover("it is queued", steering.enqueued == Enqueued::queued);
  c.goal("a backlog with packets is scheduled before that", waiting<D>(sd) == U64<D>(0) || sd.sched);
  c.twin("it is on its poll list before that", sd.sched == sd.on_poll_list);
  c.goal("no list is corrupted", model::net_rps_action<D>(steering.cpus, steering.cpus[0]));
  c.goal("who waits will be polled", will_be_polled<D>(sd));
};

const auto steered_packet_is_polled_by_softirq_or_thread = [](auto& c, const Profile& kernel) {
  using D = DomainOf<decltype(c)>;
  AnySteering steering(c, kernel);
  auto& sd = steering.cpus[steering.target];
  c.assume("no interrupts are sent where threads are woken", Bool<D>(steering.cpus[0].rps_ipi_list == model::no_cpu));
  steering.steer(c, kernel, true);
  c.cover("the thread is woken", sd.sched_threaded);
  c.goal("a backlog with packets is polled by one of the two",
         waiting<D>(sd) == U64<D>(0) || (sd.sched && (sd.on_poll_list || sd.sched_threaded)));
  c.goal("no interrupt is due", steering.cpus[0].rps_ipi_list == model::no_cpu);
  c.twin("it is always polled by the softirq", waiting<D>(sd) == U64<D>(0) || sd.on_poll_list);
};

const auto flow_limit_only_ever_drops = [](auto& c, const Profile& kernel) {
  using D = DomainOf<decltype(c)>;
  AnyCpu cpu(c, kernel);
  c.assume("who waits will be polled", will_be_polled<D>(cpu.sd));
  model::SoftnetData<D> limited = cpu.sd;
  const U64<D> skb = cpu.sd.input_pkt_queue.tail;
  const I32<D> limit = c.i32("netdev_max_backlog");
  const bool refuses = c.below(2, "what the flow limit says") == 1;
  unsigned asked = 0;
  const auto flow_limit = [&](U32<D>, I32<D>) {
    ++asked;
    return refuses ? FlowVerdict::limited : FlowVerdict::within;
  };
  const auto with = model::enqueue_to_backlog<D>(kernel, limited, skb, limit, flow_limit, model::napi_schedule<D>);
  const auto without = model::enqueue_to_backlog<D>(kernel, cpu.sd, skb, limit);
  c.goal("it is asked about the packets that there is room for", (asked == 1) == (without == Enqueued::queued));
  c.goal("they are dropped exactly if it says so", (with == Enqueued::queued) == (asked == 1 && !refuses));
  if (with == Enqueued::dropped && without == Enqueued::queued) {
    c.goal("the drop is counted", limited.dropped == cpu.sd.dropped + U32<D>(1));
    c.goal("and queue and schedule are as they were",
           waiting<D>(limited) + U64<D>(1) == waiting<D>(cpu.sd) && limited.sched == limited.on_poll_list);
  }
  c.twin("it changes nothing", with == without);
};

}  // namespace

std::vector<Theorem> steering_theorems() {
  return {
      theorem("steering.packet_is_polled_after_the_interrupt",
              "A packet steered to another CPU, whatever that one is about, will be polled there once the interrupts "
              "that are due "
              "have been sent.",
              within({{"2.6.35", ""}}), steered_packet_is_polled_after_the_interrupt),
      theorem("steering.packet_is_polled_by_softirq_or_thread",
              "With thread_backlog_napi it will be polled by that CPU's softirq or by its backlog thread, and no "
              "interrupt is due.",
              within({{"6.10", ""}}), steered_packet_is_polled_by_softirq_or_thread),
      theorem("steering.flow_limit_only_ever_drops",
              "Whatever the flow limit says, it is asked only where there is room, and makes no other difference than "
              "a drop that is "
              "counted.",
              within({{"3.11", ""}}), flow_limit_only_ever_drops),
  };
}

}  // namespace weir::proofs
