// shutdown(2) and the end of a socket. Source: net/ipv4/af_inet.c (inet_shutdown, inet_release), net/ipv4/tcp.c
// (tcp_shutdown, __tcp_close).
#pragma once
#include "model/listen/connection.hpp"
#include "model/listen/unix.hpp"

namespace weir::model {

template <Domain D>
Errno inet_shutdown(Net<D>& net, const RequestSettings<D>& settings, SockId id, How how) {
  Sock<D>& sk = net[id];
  const bool sending = how != How::rd, receiving = how != How::wr;
  if (sk.state == I32<D>(SS_CONNECTING)) {
    D::clause(Clause::SHUTDOWN_PENDING);
    const bool failed = static_cast<bool>(in_state(sk, TcpState::syn_sent) || in_state(sk, TcpState::close));
    sk.state = I32<D>(failed ? SS_DISCONNECTING : SS_CONNECTED);
  }
  if (in_state(sk, TcpState::close)) {
    D::clause(Clause::SHUTDOWN_NOT_CONNECTED);
    sk.send_shutdown |= sending;
    sk.receive_shutdown |= receiving;
    return Errno::enotconn;
  }
  if (in_state(sk, TcpState::listen) && !receiving) {
    D::clause(Clause::SHUTDOWN_LISTENER_SEND);
    return Errno::none;
  }
  if (in_state(sk, TcpState::listen) || in_state(sk, TcpState::syn_sent)) {
    D::clause(in_state(sk, TcpState::listen) ? Clause::SHUTDOWN_LISTENER : Clause::SHUTDOWN_SYN_SENT);
    tcp_disconnect(net, id);
    sk.state = I32<D>(SS_UNCONNECTED);
    return Errno::none;
  }
  D::clause(sending ? Clause::SHUTDOWN_SEND : Clause::SHUTDOWN_RECEIVE);
  sk.send_shutdown |= sending;
  sk.receive_shutdown |= receiving;
  if (sending && sk.is_tcp()) send_fin(net, settings, id);
  return Errno::none;
}

/// The system call, on a socket.
template <Domain D>
Errno shutdown(Net<D>& net, const RequestSettings<D>& settings, SockId id, How how) {
  Sock<D>& sk = net[id];
  if (sk.is_inet()) return inet_shutdown(net, settings, id, how);
  if (sk.family == Family::unix_) {
    D::clause(Clause::SHUTDOWN_UNIX);
    sk.receive_shutdown |= how != How::wr;
    return Errno::none;
  }
  D::clause(Clause::SHUTDOWN_NOT_SUPPORTED);
  return Errno::eopnotsupp;
}

/// Our FIN is not acknowledged.
template <Domain D>
bool waits_for_peer(const Sock<D>& sk) {
  return static_cast<bool>(in_state(sk, TcpState::fin_wait1) || in_state(sk, TcpState::closing) ||
                           in_state(sk, TcpState::last_ack));
}

/// __tcp_close: a connection becomes an orphan until the peer's FIN or RST; what is none is gone.
template <Domain D>
void tcp_close(Net<D>& net, const RequestSettings<D>& settings, SockId id) {
  Sock<D>& sk = net[id];
  sk.held_by = HeldBy::nobody;
  if (sk.unread && !in_state(sk, TcpState::close)) {
    D::clause(Clause::CLOSE_UNREAD);
    return tcp_done(net, id);
  }
  if (in_state(sk, TcpState::established) || in_state(sk, TcpState::close_wait)) {
    D::clause(Clause::CLOSE_FIN);
    return send_fin(net, settings, id);
  }
  D::clause(in_state(sk, TcpState::listen) ? Clause::CLOSE_LISTENER : Clause::CLOSE_QUIET);
  if (waits_for_peer(sk)) return;
  if (in_state(sk, TcpState::fin_wait2)) {
    sk.oow_answered = never;
    return arm(net, id, SockTimer::fin_wait2, time_wait_length);
  }
  listen_stop(net, id, true);
  inet_put_port(net, id);
  net.free(id);
}

/// The last descriptor of a socket is closed.
template <Domain D>
void release(Net<D>& net, const RequestSettings<D>& settings, SockId id) {
  Sock<D>& sk = net[id];
  if (sk.family == Family::unix_) return unix_release(net, id);
  if (sk.is_tcp()) return tcp_close(net, settings, id);
  D::clause(Clause::CLOSE_QUIET);
  inet_put_port(net, id);
  net.free(id);
}

}  // namespace weir::model
