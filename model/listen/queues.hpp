// The two queues of a listener, as counts. Source: include/net/sock.h (sk_acceptq_*), include/net/request_sock.h,
// include/net/inet_connection_sock.h (inet_csk_reqsk_queue_*), net/core/request_sock.c (reqsk_queue_alloc).
#pragma once
#include "model/listen/sock.hpp"
#include "model/power_of_two.hpp"

namespace weir::model {

/// Old kernels keep both backlog fields in an unsigned short.
template <Domain D>
U32<D> backlog_field(const Profile& kernel, U32<D> value) {
  if (!kernel.backlog_is_u16) return value;
  return as<U32<D>>(as<U16<D>>(value));
}

/// `>`, not `>=`: with a backlog of n, n + 1 connections may wait.
template <Domain D>
Bool<D> sk_acceptq_is_full(const Listener<D>& queue) {
  return queue.sk_ack_backlog > queue.sk_max_ack_backlog;
}

template <Domain D>
void sk_acceptq_added(const Profile& kernel, Listener<D>& queue) {
  queue.sk_ack_backlog = backlog_field<D>(kernel, wrapping_add(queue.sk_ack_backlog, U32<D>(1)));
  if (kernel.backlog_is_u16 && queue.sk_ack_backlog == U32<D>(0)) D::clause(Clause::ACCEPTQ_WRAPS);
}

template <Domain D>
void sk_acceptq_removed(const Profile& kernel, Listener<D>& queue) {
  queue.sk_ack_backlog = backlog_field<D>(kernel, wrapping_sub(queue.sk_ack_backlog, U32<D>(1)));
}

template <Domain D>
U32<D> at_most(U32<D> value, U32<D> limit) {
  return choose(value < limit, value, limit);
}

/// Entries of the SYN table: a power of two above both 8 and the smaller of the limits, which count as unsigned.
template <Domain D>
U32<D> syn_table_entries(I32<D> backlog, I32<D> tcp_max_syn_backlog) {
  const U32<D> wanted = at_most<D>(as<U32<D>>(backlog), as<U32<D>>(tcp_max_syn_backlog));
  const U32<D> least(8);
  return roundup_pow_of_two<D>(wrapping_add(choose(wanted < least, least, wanted), U32<D>(1)));
}

template <Domain D>
Bool<D> reqsk_queue_is_full(const Profile& kernel, const Listener<D>& queue) {
  switch (kernel.syn_queue) {
    case SynQueue::table:
      return queue.qlen >= queue.syn_table;
    case SynQueue::max_ack_reached:
      return queue.qlen >= queue.sk_max_ack_backlog;
    case SynQueue::max_ack_above:
      break;
  }
  return queue.qlen > queue.sk_max_ack_backlog;
}

constexpr Clause syn_queue_full_clause(SynQueue how) {
  if (how == SynQueue::table) return Clause::SYNQ_FULL_TABLE;
  return how == SynQueue::max_ack_reached ? Clause::SYNQ_FULL_REACHED : Clause::SYNQ_FULL_BACKLOG;
}

template <Domain D>
void reqsk_queue_added(Listener<D>& queue) {
  queue.qlen = queue.qlen + U32<D>(1);
  queue.young = queue.young + U32<D>(1);
}

/// The SYN-ACK timer of a request has fired, and the request stays. \pre young > 0 where it was young
template <Domain D>
void reqsk_timed_out(Listener<D>& queue, Bool<D> was_young) {
  queue.young = queue.young - choose(was_young, U32<D>(1), U32<D>(0));
}

/// A request leaves the SYN queue. \pre qlen > 0, and young > 0 where it is young
template <Domain D>
void reqsk_queue_removed(Listener<D>& queue, Bool<D> young) {
  queue.qlen = queue.qlen - U32<D>(1);
  queue.young = queue.young - choose(young, U32<D>(1), U32<D>(0));
}

}  // namespace weir::model
