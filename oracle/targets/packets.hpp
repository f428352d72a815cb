// The IPv4 packets that a played peer sends and is sent. RFC 791, 792 and 9293.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "model/vocabulary/address.hpp"
#include "model/vocabulary/names.hpp"

namespace weir::oracle {

/// A TCP segment; what it carries is zeros.
struct TcpSegment {
  End from, to;
  std::uint32_t seq = 0, ack = 0;
  Flags flags = Flags::none;
  std::uint32_t len = 0;  ///< bytes of data

  /// The sequence number behind it: SYN and FIN take one each.
  std::uint32_t end() const { return seq + len + (has_syn(flags) ? 1U : 0U) + (has_fin(flags) ? 1U : 0U); }
};

std::string to_packet(const TcpSegment& segment);

/// nullopt for what is no TCP over IPv4, or is cut off. Of flags that no operation names the nearest: a reset is `r`
/// with or without ACK.
std::optional<TcpSegment> tcp_segment_of(std::string_view packet);

/// An echo request from one address (host byte order) to another.
std::string echo_request(std::uint32_t from, std::uint32_t to, std::uint16_t sequence);
bool is_echo_reply(std::string_view packet, std::uint16_t sequence);

}  // namespace weir::oracle
