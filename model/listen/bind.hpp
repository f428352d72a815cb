// bind(2) and who may share a port. Source: net/ipv4/af_inet.c (__inet_bind), net/ipv4/inet_connection_sock.c
// (inet_csk_get_port, inet_csk_bind_conflict, inet_rcv_saddr_equal), net/ipv4/udp.c (udp_lib_lport_inuse).
#pragma once
#include "model/listen/net.hpp"

namespace weir::model {

// Of IPv4 addresses; in any other v4 is 0.
constexpr bool is_loopback(Address a) { return a.v4 >> 24 == 127; }
constexpr bool is_broadcast(Address a) { return a.v4 == 0xffffffff || a.v4 == 0x7fffffff; }
constexpr bool is_multicast(Address a) { return a.v4 >> 28 == 0xe; }

/// What inet_addr_type lets bind have: the hosts of this model have loopback only.
constexpr bool can_be_bound(Address a) {
  return a.kind != Address::Kind::v4 || is_loopback(a) || is_broadcast(a) || is_multicast(a);
}

template <Domain D>
Claim claim(const Sock<D>& sk) {
  return {sk.family, sk.binding.address, sk.ipv6only};
}

constexpr bool takes_ipv4(const Claim& a) { return a.family == Family::inet || !a.ipv6only; }
constexpr bool takes_ipv6(const Claim& a) { return a.family == Family::inet6 && a.address.kind != Address::Kind::v4; }

/// "::" takes both families unless it is IPv6 only; 0.0.0.0 meets whatever takes IPv4.
constexpr bool covers(const Claim& wide, const Claim& other) {
  if (wide.address.kind != Address::Kind::any) return false;
  if (wide.family == Family::inet) return takes_ipv4(other);
  return !wide.ipv6only || takes_ipv6(other);
}

constexpr bool same_address(const Claim& a, const Claim& b) {
  return a.address == b.address && a.address.kind != Address::Kind::any;
}

/// Whether two claims can be meant by the same packet.
constexpr bool overlap(const Claim& a, const Claim& b) { return same_address(a, b) || covers(a, b) || covers(b, a); }

/// The part of a holder of a port that decides conflicts.
struct Holder {
  Claim claim;
  bool reuseaddr;
  bool reuseport;
  bool listening;
};

template <Domain D>
Holder holder(const Sock<D>& sk) {
  return {claim(sk), sk.reuseaddr, sk.reuseport, static_cast<bool>(sk.sk_state == tcp<D>(TcpState::listen))};
}

constexpr bool conflicts(const Holder& wants, const Holder& has) {
  if (!overlap(wants.claim, has.claim)) return false;
  if (wants.reuseport && has.reuseport) return false;
  return !(wants.reuseaddr && has.reuseaddr && !has.listening);  // which a socket for datagrams never is
}

template <Domain D>
bool any_conflict(const Net<D>& net, const Bucket& bucket, SockId id) {
  const Holder wants = holder(net[id]);
  for (const SockId other : bucket.owners)
    if (other != id && conflicts(wants, holder(net[other]))) return true;
  for (const TimeWait& old : bucket.time_wait)
    if (conflicts(wants, {old.claim, old.reuseaddr, old.reuseport, false})) return true;
  return false;
}

/// Whether the bucket remembers a SO_REUSEPORT owner whose claim takes this one's in: a wildcard, or the same address.
/// The wildcard of the newcomer does not count. Before 4.11 addresses do not matter here.
template <Domain D>
bool sk_reuseport_match(const Profile& kernel, const Bucket& bucket, const Sock<D>& sk) {
  if (!bucket.fastreuseport || !sk.reuseport) return false;
  if (!kernel.fastreuseport_by_claim) return true;
  return same_address(bucket.fast_claim, claim(sk)) || covers(bucket.fast_claim, claim(sk));
}

/// What the bucket remembers of its owners, to spare later ones the check. A claim that is taken in by the remembered
/// one leaves that in place.
template <Domain D>
void update_fastreuse(const Profile& kernel, Bucket& bucket, const Sock<D>& sk, bool first) {
  const bool reuse = sk.reuseaddr && sk.sk_state != tcp<D>(TcpState::listen);
  if (kernel.fastreuse_cached) bucket.fastreuse = first ? reuse : bucket.fastreuse && reuse;
  if (!sk_reuseport_match(kernel, bucket, sk)) bucket.fast_claim = claim(sk);
  const bool others = kernel.fastreuseport_by_claim || first || bucket.fastreuseport;
  bucket.fastreuseport = kernel.has_reuseport && sk.reuseport && others;
}

enum class Admission { refused, unchecked, checked };

/// Whether a bucket that has holders lets this socket join (or, listening, stay).
template <Domain D>
Admission bucket_admits(const Net<D>& net, const Bucket& bucket, SockId id) {
  const Sock<D>& sk = net[id];
  if (bucket.fastreuse && sk.reuseaddr && sk.sk_state != tcp<D>(TcpState::listen)) {
    D::clause(Clause::BIND_FASTREUSE);
    return Admission::unchecked;
  }
  if (sk_reuseport_match(*net.kernel, bucket, sk)) {
    D::clause(net.kernel->fastreuseport_by_claim ? Clause::BIND_FASTREUSEPORT : Clause::BIND_FASTREUSEPORT_ALL);
    return Admission::unchecked;
  }
  const bool conflict = any_conflict(net, bucket, id);
  if (conflict)
    D::clause(bucket.udp ? Clause::BIND_UDP_CONFLICT : Clause::BIND_CONFLICT);
  else
    D::clause(Clause::BIND_SHARED);
  return conflict ? Admission::refused : Admission::checked;
}

/// Has the port `port` for this socket, or a free one where it is 0. Asked again when a bound socket begins to listen.
template <Domain D>
Errno get_port(Net<D>& net, SockId id, std::uint32_t port) {
  Sock<D>& sk = net[id];
  if (port == 0) {
    D::clause(Clause::BIND_FREE_PORT);
    sk.binding.port = net.next_chosen_port++;
    return Errno::none;
  }
  if (port >= first_chosen_port) return Errno::none;  // chosen before, and free by convention
  Bucket* bucket = find_bucket(net, sk.netns, sk.is_udp(), port);
  const bool first = bucket == nullptr;
  auto admission = Admission::checked;
  if (first) {
    D::clause(Clause::BIND_EMPTY_BUCKET);
    bucket = &net.buckets.emplace_back();
    bucket->netns = sk.netns;
    bucket->udp = sk.is_udp();
    bucket->port = port;
  } else {
    admission = bucket_admits(net, *bucket, id);
  }
  if (admission == Admission::refused) return Errno::eaddrinuse;
  // Until 4.10 one who joined unchecked left the bucket's memory alone.
  const bool updates = admission == Admission::checked || net.kernel->fastreuseport_by_claim;
  if (!sk.is_udp() && updates) update_fastreuse(*net.kernel, *bucket, sk, first);
  if (sk.binding.port == 0) bucket->owners.push_back(id);
  sk.binding.port = port;
  return Errno::none;
}

template <Domain D>
Errno inet_bind(Net<D>& net, SockId id, Address address, std::uint16_t port) {
  Sock<D>& sk = net[id];
  if (address.kind == Address::Kind::abstract) {
    D::clause(Clause::BIND_ABSTRACT);
    return Errno::einval;
  }
  if (sk.family == Family::inet && address.kind == Address::Kind::v6_loopback) {
    D::clause(Clause::BIND_FAMILY);
    return Errno::eafnosupport;
  }
  if (sk.ipv6only && address.kind == Address::Kind::v4) {
    D::clause(Clause::BIND_IPV6ONLY);
    return Errno::einval;
  }
  const bool bound = sk.sk_state != tcp<D>(TcpState::close) || sk.binding.port != 0;
  if (!can_be_bound(address) && !(sk.family == Family::inet6 && bound)) {  // IPv6 asks the other way round
    D::clause(Clause::BIND_NOT_LOCAL);
    return Errno::eaddrnotavail;
  }
  if (bound) {
    D::clause(Clause::BIND_TWICE);
    return Errno::einval;
  }
  const bool ipv6only_before = sk.ipv6only;
  sk.binding.address = address;
  sk.ipv6only = sk.ipv6only || address.kind == Address::Kind::v6_loopback;
  if (const Errno error = get_port(net, id, port); error != Errno::none) {
    sk.binding.address = any_address;  // forgotten, even where an earlier bind had named one
    sk.ipv6only = ipv6only_before;
    return error;
  }
  sk.binding.address_locked |= address.kind != Address::Kind::any;  // for the socket's life
  sk.binding.port_locked = port != 0;
  return Errno::none;
}

}  // namespace weir::model
