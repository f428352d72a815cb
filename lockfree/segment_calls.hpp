// Segments of remote peers: who takes them, and what a connection makes of them. docs/segments.md says what they mean.
#pragma once
#include "lockfree/socket_plane.hpp"

namespace weir::lockfree {

namespace detail {
inline constexpr std::uint64_t invalid_ratelimit_ms = 500;  ///< tcp_invalid_ratelimit

/// Data come with A, PA and FA; on other segments a length means nothing.
constexpr bool carries_data(const op::Segment& segment) {
  return segment.len != 0 && has_ack(segment.flags) && !has_syn(segment.flags) && !has_rst(segment.flags);
}
}  // namespace detail

inline Outcome SocketPlane::segment(const op::Segment& call) {
  NetNamespace* const ns = spaces_.find(call.ns.id);
  if (ns == nullptr) return failed(Errno::enoent);
  if (is_martian(call.from.v4) || is_martian(call.to.v4) || call.from.v4 == call.to.v4) return outcome::Replied{};
  const Operation operation(epoch_);
  Arrival arriving{.ns = ns,
                   .tuple = tuple_of(call.from, call.to),
                   .flags = call.flags,
                   .data = detail::carries_data(call),
                   .epoch = operation.epoch()};
  for (;;)
    if (const Reply reply = deliver(arriving)) return outcome::Replied{*reply};
}

inline SocketPlane::Reply SocketPlane::deliver(Arrival& arriving) {
  const Found found = find_tuple(arriving);
  const Open holder = follow(found.holder, arriving.epoch);
  if (holder.error != Errno::none) return listener_receives(arriving, found);
  if (found.state == TcpState::syn_recv) {
    const Open listener = standing_listener(holder);
    if (listener.error == Errno::none) return request_receives(holder, listener, arriving);
    end_slot(holder, TcpState::syn_recv);
    return listener_receives(arriving, found);
  }
  if (found.state != TcpState::time_wait) return connection_receives(holder, arriving, found);
  // Only one that finds a listener renews; without one it is answered as any other.
  const bool renews = arriving.flags == Flags::s && find_listener(*arriving.ns, arriving.tuple.to());
  if (!renews) return time_wait_receives(holder, arriving);
  if (!end_slot(holder, TcpState::time_wait)) return std::nullopt;
  arriving.renewal = true;
  return listener_receives(arriving, found);
}

inline SocketPlane::Found SocketPlane::find_tuple(const Arrival& arriving) {
  Found found;
  const auto rank = [](TcpState state) {
    return state == TcpState::close ? 0 : state == TcpState::time_wait ? 1 : state == TcpState::syn_recv ? 2 : 3;
  };
  const Tuple& tuple = arriving.tuple;
  Ports& ports = arriving.ns->remotes.of(tuple);
  const auto judge = [&](SockRef ref, const Sock& sock, SockWord word) {
    // relaxed, both: set before the slot was entered under its tuple, and not changed since.
    if (sock.remote.load(std::memory_order_relaxed) != tuple.remote ||
        sock.local.load(std::memory_order_relaxed) != tuple.local)
      return;
    if (word.is_cookie()) {
      found.cookie = ref;
    } else if (rank(word.state) > rank(found.state)) {
      found.holder = ref;
      found.state = word.state;
    }
  };
  // A connection that has left the tuple to its TIME_WAIT since we began to look has entered that one at the head.
  do found.view = ports.look(tuple.key(), socks_, claims_, judge);
  while (!found.holder && !ports.is_newest(tuple.key(), found.view));
  return found;
}

/// Nobody has the four-tuple: whoever listens on the port, or nobody at all.
inline SocketPlane::Reply SocketPlane::listener_receives(const Arrival& arriving, const Found& found) {
  if (has_rst(arriving.flags)) return Flags::none;
  const Open listener = follow(find_listener(*arriving.ns, arriving.tuple.to()), arriving.epoch);
  if (listener.error != Errno::none) {
    if (arriving.flags == Flags::s) drop_cookie(found, arriving.epoch);  // the peer has other numbers from here on
    return Flags::r;
  }
  if (has_ack(arriving.flags)) return listener_receives_ack(listener, arriving, found);
  if (!has_syn(arriving.flags)) return Flags::none;
  switch (receive_syn(listener, arriving.renewal)) {
    case Syn::queued:
      return enqueue_request(listener, arriving, found);
    case Syn::cookie:
      leave_cookie(listener, arriving, found);
      return Flags::sa;
    default:
      drop_cookie(found, arriving.epoch);  // this SYN has other numbers than the one that the cookie was for
      return Flags::none;
  }
}

/// cookie_v4_check: an ACK out of nowhere is worth something only if it carries a cookie.
inline SocketPlane::Reply SocketPlane::listener_receives_ack(const Open& listener, const Arrival& arriving,
                                                             const Found& found) {
  const Open memory = follow(found.cookie, arriving.epoch);
  const bool valid = !has_syn(arriving.flags) && memory.error == Errno::none &&
                     sysctl(*arriving.ns, Sysctl::tcp_syncookies) != 0 && overflowed_lately(*listener.sock) &&
                     // relaxed: a time, sampled as the clock is.
                     now() < memory.sock->deadline.load(std::memory_order_relaxed);
  if (!valid) return Flags::r;
  if (reserve_place(*listener.sock)) return cookie_child(memory, listener, arriving, found);
  arriving.ns->count(Mib::ListenOverflows);
  arriving.ns->count(Mib::ListenDrops);
  return Flags::none;
}

/// tcp_timewait_state_process, but for a SYN that begins anew. Whatever takes up sequence numbers is answered; what is
/// in order, or has ACK, makes the TIME_WAIT begin again.
inline SocketPlane::Reply SocketPlane::time_wait_receives(const Open& bucket, const Arrival& arriving) {
  if (has_rst(arriving.flags)) {
    end_slot(bucket, TcpState::time_wait);
    return Flags::none;
  }
  if (arriving.flags == Flags::s) return Flags::a;  // nobody listens
  const bool bare = !has_syn(arriving.flags) && !has_fin(arriving.flags) && !arriving.data;
  if (bare || has_ack(arriving.flags)) {
    // relaxed: a time; the timer that looks at it now or a moment later is the same to all.
    bucket.sock->deadline.store(now() + detail::time_wait_ms, std::memory_order_relaxed);
  }
  if (bare) return Flags::none;
  const bool limited = has_syn(arriving.flags) && !may_answer_syn(*bucket.sock);
  return limited ? Flags::none : Flags::a;
}

/// At most one answer to repeated SYNs in 500 ms, where the release limits them (tcp_oow_rate_limited).
inline bool SocketPlane::may_answer_syn(Sock& sock) {
  if (!kernel_.oow_rate_limited) return true;
  const std::uint64_t stamp = now() + 1;
  // relaxed: the exchange decides which of several may answer; nothing is published through it.
  std::uint64_t last = sock.answered.load(std::memory_order_relaxed);
  do {
    if (last != 0 && stamp < last + detail::invalid_ratelimit_ms) return false;
  } while (!sock.answered.compare_exchange_weak(last, stamp, std::memory_order_relaxed));
  return true;
}

inline SocketPlane::Reply SocketPlane::connection_receives(const Open& at, const Arrival& arriving,
                                                           const Found& found) {
  if (has_rst(arriving.flags)) {
    receive_reset(at);
    return Flags::none;
  }
  if (has_syn(arriving.flags)) return may_answer_syn(*at.sock) ? Flags::a : Flags::none;
  if (!has_ack(arriving.flags)) return Flags::none;
  Flags reply = Flags::none;
  SockRef bucket;
  SockWord before;
  SockWord after;
  bool vanished = false;
  const bool moved = transition(*at.sock, before, [&](SockWord& word) {
    reply = Flags::none;
    // A TIME_WAIT in the socket's place, or CLOSE: another thread's segment came first.
    vanished = word.state == TcpState::time_wait || word.state == TcpState::close;
    if (vanished) return false;
    takes_segment(at, word, arriving, reply, bucket);
    after = word;
    return true;
  });
  vanished |= !moved && before.is_final();
  after_ending(at, moved, after, bucket);
  if (vanished) return std::nullopt;
  // The peer's numbers have moved on.
  if (before.state == TcpState::established && before.has(cookie_sent) && (arriving.data || has_fin(arriving.flags)))
    drop_cookie(found, arriving.epoch);
  return reply;
}

/// tcp_rcv_state_process for a segment with ACK, and neither SYN nor RST. What it acknowledges is all that was sent.
inline void SocketPlane::takes_segment(const Open& at, SockWord& word, const Arrival& arriving, Flags& reply,
                                       SockRef& bucket) {
  const bool fin = has_fin(arriving.flags);
  switch (word.state) {
    case TcpState::established:
      if (arriving.data) word.set(unread);
      if (fin) word.state = TcpState::close_wait;
      if (arriving.data && !fin) reply = Flags::a;
      return;
    case TcpState::fin_wait1:
    case TcpState::fin_wait2:
      if (arriving.data && word.has(orphan | receive_shutdown)) {
        word = closed(word);
        reply = Flags::r;
        return;
      }
      if (word.state == TcpState::fin_wait1 && word.has(orphan)) {
        // relaxed, both: published by the transition. From here on the kernel has a TIME_WAIT, but for its name.
        at.sock->deadline.store(now() + detail::time_wait_ms, std::memory_order_relaxed);
        at.sock->answered.store(0, std::memory_order_relaxed);
      }
      word.state = TcpState::fin_wait2;
      if (arriving.data) word.set(unread);
      if (fin) end_in_time_wait(at, word, bucket);
      if (fin || arriving.data) reply = Flags::a;
      return;
    case TcpState::close_wait:
      if (fin) reply = Flags::a;
      return;
    case TcpState::closing:
      end_in_time_wait(at, word, bucket);
      return;
    case TcpState::last_ack:
      word = closed(word);
      return;
    default:
      return;
  }
}

}  // namespace weir::lockfree
