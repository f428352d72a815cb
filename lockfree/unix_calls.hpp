// AF_UNIX: abstract names, which are numbers here, and connections that stand at once.
//
// A name is claimed as a port is; each type of socket has names of its own, since its protocol is part of the key. What
// a listener's queue holds are the other ends themselves.
#pragma once
#include "lockfree/socket_plane.hpp"

namespace weir::lockfree {

inline Outcome SocketPlane::bind_unix(const Open& at, const op::Bind& call) {
  if (call.addr.kind != Address::Kind::abstract) return failed(Errno::einval);
  SockWord before;
  SockWord bound;
  // The name goes into the word first, as in bind_inet: it reserves the socket for this call.
  const bool reserved = transition(*at.sock, before, [&](SockWord& word) {
    if (word.has(has_port)) return false;
    word.port = call.port;
    word.set(call.port == 0 ? port_ephemeral : port_named);
    bound = word;
    return true;
  });
  if (before.is_final()) return failed(Errno::ebadf);
  if (call.port == 0) return returned(0);  // chosen by the kernel, now or earlier
  if (!reserved) return failed(Errno::einval);
  if (claim_name(at, bound)) return returned(0);
  transition(*at.sock, before, [](SockWord& word) {
    word.port = 0;
    word.clear(port_named);
    return true;
  });
  return failed(Errno::eaddrinuse);
}

inline bool SocketPlane::claim_name(const Open& at, SockWord bound) {
  const PortKey key{bound.protocol, bound.port};
  for (;;) {
    bool taken = false;
    const Ports::View view = at.ns->ports.look(
        key, socks_, claims_, [&](SockRef ref, const Sock&, SockWord) { taken |= ref.index != at.ref.index; });
    if (taken) return false;
    if (at.ns->ports.join(key, view, at.ref, {}, socks_, claims_, at.epoch)) return true;
  }
}

inline Outcome SocketPlane::listen_unix(const Open& at, std::uint32_t backlog) {
  // relaxed: a first look; the transition decides.
  const SockWord seen = at.sock->word.load(std::memory_order_relaxed);
  if (seen.is_final()) return failed(Errno::ebadf);
  const auto may = [](SockWord word) {
    return word.has(has_port) && (word.state == TcpState::close || word.state == TcpState::listen);
  };
  if (!may(seen)) return failed(Errno::einval);
  store_max(*at.sock, backlog);
  at.sock->accept_queue.prepare(nodes_, at.epoch);
  SockWord before;
  const bool listens = transition(*at.sock, before, [&](SockWord& word) {
    if (!may(word)) return false;
    word.state = TcpState::listen;
    return true;
  });
  if (listens) return returned(0);
  return failed(before.is_final() ? Errno::ebadf : Errno::einval);
}

inline Outcome SocketPlane::connect_unix(const Open& at, const op::Connect& call) {
  if (call.addr.kind != Address::Kind::abstract || call.port == 0) return failed(Errno::einval);
  // relaxed: the protocol never changes.
  const Protocol protocol = at.sock->word.load(std::memory_order_relaxed).protocol;
  SockRef named;
  at.ns->ports.look({protocol, call.port}, socks_, claims_, [&](SockRef ref, const Sock&, SockWord) { named = ref; });
  const Open other = follow(named, at.epoch);
  if (other.error != Errno::none) return failed(Errno::econnrefused);
  return protocol == Protocol::unix_datagram ? note_peer(at, other) : connect_to_listener(at, other);
}

/// A socket that has noted another peer than this one takes nothing from it. A reference to one that is gone never
/// equals a later one.
inline Outcome SocketPlane::note_peer(const Open& at, const Open& other) {
  // relaxed, both: a note, by which nothing is published.
  const SockRef theirs = other.sock->peer.load(std::memory_order_relaxed);
  if (theirs && theirs != at.ref) return failed(Errno::eperm);
  at.sock->peer.store(other.ref, std::memory_order_relaxed);
  return returned(0);
}

inline Outcome SocketPlane::connect_to_listener(const Open& at, const Open& listener) {
  // acquire: pairs with the transition into LISTEN, before which the queue was prepared and its limit set.
  const SockWord there = listener.sock->word.load(std::memory_order_acquire);
  if (there.state != TcpState::listen || there.has(receive_shutdown)) return failed(Errno::econnrefused);
  // relaxed: the place is taken below; this is the look that comes before the one at the client.
  const AckBacklog backlog = listener.sock->backlog.load(std::memory_order_relaxed);
  if (backlog.ack > backlog.max) return failed(Errno::eagain);
  SockWord before;
  const bool opens = transition(*at.sock, before, [](SockWord& word) {
    if (word.state != TcpState::close) return false;
    word.state = TcpState::established;
    word.progress = Progress::connected;
    return true;
  });
  if (before.is_final()) return failed(Errno::ebadf);
  if (!opens) return failed(before.state == TcpState::listen ? Errno::einval : Errno::eisconn);
  if (!reserve_in_queue(*listener.sock)) {  // another client was quicker
    transition(*at.sock, before, [](SockWord& word) {
      word.state = TcpState::close;
      word.progress = Progress::unconnected;
      return true;
    });
    return failed(Errno::eagain);
  }
  const SockWord end{.flags = port_ephemeral,  // it goes by its listener's name, which it does not hold
                     .state = TcpState::established,
                     .progress = Progress::connected,
                     .protocol = there.protocol};
  const SockRef child = create(at.sock->ns.load(std::memory_order_relaxed), end, at.epoch);  // relaxed: never changes
  listener.sock->accept_queue.push(nodes_, std::uint64_t{child.generation} << 32 | child.index, at.epoch);
  if (!still_listens(listener)) drop_unix_queue(listener);
  return returned(0);
}

/// As reserve_place, but what counts is the queue itself, which no 16 bits make wrap.
inline bool SocketPlane::reserve_in_queue(Sock& listener) {
  // relaxed: test and increment are one exchange; the child is published by the queue.
  AckBacklog backlog = listener.backlog.load(std::memory_order_relaxed);
  do {
    if (backlog.ack > backlog.max) return false;
  } while (!listener.backlog.compare_exchange_weak(backlog, {backlog.ack + 1, backlog.max}, std::memory_order_relaxed));
  return true;
}

/// Nobody will accept them: the slots go back, and the clients never learn.
inline void SocketPlane::drop_unix_queue(const Open& listener) {
  while (const std::optional<SockRef> ref = take_child(listener)) {
    const Open child = follow(*ref, listener.epoch);
    SockWord before;
    const bool ended = transition(*child.sock, before, [](SockWord& word) {
      word = closed(word);
      word.set(orphan);
      return true;
    });
    if (ended) give_back(child);
  }
}

inline Outcome SocketPlane::shutdown_unix(const Open& at, How how) {
  SockWord before;
  const bool open = transition(*at.sock, before, [&](SockWord& word) {
    if (how != How::wr) word.set(receive_shutdown);
    return true;
  });
  return open ? returned(0) : failed(Errno::ebadf);
}

}  // namespace weir::lockfree
