// Which addresses a host with nothing but its loopback device has, and which of them overlap.
#pragma once
#include <optional>

#include "lockfree/sock.hpp"
#include "model/errno.hpp"

namespace weir::lockfree {

inline constexpr std::uint32_t loopback_broadcast = 0x7fffffff;
inline constexpr std::uint32_t limited_broadcast = 0xffffffff;
constexpr bool multicast_v4(std::uint32_t v4) { return v4 >> 28 == 14; }

/// Local, broadcast or multicast: what bind accepts.
constexpr bool bindable_v4(std::uint32_t v4) { return v4 >> 24 == 127 || v4 >> 28 == 14 || v4 == 0xffffffff; }
constexpr bool unicast_local_v4(std::uint32_t v4) { return v4 >> 24 == 127 && v4 != loopback_broadcast; }

/// What bind says of an address; an IPv4 address on an inet6 socket is v4-mapped.
constexpr Errno check_bind_address(bool inet6, const Address& addr) {
  if (addr.kind == Address::Kind::v6_loopback) return inet6 ? Errno::none : Errno::eafnosupport;
  if (addr.kind == Address::Kind::v4 && !bindable_v4(addr.v4)) return Errno::eaddrnotavail;
  return Errno::none;
}

/// An address as a socket holds it: whether "any" or ::1 takes IPv4 depends on the socket.
struct Held {
  Endpoint local;
  bool inet6 = false;
  bool only_v6 = false;
};
constexpr Held held(const Endpoint& local, std::uint16_t flags) {
  return {local, (flags & is_inet6) != 0, (flags & v6_only) != 0};
}

/// Does "any", held by `one`, take in what the other holds? That of inet takes all that takes IPv4, which an address
/// ::1 does unless bind gave it; that of inet6 takes everything, or only IPv6.
constexpr bool takes_in(const Held& one, const Held& other) {
  if (one.local.kind != Address::Kind::any) return false;
  if (!one.inet6) return !other.only_v6;
  return !one.only_v6 || (other.inet6 && other.local.kind != Address::Kind::v4);
}

/// Everything that the other takes? Not symmetric.
constexpr bool covers(const Held& one, const Held& other) {
  const bool same = one.local.kind != Address::Kind::any && one.local == other.local;
  return same || takes_in(one, other);
}

/// Could one segment be meant for both?
constexpr bool overlap(const Held& one, const Held& other) { return covers(one, other) || takes_in(other, one); }

/// Where a connect goes, from where, or why it cannot.
struct Route {
  Errno error = Errno::none;
  Endpoint source{};
  Endpoint destination{};
};

/// Where "any" leads as a destination: inet goes to its own address if it has one, else to the family's loopback.
constexpr Address any_destination(bool inet6, const Endpoint& local) {
  if (local.kind != Address::Kind::v4) return inet6 ? loopback6 : loopback;
  return inet6 || !unicast_local_v4(local.v4) ? loopback : address_of(local);
}

/// The route of a socket. EACCES: a broadcast address, which a stream cannot reach and a datagram socket may not.
constexpr Route route_from(const Held& from, bool settled, Address to, std::uint16_t port) {
  using Kind = Address::Kind;
  const auto& [local, inet6, only_v6] = from;
  if (to.kind == Kind::abstract) return {.error = Errno::einval};  // too short
  if (!inet6 && to.kind == Kind::v6_loopback) return {.error = Errno::eafnosupport};
  if (to.kind == Kind::any) to = any_destination(inet6, local);
  if (to.kind == Kind::v6_loopback) {
    if (local.kind == Kind::v4) return {.error = Errno::eafnosupport};
    return {.source = endpoint(loopback6), .destination = endpoint(to, port)};
  }
  const bool has_source = local.kind == Kind::v4 && unicast_local_v4(local.v4);
  const bool unusable = inet6 && local.kind == Kind::v4 && !has_source;
  if (unusable) return {.error = local.v4 == loopback_broadcast ? Errno::enetunreach : Errno::einval};
  if (only_v6) return {.error = Errno::enetunreach};
  const bool sends = has_source || settled;
  if (to.v4 == loopback_broadcast || (sends && to.v4 == limited_broadcast)) return {.error = Errno::eacces};
  const bool by_source = sends && multicast_v4(to.v4);
  if (!unicast_local_v4(to.v4) && !by_source) return {.error = Errno::enetunreach};
  const bool keeps_source = has_source || local.kind == Kind::v6_loopback;  // locked by a bind before the one to "any"
  return {.source = keeps_source ? local : endpoint(loopback), .destination = endpoint(to, port)};
}

}  // namespace weir::lockfree
