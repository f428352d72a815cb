// Which addresses a host with nothing but its loopback device has, and which of them overlap.
#pragma once
#include <optional>

#include "lockfree/sock.hpp"
#include "model/errno.hpp"

namespace weir::lockfree {

inline constexpr std::uint32_t loopback_broadcast = 0x7fffffff;

/// Local, broadcast or multicast: what bind accepts.
constexpr bool bindable_v4(std::uint32_t v4) { return v4 >> 24 == 127 || v4 >> 28 == 14 || v4 == 0xffffffff; }
constexpr bool unicast_local_v4(std::uint32_t v4) { return v4 >> 24 == 127 && v4 != loopback_broadcast; }

/// What bind says of an address before it looks at anything else; an IPv4 address on an inet6 socket is v4-mapped.
constexpr Errno check_bind_address(bool inet6, const Address& addr) {
  if (addr.kind == Address::Kind::v6_loopback) return inet6 ? Errno::none : Errno::eafnosupport;
  if (addr.kind == Address::Kind::v4 && !bindable_v4(addr.v4)) return Errno::eaddrnotavail;
  return Errno::none;
}

/// Could one segment be meant for both? "Any" of an inet6 socket takes every address, that of an inet socket every
/// IPv4 one. A socket bound to ::1 has nothing in common with IPv4.
constexpr bool overlap(bool inet6, const Endpoint& one, bool other_inet6, const Endpoint& other) {
  using Kind = Address::Kind;
  if (one.kind == Kind::any && inet6) return true;
  if (other.kind == Kind::any && other_inet6) return true;
  if (one.kind == Kind::v6_loopback || other.kind == Kind::v6_loopback) return one.kind == other.kind;
  return one.kind == Kind::any || other.kind == Kind::any || one.v4 == other.v4;
}

/// Is everything that `one` takes also taken by a remembered address? Not symmetric: a wildcard covers, and only that.
constexpr bool covers(bool inet6, const Endpoint& remembered, const Endpoint& one) {
  using Kind = Address::Kind;
  if (remembered.kind == Kind::any && inet6) return true;
  if (one.kind == Kind::v6_loopback || remembered.kind == Kind::v6_loopback) return one.kind == remembered.kind;
  if (remembered.kind == Kind::any) return true;
  return one == remembered;
}

/// Where a connect goes, from where, or why it cannot.
struct Route {
  Errno error = Errno::none;
  Endpoint source{};
  Endpoint destination{};
};

/// The route from a socket bound to `local`. "Any" as a destination means the loopback address of the family.
constexpr Route route_to(bool inet6, const Endpoint& local, Address to, std::uint16_t port) {
  using Kind = Address::Kind;
  if (!inet6 && to.kind == Kind::v6_loopback) return {.error = Errno::eafnosupport};
  const bool speaks_v4 = !inet6 || local.kind == Kind::v4;
  if (to.kind == Kind::any) to = speaks_v4 ? loopback : loopback6;
  if (to.kind == Kind::v6_loopback) {
    if (speaks_v4) return {.error = Errno::eafnosupport};
    return {.source = endpoint(loopback6), .destination = endpoint(to, port)};
  }
  if (!unicast_local_v4(to.v4) || local.kind == Kind::v6_loopback) return {.error = Errno::enetunreach};
  const bool has_source = local.kind == Kind::v4 && unicast_local_v4(local.v4);
  return {.source = has_source ? local : endpoint(loopback), .destination = endpoint(to, port)};
}

}  // namespace weir::lockfree
