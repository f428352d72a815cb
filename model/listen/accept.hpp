// accept(2), non-blocking, and TCP_INFO. Source: net/ipv4/inet_connection_sock.c (inet_csk_accept), net/ipv4/tcp.c
// (tcp_get_info).
#pragma once
#include "model/listen/connection.hpp"
#include "model/listen/sockopt.hpp"
#include "model/outcome.hpp"

namespace weir::model {

/// Takes the connection that has waited longest. \param child  receives it; its state is whatever it is by now
template <Domain D>
Errno accept(Net<D>& net, SockId id, SockId& child) {
  Sock<D>& sk = net[id];
  if (!sk.is_tcp() && !sk.is_unix_stream()) {
    D::clause(Clause::ACCEPT_NOT_SUPPORTED);
    return Errno::eopnotsupp;
  }
  if (!in_state(sk, TcpState::listen)) {
    D::clause(Clause::ACCEPT_NOT_LISTENING);
    return Errno::einval;
  }
  if (sk.first_child == no_sock) {
    D::clause(Clause::ACCEPT_EMPTY);
    return Errno::eagain;
  }
  D::clause(Clause::ACCEPT_FIRST);
  child = sk.first_child;
  sk.first_child = net[child].next;
  if (sk.first_child == no_sock) sk.last_child = no_sock;
  net[child].held_by = HeldBy::file;
  sk_acceptq_removed<D>(*net.kernel, sk.listener);
  return Errno::none;
}

/// What of struct tcp_info is shown.
template <Domain D>
struct TcpInfo {
  I32<D> state{};
  U32<D> unacked{}, sacked{};
};

template <Domain D>
Errno tcp_info(const Sock<D>& sk, TcpInfo<D>& info) {
  if (!sk.is_tcp()) return no_tcp_option(sk);
  info.state = sk.sk_state;
  if (in_state(sk, TcpState::listen)) {
    D::clause(Clause::INFO_LISTENER);
    info.unacked = sk.listener.sk_ack_backlog;
    info.sacked = sk.listener.sk_max_ack_backlog;
  } else {
    D::clause(Clause::INFO_CONNECTION);
    info.unacked = U32<D>(sk.unacked ? 1 : 0);
  }
  return Errno::none;
}

}  // namespace weir::model
