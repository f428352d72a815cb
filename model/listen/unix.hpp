// AF_UNIX sockets with abstract names: who has a name, who may connect to it, and the queue of a listener. They are the
// names that "@" and a number stand for; a path in the file system is not one of the operations.
// Source: net/unix/af_unix.c (unix_bind, unix_autobind, unix_stream_connect, unix_dgram_connect, unix_shutdown,
// unix_release_sock). The same in all releases of the table.
//
// unix_recvq_full counts the queue itself: 16 bits of sk_max_ack_backlog never make it wrap, as they do for TCP.
#pragma once
#include "model/listen/bind.hpp"

namespace weir::model {

/// A socket that unix_autobind named, or a child, which goes by its listener's address without holding it.
inline constexpr std::uint32_t unix_unnameable = first_chosen_port;

/// Names of stream, datagram and seqpacket sockets are apart: the type is part of the hash.
template <Domain D>
SockId unix_find_socket_byname(const Net<D>& net, std::uint32_t netns, SockType type, std::uint32_t name) {
  for (SockId id = 0; id < net.socks.size(); ++id) {
    const Sock<D>& sk = net[id];
    if (sk.family == Family::unix_ && sk.type == type && sk.netns == netns && sk.binding.port == name) return id;
  }
  return no_sock;
}

template <Domain D>
Errno unix_bind(Net<D>& net, SockId id, Address address, std::uint16_t name) {
  Sock<D>& sk = net[id];
  if (address.kind != Address::Kind::abstract) {
    D::clause(Clause::BIND_UNIX_NO_PATH);
    return Errno::einval;
  }
  const bool bound = sk.binding.port != 0;
  if (name == 0) {
    D::clause(Clause::BIND_UNIX_AUTO);
    if (!bound) sk.binding.port = unix_unnameable;
    return Errno::none;
  }
  if (bound) {
    D::clause(Clause::BIND_UNIX_TWICE);
    return Errno::einval;
  }
  if (unix_find_socket_byname(net, sk.netns, sk.type, name) != no_sock) {
    D::clause(Clause::BIND_UNIX_TAKEN);
    return Errno::eaddrinuse;
  }
  D::clause(Clause::BIND_UNIX);
  sk.binding.port = name;
  return Errno::none;
}

/// The system call, on a socket.
template <Domain D>
Errno bind(Net<D>& net, SockId id, Address address, std::uint16_t port) {
  Sock<D>& sk = net[id];
  if (sk.is_inet()) return inet_bind(net, id, address, port);
  if (sk.family == Family::unix_) return unix_bind(net, id, address, port);
  D::clause(Clause::BIND_NETLINK);
  if (sk.binding.port != 0) return Errno::einval;
  sk.binding.port = first_chosen_port;
  return Errno::none;
}

/// unix_recvq_full: `>`, as in sk_acceptq_is_full.
template <Domain D>
Bool<D> unix_recvq_full(const Listener<D>& queue) {
  return queue.sk_ack_backlog > queue.sk_max_ack_backlog;
}

/// Puts the other end of `client` into the queue of the listener.
template <Domain D>
void unix_add_child(Net<D>& net, SockId listener_id, SockId client_id) {
  const SockId id = net.allocate();
  Sock<D>& listener = net[listener_id];
  Sock<D>& child = net[id];
  child.family = Family::unix_;
  child.type = listener.type;
  child.netns = listener.netns;
  child.binding.port = unix_unnameable;
  child.held_by = HeldBy::accept_queue;
  for (Sock<D>* each : {&child, &net[client_id]}) {
    each->state = I32<D>(SS_CONNECTED);
    each->sk_state = tcp<D>(TcpState::established);
  }
  push_child(net, listener_id, id);
  listener.listener.sk_ack_backlog = wrapping_add(listener.listener.sk_ack_backlog, U32<D>(1));
}

/// The queue of the listener is asked before the state of the socket that connects.
template <Domain D>
Errno unix_stream_connect(Net<D>& net, SockId id, SockId other) {
  const Sock<D>& listener = net[other];
  if (listener.sk_state != tcp<D>(TcpState::listen) || listener.receive_shutdown) {
    D::clause(Clause::CONNECT_UNIX_REFUSED);
    return Errno::econnrefused;
  }
  if (unix_recvq_full<D>(listener.listener)) {
    D::clause(Clause::CONNECT_UNIX_FULL);
    return Errno::eagain;
  }
  if (net[id].sk_state == tcp<D>(TcpState::established)) {
    D::clause(Clause::CONNECT_UNIX_CONNECTED);
    return Errno::eisconn;
  }
  if (net[id].sk_state == tcp<D>(TcpState::listen)) {
    D::clause(Clause::CONNECT_UNIX_LISTENS);
    return Errno::einval;
  }
  D::clause(Clause::CONNECT_UNIX);
  unix_add_child(net, other, id);
  return Errno::none;
}

/// A datagram socket notes its peer, unless that one has a peer of its own: unix_may_send. The note outlives the peer.
template <Domain D>
Errno unix_dgram_connect(Net<D>& net, SockId id, SockId other) {
  const std::uint64_t theirs = net[other].unix_peer;
  if (theirs != 0 && theirs != net[id].born + 1) {
    D::clause(Clause::CONNECT_UNIX_NOT_PEER);
    return Errno::eperm;
  }
  D::clause(Clause::CONNECT_UNIX_DATAGRAM);
  net[id].unix_peer = net[other].born + 1;
  return Errno::none;
}

template <Domain D>
Errno unix_connect(Net<D>& net, SockId id, Address address, std::uint16_t name) {
  const Sock<D>& sk = net[id];
  if (address.kind != Address::Kind::abstract || name == 0) {
    D::clause(Clause::CONNECT_UNIX_NO_PATH);
    return Errno::einval;
  }
  const SockId other = unix_find_socket_byname(net, sk.netns, sk.type, name);
  if (other == no_sock) {
    D::clause(Clause::CONNECT_UNIX_NOBODY);
    return Errno::econnrefused;
  }
  return sk.type == SockType::dgram ? unix_dgram_connect(net, id, other) : unix_stream_connect(net, id, other);
}

/// \pre nothing refers to the socket any more but its queue
template <Domain D>
void unix_release(Net<D>& net, SockId id) {
  D::clause(net[id].first_child == no_sock ? Clause::CLOSE_QUIET : Clause::CLOSE_UNIX_LISTENER);
  while (net[id].first_child != no_sock) {
    const SockId child = net[id].first_child;
    net[id].first_child = net[child].next;
    net.free(child);
  }
  net.free(id);
}

}  // namespace weir::model
