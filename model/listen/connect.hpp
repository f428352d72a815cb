// connect(2), non-blocking, and the handshake over loopback that follows it. Source: net/ipv4/af_inet.c
// (__inet_stream_connect, inet_dgram_connect), net/ipv4/tcp_ipv4.c (tcp_v4_connect), inet_hashtables.c.
#pragma once
#include <algorithm>
#include <vector>

#include "model/listen/cookies.hpp"
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
  const bool by_source = off_loopback && known_v4 && (is_broadcast(destination) || is_multicast(destination));
  if ((off_loopback && !by_source) || (sk.family == Family::inet6 && no_source)) {
    D::clause(Clause::CONNECT_NO_ROUTE);
    return Errno::enetunreach;
  }
  if (by_source) D::clause(Clause::CONNECT_SOURCE_ROUTE);
  found = {usable ? bound : to_v6 ? loopback6 : loopback, destination};
  return Errno::none;
}

/// A socket with these ends, other than `except`.
template <Domain D>
SockId find_established(const Net<D>& net, std::uint32_t netns, Address local, std::uint32_t local_port, Address remote,
                        std::uint32_t remote_port, SockId except) {
  for (SockId id = 0; id < net.socks.size(); ++id) {
    const Sock<D>& sk = net[id];
    if (id == except || sk.netns != netns || !sk.is_tcp() || sk.binding.port != local_port ||
        sk.peer_port != remote_port)
      continue;
    if (in_state(sk, TcpState::close) || in_state(sk, TcpState::listen)) continue;
    if (sk.binding.address == local && sk.peer_address == remote) return id;
  }
  return no_sock;
}

/// Are these ends another connection's? From 4.4 on requests stand among the connections: one whose listener listens no
/// more is still in the way.
template <Domain D>
bool are_taken(const Net<D>& net, std::uint32_t netns, Address local, std::uint32_t local_port, Address remote,
               std::uint32_t remote_port, SockId except) {
  if (find_established(net, netns, local, local_port, remote, remote_port, except) != no_sock) return true;
  if (net.kernel->syn_queue == SynQueue::table) return false;
  const SockId client = find_established(net, netns, remote, remote_port, local, local_port, except);
  return client != no_sock && net[client].parked_at != no_sock;
}

/// How well a socket fits a SYN to this address; 0: not at all. Source: compute_score
template <Domain D>
unsigned listener_score(const Sock<D>& sk, Address address) {
  if (!in_state(sk, TcpState::listen)) return 0;
  const bool exact = sk.binding.address == address;
  const bool wildcard = sk.binding.address.kind == Address::Kind::any &&
                        (address.kind == Address::Kind::v4 ? takes_ipv4(claim(sk)) : sk.family == Family::inet6);
  if (!exact && !wildcard) return 0;
  return 1 + (exact ? 2 : 0) + (sk.family == Family::inet ? 1 : 0);
}

/// Of the holders of a port that fit the address as well as `score` says, the one that `older` of them are older than.
template <Domain D>
SockId listener_by_age(const Net<D>& net, const Bucket& bucket, Address address, unsigned score, std::uint32_t older) {
  std::vector<SockId> equals;
  for (const SockId id : bucket.owners)
    if (listener_score(net[id], address) == score) equals.push_back(id);
  std::nth_element(equals.begin(), equals.begin() + older, equals.end(),
                   [&](SockId a, SockId b) { return net[a].born < net[b].born; });
  return equals[older];
}

/// The listener that a SYN to this address and port reaches. Of equals, which SO_REUSEPORT lets be, the kernel picks by
/// a hash of both ends with a secret, so the same one while they stay the same; here any may be picked each time.
/// Source: inet_lookup_listener, reuseport_select_sock
template <Domain D>
SockId find_listener(Net<D>& net, std::uint32_t netns, Address address, std::uint32_t port) {
  const Bucket* bucket = find_bucket(net, netns, false, port);
  if (bucket == nullptr) return no_sock;
  SockId oldest = no_sock;
  unsigned best_score = 0;
  std::uint32_t equals = 0;
  for (const SockId id : bucket->owners) {
    const unsigned score = listener_score(net[id], address);
    if (score < best_score || score == 0) continue;
    equals = score == best_score ? equals + 1 : 1;
    if (score == best_score && net[id].born > net[oldest].born) continue;
    oldest = id;
    best_score = score;
  }
  if (equals < 2) return oldest;
  D::clause(Clause::LISTENER_PICKED);
  const std::uint32_t picked = D::pick(equals);
  return picked == 0 ? oldest : listener_by_age(net, *bucket, address, best_score, picked);
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
  }
  D::clause(Clause::CONNECT_SYN);
  sk.peer_address = way.destination;
  sk.peer_port = port;
  sk.sk_state = tcp<D>(TcpState::syn_sent);
  sk.unacked = true;
  return Errno::none;
}

/// The third ACK, sent as soon as the client is ESTABLISHED unless that has TCP_DEFER_ACCEPT set itself.
template <Domain D>
void third_ack(Net<D>& net, const RequestSettings<D>& settings, SockId client, SockId listener_id, SynVerdict syn) {
  Sock<D>& listener = net[listener_id];
  Mib<D>& mib = net.mib[listener.netns];
  if (net[client].listener.rskq_defer_accept > U32<D>(0)) {
    D::clause(Clause::ACK_KEPT_BACK);
    if (syn == SynVerdict::cookie)
      keep_cookie(net, client, listener_id);
    else
      net[client].parked_at = listener_id;
    return;
  }
  if (syn == SynVerdict::cookie) {
    if (cookie_v4_check<D>(*net.kernel, listener.listener, mib)) established(net, add_child(net, listener_id, client));
    return;
  }
  switch (tcp_check_req<D>(*net.kernel, listener.listener, settings, mib, true)) {
    case AckVerdict::accepted:
      established(net, add_child(net, listener_id, client));
      break;
    case AckVerdict::deferred:
    case AckVerdict::overflow_kept:
      net[client].parked_at = listener_id;
      break;
    case AckVerdict::overflow_reset:
      tcp_reset(net, client);
      break;
  }
}

/// Two sockets that connect to each other: the SYN that waits is met by the other one. The socket that waited goes
/// through SYN_RECV, and sends its FIN at once if it had been shut down for sending.
template <Domain D>
void cross(Net<D>& net, const RequestSettings<D>& settings, SockId id, SockId waiting) {
  D::clause(Clause::CONNECT_CROSSED);
  for (const SockId each : {id, waiting}) {
    net[each].sk_state = tcp<D>(TcpState::established);
    net[each].unacked = false;
    net[each].peer = each == id ? waiting : id;
  }
  if (net[waiting].send_shutdown) send_fin(net, settings, waiting);
}

/// What the SYN of a socket in SYN_SENT meets.
template <Domain D>
void handshake(Net<D>& net, const RequestSettings<D>& settings, SockId id) {
  Sock<D>& sk = net[id];
  if (sk.binding.address == sk.peer_address && sk.binding.port == sk.peer_port) {
    D::clause(Clause::CONNECT_SELF);
    sk.sk_state = tcp<D>(TcpState::established);
    sk.unacked = false;
    sk.peer = id;
    if (sk.send_shutdown) send_fin(net, settings, id);
    return;
  }
  const SockId stale =
      sk.binding.port < first_chosen_port
          ? find_established(net, sk.netns, sk.peer_address, sk.peer_port, sk.binding.address, sk.binding.port, id)
          : no_sock;
  if (stale != no_sock && in_state(net[stale], TcpState::syn_sent)) return cross(net, settings, id, stale);
  if (stale != no_sock) {
    D::clause(Clause::CONNECT_STALE_PEER);
    tcp_reset(net, stale);
    return;
  }
  const SockId listener_id = find_listener(net, sk.netns, sk.peer_address, sk.peer_port);
  if (listener_id == no_sock) {
    D::clause(Clause::CONNECT_REFUSED);
    tcp_reset(net, id);
    return;
  }
  const SynVerdict verdict = tcp_conn_request<D>(*net.kernel, net[listener_id].listener, settings, net.mib[sk.netns]);
  if (verdict == SynVerdict::cookie) tcp_synq_overflow(net, listener_id);
  if (verdict == SynVerdict::dropped) {
    D::clause(Clause::CONNECT_SYN_LOST);
    return;
  }
  D::clause(Clause::CONNECT_ESTABLISHED);
  sk.sk_state = tcp<D>(TcpState::established);
  sk.unacked = false;
  third_ack(net, settings, id, listener_id, verdict);
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
