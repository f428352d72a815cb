// Where a socket is bound or connected to: an IPv4 address, the IPv6 loopback, "any", or the abstract names of AF_UNIX.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace weir {

/// \invariant v4 is 0 unless kind is v4; kind v4 never holds 0.0.0.0, which is `any`.
struct Address {
  /// abstract: AF_UNIX, where what is a port elsewhere is the number that stands for the name.
  enum class Kind : std::uint8_t { any, v4, v6_loopback, abstract };
  Kind kind = Kind::any;
  std::uint32_t v4 = 0;  ///< host byte order

  friend constexpr bool operator==(const Address&, const Address&) = default;
};

inline constexpr Address any_address{};
inline constexpr Address loopback{Address::Kind::v4, 0x7f000001};
inline constexpr Address loopback6{Address::Kind::v6_loopback, 0};
inline constexpr Address abstract_names{Address::Kind::abstract, 0};

constexpr Address v4_address(std::uint32_t host_order) {
  return host_order == 0 ? any_address : Address{Address::Kind::v4, host_order};
}

/// Dotted quad, "::1", "@", or "" (also "0.0.0.0" and "::") for any; nothing else.
constexpr std::optional<Address> address_from(std::string_view text) {
  if (text.empty() || text == "::") return any_address;
  if (text == "::1") return loopback6;
  if (text == "@") return abstract_names;
  std::uint32_t value = 0;
  for (int part = 0; part < 4; ++part) {
    std::uint32_t octet = 0;
    std::size_t digits = 0;
    for (; digits < text.size() && digits < 3 && text[digits] >= '0' && text[digits] <= '9'; ++digits)
      octet = octet * 10 + static_cast<std::uint32_t>(text[digits] - '0');
    const bool leading_zero = digits > 1 && text[0] == '0';
    if (digits == 0 || octet > 255 || leading_zero) return std::nullopt;
    value = value << 8 | octet;
    text.remove_prefix(digits);
    if (part == 3) break;
    if (text.empty() || text[0] != '.') return std::nullopt;
    text.remove_prefix(1);
  }
  if (!text.empty()) return std::nullopt;
  return v4_address(value);
}

/// The text form that address_from reads back: "" for any.
inline std::string to_text(Address address) {
  if (address.kind == Address::Kind::any) return "";
  if (address.kind == Address::Kind::v6_loopback) return "::1";
  if (address.kind == Address::Kind::abstract) return "@";
  std::string text;
  for (int shift = 24; shift >= 0; shift -= 8) {
    text += std::to_string(address.v4 >> shift & 0xff);
    if (shift != 0) text += '.';
  }
  return text;
}

/// One end of a connection as segments name it: an IPv4 address and a port.
struct End {
  std::uint32_t v4 = 0;  ///< host byte order
  std::uint16_t port = 0;

  // NOLINTNEXTLINE(modernize-use-nullptr): clang-tidy 14 takes the 0 that a default compares with for a pointer.
  friend constexpr auto operator<=>(const End&, const End&) = default;
};

/// "192.0.2.10:1000": four numbers with dots and a port of 0 .. 65535 without leading zeros; nothing else.
constexpr std::optional<End> end_from(std::string_view text) {
  const std::size_t colon = text.find(':');
  if (colon == std::string_view::npos || colon == 0) return std::nullopt;
  const std::optional<Address> address = address_from(text.substr(0, colon));
  const std::string_view digits = text.substr(colon + 1);
  if (!address || address->kind == Address::Kind::abstract || digits.empty() || digits.size() > 5 ||
      (digits.size() > 1 && digits[0] == '0'))
    return std::nullopt;
  std::uint32_t port = 0;
  for (const char each : digits) {
    if (each < '0' || each > '9') return std::nullopt;
    port = port * 10 + static_cast<std::uint32_t>(each - '0');
  }
  if (port > 0xffff) return std::nullopt;
  return End{address->v4, static_cast<std::uint16_t>(port)};
}

/// The text form that end_from reads back.
inline std::string to_text(End end) {
  std::string text;
  for (int shift = 24; shift >= 0; shift -= 8) {
    text += std::to_string(end.v4 >> shift & 0xff);
    text += shift == 0 ? ':' : '.';
  }
  return text + std::to_string(end.port);
}

}  // namespace weir
