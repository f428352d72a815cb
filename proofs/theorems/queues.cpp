// The two queues of a listener: no sequence of events takes their counts out of bounds. Each theorem is an induction: a
// state that satisfies the invariant, one arbitrary event, and the invariant again.
#include "model/listen/conn_request.hpp"
#include "proofs/theorems/planes.hpp"

namespace weir::proofs {
namespace {

/// A listener, and beside it the true numbers of what its counts stand for.
template <Domain D>
struct Counted {
  model::Listener<D> listener;
  U64<D> waiting;   ///< connections in the accept queue
  U64<D> requests;  ///< in the SYN queue
};

enum class Event { syn, third_ack, cookie_ack, accept, count };

template <class C>
struct AnyEvent {
  using D = DomainOf<C>;
  Counted<D> before;
  Counted<D> after;
  Event event;

  /// A listener of any counts; its limit is one that listen stores and its counts are true.
  AnyEvent(C& c, const Profile& kernel) {
    before.waiting = c.u64("connections waiting");
    before.requests = c.u64("requests");
    model::Listener<D>& listener = before.listener;
    listener.sk_max_ack_backlog = c.u32("sk_max_ack_backlog");
    listener.syn_table = c.u32("syn_table");
    listener.rskq_defer_accept = c.u32("rskq_defer_accept");
    listener.sk_ack_backlog = model::backlog_field<D>(kernel, as<U32<D>>(before.waiting));
    listener.qlen = as<U32<D>>(before.requests);
    listener.young = listener.qlen;
    after = before;
    event = static_cast<Event>(c.below(static_cast<std::size_t>(Event::count), "event"));
  }

  void happen(C& c, const Profile& kernel) {
    const model::RequestSettings<D> net{c.i32("tcp_syncookies"), c.i32("tcp_max_syn_backlog"),
                                        c.i32("tcp_abort_on_overflow")};
    model::Mib<D> mib;
    const U64<D> one(1);
    switch (event) {
      case Event::syn:
        if (model::tcp_conn_request<D>(kernel, after.listener, net, mib) == model::SynVerdict::queued)
          after.requests = after.requests + one;
        break;
      case Event::third_ack:
        third_ack(c, kernel, net, mib);
        break;
      case Event::cookie_ack:
        if (model::cookie_v4_check<D>(kernel, after.listener, mib)) after.waiting = after.waiting + one;
        break;
      case Event::accept:
        if (after.waiting == U64<D>(0)) break;  // nothing to take: EAGAIN
        model::sk_acceptq_removed<D>(kernel, after.listener);
        after.waiting = after.waiting - one;
        break;
      case Event::count:
        break;
    }
  }

 private:
  void third_ack(C& c, const Profile& kernel, const model::RequestSettings<D>& net, model::Mib<D>& mib) {
    if (after.requests == U64<D>(0)) return;  // it belongs to no request
    const bool bare = c.below(2, "segment without data") == 1;
    const auto verdict = model::tcp_check_req<D>(kernel, after.listener, net, mib, bare);
    const bool accepted = verdict == model::AckVerdict::accepted;
    if (accepted) after.waiting = after.waiting + U64<D>(1);
    if (accepted || verdict == model::AckVerdict::overflow_reset) after.requests = after.requests - U64<D>(1);
  }
};

template <Domain D>
Bool<D> accept_queue_is_sound(const Counted<D>& state) {
  const model::Listener<D>& listener = state.listener;
  return as<U64<D>>(listener.sk_ack_backlog) == state.waiting &&
         state.waiting <= as<U64<D>>(listener.sk_max_ack_backlog) + U64<D>(1);
}

/// Every request is young: a SYN-ACK that is retransmitted needs timers, which the model does not have yet.
template <Domain D>
Bool<D> syn_accounting_is_sound(const Counted<D>& state) {
  return as<U64<D>>(state.listener.qlen) == state.requests && state.listener.young == state.listener.qlen;
}

/// How many requests the SYN queue may hold.
template <Domain D>
U64<D> syn_capacity(const Profile& kernel, const model::Listener<D>& listener) {
  if (kernel.syn_queue == SynQueue::table) return as<U64<D>>(listener.syn_table);
  return as<U64<D>>(listener.sk_max_ack_backlog) + U64<D>(1);
}

/// The largest limit for which a count of its successor still fits the field.
template <Domain D>
U32<D> largest_limit(const Profile& kernel) {
  return U32<D>(kernel.backlog_is_u16 ? 0xfffeU : 0x7fffffffU);
}

const auto accept_queue_never_exceeds_the_limit_by_more_than_1 = [](auto& c, const Profile& kernel) {
  using D = DomainOf<decltype(c)>;
  AnyEvent step(c, kernel);
  const model::Listener<D>& listener = step.before.listener;
  c.assume("the limit is at most 65534 (.. 4.0) or INT_MAX (4.1 ..)",
           listener.sk_max_ack_backlog <= largest_limit<D>(kernel));
  c.assume("the count is true and at most limit + 1", accept_queue_is_sound<D>(step.before));
  step.happen(c, kernel);
  c.cover("limit + 1 connections wait", step.after.waiting == as<U64<D>>(listener.sk_max_ack_backlog) + U64<D>(1));
  c.goal("the count is true and at most limit + 1", accept_queue_is_sound<D>(step.after));
  c.twin("at most limit connections wait", step.after.waiting <= as<U64<D>>(listener.sk_max_ack_backlog));
};

const auto accept_queue_is_unbounded_at_65535 = [](auto& c, const Profile& kernel) {
  using D = DomainOf<decltype(c)>;
  AnyEvent step(c, kernel);
  c.assume("the limit fits its field", step.before.listener.sk_max_ack_backlog <= U32<D>(0xffff));
  c.assume("the count is true and at most limit + 1", accept_queue_is_sound<D>(step.before));
  step.happen(c, kernel);
  c.goal("the count is true and at most limit + 1", accept_queue_is_sound<D>(step.after));
  c.twin("at most limit connections wait", step.after.waiting <= as<U64<D>>(step.before.listener.sk_max_ack_backlog));
};

const auto syn_accounting_is_never_negative = [](auto& c, const Profile& kernel) {
  using D = DomainOf<decltype(c)>;
  AnyEvent step(c, kernel);
  c.assume("both counts are true", syn_accounting_is_sound<D>(step.before));
  c.assume("fewer than 2^32 - 1 requests wait", step.before.requests < U64<D>(0xffffffffU));
  c.cover("a request is there", step.before.requests > U64<D>(0));
  step.happen(c, kernel);
  c.goal("both counts are true", syn_accounting_is_sound<D>(step.after));
  c.twin("requests never leave", step.after.requests >= step.before.requests);
};

const auto syn_queue_never_exceeds_its_capacity = [](auto& c, const Profile& kernel) {
  using D = DomainOf<decltype(c)>;
  AnyEvent step(c, kernel);
  const U64<D> capacity = syn_capacity<D>(kernel, step.before.listener);
  c.assume("the limit is at most 65534 (.. 4.0) or INT_MAX (4.1 ..)",
           step.before.listener.sk_max_ack_backlog <= largest_limit<D>(kernel));
  c.assume("both counts are true", syn_accounting_is_sound<D>(step.before));
  c.assume("the SYN queue is within its capacity", step.before.requests <= capacity);
  step.happen(c, kernel);
  c.cover("the SYN queue is full", step.after.requests == capacity);
  c.goal("the SYN queue is within its capacity", step.after.requests <= capacity);
  c.twin("the SYN queue is never full", step.after.requests < capacity);
};

}  // namespace

std::vector<Theorem> queue_theorems() {
  return {
      theorem(
          "queues.accept_queue_never_exceeds_the_limit_by_more_than_1",
          "While the limit stands, no event makes more than limit + 1 connections wait for accept, and their count is "
          "true.",
          every_profile, accept_queue_never_exceeds_the_limit_by_more_than_1),
      theorem("queues.accept_queue_is_unbounded_at_65535",
              "The same for every limit that the field can hold: refuted, since no unsigned short is above 65535.",
              only_2_6_32, accept_queue_is_unbounded_at_65535, Expected::counterexample),
      theorem("queues.syn_accounting_is_never_negative",
              "No event makes the counts of the SYN queue differ from the requests in it, so neither goes below 0.",
              every_profile, syn_accounting_is_never_negative),
      theorem(
          "queues.syn_queue_never_exceeds_its_capacity",
          "No event makes the SYN queue hold more requests than its table has entries (.. 4.3) or than the limit + 1 "
          "(6.13 ..).",
          every_profile, syn_queue_never_exceeds_its_capacity),
  };
}

}  // namespace weir::proofs
