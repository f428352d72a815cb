// The two queues of a listener: no sequence of events takes their counts out of bounds. Each theorem is an induction: a
// state that satisfies the invariant, one arbitrary event, and the invariant again.
#include "model/listen/conn_request.hpp"
#include "model/listen/synack_timer.hpp"
#include "proofs/theorems/planes.hpp"

namespace weir::proofs {
namespace {

/// A listener, and beside it the true numbers of what its counts stand for.
template <Domain D>
struct Counted {
  model::Listener<D> listener;
  U64<D> waiting;   ///< connections in the accept queue
  U64<D> requests;  ///< in the SYN queue
  U64<D> young;     ///< those of them whose timer has not fired
};

enum class Event { syn, third_ack, timer, cookie_ack, accept, count };

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
    before.young = c.u64("young requests");
    listener.young = as<U32<D>>(before.young);
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
        if (model::tcp_conn_request<D>(kernel, after.listener, net, mib) == model::SynVerdict::queued) joins();
        break;
      case Event::third_ack:
        third_ack(c, kernel, net, mib);
        break;
      case Event::timer:
        timer(c, kernel);
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
  void joins() {
    after.requests = after.requests + U64<D>(1);
    after.young = after.young + U64<D>(1);
  }
  void leaves(bool young) {
    after.requests = after.requests - U64<D>(1);
    if (young) after.young = after.young - U64<D>(1);
  }

  /// Whether there is a request whose timer has fired that often.
  bool exists(U32<D> num_timeout) {
    if (num_timeout == U32<D>(0)) return static_cast<bool>(after.young > U64<D>(0));
    return static_cast<bool>(after.requests > after.young);
  }

  void third_ack(C& c, const Profile& kernel, const model::RequestSettings<D>& net, model::Mib<D>& mib) {
    const U32<D> num_timeout = c.u32("num_timeout");
    if (!exists(num_timeout)) return;  // it belongs to no request
    const bool bare = c.below(2, "segment without data") == 1;
    const auto verdict = model::tcp_check_req<D>(kernel, after.listener, net, mib, bare, num_timeout);
    const bool accepted = verdict == model::AckVerdict::accepted;
    if (accepted) after.waiting = after.waiting + U64<D>(1);
    if (accepted || verdict == model::AckVerdict::overflow_reset) leaves(static_cast<bool>(num_timeout == U32<D>(0)));
  }

  /// What the timer decides is any of its two answers here: see the theorems on it.
  void timer(C& c, const Profile&) {
    const U32<D> num_timeout = c.u32("num_timeout");
    if (!exists(num_timeout)) return;
    const bool young = static_cast<bool>(num_timeout == U32<D>(0));
    if (c.below(2, "the request is given up") == 1) {
      model::reqsk_queue_removed<D>(after.listener, Bool<D>(young));
      return leaves(young);
    }
    model::reqsk_timed_out<D>(after.listener, Bool<D>(young));
    if (young) after.young = after.young - U64<D>(1);
  }
};

template <Domain D>
Bool<D> accept_queue_is_sound(const Counted<D>& state) {
  const model::Listener<D>& listener = state.listener;
  return as<U64<D>>(listener.sk_ack_backlog) == state.waiting &&
         state.waiting <= as<U64<D>>(listener.sk_max_ack_backlog) + U64<D>(1);
}

template <Domain D>
Bool<D> syn_accounting_is_sound(const Counted<D>& state) {
  return as<U64<D>>(state.listener.qlen) == state.requests && as<U64<D>>(state.listener.young) == state.young &&
         state.young <= state.requests;
}

/// How many requests the SYN queue may hold.
template <Domain D>
U64<D> syn_capacity(const Profile& kernel, const model::Listener<D>& listener) {
  if (kernel.syn_queue == SynQueue::table) return as<U64<D>>(listener.syn_table);
  return as<U64<D>>(listener.sk_max_ack_backlog) + U64<D>(kernel.syn_queue == SynQueue::max_ack_above ? 1 : 0);
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
  c.assume("the limit is one that listen can store",
           step.before.listener.sk_max_ack_backlog <= U32<D>(kernel.backlog_is_u16 ? 0xffffU : 0x7fffffffU));
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

/// A listener of any counts, and a request whose timer fires.
template <class C>
struct AnyTimeout {
  using D = DomainOf<C>;
  model::Listener<D> listener;
  model::SynAck<D> request;
  I32<D> retries;
  model::SynAckVerdict<D> verdict;

  AnyTimeout(C& c, const Profile& kernel) {
    listener.sk_max_ack_backlog = c.u32("sk_max_ack_backlog");
    listener.syn_table = c.u32("syn_table");
    listener.rskq_defer_accept = c.u32("rskq_defer_accept");
    listener.qlen = c.u32("requests");
    listener.young = c.u32("young requests");
    request = {c.i32("num_timeout"), c.u32("acked") != U32<D>(0)};
    retries = c.i32("tcp_synack_retries");
    c.assume("TCP_DEFER_ACCEPT is kept in 8 bits", listener.rskq_defer_accept <= U32<D>(255));
    c.assume("a timer has fired 0 .. 65535 times",
             request.num_timeout >= I32<D>(0) && request.num_timeout < I32<D>(65536));
    // Each request halves what is left of the retries: the loop is short for the settings that 8 bits can hold.
    c.assume("tcp_synack_retries is 0 .. 6", retries >= I32<D>(0) && retries <= I32<D>(6));
    verdict = model::synack_timer<D>(kernel, listener, request, retries);
  }
};

const auto a_request_is_given_up = [](auto& c, const Profile& kernel) {
  using D = DomainOf<decltype(c)>;
  AnyTimeout timeout(c, kernel);
  const I32<D> defer = as<I32<D>>(timeout.listener.rskq_defer_accept);
  const I32<D> most = choose(timeout.retries < defer, defer, timeout.retries);
  c.cover("it stays", !timeout.verdict.expire);
  c.goal("after as many timeouts as either setting says it is given up",
         timeout.request.num_timeout < most || timeout.verdict.expire);
  c.twin("it is given up sooner", timeout.request.num_timeout + I32<D>(1) < most || timeout.verdict.expire);
};

const auto a_request_has_two_retries = [](auto& c, const Profile& kernel) {
  using D = DomainOf<decltype(c)>;
  AnyTimeout timeout(c, kernel);
  c.assume("tcp_synack_retries is 2 or more", timeout.retries >= I32<D>(2));
  c.cover("it is given up", timeout.verdict.expire);
  c.goal("it is not given up before its second timeout",
         !timeout.verdict.expire || timeout.request.num_timeout >= I32<D>(2));
  c.twin("it is not given up before its third", !timeout.verdict.expire || timeout.request.num_timeout >= I32<D>(3));
};

const auto an_unacknowledged_request_is_asked_again = [](auto& c, const Profile& kernel) {
  AnyTimeout timeout(c, kernel);
  c.assume("no third ACK has come", !timeout.request.acked);
  c.cover("it stays", !timeout.verdict.expire);
  c.goal("its SYN-ACK is sent again", timeout.verdict.resend);
  c.twin("it is given up each time", timeout.verdict.expire);
};

/// More than half of the SYN queue is in use: of the table until 4.3, then of the limit, or of 8.
template <Domain D>
Bool<D> is_crowded(const Profile& kernel, const model::Listener<D>& listener) {
  const U64<D> twice = as<U64<D>>(listener.qlen) + as<U64<D>>(listener.qlen);
  if (kernel.syn_queue == SynQueue::table) return twice >= as<U64<D>>(listener.syn_table);
  return twice > U64<D>(8) && twice > as<U64<D>>(listener.sk_max_ack_backlog);
}

const auto a_crowd_of_old_requests_takes_retries = [](auto& c, const Profile& kernel) {
  using D = DomainOf<decltype(c)>;
  AnyTimeout timeout(c, kernel);
  const model::Listener<D>& listener = timeout.listener;
  const I32<D> timeouts = timeout.request.num_timeout;
  c.assume("no TCP_DEFER_ACCEPT", listener.rskq_defer_accept == U32<D>(0));
  c.assume("fewer than 2^20 requests, of which the young are some",
           listener.qlen < U32<D>(1 << 20) && listener.young <= listener.qlen);
  c.assume("the table has a power of two of entries",
           (listener.syn_table & wrapping_sub(listener.syn_table, U32<D>(1))) == U32<D>(0) &&
               listener.syn_table > U32<D>(1));
  c.assume("it is its third timeout, or a later one before the last",
           timeouts >= I32<D>(2) && timeouts < timeout.retries);
  const U32<D> left = as<U32<D>>(timeout.retries - timeouts);  // 1 .. 4
  const U32<D> share = listener.young << left;
  c.cover("the young are some, and a crowd", is_crowded<D>(kernel, listener) && listener.young > U32<D>(0));
  c.goal("it is given up exactly in a crowd of which the young are a half, for each retry that is left half as many",
         timeout.verdict.expire == (is_crowded<D>(kernel, listener) && share <= listener.qlen));
  c.twin("in every crowd", timeout.verdict.expire == is_crowded<D>(kernel, listener));
};

const auto the_last_quarter_is_kept = [](auto& c, const Profile& kernel) {
  using D = DomainOf<decltype(c)>;
  model::Listener<D> listener;
  const I32<D> most = c.i32("tcp_max_syn_backlog"), requests = c.i32("requests");
  const I32<D> large(1 << 28), none(0);
  c.assume("both are of ordinary size", most >= none && most < large && requests >= none && requests < large);
  listener.qlen = listener.young = as<U32<D>>(requests);
  listener.syn_table = listener.sk_max_ack_backlog = U32<D>(1U << 31);
  const bool cookies = c.below(2, "tcp_syncookies") == 1;
  model::Mib<D> mib;
  const auto verdict = model::tcp_conn_request<D>(kernel, listener, {I32<D>(cookies ? 1 : 0), most, none}, mib);
  const bool queued = verdict == model::SynVerdict::queued;
  const I32<D> room = (most - requests) << I32<D>(2);  // four times what is left
  c.cover("a SYN is dropped", Bool<D>(!queued));
  c.goal("a SYN is queued exactly if a quarter, rounded down, is left or there are cookies",
         Bool<D>(queued) == (Bool<D>(cookies) || room > most - I32<D>(4)));
  c.goal("otherwise it is dropped", queued || verdict == model::SynVerdict::dropped);
  c.twin("exactly if any is left", Bool<D>(queued) == (most > requests));
};

}  // namespace

std::vector<Theorem> queue_theorems() {
  return {
      theorem(
          "queues.accept_queue_never_exceeds_the_limit_by_more_than_1",
          "While the limit stands, no event makes more than limit + 1 connections wait for accept, and their count is "
          "true.",
          every_profile, accept_queue_never_exceeds_the_limit_by_more_than_1),
      historic(
          "C3", {{"", "4.0"}},
          theorem("queues.accept_queue_is_unbounded_at_65535",
                  "The same for every limit that listen can store. Until 4.0 that could be 65535, which no unsigned "
                  "short is above.",
                  every_profile, accept_queue_is_unbounded_at_65535),
          "takes 65,537 clients"),
      theorem("queues.syn_accounting_is_never_negative",
              "No event makes the counts of the SYN queue differ from the requests in it, so neither goes below 0.",
              every_profile, syn_accounting_is_never_negative),
      theorem(
          "queues.syn_queue_never_exceeds_its_capacity",
          "No event makes the SYN queue hold more requests than its table has entries (.. 4.3), than the limit (4.4 "
          ".. 6.12) or than the limit + 1 (6.13 ..).",
          every_profile, syn_queue_never_exceeds_its_capacity),
      theorem("queues.a_request_is_given_up",
              "A request is given up when its SYN-ACK timer has fired as often as tcp_synack_retries (here 0 .. 6) or "
              "TCP_DEFER_ACCEPT says, whichever is more, however full the SYN queue is.",
              every_profile, a_request_is_given_up),
      theorem("queues.a_request_has_two_retries",
              "No crowd in the SYN queue makes a request be given up before its second timeout, where "
              "tcp_synack_retries (here up to 6) is 2 or more.",
              every_profile, a_request_has_two_retries),
      theorem("queues.an_unacknowledged_request_is_asked_again",
              "Until its third ACK comes, every timeout of a request that stays sends the SYN-ACK again, with "
              "TCP_DEFER_ACCEPT or without.",
              every_profile, an_unacknowledged_request_is_asked_again),
      theorem("queues.a_crowd_of_old_requests_takes_retries",
              "From its third timeout on a request is given up before its last exactly where more than half of the SYN "
              "queue is in use, and of those no more than half are young, for each further retry that is left half of "
              "that (tcp_synack_retries here up to 6).",
              every_profile, a_crowd_of_old_requests_takes_retries),
      theorem("queues.the_last_quarter_is_kept",
              "Without cookies a SYN is queued exactly while a quarter of tcp_max_syn_backlog is left, for all values "
              "of ordinary size.",
              every_profile, the_last_quarter_is_kept),
  };
}

}  // namespace weir::proofs
