#include "oracle/targets/packets.hpp"

#include <netinet/in.h>

#include <cstddef>

namespace weir::oracle {
namespace {

constexpr std::size_t ip_header = 20, tcp_header = 20, icmp_header = 8;
enum Bit : unsigned { fin = 1, syn = 2, rst = 4, psh = 8, ack = 16 };
enum IcmpType : std::uint8_t { echo_reply = 0, echo = 8 };

void put(std::string& bytes, std::size_t at, std::uint64_t value, std::size_t width) {
  for (std::size_t i = 0; i < width; ++i)
    bytes[at + i] = static_cast<char>(static_cast<unsigned char>(value >> (8 * (width - 1 - i))));
}

std::uint32_t get(std::string_view bytes, std::size_t at, std::size_t width) {
  std::uint32_t value = 0;
  for (std::size_t i = 0; i < width; ++i) value = value << 8 | static_cast<unsigned char>(bytes[at + i]);
  return value;
}

/// The ones' complement sum of RFC 1071, begun with `sum`.
std::uint16_t checksum(std::string_view bytes, std::uint32_t sum = 0) {
  for (std::size_t at = 0; at < bytes.size(); at += 2)
    sum += at + 1 < bytes.size() ? get(bytes, at, 2) : get(bytes, at, 1) << 8;
  while (sum >> 16 != 0) sum = (sum & 0xffff) + (sum >> 16);
  return static_cast<std::uint16_t>(~sum);
}

std::string ip_packet(std::uint32_t from, std::uint32_t to, std::uint8_t protocol, std::size_t payload) {
  std::string packet(ip_header + payload, '\0');
  put(packet, 0, 0x45, 1);
  put(packet, 2, packet.size(), 2);
  put(packet, 8, 64, 1);
  put(packet, 9, protocol, 1);
  put(packet, 12, from, 4);
  put(packet, 16, to, 4);
  put(packet, 10, checksum(packet.substr(0, ip_header)), 2);
  return packet;
}

unsigned bits_of(Flags flags) {
  return (has_syn(flags) ? syn : 0U) | (has_fin(flags) ? fin : 0U) | (has_rst(flags) ? rst : 0U) |
         (has_ack(flags) ? ack : 0U) | (flags == Flags::pa ? psh : 0U);
}

Flags flags_of(unsigned bits) {
  if ((bits & rst) != 0) return Flags::r;
  if ((bits & syn) != 0) return (bits & ack) != 0 ? Flags::sa : Flags::s;
  if ((bits & fin) != 0) return (bits & ack) != 0 ? Flags::fa : Flags::f;
  if ((bits & ack) != 0) return (bits & psh) != 0 ? Flags::pa : Flags::a;
  return Flags::none;
}

/// Where the payload of an IPv4 packet of that protocol begins; 0 for any other packet.
std::size_t payload_at(std::string_view packet, std::uint8_t protocol, std::size_t least) {
  if (packet.size() < ip_header || get(packet, 0, 1) >> 4 != 4 || get(packet, 9, 1) != protocol) return 0;
  const std::size_t at = (get(packet, 0, 1) & 0xf) * std::size_t{4};
  return packet.size() >= at + least ? at : 0;
}

}  // namespace

std::string to_packet(const TcpSegment& segment) {
  const std::size_t length = tcp_header + segment.len;
  std::string packet = ip_packet(segment.from.v4, segment.to.v4, IPPROTO_TCP, length);
  constexpr std::size_t at = ip_header;
  put(packet, at, segment.from.port, 2);
  put(packet, at + 2, segment.to.port, 2);
  put(packet, at + 4, segment.seq, 4);
  put(packet, at + 8, has_ack(segment.flags) ? segment.ack : 0, 4);
  put(packet, at + 12, tcp_header / 4 << 4, 1);
  put(packet, at + 13, bits_of(segment.flags), 1);
  put(packet, at + 14, 0xffff, 2);  // the window
  const std::string_view view(packet);
  // The addresses are summed with it, and so are the protocol and the length.
  std::uint32_t sum = IPPROTO_TCP + static_cast<std::uint32_t>(length);
  for (std::size_t i = 12; i < ip_header; i += 2) sum += get(view, i, 2);
  put(packet, at + 16, checksum(view.substr(at), sum), 2);
  return packet;
}

std::optional<TcpSegment> tcp_segment_of(std::string_view packet) {
  const std::size_t at = payload_at(packet, IPPROTO_TCP, tcp_header);
  if (at == 0) return std::nullopt;
  const std::size_t data = at + (get(packet, at + 12, 1) >> 4) * std::size_t{4};
  if (data > packet.size()) return std::nullopt;
  return TcpSegment{{get(packet, 12, 4), static_cast<std::uint16_t>(get(packet, at, 2))},
                    {get(packet, 16, 4), static_cast<std::uint16_t>(get(packet, at + 2, 2))},
                    get(packet, at + 4, 4),
                    get(packet, at + 8, 4),
                    flags_of(get(packet, at + 13, 1)),
                    static_cast<std::uint32_t>(packet.size() - data)};
}

std::string echo_request(std::uint32_t from, std::uint32_t to, std::uint16_t sequence) {
  std::string packet = ip_packet(from, to, IPPROTO_ICMP, icmp_header);
  put(packet, ip_header, echo, 1);
  put(packet, ip_header + 6, sequence, 2);
  put(packet, ip_header + 2, checksum(std::string_view(packet).substr(ip_header)), 2);
  return packet;
}

bool is_echo_reply(std::string_view packet, std::uint16_t sequence) {
  const std::size_t at = payload_at(packet, IPPROTO_ICMP, icmp_header);
  return at != 0 && get(packet, at, 1) == echo_reply && get(packet, at + 6, 2) == sequence;
}

}  // namespace weir::oracle
