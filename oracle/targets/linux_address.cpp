#include "oracle/targets/linux_address.hpp"

#include <arpa/inet.h>
#include <linux/netlink.h>
#include <netinet/in.h>
#include <sys/un.h>

#include <charconv>
#include <cstddef>
#include <cstring>
#include <iterator>

namespace weir::oracle {
namespace {

template <class T>
SocketAddress stored(const T& address) {
  SocketAddress result;
  std::memcpy(&result.storage, &address, sizeof address);
  result.length = sizeof address;
  return result;
}

SocketAddress inet6(Address address, std::uint16_t port) {
  sockaddr_in6 result{};
  result.sin6_family = AF_INET6;
  result.sin6_port = htons(port);
  if (address.kind == Address::Kind::v6_loopback) result.sin6_addr = in6addr_loopback;
  if (address.kind == Address::Kind::v4) {
    const std::uint32_t v4 = htonl(address.v4);
    std::memset(&result.sin6_addr.s6_addr[10], 0xff, 2);
    std::memcpy(&result.sin6_addr.s6_addr[12], &v4, sizeof v4);
  }
  return stored(result);
}

SocketAddress inet(Address address, std::uint16_t port) {
  sockaddr_in result{};
  result.sin_family = AF_INET;
  result.sin_port = htons(port);
  result.sin_addr.s_addr = htonl(address.v4);
  return stored(result);
}

/// The kernel chooses the port id, as it does for port 0.
SocketAddress netlink() {
  sockaddr_nl result{};
  result.nl_family = AF_NETLINK;
  return stored(result);
}

/// A NUL, "w" and the digits of the name (what the kernel chooses has no "w"); nothing but the family where it shall
/// choose. Shorter than an address of inet, so that a socket of that family has no doubt.
SocketAddress abstract(std::uint16_t name) {
  sockaddr_un result{};
  result.sun_family = AF_UNIX;
  char* end = result.sun_path;
  if (name != 0) {
    end[1] = 'w';
    end = std::to_chars(end + 2, std::end(result.sun_path), name).ptr;
  }
  SocketAddress address = stored(result);
  address.length = static_cast<socklen_t>(end - reinterpret_cast<const char*>(&result));
  return address;
}

}  // namespace

SocketAddress socket_address(Family family, Address address, std::uint16_t port) {
  if (family == Family::netlink) return netlink();
  if (address.kind == Address::Kind::abstract) return abstract(port);
  if (family == Family::inet6 || address.kind == Address::Kind::v6_loopback) return inet6(address, port);
  return inet(address, port);
}

}  // namespace weir::oracle
