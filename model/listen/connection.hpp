// The life of a connection over loopback: FIN, RST and what they leave. No time passes inside an operation, so an
// acknowledgement that the kernel delays is still missing when the call returns; a timer says when it comes.
// Source: net/ipv4/tcp_input.c (tcp_fin, tcp_reset), net/ipv4/tcp.c (tcp_done, tcp_disconnect), tcp_minisocks.c.
#pragma once
#include "model/listen/bind.hpp"
#include "model/listen/cookies.hpp"
#include "model/listen/local_request.hpp"

namespace weir::model {

template <Domain D>
void keep_cookie(Net<D>& net, SockId client, SockId listener) {
  net[client].cookie_from = listener;
  net[client].cookie_minute = net.now / cookie_minute;
  ++net.cookies_kept;
}

template <Domain D>
void forget_cookie(Net<D>& net, SockId client) {
  if (net[client].cookie_from == no_sock) return;
  net[client].cookie_from = no_sock;
  --net.cookies_kept;
}

/// CLOSE. The port goes back unless bind named it; an orphan is gone.
template <Domain D>
void tcp_done(Net<D>& net, SockId id) {
  Sock<D>& sk = net[id];
  sk.sk_state = tcp<D>(TcpState::close);
  sk.unacked = false;
  disarm(net, id);
  if (sk.peer != no_sock && net[sk.peer].peer == id) net[sk.peer].peer = no_sock;
  sk.peer = no_sock;
  lose_client(net, id);
  forget_cookie(net, id);
  if (!sk.binding.port_locked || sk.held_by == HeldBy::nobody) inet_put_port(net, id);
  if (sk.held_by != HeldBy::nobody) return;
  leave_requests(net, id);
  net.free(id);
}

/// A RST arrives. The other end is for the sender to deal with. \pre the socket is not in CLOSE: nobody finds it then
template <Domain D>
void tcp_reset(Net<D>& net, SockId id) {
  Sock<D>& sk = net[id];
  D::clause(Clause::RESET);
  if (in_state(sk, TcpState::syn_sent))
    sk.sk_err = Errno::econnrefused;
  else
    sk.sk_err = in_state(sk, TcpState::close_wait) ? Errno::epipe : Errno::econnreset;
  tcp_done(net, id);
}

/// As the segments of its remote peer name it. \pre sk.remote
template <Domain D>
Tuple tuple_of(const Sock<D>& sk) {
  return {sk.netns,
          {sk.peer_address.v4, static_cast<std::uint16_t>(sk.peer_port)},
          {sk.binding.address.v4, static_cast<std::uint16_t>(sk.binding.port)}};
}

/// The sequence numbers have moved on: no ACK to come brings this cookie.
template <Domain D>
void spend_cookie(Net<D>& net, const Tuple& tuple) {
  std::erase_if(net.cookies, [&](const Cookie& each) { return each.tuple == tuple; });
}

/// The connection's port is held in TIME_WAIT. Ports that the kernel chose need no holder: nobody can name them.
template <Domain D>
void tcp_time_wait(Net<D>& net, SockId id) {
  const Sock<D>& sk = net[id];
  const bool orphan = sk.held_by == HeldBy::nobody && in_state(sk, TcpState::fin_wait2);
  const Time answered = orphan ? sk.oow_answered : never;  // a TIME_WAIT in all but its name already
  if (Bucket* bucket = find_bucket(net, sk.netns, false, sk.binding.port); bucket != nullptr)
    bucket->time_wait.push_back(
        {claim(sk), sk.reuseaddr, sk.reuseport, net.now + time_wait_length, sk.remote, tuple_of(sk), answered});
  tcp_done(net, id);
}

/// Puts a new child at the end of the listener's accept queue; the queue's count, and the peer, are the caller's.
template <Domain D>
SockId new_child(Net<D>& net, SockId listener_id, Address local) {
  const SockId id = net.allocate();
  Sock<D>& listener = net[listener_id];
  Sock<D>& child = net[id];
  child.family = listener.family;
  child.netns = listener.netns;
  child.state = I32<D>(SS_CONNECTED);
  child.sk_state = tcp<D>(TcpState::established);
  child.send_shutdown = listener.send_shutdown;
  child.receive_shutdown = listener.receive_shutdown;
  child.ipv6only = listener.ipv6only;
  child.reuseaddr = listener.reuseaddr;
  child.reuseport = listener.reuseport;
  child.binding = {local, listener.binding.port, false, false};
  child.held_by = HeldBy::accept_queue;
  if (Bucket* bucket = find_bucket(net, child.netns, false, child.binding.port); bucket != nullptr)
    bucket->owners.push_back(id);
  push_child(net, listener_id, id);
  return id;
}

/// The child of a client on this host.
template <Domain D>
SockId add_child(Net<D>& net, SockId listener_id, SockId client_id) {
  const SockId id = new_child(net, listener_id, net[client_id].peer_address);
  Sock<D>& client = net[client_id];
  Sock<D>& child = net[id];
  child.peer_address = client.binding.address;
  child.peer_port = client.binding.port;
  child.peer = client_id;
  client.peer = id;
  return id;
}

/// Our FIN is acknowledged. An orphan is a TIME_WAIT to the kernel from now on.
template <Domain D>
void fin_acked(Net<D>& net, SockId id) {
  Sock<D>& sk = net[id];
  sk.sk_state = tcp<D>(TcpState::fin_wait2);
  sk.unacked = false;
  disarm(net, id);
  if (sk.held_by != HeldBy::nobody) return;
  sk.oow_answered = never;
  arm(net, id, SockTimer::fin_wait2, time_wait_length);
}

/// The peer's FIN where none was sent: CLOSE_WAIT, and an acknowledgement that is delayed. A client that has kept its
/// third ACK back reckons with an answer to send it with; others have seen no data to reckon by.
template <Domain D>
void fin_received(Net<D>& net, SockId sender, SockId receiver) {
  net[receiver].sk_state = tcp<D>(TcpState::close_wait);
  arm(net, sender, SockTimer::fin_acked, net[receiver].kept_ack_back ? delack_min : jiffy(*net.kernel));
}

/// A FIN meets an end whose own FIN was lost: that one acknowledges it at once, and goes on sending its own.
template <Domain D>
void fin_crosses(Net<D>& net, SockId sender, SockId receiver) {
  D::clause(Clause::FIN_CROSSED);
  net[receiver].sk_state = tcp<D>(TcpState::closing);
  fin_acked(net, sender);
}

/// A FIN meets the other end of the connection. \pre the sender is in FIN_WAIT1, CLOSING or LAST_ACK
template <Domain D>
void tcp_fin(Net<D>& net, SockId sender, SockId receiver) {
  if (in_state(net[receiver], TcpState::established)) {
    D::clause(Clause::FIN_RECEIVED);
    return fin_received(net, sender, receiver);
  }
  if (net[receiver].timer == SockTimer::fin && in_state(net[receiver], TcpState::fin_wait1))
    return fin_crosses(net, sender, receiver);
  D::clause(Clause::FIN_BOTH);  // the receiver has sent its own before
  const bool both_active = static_cast<bool>(!in_state(net[sender], TcpState::last_ack));
  tcp_time_wait(net, receiver);
  if (both_active)
    tcp_time_wait(net, sender);
  else
    tcp_done(net, sender);
}

/// A child whose listener had been shut down for sending closes its half at once.
template <Domain D>
void established(Net<D>& net, SockId child) {
  if (!net[child].send_shutdown) return;
  D::clause(Clause::CHILD_SENDS_FIN);
  net[child].sk_state = tcp<D>(TcpState::fin_wait1);
  net[child].unacked = true;
  if (net[child].remote) return spend_cookie(net, tuple_of(net[child]));  // its segments will say what it makes of that
  const SockId client = net[child].peer;
  if (in_state(net[client], TcpState::established)) fin_received(net, child, client);
}

/// An ACK of a client without a child reaches the listener that holds its request, or has just been asked.
/// \param bare  it carries neither data nor FIN, and none is missing before it
/// \return the child, if it makes one
template <Domain D>
SockId ack_meets_request(Net<D>& net, const RequestSettings<D>& settings, SockId client, SockId listener_id,
                         bool bare) {
  Request* const request = request_of(net, client);
  if (request != nullptr && !is_listened_for(net, *request)) {
    D::clause(Clause::FIN_REQUEST_ORPHANED);
    drop_request(net, request);
    tcp_reset(net, client);
    return no_sock;
  }
  Sock<D>& listener = net[listener_id];
  const U32<D> num_timeout(request == nullptr ? 0 : request->num_timeout);
  switch (tcp_check_req<D>(*net.kernel, listener.listener, settings, net.mib[listener.netns], bare, num_timeout)) {
    case AckVerdict::accepted: {
      forget_request(net, request);
      const SockId child = add_child(net, listener_id, client);
      established(net, child);
      return child;
    }
    case AckVerdict::overflow_reset:
      forget_request(net, request);
      tcp_reset(net, client);
      return no_sock;
    case AckVerdict::overflow_kept:
    case AckVerdict::deferred:
      break;
  }
  park(net, client, listener_id).acked = true;
  return no_sock;
}

/// An ACK of a client without a child echoes the cookie of its listener. \return the child, if it makes one
template <Domain D>
SockId ack_meets_cookie(Net<D>& net, const RequestSettings<D>& settings, SockId client) {
  const SockId listener_id = net[client].cookie_from;
  Sock<D>& listener = net[listener_id];
  const Cookie cookie{{}, net[client].cookie_minute};
  if (!cookie_is_good(net, settings, listener_id, &cookie)) {
    D::clause(Clause::FIN_COOKIE_UNWANTED);
    tcp_reset(net, client);
    return no_sock;
  }
  if (!cookie_v4_check<D>(*net.kernel, listener.listener, net.mib[listener.netns])) return no_sock;
  forget_cookie(net, client);
  const SockId child = add_child(net, listener_id, client);
  established(net, child);
  return child;
}

/// A FIN is on its way, for the first time or again. Where nobody takes it, its timer goes on.
template <Domain D>
void fin_leaves(Net<D>& net, const RequestSettings<D>& settings, SockId id) {
  const Sock<D>& sk = net[id];
  if (sk.parked) {
    D::clause(Clause::FIN_REQUEST);
    const SockId child = ack_meets_request(net, settings, id, request_of(net, id)->listener, false);
    if (child != no_sock) tcp_fin(net, id, child);
  } else if (sk.cookie_from != no_sock) {
    D::clause(Clause::FIN_COOKIE);
    const SockId child = ack_meets_cookie(net, settings, id);
    if (child != no_sock) tcp_fin(net, id, child);
  } else if (sk.peer == no_sock) {
    D::clause(Clause::FIN_NO_PEER);
    tcp_reset(net, id);
  } else if (sk.peer == id) {
    D::clause(Clause::FIN_BOTH);
    tcp_time_wait(net, id);
  } else {
    tcp_fin(net, id, sk.peer);
  }
}

/// Sends FIN from ESTABLISHED or CLOSE_WAIT; elsewhere there is nothing to send.
template <Domain D>
void send_fin(Net<D>& net, const RequestSettings<D>& settings, SockId id) {
  Sock<D>& sk = net[id];
  if (in_state(sk, TcpState::established))
    sk.sk_state = tcp<D>(TcpState::fin_wait1);
  else if (in_state(sk, TcpState::close_wait))
    sk.sk_state = tcp<D>(TcpState::last_ack);
  else
    return;
  sk.unacked = true;
  if (sk.remote) {
    D::clause(Clause::FIN_REMOTE);
    return spend_cookie(net, tuple_of(sk));
  }
  sk.retransmits = 0;
  sk.retrans_stamp = never;
  arm(net, id, SockTimer::fin, fin_timeout(*net.kernel, 0));
  fin_leaves(net, settings, id);
}

/// inet_csk_listen_stop: queued children are reset. The SYN table goes with the listener; requests outside it stay.
template <Domain D>
void listen_stop(Net<D>& net, SockId id, bool closed) {
  while (net[id].first_child != no_sock) {
    const SockId child = net[id].first_child;
    net[id].first_child = net[child].next;
    sk_acceptq_removed<D>(*net.kernel, net[id].listener);
    if (net[child].peer != no_sock) tcp_reset(net, net[child].peer);
    inet_put_port(net, child);
    net.free(child);
  }
  net[id].last_child = no_sock;
  for (SockId other = 0; net.cookies_kept > 0 && other < net.socks.size(); ++other)
    if (net[other].cookie_from == id) forget_cookie(net, other);
  net[id].overflow = never;
  if (closed || net.kernel->syn_queue == SynQueue::table) leave_requests(net, id);
}

/// tcp_disconnect, from LISTEN, SYN_SENT or CLOSE.
template <Domain D>
void tcp_disconnect(Net<D>& net, SockId id) {
  if (in_state(net[id], TcpState::listen)) listen_stop(net, id, false);
  if (in_state(net[id], TcpState::syn_sent)) net[id].sk_err = Errno::econnreset;
  if (!in_state(net[id], TcpState::close)) tcp_done(net, id);
  reset_address(net[id]);
  net[id].send_shutdown = false;
  net[id].receive_shutdown = false;
}

}  // namespace weir::model
