// The listener's half of the handshake: the SYN, the third ACK, the child.
#pragma once
#include "lockfree/socket_plane.hpp"
#include "lockfree/turn.hpp"

namespace weir::lockfree {

inline bool SocketPlane::syn_queue_full(const Sock& listener, SynCount syn, AckBacklog backlog) const {
  // relaxed: the table stands before the LISTEN that made the listener findable.
  if (kernel_.syn_queue == SynQueue::table) return syn.qlen >= listener.table_size.load(std::memory_order_relaxed);
  return syn.qlen > backlog.max || (kernel_.syn_queue == SynQueue::max_ack_reached && syn.qlen == backlog.max);
}

/// tcp_conn_request. Counts what it drops, where the release does. A SYN that renews a TIME_WAIT has proven itself.
inline SocketPlane::Syn SocketPlane::receive_syn(const Open& listener, bool renewal) {
  NetNamespace& ns = *listener.ns;
  const std::int32_t cookies = sysctl(ns, Sysctl::tcp_syncookies);
  const auto dropped = [&] {
    if (kernel_.syn_drops_counted) ns.count(Mib::ListenDrops);
    return Syn::dropped;
  };
  // relaxed: the exchange below, or the third ACK, decides; these are the samples that the kernel takes too.
  SynCount syn = listener.sock->syn.load(std::memory_order_relaxed);
  const AckBacklog backlog = listener.sock->backlog.load(std::memory_order_relaxed);
  bool cookie = false;
  const bool always = kernel_.syncookies_always && cookies == 2;
  if (!renewal && (always || syn_queue_full(*listener.sock, syn, backlog))) {
    if (kernel_.syn_flood_counters) ns.count(cookies != 0 ? Mib::TCPReqQFullDoCookies : Mib::TCPReqQFullDrop);
    if (cookies == 0) return dropped();
    cookie = true;
  }
  if (backlog.ack > backlog.max && (!kernel_.young_spares_syn || syn.young > 1)) {
    if (kernel_.syn_drops_counted) ns.count(Mib::ListenOverflows);
    return dropped();
  }
  if (cookie) {
    ns.count(Mib::SyncookiesSent);
    note_overflow(*listener.sock);
    return Syn::cookie;
  }
  const std::int32_t max_syn = sysctl(ns, Sysctl::tcp_max_syn_backlog);
  do {
    // Without cookies the last quarter is for peers that have proven themselves.
    const auto room = static_cast<std::int32_t>(static_cast<std::uint32_t>(max_syn) - syn.qlen);
    if (!renewal && cookies == 0 && room < max_syn >> 2) return dropped();
    // relaxed: a count; the request itself lives in the client's connect, or in a slot of its own.
  } while (!listener.sock->syn.compare_exchange_weak(syn, {syn.qlen + 1, syn.young + 1}, std::memory_order_relaxed));
  return Syn::queued;
}

/// Each request leaves once. One whose SYN-ACK has timed out is young no more, and was counted out of those then.
inline void SocketPlane::request_leaves(const Open& listener, bool young) {
  // relaxed: as above.
  SynCount syn = listener.sock->syn.load(std::memory_order_relaxed);
  while (!listener.sock->syn.compare_exchange_weak(syn, {syn.qlen - 1, syn.young - (young ? 1u : 0u)},
                                                   std::memory_order_relaxed)) {
  }
}

/// Makes room in the accept queue: sk_ack_backlog rises, unless it is above its limit.
inline bool SocketPlane::reserve_place(Sock& listener) {
  // relaxed: test and increment are one exchange; the child is published by the queue.
  AckBacklog backlog = listener.backlog.load(std::memory_order_relaxed);
  do {
    if (backlog.ack > backlog.max) return false;
  } while (!listener.backlog.compare_exchange_weak(backlog, {ack_of(backlog.ack + 1), backlog.max},
                                                   std::memory_order_relaxed));
  return true;
}

inline void SocketPlane::release_place(Sock& listener) {
  // release: pairs with the acquire in tcp_info. relaxed, the rest: as in reserve_place.
  AckBacklog backlog = listener.backlog.load(std::memory_order_relaxed);
  while (!listener.backlog.compare_exchange_weak(backlog, {ack_of(backlog.ack - 1), backlog.max},
                                                 std::memory_order_release, std::memory_order_relaxed)) {
  }
}

/// A connection gets its other end, or who holds its request, while another thread may send its FIN. Whoever links
/// looks for a FIN afterwards, by once_linked; whoever sends one looks for the link, by linked.
inline void SocketPlane::link(HostAtomic<SockRef>& end, SockRef to) {
  // seq_cst: stands before the look at the state, as the transition that sends a FIN stands before the look at the
  // link. One of the two sees the other, and the FIN is not lost.
  end.store(to, std::memory_order_seq_cst);
}
inline SockRef SocketPlane::linked(const HostAtomic<SockRef>& end) {
  return end.load(std::memory_order_seq_cst);  // seq_cst: see `link`
}
inline TcpState SocketPlane::once_linked(const Sock& sock) {
  return sock.word.load(std::memory_order_seq_cst).state;  // seq_cst: see `link`
}

/// Once something was pushed to its accept queue; if not, that may be too late for whoever stopped to listen.
inline bool SocketPlane::still_listens(const Open& listener) {
  // seq_cst: after the push; see BasicAcceptQueue::push and invariant (2) of the plane.
  return alive(*listener.sock, listener.ref) &&
         listener.sock->word.load(std::memory_order_seq_cst).state == TcpState::listen;
}

inline std::optional<SockRef> SocketPlane::take_child(const Open& listener) {
  const std::optional<std::uint64_t> child = listener.sock->accept_queue.pop(nodes_, listener.epoch);
  if (!child) return std::nullopt;
  release_place(*listener.sock);
  return SockRef{static_cast<std::uint32_t>(*child), static_cast<std::uint32_t>(*child >> 32)};
}

/// The third ACK of a client that is ESTABLISHED by now: a child, a request that waits, a reset, or nothing but the
/// cookie.
inline void SocketPlane::receive_ack(const Open& listener, const Open& client, Syn how) {
  // relaxed: a limit, sampled.
  const bool defers = how == Syn::queued && listener.sock->defer_accept.load(std::memory_order_relaxed) != 0;
  if (defers) {
    if (kernel_.defer_drop_counted) listener.ns->count(Mib::TCPDeferAcceptDrop);
    park(listener, client, how, true);
  } else if (reserve_place(*listener.sock)) {
    if (how == Syn::queued) request_leaves(listener, true);
    return queue_child(listener, client, false);
  } else {
    listener.ns->count(Mib::ListenOverflows);
    listener.ns->count(Mib::ListenDrops);
    if (how == Syn::cookie || sysctl(*listener.ns, Sysctl::tcp_abort_on_overflow) == 0) {
      park(listener, client, how, true);
    } else {
      listener.ns->count(Mib::EmbryonicRsts);
      request_leaves(listener, true);
      receive_reset(client);
    }
  }
  // A FIN that another thread sent before there was anybody to receive it.
  if (once_linked(*client.sock) == TcpState::fin_wait1) deliver_fin(client);
}

/// The request stays with the listener, or in the cookie; the client, which believes itself connected, remembers where.
inline void SocketPlane::park(const Open& listener, const Open& client, Syn how, bool acked) {
  SockRef holder = listener.ref;
  if (how == Syn::cookie) {
    // relaxed, all: whoever began to listen did so before this SYN found the listener; published with parked_at.
    const std::uint32_t era = listener.sock->listen_era.load(std::memory_order_relaxed);
    client.sock->request_era.store(era | cookie_mark, std::memory_order_relaxed);
    const std::uint64_t minutes = now() / detail::minute_ms + kernel_.cookie_minutes;
    client.sock->cookie_expiry.store(minutes * detail::minute_ms, std::memory_order_relaxed);
  } else {
    client.sock->request_era.store(0, std::memory_order_relaxed);  // relaxed: as above
    holder = new_request(listener, client, acked);
  }
  link(client.sock->parked_at, holder);
}

/// A slot for the request of a client of this host, as a remote peer's has. \pre the SYN was counted in.
inline SockRef SocketPlane::new_request(const Open& listener, const Open& client, bool acked) {
  // relaxed: its port was settled before its SYN was sent.
  const SockWord sender = client.sock->word.load(std::memory_order_relaxed);
  // relaxed, all: both ends were set before the client's SYN was sent; the slot is published with its word.
  const Endpoint to = client.sock->remote.load(std::memory_order_relaxed);
  Endpoint from = client.sock->local.load(std::memory_order_relaxed);
  from.port = sender.port;
  from.ephemeral = sender.has(port_named) ? 0 : 1;
  const Tuple tuple{endpoint(address_of(to)), from, to.port};
  const SockRef ref = new_slot(listener, tuple);
  const Open request = follow(ref, listener.epoch);
  request.sock->parked_at.store(listener.ref, std::memory_order_relaxed);
  request.sock->request_era.store(listener.sock->listen_era.load(std::memory_order_relaxed), std::memory_order_relaxed);
  request.sock->peer.store(client.ref, std::memory_order_relaxed);
  request.sock->request.store({0, static_cast<std::uint16_t>(acked ? 1 : 0), 0}, std::memory_order_relaxed);
  set_request_timer(*request.sock, 0);
  const SockWord word{.port = to.port, .flags = port_named | orphan, .state = TcpState::syn_recv};
  // release: pairs with the look of `advance` at every slot; without it the timer might be that of an earlier use.
  request.sock->word.store(word, std::memory_order_release);
  enlist(listener.ns->remotes.of(tuple), request, word);
  return ref;
}

/// tcp_v4_syn_recv_sock and inet_csk_reqsk_queue_add. \pre a place is reserved.
/// \param fin_missing  the client has sent a FIN that was lost, and this is an ACK behind it
inline void SocketPlane::queue_child(const Open& listener, const Open& client, bool fin_missing) {
  // relaxed, both: ports and flags, which were settled before; whether the parent still listens hand_over sees.
  const SockWord parent = listener.sock->word.load(std::memory_order_relaxed);
  const SockWord sender = client.sock->word.load(std::memory_order_relaxed);
  SockWord word{.port = parent.port, .state = TcpState::established, .progress = Progress::connected};
  word.flags = parent.flags & (inherited | has_port);
  // relaxed: both ends were set before the client's SYN was sent.
  const Endpoint local = endpoint(address_of(client.sock->remote.load(std::memory_order_relaxed)));
  Endpoint from = client.sock->local.load(std::memory_order_relaxed);
  from.port = sender.port;
  from.ephemeral = sender.has(port_named) ? 0 : 1;
  std::optional<Turn> turn;
  if (word.has(port_named) && sender.has(port_named)) turn.emplace(listener.ns->taking_ends);
  // Another thread's connect from the listener's port to the client's has the ends, and will reset the client.
  if (turn && tuple_taken(listener, word.port, local, from)) {
    release_place(*listener.sock);
    return receive_reset(client);
  }
  const SockRef ref = create(listener.sock->ns.load(std::memory_order_relaxed), word, listener.epoch);
  const Open child = follow(ref, listener.epoch);
  // relaxed, all: published with the claim, the peer reference and the queue.
  child.sock->local.store(local, std::memory_order_relaxed);
  child.sock->remote.store(from, std::memory_order_relaxed);
  child.sock->peer.store(client.ref, std::memory_order_relaxed);
  if (word.has(port_named)) enlist(child.ns->ports, child, word);
  turn.reset();

  link(client.sock->peer, ref);
  const TcpState now = once_linked(*client.sock);
  if (word.has(send_shutdown)) send_fin(child);
  if (now == TcpState::fin_wait1 && !fin_missing) receive_fin(child, client);
  if (now == TcpState::close) receive_reset(child);

  hand_over(listener, ref);
}

/// inet_csk_reqsk_queue_add: the child goes to the end of the accept queue, if there is one still.
inline void SocketPlane::hand_over(const Open& listener, SockRef child) {
  listener.sock->accept_queue.push(nodes_, std::uint64_t{child.generation} << 32 | child.index, listener.epoch);
  if (!still_listens(listener)) drop_queue(listener);
}

}  // namespace weir::lockfree
