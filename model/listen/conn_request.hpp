// What a listener does with a SYN and with the third ACK of the handshake.
// Source: net/ipv4/tcp_input.c (tcp_conn_request), net/ipv4/tcp_ipv4.c (tcp_v4_conn_request, tcp_v4_syn_recv_sock),
// net/ipv4/tcp_minisocks.c (tcp_check_req), net/ipv4/syncookies.c (cookie_v4_check).
#pragma once
#include "model/listen/queues.hpp"

namespace weir::model {

/// The counters of a namespace that these rules move (/proc/net/netstat).
template <Domain D>
struct Mib {
  U64<D> ListenOverflows{0};
  U64<D> ListenDrops{0};
  U64<D> SyncookiesSent{0};
  U64<D> EmbryonicRsts{0};
  U64<D> TCPDeferAcceptDrop{0};
  U64<D> TCPReqQFullDoCookies{0};
  U64<D> TCPReqQFullDrop{0};
  friend bool operator==(const Mib&, const Mib&) = default;
};

template <Domain D>
void count(U64<D>& counter) {
  counter = counter + U64<D>(1);
}

template <Domain D>
struct RequestSettings {
  I32<D> tcp_syncookies;
  I32<D> tcp_max_syn_backlog;
  I32<D> tcp_abort_on_overflow;
};

enum class SynVerdict { dropped, queued, cookie };

template <Domain D>
SynVerdict drop_syn(const Profile& kernel, Mib<D>& mib) {
  if (kernel.syn_drops_counted) count<D>(mib.ListenDrops);
  return SynVerdict::dropped;
}

/// Whether the SYN must be answered with a cookie, dropped, or may be queued as far as the SYN queue is concerned.
template <Domain D>
SynVerdict check_syn_queue(const Profile& kernel, const Listener<D>& queue, const RequestSettings<D>& net,
                           Mib<D>& mib) {
  const bool always = kernel.syncookies_always && net.tcp_syncookies == I32<D>(2);
  if (always) {
    D::clause(Clause::SYN_COOKIE_ALWAYS);
  } else {
    if (!reqsk_queue_is_full<D>(kernel, queue)) return SynVerdict::queued;
    D::clause(syn_queue_full_clause(kernel.syn_queue));
  }
  if (net.tcp_syncookies == I32<D>(0)) {
    D::clause(Clause::SYN_DROP_QUEUE);
    count<D>(mib.TCPReqQFullDrop);
    return SynVerdict::dropped;
  }
  D::clause(Clause::SYN_COOKIE);
  count<D>(mib.TCPReqQFullDoCookies);
  return SynVerdict::cookie;
}

/// Whether a full accept queue drops this SYN.
template <Domain D>
bool acceptq_drops_syn(const Profile& kernel, const Listener<D>& queue, Mib<D>& mib) {
  if (!sk_acceptq_is_full<D>(queue)) return false;
  D::clause(Clause::ACCEPTQ_FULL);
  if (kernel.young_spares_syn && queue.young <= U32<D>(1)) {
    D::clause(Clause::SYN_YOUNG_SPARED);
    return false;
  }
  D::clause(Clause::SYN_DROP_ACCEPTQ);
  if (kernel.syn_drops_counted) count<D>(mib.ListenOverflows);
  return true;
}

/// Without cookies, the last quarter of tcp_max_syn_backlog is for peers known to be alive. None is, in this version.
template <Domain D>
Bool<D> in_last_quarter(const Listener<D>& queue, const RequestSettings<D>& net) {
  return wrapping_sub(net.tcp_max_syn_backlog, as<I32<D>>(queue.qlen)) < (net.tcp_max_syn_backlog >> I32<D>(2));
}

/// A SYN reaches a listener. \param renewal  it ends a TIME_WAIT (its `isn` is set), which spares it the SYN queue's
/// limits
template <Domain D>
SynVerdict tcp_conn_request(const Profile& kernel, Listener<D>& queue, const RequestSettings<D>& net, Mib<D>& mib,
                            bool renewal = false) {
  if (renewal) D::clause(Clause::SYN_RENEWAL);
  const SynVerdict verdict = renewal ? SynVerdict::queued : check_syn_queue<D>(kernel, queue, net, mib);
  if (verdict == SynVerdict::dropped || acceptq_drops_syn<D>(kernel, queue, mib)) return drop_syn<D>(kernel, mib);
  if (verdict == SynVerdict::cookie) {
    count<D>(mib.SyncookiesSent);
    return verdict;
  }
  if (!renewal && net.tcp_syncookies == I32<D>(0) && in_last_quarter<D>(queue, net)) {
    D::clause(Clause::SYN_DROP_LAST_QUARTER);
    return drop_syn<D>(kernel, mib);
  }
  D::clause(Clause::SYN_QUEUED);
  reqsk_queue_added<D>(queue);
  return SynVerdict::queued;
}

enum class AckVerdict { deferred, accepted, overflow_kept, overflow_reset };

/// tcp_v4_syn_recv_sock: room in the accept queue for one more?
template <Domain D>
bool syn_recv_sock(const Profile& kernel, Listener<D>& queue, Mib<D>& mib) {
  if (sk_acceptq_is_full<D>(queue)) {
    D::clause(Clause::ACCEPTQ_FULL);
    count<D>(mib.ListenOverflows);
    count<D>(mib.ListenDrops);
    return false;
  }
  D::clause(Clause::ACK_ACCEPTED);
  sk_acceptq_added<D>(kernel, queue);
  return true;
}

/// A segment that completes the handshake reaches a request.
/// \param bare  it carries neither data nor FIN
/// \param num_timeout  how often the request's SYN-ACK timer has fired
template <Domain D>
AckVerdict tcp_check_req(const Profile& kernel, Listener<D>& queue, const RequestSettings<D>& net, Mib<D>& mib,
                         bool bare, U32<D> num_timeout) {
  if (bare && num_timeout < queue.rskq_defer_accept) {
    D::clause(Clause::ACK_DEFERRED);
    count<D>(mib.TCPDeferAcceptDrop);
    return AckVerdict::deferred;
  }
  if (syn_recv_sock<D>(kernel, queue, mib)) {
    reqsk_queue_removed<D>(queue, num_timeout == U32<D>(0));
    return AckVerdict::accepted;
  }
  if (net.tcp_abort_on_overflow == I32<D>(0)) {
    D::clause(Clause::ACK_OVERFLOW_KEPT);
    return AckVerdict::overflow_kept;
  }
  D::clause(Clause::ACK_OVERFLOW_RESET);
  count<D>(mib.EmbryonicRsts);
  reqsk_queue_removed<D>(queue, num_timeout == U32<D>(0));
  return AckVerdict::overflow_reset;
}

/// The ACK of a cookie: no request is needed, and TCP_DEFER_ACCEPT does not apply.
template <Domain D>
bool cookie_v4_check(const Profile& kernel, Listener<D>& queue, Mib<D>& mib) {
  if (syn_recv_sock<D>(kernel, queue, mib)) return true;
  D::clause(Clause::ACK_COOKIE_OVERFLOW);
  return false;
}

}  // namespace weir::model
