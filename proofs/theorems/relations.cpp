// Kernels against the latest: the same answer to the same question, but for what the theorem names. The complement of
// `weir diff`, which finds the differences.
#include "model/listen/conn_request.hpp"
#include "proofs/theorems/listen_state.hpp"
#include "proofs/theorems/planes.hpp"
#include "proofs/theorems/softnet_state.hpp"

namespace weir::proofs {
namespace {

const Profile& latest = releases::table.back();

/// A listener that either kernel may have.
template <class C>
model::Listener<DomainOf<C>> shared_listener(C& c, const Profile& kernel) {
  using D = DomainOf<C>;
  const model::Listener<D> listener = any_listener(c, kernel);
  c.assume("the counts are small, and its limit is one that both kernels can store",
           listener.qlen < U32<D>(0xffff) && listener.young <= listener.qlen &&
               listener.sk_ack_backlog < U32<D>(0xffff) && listener.sk_max_ack_backlog < U32<D>(0xffff));
  return listener;
}

const auto a_syn_meets_the_same_fate = [](auto& c, const Profile& kernel) {
  using D = DomainOf<decltype(c)>;
  model::Listener<D> then = shared_listener(c, kernel), now = then;
  const auto queue = then;
  const model::RequestSettings<D> net{c.i32("tcp_syncookies"), c.i32("tcp_max_syn_backlog"),
                                      c.i32("tcp_abort_on_overflow")};
  model::Mib<D> mib;
  const bool renewal = c.below(2, "renewal") == 1;
  const auto verdict = model::tcp_conn_request<D>(kernel, then, net, mib, renewal);
  const bool same = verdict == model::tcp_conn_request<D>(latest, now, net, mib, renewal);
  const auto full_here = model::reqsk_queue_is_full<D>(kernel, queue);
  const auto full_there = model::reqsk_queue_is_full<D>(latest, queue);
  const auto spared =
      Bool<D>(kernel.young_spares_syn) && model::sk_acceptq_is_full<D>(queue) && queue.young <= U32<D>(1);
  const auto asked_for = Bool<D>(!kernel.syncookies_always) && net.tcp_syncookies == I32<D>(2);
  c.goal("unless the SYN queue is full for one of them only, the young spare it, or every SYN shall have a cookie",
         Bool<D>(same) || full_here != full_there || spared || asked_for);
  c.twin("always the one that is queued", Bool<D>(verdict == model::SynVerdict::queued));
};

const auto a_third_ack_meets_the_same_fate = [](auto& c, const Profile& kernel) {
  using D = DomainOf<decltype(c)>;
  model::Listener<D> then = shared_listener(c, kernel), now = then;
  c.assume("a request is there", then.qlen > U32<D>(0) && then.young > U32<D>(0));
  const model::RequestSettings<D> net{I32<D>(0), I32<D>(0), c.i32("tcp_abort_on_overflow")};
  model::Mib<D> mib;
  const bool bare = c.below(2, "segment without data") == 1;
  const U32<D> num_timeout = c.u32("num_timeout");
  const auto verdict = model::tcp_check_req<D>(kernel, then, net, mib, bare, num_timeout);
  const auto today = model::tcp_check_req<D>(latest, now, net, mib, bare, num_timeout);
  c.goal("the same verdict", verdict == today);
  c.goal("and the same queues", same_queues<D>(then, now));
  c.twin("always accepted", verdict == model::AckVerdict::accepted);
};

const auto an_arrival_meets_the_same_fate = [](auto& c, const Profile& kernel) {
  using D = DomainOf<decltype(c)>;
  AnyCpu cpu(c, kernel);
  c.assume("who waits will be polled", will_be_polled<D>(cpu.sd));
  model::SoftnetData<D> now = cpu.sd;
  const I32<D> limit = c.i32("netdev_max_backlog");
  const U64<D> skb = cpu.sd.input_pkt_queue.tail;
  const auto then = model::enqueue_to_backlog<D>(kernel, cpu.sd, skb, limit);
  const auto today = model::enqueue_to_backlog<D>(latest, now, skb, limit);
  c.goal("the same verdict", then == today);
  c.goal("the same queue, schedule and drops",
         waiting<D>(cpu.sd) == waiting<D>(now) && cpu.sd.sched == now.sched && cpu.sd.dropped == now.dropped);
  c.twin("always queued", then == model::Enqueued::queued);
};

const auto listen_answers_the_same = [](auto& c, const Profile& kernel) {
  using D = DomainOf<decltype(c)>;
  AnyListen then(c, kernel);
  c.assume("no upper layer protocol", then.world.ulp == I32<D>(0));
  AnyListen now = then;
  then.call(kernel);
  now.call(latest);
  const auto no_port = then.world.port != I32<D>(0) && then.world.refusal == I32<D>(0);
  const auto fits = now.stored() <= U32<D>(0xffff) || Bool<D>(!kernel.backlog_is_u16);
  c.goal("the same result, unless there is no port", then.result == now.result || no_port);
  c.goal("success for both or for neither", then.succeeded() == now.succeeded());
  c.goal("the same limit stored, if it fits, by a listen that succeeds",
         !then.succeeded() || !fits || then.stored() == now.stored());
  c.twin("the same limit in any case", then.stored() == now.stored() && then.stored() != U32<D>(7));
};

}  // namespace

std::vector<Theorem> relation_theorems() {
  return {
      theorem("relations.a_syn_meets_the_same_fate",
              "A SYN is queued, dropped or answered by a cookie as in 7.1, unless the SYN queue is full for one of the "
              "two only, or (.. 4.9) few young requests spare it, or (.. 3.12) tcp_syncookies is 2.",
              every_profile, a_syn_meets_the_same_fate),
      theorem("relations.a_third_ack_meets_the_same_fate",
              "The third ACK of a handshake is deferred, accepted, kept waiting or answered by RST as in 7.1.",
              every_profile, a_third_ack_meets_the_same_fate),
      theorem("relations.an_arrival_meets_the_same_fate",
              "A packet is queued or dropped as in 7.1, and schedules the backlog as there.", every_profile,
              an_arrival_meets_the_same_fate),
      theorem(
          "relations.listen_answers_the_same",
          "listen(2) answers as in 7.1, unless it finds no port, and stores the same limit where that fits the field.",
          every_profile, listen_answers_the_same),
  };
}

}  // namespace weir::proofs
