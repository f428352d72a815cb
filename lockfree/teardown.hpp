// FIN, RST and shutdown: how connections and listeners end.
#pragma once
#include "lockfree/socket_plane.hpp"
#include "lockfree/turn.hpp"

namespace weir::lockfree {

/// The word after this end has sent its FIN; false where there is none to send. From CLOSE_WAIT a peer on this host
/// acknowledges at once, so that LAST_ACK is seen with remote ones only.
inline bool SocketPlane::fin_changes(SockWord& word) {
  if (word.state == TcpState::established) {
    word.state = TcpState::fin_wait1;
    return true;
  }
  if (word.state != TcpState::close_wait) return false;
  if (word.has(from_afar))
    word.state = TcpState::last_ack;
  else
    word = closed(word);
  return true;
}

/// The word of a TCP socket after close(2) but for `orphan`, which the caller sets; true if a FIN is sent.
inline bool SocketPlane::close_changes(SockWord& word) {
  const bool waits = word.state == TcpState::fin_wait1 || word.state == TcpState::fin_wait2 ||
                     word.state == TcpState::closing || word.state == TcpState::last_ack;
  if (!word.has(unread)) {
    if (waits) return false;
    if (fin_changes(word)) return true;
  }
  word = closed(word);  // with data unread the connection is reset
  return false;
}

inline void SocketPlane::send_fin(const Open& at) {
  SockWord before;
  if (transition(*at.sock, before, fin_changes)) fin_leaves(at);
}

/// A FIN is on its way for the first time. A remote peer will say what it makes of that.
inline void SocketPlane::fin_leaves(const Open& at) {
  // relaxed: whether the peer is a remote one is settled before the first FIN; whoever plays it has seen ours.
  const SockWord word = at.sock->word.load(std::memory_order_relaxed);
  if (word.has(from_afar)) return spend_cookie(at, word);
  at.sock->first_retry.store(0, std::memory_order_relaxed);  // relaxed: for the thread that lets time pass
  set_wait(at, Wait::taken, 0, fin_wait(0));
  deliver_fin(at);
}

/// A FIN arrives: at the peer, at the listener that holds the request or sent the cookie, or nowhere. Where another
/// thread is making the child, that one hands it the FIN.
inline void SocketPlane::deliver_fin(const Open& at) {
  const SockRef ref = linked(at.sock->peer);
  if (const Open peer = follow(ref, at.epoch); peer.error == Errno::none) {
    if (!receive_fin(peer, at)) receive_reset(at);
  } else if (const SockRef holder = linked(at.sock->parked_at)) {
    reach_holder(at, holder, Ack::fin);
  } else if (ref) {
    receive_reset(at);
  }
}

/// An ACK of a client without a child. Where neither its request nor its cookie's listener is left it is answered by
/// RST; unless another thread has made a child of the request since we looked.
inline void SocketPlane::reach_holder(const Open& client, SockRef holder, Ack ack) {
  const Open found = follow(holder, client.epoch);
  // relaxed: that one took it from the client before it ended it, and `follow` has acquired the end.
  const bool lost = found.error != Errno::none && client.sock->parked_at.load(std::memory_order_relaxed) == holder;
  if (lost) return receive_reset(client);
  if (found.error != Errno::none) return;
  // relaxed: written before parked_at.
  const bool cookie = (client.sock->request_era.load(std::memory_order_relaxed) & cookie_mark) != 0;
  cookie ? reach_cookie(client, found) : reach_request(client, found, ack);
}

/// A FIN, or an ACK behind one that was lost, is more than a bare ACK: the request becomes a child, or there is no
/// room.
inline void SocketPlane::reach_request(const Open& client, const Open& request, Ack ack) {
  const Open listener = standing_listener(request);
  if (listener.error != Errno::none) {
    end_slot(request, TcpState::syn_recv);
    return receive_reset(client);
  }
  // relaxed, both: samples, as in request_receives.
  const RequestWord word = request.sock->request.load(std::memory_order_relaxed);
  if (ack == Ack::bare && word.timeouts < listener.sock->defer_accept.load(std::memory_order_relaxed)) {
    if (kernel_.defer_drop_counted) listener.ns->count(Mib::TCPDeferAcceptDrop);
    return mark_acked(*request.sock);
  }
  if (reserve_place(*listener.sock)) {
    SockRef holder = request.ref;
    // relaxed: the exchange decides who makes the child, should two threads be at it; the other one leaves it alone.
    const bool ours = client.sock->parked_at.compare_exchange_strong(holder, {}, std::memory_order_relaxed);
    if (ours && end_slot(request, TcpState::syn_recv)) return queue_child(listener, client, ack == Ack::gap);
    release_place(*listener.sock);
    if (ours) receive_reset(client);  // its time was over in this very moment
    return;
  }
  listener.ns->count(Mib::ListenOverflows);
  listener.ns->count(Mib::ListenDrops);
  if (sysctl(*listener.ns, Sysctl::tcp_abort_on_overflow) == 0) return mark_acked(*request.sock);
  if (end_slot(request, TcpState::syn_recv)) listener.ns->count(Mib::EmbryonicRsts);
  receive_reset(client);
}

/// The cookie comes back to the listener that sent it. One that began to listen anew knows of no overflow that would
/// explain it.
inline void SocketPlane::reach_cookie(const Open& client, const Open& listener) {
  // relaxed, all: written before parked_at; settled before the LISTEN that is looked at below; a time.
  const std::uint32_t era = client.sock->request_era.load(std::memory_order_relaxed) | cookie_mark;
  const bool same = era == (listener.sock->listen_era.load(std::memory_order_relaxed) | cookie_mark);
  const bool fresh = now() < client.sock->cookie_expiry.load(std::memory_order_relaxed);
  // relaxed: as in standing_listener.
  const bool listens = listener.sock->word.load(std::memory_order_relaxed).state == TcpState::listen;
  const bool wanted = sysctl(*listener.ns, Sysctl::tcp_syncookies) != 0;
  if (!same || !fresh || !listens || !wanted || !overflowed_lately(*listener.sock)) return receive_reset(client);
  if (reserve_place(*listener.sock)) {
    SockRef holder = listener.ref;
    // relaxed: as in reach_request.
    if (client.sock->parked_at.compare_exchange_strong(holder, {}, std::memory_order_relaxed))
      return queue_child(listener, client, false);
    return release_place(*listener.sock);
  }
  listener.ns->count(Mib::ListenOverflows);
  listener.ns->count(Mib::ListenDrops);
}

/// The other end's FIN arrives. False if this end has nothing to do with it.
inline bool SocketPlane::receive_fin(const Open& at, const Open& from) {
  // relaxed: its own FIN, if it has sent one, was sent by this thread, or told us of itself before.
  // An end that had our FIN before it sent its own is in CLOSE by now, or about to be.
  const bool crosses_ours =
      at.ref != from.ref && from.sock->word.load(std::memory_order_relaxed).state == TcpState::fin_wait1;
  SockRef bucket;
  SockWord before;
  SockWord after;
  const bool moved = transition(*at.sock, before, [&](SockWord& word) {
    if (word.state == TcpState::established)
      word.state = TcpState::close_wait;
    else if (word.state == TcpState::fin_wait1 && crosses_ours)
      word.state = TcpState::closing;  // which goes on sending the FIN that was lost
    else if (word.state == TcpState::fin_wait1 || word.state == TcpState::fin_wait2)
      end_in_time_wait(at, word, bucket);
    else
      return false;
    after = word;
    return true;
  });
  after_ending(at, moved, after, bucket);
  if (!moved) return before.state != TcpState::close && before.state != TcpState::listen;
  if (after.state != TcpState::close_wait) {
    fin_is_acked(from);
  } else {
    // relaxed: a time, sampled.
    const std::uint32_t delay = at.sock->ack_delay.load(std::memory_order_relaxed);
    set_wait(from, Wait::fin_ack, 0, delay == 0 ? jiffy() : delay);
  }
  return true;
}

/// The other end says that it has our FIN.
inline void SocketPlane::fin_is_acked(const Open& at) {
  SockRef bucket;
  SockWord before;
  SockWord after;
  const bool moved = transition(*at.sock, before, [&](SockWord& word) {
    if (word.state != TcpState::fin_wait1 && word.state != TcpState::closing) return false;
    if (word.state == TcpState::closing) {
      end_in_time_wait(at, word, bucket);
    } else {
      // relaxed: published by the transition; it counts from here on if there is no descriptor.
      if (word.has(orphan)) at.sock->deadline.store(now() + detail::time_wait_ms, std::memory_order_relaxed);
      word.state = TcpState::fin_wait2;
    }
    after = word;
    return true;
  });
  after_ending(at, moved, after, bucket);
}

/// The word once both FINs are through. Within a transition, so perhaps more than once: `bucket` is made the first
/// time.
inline void SocketPlane::end_in_time_wait(const Open& at, SockWord& word, SockRef& bucket) {
  if (word.has(orphan) && word.has(port_named)) {
    // relaxed, both: published by the transition.
    at.sock->deadline.store(now() + detail::time_wait_ms, std::memory_order_relaxed);
    // The kernel puts a new, smaller socket in its place; for a FIN_WAIT2 it had done so already.
    if (word.state != TcpState::fin_wait2) at.sock->answered.store(0, std::memory_order_relaxed);
    word.state = TcpState::time_wait;  // in the place that the socket had
    return;
  }
  // A socket that somebody still holds leaves its TIME_WAIT to a bucket of its own, before it lets go of the port.
  if (!bucket && !word.has(orphan)) bucket = time_wait_bucket(at, word);
  word = closed(word);
}

/// What follows such a transition, or its failure: a bucket that was made in vain goes.
inline void SocketPlane::after_ending(const Open& at, bool moved, SockWord after, SockRef bucket) {
  if (moved && after.is_final()) give_back(at);
  const bool bucket_stays = moved && after.state == TcpState::close && !after.has(orphan);
  if (!bucket || bucket_stays) return;
  // Its timer may have ended it already, and somebody else have its slot.
  if (const Open made = follow(bucket, at.epoch); made.error == Errno::none) end_slot(made, TcpState::time_wait);
}

/// A TIME_WAIT for the port of a connection that ends; none where the port has no name to collide with.
inline SockRef SocketPlane::time_wait_bucket(const Open& at, SockWord ending) {
  if (!ending.has(port_named)) return {};
  SockWord word{.port = ending.port, .state = TcpState::time_wait};
  const std::uint16_t kept = reuse_addr | reuse_port | is_inet6 | v6_only | from_afar;
  word.flags = static_cast<std::uint16_t>((ending.flags & kept) | port_named | orphan);
  // relaxed, all: published with the word.
  const SockRef ref = create(at.sock->ns.load(std::memory_order_relaxed), {}, at.epoch);
  const Open bucket = follow(ref, at.epoch);
  const Tuple ends{at.sock->local.load(std::memory_order_relaxed), at.sock->remote.load(std::memory_order_relaxed),
                   ending.port};
  bucket.sock->local.store(ends.local, std::memory_order_relaxed);
  bucket.sock->remote.store(ends.remote, std::memory_order_relaxed);
  bucket.sock->deadline.store(now() + detail::time_wait_ms, std::memory_order_relaxed);
  // release: pairs with the look of `advance` at every slot; without it the timer might be that of an earlier use.
  bucket.sock->word.store(word, std::memory_order_release);
  enlist(bucket.ns->ports, bucket, word);
  if (word.has(from_afar)) enlist(bucket.ns->remotes.of(ends), bucket, word);
  return ref;
}

/// tcp_reset: the connection is over, and connect() will say why.
inline void SocketPlane::receive_reset(const Open& at) {
  SockWord before;
  const bool ended = transition(*at.sock, before, [](SockWord& word) {
    if (word.state == TcpState::close || word.state == TcpState::listen) return false;
    const Errno why = word.state == TcpState::syn_sent     ? Errno::econnrefused
                      : word.state == TcpState::close_wait ? Errno::epipe
                                                           : Errno::econnreset;
    word = closed(word);
    word.error = why;
    return true;
  });
  if (ended && before.has(orphan)) give_back(at);
}

/// The listener is gone: each child in its queue is reset, and so is the client that waits for it.
inline void SocketPlane::drop_queue(const Open& listener) {
  while (const std::optional<SockRef> ref = take_child(listener)) {
    const Open child = follow(*ref, listener.epoch);
    if (child.error != Errno::none) continue;
    SockWord before;
    transition(*child.sock, before, [](SockWord& word) {
      word = closed(word);
      word.set(orphan);
      return true;
    });
    // relaxed: set when the child was made.
    const Open client = follow(child.sock->peer.load(std::memory_order_relaxed), listener.epoch);
    if (before.state != TcpState::close && client.error == Errno::none) receive_reset(client);
    give_back(child);
  }
}

/// What tcp_disconnect does to the address, unless bind asked for it.
inline void SocketPlane::release_address(const Open& at, SockWord before) {
  // relaxed: addresses need no order with anything (see bind_inet).
  if (!before.has(addr_locked)) at.sock->local.store({}, std::memory_order_relaxed);
}

inline Outcome SocketPlane::shutdown(const op::Shutdown& call) {
  const Operation operation(epoch_);
  const Open at = open(call.fd, operation.epoch());
  if (at.error != Errno::none) return failed(at.error);
  const Turn turn(at.sock->turn);
  // relaxed: the protocol never changes, a datagram socket's state decides nothing else, and whoever closes takes turns
  // with us.
  const SockWord word = at.sock->word.load(std::memory_order_relaxed);
  if (word.is_final()) return failed(Errno::ebadf);
  switch (word.protocol) {
    case Protocol::tcp:
      return shutdown_tcp(at, call.how);
    case Protocol::udp:
      return word.state == TcpState::established ? returned(0) : failed(Errno::enotconn);
    case Protocol::netlink:
      return failed(Errno::eopnotsupp);
    default:
      return shutdown_unix(at, call.how);
  }
}

inline Outcome SocketPlane::shutdown_tcp(const Open& at, How how) {
  const bool reading = how != How::wr;
  const bool writing = how != How::rd;
  SockWord before;
  bool sends_fin = false;
  transition(*at.sock, before, [&](SockWord& word) {
    const bool opening = word.state == TcpState::syn_sent || word.state == TcpState::close;
    if (word.progress == Progress::connecting) word.progress = opening ? Progress::disconnecting : Progress::connected;
    sends_fin = false;
    if (word.state == TcpState::syn_sent || (word.state == TcpState::listen && reading)) {
      word = closed(word);
      word.progress = Progress::unconnected;
      word.clear(send_shutdown | receive_shutdown);
    } else if (word.state != TcpState::listen) {
      if (reading) word.set(receive_shutdown);
      if (writing && word.state == TcpState::close)
        word.set(send_shutdown);
      else if (writing)
        sends_fin = fin_changes(word);
    }
    return true;
  });
  if (before.state == TcpState::close) return failed(before.is_final() ? Errno::ebadf : Errno::enotconn);
  if (before.state == TcpState::syn_sent) release_address(at, before);
  if (before.state == TcpState::listen && reading) {
    release_address(at, before);
    drop_queue(at);
    // The SYN table goes with LISTEN; from 4.4 on the requests stay until somebody finds that nobody listens.
    if (kernel_.syn_queue == SynQueue::table) drop_requests(at, before.port);
  }
  if (sends_fin) fin_leaves(at);
  return returned(0);
}

}  // namespace weir::lockfree
