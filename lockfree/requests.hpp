// The SYN queue as remote peers see it: requests, cookies, and how they become children.
//
// A request and the memory of a cookie are slots of the pool of sockets in state SYN_RECV, entered under their
// four-tuple. The slot of one that completes becomes the child: in one exchange, so that one thread makes it and nobody
// sees the four-tuple without its holder.
#pragma once
#include "lockfree/socket_plane.hpp"

namespace weir::lockfree {

namespace detail {
inline constexpr std::uint64_t overflow_short_ms = 3'000;
inline constexpr std::uint64_t overflow_long_ms = 120'000;
inline constexpr std::uint64_t overflow_stamp_ms = 1'000;
}  // namespace detail

/// tcp_synq_overflow: a cookie was sent.
inline void SocketPlane::note_overflow(Sock& listener) {
  const std::uint64_t stamp = now() + 1;
  // relaxed: a time, sampled as the clock is.
  const std::uint64_t last = listener.overflow.load(std::memory_order_relaxed);
  const bool counts = !kernel_.overflow_remembered_long || last == 0 || stamp > last + detail::overflow_stamp_ms;
  if (counts) listener.overflow.store(stamp, std::memory_order_relaxed);  // relaxed: as above
}

inline bool SocketPlane::overflowed_lately(const Sock& listener) const {
  const std::uint64_t last = listener.overflow.load(std::memory_order_relaxed);  // relaxed: as above
  const std::uint64_t span = kernel_.overflow_remembered_long ? detail::overflow_long_ms : detail::overflow_short_ms;
  return last != 0 && now() + 1 <= last + span;
}

/// A slot with these ends that nobody can find yet.
inline SockRef SocketPlane::new_slot(const Open& listener, const Tuple& tuple) {
  // relaxed, all: published with the word.
  const SockRef ref = create(listener.sock->ns.load(std::memory_order_relaxed), {}, listener.epoch);
  Sock& sock = socks_[ref.index];
  sock.local.store(tuple.local, std::memory_order_relaxed);
  sock.remote.store(tuple.remote, std::memory_order_relaxed);
  return ref;
}

/// Brings the slot to life and enters it under its tuple; false, and it stays outside, if there is one like it
/// meanwhile.
inline bool SocketPlane::publish(const Arrival& arriving, Found found, SockRef slot, SockWord word) {
  // release: pairs with the look of `advance` at every slot; without it the timer might be that of an earlier use.
  socks_[slot.index].word.store(word, std::memory_order_release);
  Ports& ports = arriving.ns->remotes.of(arriving.tuple);
  while (!ports.join(arriving.tuple.key(), found.view, slot, {}, socks_, claims_, arriving.epoch)) {
    found = find_tuple(arriving);
    if (word.is_cookie() ? found.cookie : found.holder) return false;
  }
  return true;
}

/// The word of a request or, with `cookie_sent`, of a cookie.
constexpr SockWord syn_recv_word(const Tuple& tuple, std::uint16_t kind) {
  return {.port = tuple.port,
          .flags = static_cast<std::uint16_t>(kind | port_named | orphan | from_afar),
          .state = TcpState::syn_recv};
}

/// \pre the SYN was counted in.
inline SocketPlane::Reply SocketPlane::enqueue_request(const Open& listener, const Arrival& arriving,
                                                       const Found& found) {
  const SockRef ref = new_slot(listener, arriving.tuple);
  const Open request = follow(ref, arriving.epoch);
  // relaxed, all: published with the word.
  request.sock->parked_at.store(listener.ref, std::memory_order_relaxed);
  request.sock->request_era.store(listener.sock->listen_era.load(std::memory_order_relaxed), std::memory_order_relaxed);
  set_request_timer(*request.sock, 0);
  const bool entered = publish(arriving, found, ref, syn_recv_word(arriving.tuple, 0));
  if (!entered) end_slot(request, TcpState::syn_recv);
  if (entered) drop_cookie(found, arriving.epoch);  // this SYN-ACK has other numbers
  return entered ? Reply{Flags::sa} : std::nullopt;
}

/// Nothing is kept of the SYN but the minute, in which its cookie's validity ends.
inline void SocketPlane::leave_cookie(const Open& listener, const Arrival& arriving, const Found& found) {
  const std::uint64_t expiry = (now() / detail::minute_ms + kernel_.cookie_minutes) * detail::minute_ms;
  // relaxed, both: a time, sampled as the clock is; that of a new slot is published with its word.
  if (const Open known = follow(found.cookie, arriving.epoch); known.error == Errno::none)
    return known.sock->deadline.store(expiry, std::memory_order_relaxed);
  const SockRef ref = new_slot(listener, arriving.tuple);
  const Open memory = follow(ref, arriving.epoch);
  memory.sock->deadline.store(expiry, std::memory_order_relaxed);
  // Another thread that left one in the same moment has sent the same cookie.
  if (!publish(arriving, found, ref, syn_recv_word(arriving.tuple, cookie_sent))) end_slot(memory, TcpState::syn_recv);
}

/// The listener in whose SYN queue the request is; an error if it has stopped to listen.
inline SocketPlane::Open SocketPlane::standing_listener(const Open& request) {
  // relaxed: set before the request was published.
  const Open listener = follow(request.sock->parked_at.load(std::memory_order_relaxed), request.epoch);
  if (listener.error != Errno::none) return listener;
  // relaxed, both: the era is settled before the LISTEN that is looked at below.
  const bool another_table =
      kernel_.syn_queue == SynQueue::table && listener.sock->listen_era.load(std::memory_order_relaxed) !=
                                                  request.sock->request_era.load(std::memory_order_relaxed);
  // relaxed: a sample; a child that is made nevertheless is dropped by hand_over.
  const bool listens = listener.sock->word.load(std::memory_order_relaxed).state == TcpState::listen;
  if (another_table || !listens) return {.error = Errno::enotconn};
  return listener;
}

/// Ends a request, a cookie, a TIME_WAIT or what is left of a FIN_WAIT2: true for the one thread that does.
inline bool SocketPlane::end_slot(const Open& at, TcpState state) {
  SockWord before;
  const bool ended = transition(*at.sock, before, [&](SockWord& word) {
    if (word.state != state) return false;
    word = closed(word);
    word.set(orphan);
    return true;
  });
  if (!ended) return false;
  if (before.is_request()) count_out(at);
  give_back(at);
  return true;
}

/// Invariant (3) of the plane: called by the thread whose transition ended the request.
inline void SocketPlane::count_out(const Open& request) {
  // relaxed: the exchange decides between this thread and a timer which of the two counts the request as young no more.
  const RequestWord last = request.sock->request.exchange({.gone = 1}, std::memory_order_relaxed);
  // relaxed: as in standing_listener.
  const Open listener = follow(request.sock->parked_at.load(std::memory_order_relaxed), request.epoch);
  if (listener.error != Errno::none) return;
  // A SYN table took its counts with it.
  if (kernel_.syn_queue == SynQueue::table && standing_listener(request).error != Errno::none) return;
  request_leaves(listener, last.timeouts == 0);
}

inline void SocketPlane::mark_acked(Sock& request) {
  // relaxed: read by the timer only, which samples it.
  RequestWord word = request.request.load(std::memory_order_relaxed);
  while (word.gone == 0 && word.acked == 0 &&
         !request.request.compare_exchange_weak(word, {word.timeouts, 1, 0}, std::memory_order_relaxed)) {
  }
}

/// tcp_check_req.
inline SocketPlane::Reply SocketPlane::request_receives(const Open& request, const Open& listener,
                                                        const Arrival& arriving) {
  if (arriving.flags == Flags::s) return repeat_synack(request);
  // A SYN that was taken already, out of order: answered with what is expected instead.
  if (has_syn(arriving.flags)) return may_answer_syn(*request.sock) ? Flags::a : Flags::none;
  if (has_rst(arriving.flags)) {
    if (!end_slot(request, TcpState::syn_recv)) return std::nullopt;
    arriving.ns->count(Mib::EmbryonicRsts);
    return Flags::none;
  }
  if (!has_ack(arriving.flags)) return Flags::none;
  // relaxed, both: samples; whether the request is still there the transition decides.
  const RequestWord word = request.sock->request.load(std::memory_order_relaxed);
  const bool bare = !arriving.data && !has_fin(arriving.flags);
  if (bare && word.timeouts < listener.sock->defer_accept.load(std::memory_order_relaxed)) {
    mark_acked(*request.sock);
    if (kernel_.defer_drop_counted) arriving.ns->count(Mib::TCPDeferAcceptDrop);
    return Flags::none;
  }
  if (reserve_place(*listener.sock)) return become_child(request, listener, arriving);
  arriving.ns->count(Mib::ListenOverflows);
  arriving.ns->count(Mib::ListenDrops);
  if (sysctl(*arriving.ns, Sysctl::tcp_abort_on_overflow) == 0) {
    mark_acked(*request.sock);
    return Flags::none;
  }
  if (end_slot(request, TcpState::syn_recv)) arriving.ns->count(Mib::EmbryonicRsts);
  return Flags::r;
}

inline SocketPlane::Reply SocketPlane::repeat_synack(const Open& request) {
  if (!may_answer_syn(*request.sock)) return Flags::none;
  if (kernel_.synack_repeat_restarts_timer) {
    // relaxed: a count; a timer that fires at this very moment may set another time, as it may in the kernel.
    set_request_timer(*request.sock, request.sock->request.load(std::memory_order_relaxed).timeouts);
  }
  return Flags::sa;
}

/// A child that has taken the segment that made it, which acknowledges nothing of what the child sends.
constexpr SockWord child_word(SockWord parent, std::uint16_t port, bool data, bool fin) {
  SockWord child{.port = port, .progress = Progress::connected};
  child.flags = static_cast<std::uint16_t>((parent.flags & inherited) | port_named | from_afar);
  if (data) child.set(unread);
  if (!child.has(send_shutdown))
    child.state = fin ? TcpState::close_wait : TcpState::established;
  else if (data && child.has(receive_shutdown))
    child = closed(child);
  else
    child.state = fin ? TcpState::closing : TcpState::fin_wait1;
  return child;
}

/// The slot of a request becomes the child. \pre a place is reserved.
inline SocketPlane::Reply SocketPlane::become_child(const Open& request, const Open& listener,
                                                    const Arrival& arriving) {
  // relaxed: as in queue_child.
  const SockWord parent = listener.sock->word.load(std::memory_order_relaxed);
  const SockWord child = child_word(parent, arriving.tuple.port, arriving.data, has_fin(arriving.flags));
  SockWord before;
  const bool made = transition(*request.sock, before, [&](SockWord& word) {
    if (word.state != TcpState::syn_recv) return false;
    word = child;
    return true;
  });
  if (!made) {
    release_place(*listener.sock);
    return std::nullopt;
  }
  count_out(request);
  // relaxed: the limit on answers to SYNs begins anew; one that comes in this very moment may count for either.
  request.sock->answered.store(0, std::memory_order_relaxed);
  return child_stands(request, child, listener, arriving);
}

/// The ACK that brings a cookie makes a child, and stays good for another until its sequence numbers have moved on.
/// \pre a place is reserved.
inline SocketPlane::Reply SocketPlane::cookie_child(const Open& memory, const Open& listener, const Arrival& arriving,
                                                    const Found& found) {
  // relaxed: as in queue_child.
  const SockWord parent = listener.sock->word.load(std::memory_order_relaxed);
  const bool fin = has_fin(arriving.flags);
  SockWord child = child_word(parent, arriving.tuple.port, arriving.data, fin);
  const bool spent = fin || arriving.data || child.has(send_shutdown);
  if (!spent) child.set(cookie_sent);
  const SockRef ref = new_slot(listener, arriving.tuple);
  const Open at = follow(ref, arriving.epoch);
  if (!publish(arriving, found, ref, child)) {
    release_place(*listener.sock);
    give_back(at);  // nobody else has seen it
    return std::nullopt;
  }
  if (spent) end_slot(memory, TcpState::syn_recv);
  return child_stands(at, child, listener, arriving);
}

inline Flags SocketPlane::child_stands(const Open& at, SockWord child, const Open& listener, const Arrival& arriving) {
  if (child.has(port_named)) enlist(at.ns->ports, at, child);
  hand_over(listener, at.ref);
  if (child.has(send_shutdown)) return Flags::fa;
  return arriving.data && child.state == TcpState::established ? Flags::a : Flags::none;
}

inline void SocketPlane::drop_cookie(const Found& found, std::uint64_t epoch) {
  if (const Open memory = follow(found.cookie, epoch); memory.error == Errno::none)
    end_slot(memory, TcpState::syn_recv);
}

/// This end's numbers have moved on.
inline void SocketPlane::spend_cookie(const Open& connection, SockWord word) {
  if (!word.has(cookie_sent)) return;
  // relaxed, both: set before the connection was entered under its tuple.
  const Tuple tuple{connection.sock->local.load(std::memory_order_relaxed),
                    connection.sock->remote.load(std::memory_order_relaxed), word.port};
  const Arrival as_if{.ns = connection.ns, .tuple = tuple, .epoch = connection.epoch};
  drop_cookie(find_tuple(as_if), connection.epoch);
}

/// The listener stops: its requests go. One that is entered in this very moment may stay: nobody listens, or another
/// table has taken the place of its own, and whoever meets it finds that, its timer at the latest. From 4.4 on those of
/// clients of this host stay, and hold their ends, until their timer fires.
inline void SocketPlane::drop_requests(const Open& listener, std::uint16_t port) {
  if (port == 0) return;
  listener.ns->remotes.look({Protocol::tcp, port}, socks_, claims_, [&](SockRef ref, const Sock& sock, SockWord word) {
    // relaxed: set before the request was published.
    const bool ours = word.is_request() && sock.parked_at.load(std::memory_order_relaxed) == listener.ref;
    const bool stays = kernel_.syn_queue != SynQueue::table && !word.has(from_afar);
    if (!ours || stays) return;
    if (const Open request = follow(ref, listener.epoch); request.error == Errno::none)
      end_slot(request, TcpState::syn_recv);
  });
}

}  // namespace weir::lockfree
