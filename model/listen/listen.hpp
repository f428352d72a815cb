// listen(2), from the descriptor to the new state. Source: net/socket.c (__sys_listen), net/ipv4/af_inet.c
// (inet_listen), net/ipv4/inet_connection_sock.c (inet_csk_listen_start), net/unix/af_unix.c (unix_listen).
//
// What lies around it enters through a `World`:
//   File* fget(fd)                       the open file, with a reference taken; nullptr where there is none
//   void fput(File&)                     gives that reference back
//   Sock<D>* sock_from_file(File&)       nullptr where the file is no socket
//   I32<D> somaxconn(const Sock<D>&)     of the socket's namespace
//   I32<D> tcp_max_syn_backlog(const Sock<D>&)
//   I32<D> tcp_fastopen(const Sock<D>&)  asked only where the release has it
//   I32<D> security_socket_listen(const Sock<D>&, I32<D> backlog)   0, or the refusal
//   Bool<D> has_ulp_without_clone(const Sock<D>&)   an upper layer protocol (TCP_ULP) that children cannot have
//   I32<D> get_port(Sock<D>&)            has the port (a free one if none is bound) for listening: 0 or a negative
//   errno
//
// Left out, because no host of this model can be in the state that it takes:
//   the upper layer protocol itself (CVE-2023-0461: until 6.1 children shared it): a socket gets TLS while it is
//   connected, and it would take a connect(2) with AF_UNSPEC, which is not one of the operations, to bring it back to
//   CLOSE; from 6.15 TLS sockets refuse that too. So no host has one; the rule asks all the same, and the theorems let
//   a socket have one
//   hash() failing (4.6 and later, ENOMEM), for want of memory for a group of SO_REUSEPORT sockets
//   an error of get_port other than EADDRINUSE: a cgroup's BPF program or memory, neither of which a host has; the
//   rule has the error all the same, and the theorems any
//   the BPF program that 4.19 and later call after a success (BPF_SOCK_OPS_TCP_LISTEN_CB): it has no return value
#pragma once
#include "model/listen/fastopen.hpp"

namespace weir::model {

/// The clamp compares as unsigned: a negative backlog becomes somaxconn, and a negative somaxconn (2.6.32 allows it)
/// clamps almost nothing.
template <Domain D>
I32<D> clamp_backlog(I32<D> backlog, I32<D> somaxconn) {
  if (as<U32<D>>(backlog) > as<U32<D>>(somaxconn)) {
    D::clause(Clause::LISTEN_CLAMP);
    return somaxconn;
  }
  D::clause(Clause::LISTEN_BACKLOG);
  return backlog;
}

template <Domain D>
void store_backlog(const Profile& kernel, Listener<D>& listener, I32<D> backlog) {
  D::clause(kernel.backlog_is_u16 ? Clause::STORE_U16 : Clause::STORE_U32);
  listener.sk_max_ack_backlog = backlog_field<D>(kernel, as<U32<D>>(backlog));
}

/// CLOSE becomes LISTEN.
/// \return 0, or an error with the state back at CLOSE: that of get_port from 6.2 on
template <Domain D, class World>
I32<D> inet_csk_listen_start(const Profile& kernel, World& world, Sock<D>& sk, I32<D> backlog) {
  if (kernel.ulp_must_clone && world.has_ulp_without_clone(sk)) {
    D::clause(Clause::LISTEN_ULP);
    return error<D>(Errno::einval);
  }
  if (kernel.backlog_stored == BacklogStored::in_start) {
    D::clause(Clause::LISTEN_STORED_IN_START);
    store_backlog<D>(kernel, sk.listener, backlog);
  }
  const Listener<D> before = sk.listener;
  if (kernel.syn_queue == SynQueue::table) {
    D::clause(Clause::LISTEN_SYN_TABLE);
    sk.listener.syn_table = syn_table_entries<D>(backlog, world.tcp_max_syn_backlog(sk));
    sk.listener.qlen = U32<D>(0);  // a new table; later kernels keep requests outside the listener
    sk.listener.young = U32<D>(0);
  }
  if (kernel.backlog_stored == BacklogStored::last)
    sk.listener.sk_max_ack_backlog = U32<D>(0);  // a SYN that comes before the limit is stored finds 0
  sk.listener.sk_ack_backlog = U32<D>(0);
  sk.sk_state = tcp<D>(TcpState::listen);
  const I32<D> result = world.get_port(sk);
  if (result != I32<D>(0)) {
    D::clause(kernel.get_port_error_returned ? Clause::LISTEN_PORT_ERROR : Clause::LISTEN_PORT_TAKEN);
    sk.sk_state = tcp<D>(TcpState::close);
    sk.listener = before;  // cannot be seen in CLOSE, and lets "a failure changes nothing" be said without exceptions
    return kernel.get_port_error_returned ? result : error<D>(Errno::eaddrinuse);
  }
  D::clause(Clause::LISTEN_START);
  return I32<D>(0);
}

/// \return 0 or a negative errno; on failure the socket is as before, but for the backlog where it is stored early and
/// the queue for Fast Open
template <Domain D, class World>
I32<D> inet_listen(const Profile& kernel, World& world, Sock<D>& sk, I32<D> backlog) {
  if (sk.state != I32<D>(SS_UNCONNECTED)) {
    D::clause(Clause::LISTEN_CONNECTING);
    return error<D>(Errno::einval);
  }
  if (sk.sk_state != tcp<D>(TcpState::close) && sk.sk_state != tcp<D>(TcpState::listen)) {
    D::clause(Clause::LISTEN_STATE);
    return error<D>(Errno::einval);
  }
  if (kernel.backlog_stored == BacklogStored::first) {
    D::clause(Clause::LISTEN_STORED_FIRST);
    store_backlog<D>(kernel, sk.listener, backlog);
  }
  if (sk.sk_state == tcp<D>(TcpState::listen)) {
    D::clause(Clause::LISTEN_RELISTEN);
  } else {
    if (kernel.listen_fastopen != ListenFastopen::nothing)
      listen_sets_fastopen<D>(kernel, sk.listener, world.tcp_fastopen(sk), backlog, world.somaxconn(sk));
    const I32<D> result = inet_csk_listen_start<D>(kernel, world, sk, backlog);
    if (result != I32<D>(0)) return result;
  }
  if (kernel.backlog_stored != BacklogStored::first) {
    D::clause(Clause::LISTEN_STORED_LAST);
    store_backlog<D>(kernel, sk.listener, backlog);
  }
  return I32<D>(0);
}

/// A unix socket listens once it has a name; the limit is that of its queue.
template <Domain D>
I32<D> unix_listen(const Profile& kernel, Sock<D>& sk, I32<D> backlog) {
  if (sk.binding.port == 0) {
    D::clause(Clause::LISTEN_UNIX_UNBOUND);
    return error<D>(Errno::einval);
  }
  if (sk.sk_state != tcp<D>(TcpState::close) && sk.sk_state != tcp<D>(TcpState::listen)) {
    D::clause(Clause::LISTEN_UNIX_STATE);
    return error<D>(Errno::einval);
  }
  D::clause(Clause::LISTEN_UNIX);
  store_backlog<D>(kernel, sk.listener, backlog);
  sk.sk_state = tcp<D>(TcpState::listen);
  return I32<D>(0);
}

/// sock->ops->listen
template <Domain D, class World>
I32<D> ops_listen(const Profile& kernel, World& world, Sock<D>& sock, I32<D> backlog) {
  if (sock.is_tcp()) return inet_listen<D>(kernel, world, sock, backlog);
  if (sock.is_unix_stream()) return unix_listen<D>(kernel, sock, backlog);
  D::clause(Clause::LISTEN_NOT_SUPPORTED);
  return error<D>(Errno::eopnotsupp);
}

/// The system call. The reference that fget takes is given back on every path.
template <Domain D, class World, class FdNumber>
I32<D> sys_listen(const Profile& kernel, World& world, FdNumber fd, I32<D> backlog) {
  auto* const file = world.fget(fd);
  if (file == nullptr) {
    D::clause(Clause::FD_BAD);
    return error<D>(Errno::ebadf);
  }
  I32<D> result = error<D>(Errno::enotsock);
  if (Sock<D>* const sock = world.sock_from_file(*file); sock == nullptr) {
    D::clause(Clause::FD_NOT_SOCKET);
  } else {
    const I32<D> clamped = clamp_backlog<D>(backlog, world.somaxconn(*sock));
    result = world.security_socket_listen(*sock, clamped);
    if (result != I32<D>(0))
      D::clause(Clause::LISTEN_SECURITY);
    else
      result = ops_listen<D>(kernel, world, *sock, clamped);
  }
  world.fput(*file);
  return result;
}

}  // namespace weir::model
