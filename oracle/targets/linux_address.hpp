// Addresses of a trace as the socket calls take them.
#pragma once
#include <sys/socket.h>

#include <cstdint>

#include "model/vocabulary/address.hpp"
#include "model/vocabulary/names.hpp"

namespace weir::oracle {

struct SocketAddress {
  sockaddr_storage storage{};
  socklen_t length = 0;
  const sockaddr* get() const { return reinterpret_cast<const sockaddr*>(&storage); }
};

/// For a socket of `family`. An IPv4 address on an inet6 socket is v4-mapped; ::1 stays AF_INET6 whatever the socket. A
/// unix socket is given an IP address as it is. Abstract names are `port` in digits, on whatever socket. Netlink is
/// asked to choose a port id.
SocketAddress socket_address(Family family, Address address, std::uint16_t port);

}  // namespace weir::oracle
