// The SYN-ACK timer of a request. Source: net/ipv4/inet_connection_sock.c (reqsk_timer_handler, syn_ack_recalc; before
// 4.1 inet_csk_reqsk_queue_prune).
#pragma once
#include "model/listen/queues.hpp"

namespace weir::model {

/// What a request brings to its timer.
template <Domain D>
struct SynAck {
  I32<D> num_timeout;
  Bool<D> acked;
};

template <Domain D>
struct SynAckVerdict {
  Bool<D> expire;
  Bool<D> resend;
};

/// More than half of the SYN queue is in use.
template <Domain D>
Bool<D> syn_queue_half_full(const Profile& kernel, const Listener<D>& queue) {
  if (kernel.syn_queue == SynQueue::table) return queue.qlen >= (queue.syn_table >> U32<D>(1));
  const U32<D> least(8);
  const U32<D> max = queue.sk_max_ack_backlog;
  return wrapping_add(queue.qlen, queue.qlen) > choose(max < least, least, max);
}

/// How often a SYN-ACK is sent again: less often while old requests crowd the SYN queue, to make room for young ones.
/// \return at most `retries`, and at least 2 where that is more
template <Domain D>
I32<D> retries_under_pressure(const Profile& kernel, const Listener<D>& queue, I32<D> retries) {
  if (!syn_queue_half_full<D>(kernel, queue)) return retries;
  D::clause(Clause::TIMER_PRESSURE);
  I32<D> thresh = retries;
  U32<D> young2 = wrapping_add(queue.young, queue.young);
  while (thresh > I32<D>(2) && queue.qlen >= young2) {
    if (young2 == U32<D>(0)) return I32<D>(2);
    thresh = thresh - I32<D>(1);
    young2 = wrapping_add(young2, young2);
  }
  return thresh;
}

/// syn_ack_recalc. A request that waits for data is not asked again until its time is nearly up.
template <Domain D>
SynAckVerdict<D> syn_ack_recalc(const SynAck<D>& request, I32<D> thresh, I32<D> max_retries, U32<D> defer_accept) {
  const I32<D> defer = as<I32<D>>(defer_accept);
  if (defer == I32<D>(0)) return {request.num_timeout >= thresh, Bool<D>(true)};
  return {request.num_timeout >= thresh && (!request.acked || request.num_timeout >= max_retries),
          !request.acked || request.num_timeout >= defer - I32<D>(1)};
}

/// The timer fires while the listener listens. \param retries  tcp_synack_retries
template <Domain D>
SynAckVerdict<D> synack_timer(const Profile& kernel, const Listener<D>& queue, const SynAck<D>& request,
                              I32<D> retries) {
  const I32<D> thresh = retries_under_pressure<D>(kernel, queue, retries);
  const U32<D> defer = queue.rskq_defer_accept;
  return syn_ack_recalc<D>(request, thresh, choose(defer == U32<D>(0), retries, as<I32<D>>(defer)), defer);
}

/// Seconds until the timer fires the next time, after `num_timeout` times.
inline std::uint32_t synack_timeout_s(const Profile& kernel, std::uint32_t num_timeout) {
  constexpr std::uint32_t longest = 120, enough = 7;  // TCP_RTO_MAX, and the doublings of a second that exceed it
  const std::uint32_t doublings = num_timeout < enough ? num_timeout : enough;
  const std::uint32_t timeout = kernel.first_synack_timeout_s << doublings;
  return timeout < longest ? timeout : longest;
}

}  // namespace weir::model
