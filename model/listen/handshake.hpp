// The handshake over loopback: what the SYN of a client meets, and what becomes of its third ACK. connect sends it, and
// the timer of an unanswered SYN once more. Source: net/ipv4/tcp_input.c (tcp_rcv_synsent_state_process,
// tcp_rcv_state_process), net/ipv4/tcp_ipv4.c (tcp_v4_rcv), net/ipv4/inet_hashtables.c.
#pragma once
#include <algorithm>
#include <optional>
#include <vector>

#include "model/listen/connection.hpp"

namespace weir::model {

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

/// What is left of a connection whose descriptor was closed and whose FIN is acknowledged is a TIME_WAIT to the kernel,
/// and gives way to a new connection.
template <Domain D>
bool gives_way(const Sock<D>& sk) {
  return sk.held_by == HeldBy::nobody && in_state(sk, TcpState::fin_wait2);
}

/// Are these ends another connection's? From 4.4 on requests stand among the connections: one whose listener listens no
/// more is still in the way.
template <Domain D>
bool are_taken(Net<D>& net, std::uint32_t netns, Address local, std::uint32_t local_port, Address remote,
               std::uint32_t remote_port, SockId except) {
  const SockId other = find_established(net, netns, local, local_port, remote, remote_port, except);
  if (other != no_sock && !gives_way(net[other])) return true;
  if (net.kernel->syn_queue == SynQueue::table) return false;
  return find_local_request(net, netns, {remote, remote_port, local, local_port}) != nullptr;
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

/// Two sockets that connect to each other: the SYN that waits is met by the other one. The socket that waited goes
/// through SYN_RECV, and sends its FIN at once if it had been shut down for sending.
template <Domain D>
void cross(Net<D>& net, const RequestSettings<D>& settings, SockId id, SockId waiting) {
  D::clause(Clause::CONNECT_CROSSED);
  for (const SockId each : {id, waiting}) {
    net[each].sk_state = tcp<D>(TcpState::established);
    net[each].unacked = false;
    disarm(net, each);
    net[each].peer = each == id ? waiting : id;
  }
  if (net[waiting].send_shutdown) send_fin(net, settings, waiting);
}

/// An ACK that acknowledges nothing of this SYN reaches its socket, which answers by RST. From 5.6 on the socket
/// hurries to send its SYN again.
template <Domain D>
void bad_ack(Net<D>& net, SockId id) {
  if (!net.kernel->syn_hurried_by_bad_ack || net[id].retransmits > 0) return;
  D::clause(Clause::SYN_HURRIED);
  arm(net, id, SockTimer::syn, 2 * jiffy(*net.kernel));
}

/// The SYN-ACK that a SYN has brought about.
struct SynAckSent {
  SockId listener = no_sock;
  SynVerdict syn{};  ///< queued or cookie
};

/// The SYN meets somebody between the same two ends, who stands there for something else.
/// \return whether there was one
template <Domain D>
bool syn_meets_other_end(Net<D>& net, const RequestSettings<D>& settings, SockId id) {
  const Sock<D>& sk = net[id];
  const LocalEnds ends{sk.binding.address, sk.binding.port, sk.peer_address, sk.peer_port};
  const SockId stale =
      find_established(net, sk.netns, ends.server, ends.server_port, ends.client, ends.client_port, id);
  if (stale != no_sock && in_state(net[stale], TcpState::syn_sent)) {
    cross(net, settings, id, stale);
    return true;
  }
  if (stale != no_sock) {
    D::clause(Clause::CONNECT_STALE_PEER);
    tcp_reset(net, stale);
    bad_ack(net, id);
    return true;
  }
  Request* const request = find_local_request(net, sk.netns, ends);
  if (request == nullptr) return false;
  // Before 4.4: from then on connect finds the request, and answers EADDRNOTAVAIL. So its listener is there.
  D::clause(Clause::CONNECT_STALE_REQUEST);
  count<D>(net.mib[sk.netns].EmbryonicRsts);
  drop_request(net, request);
  bad_ack(net, id);
  return true;
}

/// What the SYN of a socket in SYN_SENT meets. \return the SYN-ACK, where there is one
template <Domain D>
std::optional<SynAckSent> syn_arrives(Net<D>& net, const RequestSettings<D>& settings, SockId id) {
  Sock<D>& sk = net[id];
  if (sk.binding.address == sk.peer_address && sk.binding.port == sk.peer_port) {
    D::clause(Clause::CONNECT_SELF);
    sk.sk_state = tcp<D>(TcpState::established);
    sk.unacked = false;
    sk.peer = id;
    disarm(net, id);
    if (sk.send_shutdown) send_fin(net, settings, id);
    return std::nullopt;
  }
  if (sk.binding.port < first_chosen_port && syn_meets_other_end(net, settings, id)) return std::nullopt;
  const SockId listener_id = find_listener(net, sk.netns, sk.peer_address, sk.peer_port);
  if (listener_id == no_sock) {
    D::clause(Clause::CONNECT_REFUSED);
    tcp_reset(net, id);
    return std::nullopt;
  }
  const SynVerdict verdict = tcp_conn_request<D>(*net.kernel, net[listener_id].listener, settings, net.mib[sk.netns]);
  if (verdict == SynVerdict::cookie) tcp_synq_overflow(net, listener_id);
  if (verdict == SynVerdict::dropped) {
    D::clause(Clause::CONNECT_SYN_LOST);
    return std::nullopt;
  }
  return SynAckSent{listener_id, verdict};
}

/// The SYN-ACK makes the client ESTABLISHED. \return whether it answers at once: it does unless it has TCP_DEFER_ACCEPT
/// set itself
template <Domain D>
bool syn_ack_arrives(Net<D>& net, SockId id, const SynAckSent& answer) {
  Sock<D>& sk = net[id];
  D::clause(Clause::CONNECT_ESTABLISHED);
  sk.sk_state = tcp<D>(TcpState::established);
  sk.unacked = false;
  disarm(net, id);
  if (answer.syn == SynVerdict::cookie) keep_cookie(net, id, answer.listener);
  if (sk.listener.rskq_defer_accept == U32<D>(0)) return true;
  D::clause(Clause::ACK_KEPT_BACK);
  if (answer.syn == SynVerdict::queued) park(net, id, answer.listener);
  sk.kept_ack_back = true;
  arm(net, id, SockTimer::third_ack, delack_max);
  return false;
}

/// The third ACK reaches the listener.
template <Domain D>
void third_ack_arrives(Net<D>& net, const RequestSettings<D>& settings, SockId id, const SynAckSent& answer) {
  if (answer.syn == SynVerdict::cookie)
    ack_meets_cookie(net, settings, id);
  else
    ack_meets_request(net, settings, id, answer.listener, true);
}

/// From a SYN to whatever it leads to without waiting.
template <Domain D>
void handshake(Net<D>& net, const RequestSettings<D>& settings, SockId id) {
  const std::optional<SynAckSent> answer = syn_arrives(net, settings, id);
  if (answer && syn_ack_arrives(net, id, *answer)) third_ack_arrives(net, settings, id, *answer);
}

}  // namespace weir::model
