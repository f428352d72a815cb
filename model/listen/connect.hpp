// connect(2), non-blocking. Source: net/ipv4/af_inet.c (__inet_stream_connect, inet_dgram_connect), net/ipv4/tcp_ipv4.c
// (tcp_v4_connect), inet_hashtables.c.
#pragma once
#include "model/listen/handshake.hpp"
#include "model/listen/unix.hpp"

namespace weir::model {

struct Route {
  Address source, destination;
};

/// A dual-stack socket that is bound to one of the two families cannot reach the other.
template <Domain D>
Errno check_families(const Sock<D>& sk, Address destination) {
  const Address bound = sk.binding.address;
  if (sk.family == Family::inet && destination.kind == Address::Kind::v6_loopback) {
    D::clause(Clause::CONNECT_FAMILY);
    return Errno::eafnosupport;
  }
  if (sk.family == Family::inet) return Errno::none;
  if (destination.kind == Address::Kind::v6_loopback && bound.kind == Address::Kind::v4) {
    D::clause(Clause::CONNECT_MAPPED_SOURCE);
    return Errno::eafnosupport;
  }
  if (destination.kind == Address::Kind::v4 && sk.ipv6only) {
    D::clause(Clause::CONNECT_IPV6ONLY);
    return Errno::enetunreach;
  }
  return Errno::none;
}

/// "Any" means the loopback address of the family that the socket is bound to; on IPv4 the very address it is bound to.
template <Domain D>
Address any_destination(const Sock<D>& sk, bool usable_source) {
  const Address bound = sk.binding.address;
  if (sk.family == Family::inet) return usable_source ? bound : loopback;
  return bound.kind == Address::Kind::v4 ? loopback : loopback6;
}

/// Where a connect goes and comes from. The broadcast address of the loopback network has a route, and from a source
/// that is known so have the limited broadcast and multicast; what they mean is for the protocol to say.
template <Domain D>
Errno find_route(const Sock<D>& sk, Address destination, Route& found) {
  if (destination.kind == Address::Kind::abstract) {
    D::clause(Clause::CONNECT_ABSTRACT);
    return Errno::einval;
  }
  const Address bound = sk.binding.address;
  const bool no_source = is_broadcast(bound) || is_multicast(bound);
  const bool usable = bound.kind != Address::Kind::any && !no_source;
  const bool known_v4 = (usable && bound.kind == Address::Kind::v4) || sk.saddr_settled;
  if (destination.kind == Address::Kind::any) destination = any_destination(sk, usable);
  if (const Errno error = check_families(sk, destination); error != Errno::none) return error;
  const bool to_v6 = destination.kind == Address::Kind::v6_loopback;
  if (sk.family == Family::inet6 && no_source && !is_loopback(bound)) {
    D::clause(Clause::CONNECT_BAD_SOURCE);
    return Errno::einval;
  }
  const bool off_loopback = !to_v6 && !is_loopback(destination);
  const bool by_source = known_v4 && (is_broadcast(destination) || is_multicast(destination));
  if ((off_loopback && !by_source) || (sk.family == Family::inet6 && no_source)) {
    D::clause(Clause::CONNECT_NO_ROUTE);
    return Errno::enetunreach;
  }
  if (off_loopback) D::clause(Clause::CONNECT_SOURCE_ROUTE);
  found = {usable ? bound : to_v6 ? loopback6 : loopback, destination};
  return Errno::none;
}

/// tcp_v4_connect: everything up to the SYN.
template <Domain D>
Errno send_syn(Net<D>& net, SockId id, Address address, std::uint16_t port) {
  Sock<D>& sk = net[id];
  Route way;
  if (const Errno error = find_route(sk, address, way); error != Errno::none) return error;
  if (is_broadcast(way.destination) || is_multicast(way.destination)) {
    D::clause(Clause::CONNECT_NO_ROUTE);
    return Errno::enetunreach;
  }
  sk.binding.address = way.source;
  if (sk.binding.port == 0) {
    get_port(net, id, 0);
  } else if (are_taken(net, sk.netns, way.source, sk.binding.port, way.destination, port, id)) {
    D::clause(Clause::CONNECT_TUPLE_TAKEN);
    reset_address(sk);
    return Errno::eaddrnotavail;
  } else if (const SockId old = find_established(net, sk.netns, way.source, sk.binding.port, way.destination, port, id);
             old != no_sock) {
    D::clause(Clause::CONNECT_OLD_YIELDS);
    tcp_done(net, old);
  }
  D::clause(Clause::CONNECT_SYN);
  sk.peer_address = way.destination;
  sk.peer_port = port;
  sk.sk_state = tcp<D>(TcpState::syn_sent);
  sk.sk_err = Errno::none;
  sk.unacked = true;
  sk.kept_ack_back = false;
  sk.retransmits = 0;
  arm(net, id, SockTimer::syn, syn_timeout(*net.kernel, 0));
  return Errno::none;
}

/// A second or later connect while the first is pending.
template <Domain D>
Errno finish_connect(Net<D>& net, SockId id) {
  Sock<D>& sk = net[id];
  if (in_state(sk, TcpState::syn_sent)) {
    D::clause(Clause::CONNECT_ALREADY);
    return Errno::ealready;
  }
  if (!in_state(sk, TcpState::close)) {
    D::clause(Clause::CONNECT_FINISHED);
    sk.state = I32<D>(SS_CONNECTED);
    return Errno::none;
  }
  D::clause(Clause::CONNECT_REAP_ERROR);
  const Errno error = sk.sk_err == Errno::none ? Errno::econnaborted : sk.sk_err;
  sk.sk_err = Errno::none;
  sk.state = I32<D>(SS_UNCONNECTED);
  tcp_disconnect(net, id);
  return error;
}

template <Domain D>
Errno inet_stream_connect(Net<D>& net, const RequestSettings<D>& settings, SockId id, Address address,
                          std::uint16_t port) {
  Sock<D>& sk = net[id];
  if (sk.state == I32<D>(SS_CONNECTED)) {
    D::clause(Clause::CONNECT_CONNECTED);
    return Errno::eisconn;
  }
  if (sk.state == I32<D>(SS_DISCONNECTING)) {
    D::clause(Clause::CONNECT_DISCONNECTING);
    return Errno::einval;
  }
  if (sk.state == I32<D>(SS_CONNECTING)) return finish_connect(net, id);
  if (!in_state(sk, TcpState::close)) {
    D::clause(Clause::CONNECT_NOT_CLOSED);
    return Errno::eisconn;
  }
  if (const Errno error = send_syn(net, id, address, port); error != Errno::none) return error;
  sk.state = I32<D>(SS_CONNECTING);
  handshake(net, settings, id);
  return Errno::einprogress;
}

/// A datagram socket notes its peer; its own address and port are settled by that.
template <Domain D>
Errno inet_dgram_connect(Net<D>& net, SockId id, Address address) {
  Sock<D>& sk = net[id];
  if (sk.binding.port == 0) get_port(net, id, 0);
  Route way;
  if (const Errno error = find_route(sk, address, way); error != Errno::none) return error;
  if (is_broadcast(way.destination)) {
    D::clause(Clause::CONNECT_BROADCAST);
    return Errno::eacces;
  }
  D::clause(Clause::CONNECT_DATAGRAM);
  if (sk.binding.address.kind == Address::Kind::any)
    sk.binding.address = way.source;
  else if (way.destination.kind == Address::Kind::v4)
    sk.saddr_settled = true;
  sk.sk_state = tcp<D>(TcpState::established);
  return Errno::none;
}

/// The system call, on a socket.
template <Domain D>
Errno connect(Net<D>& net, const RequestSettings<D>& settings, SockId id, Address address, std::uint16_t port) {
  Sock<D>& sk = net[id];
  if (sk.is_tcp()) return inet_stream_connect(net, settings, id, address, port);
  if (sk.is_udp()) return inet_dgram_connect(net, id, address);
  if (sk.family == Family::unix_) return unix_connect(net, id, address, port);
  D::clause(Clause::CONNECT_NETLINK);
  sk.binding.port = first_chosen_port;
  return Errno::none;
}

}  // namespace weir::model
