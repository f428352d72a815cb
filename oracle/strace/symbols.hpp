// The words of an strace log: families, types, options, addresses. A reader answers nothing for what the model does not
// have or what cannot be read (pointers, -X raw).
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "model/op.hpp"

namespace weir::oracle::strace {

/// "5", "3<socket:[42]>", "[1]", "[128 => 16]"
std::optional<std::int64_t> number_of(std::string_view text);

/// "AF_INET" or, of old, "PF_INET"; the model's families only.
std::optional<Family> family_of(std::string_view text);

/// "SOCK_STREAM|SOCK_CLOEXEC"
std::optional<SockType> type_of(std::string_view text);

/// Whether the third argument of socket() is the family's own protocol for that type.
bool is_plain_protocol(std::string_view protocol, SockType type);

std::optional<SockOpt> option_of(std::string_view level, std::string_view name);

std::optional<How> how_of(std::string_view text);

/// {sa_family=AF_INET, sin_port=htons(80), sin_addr=inet_addr("127.0.0.1")}
struct SocketAddress {
  std::string family;   ///< "AF_INET"; "" where the address cannot be read
  std::string address;  ///< "127.0.0.1"; "" but for AF_INET and AF_INET6
  std::uint16_t port = 0;
};
SocketAddress address_of(std::string_view text);

}  // namespace weir::oracle::strace
