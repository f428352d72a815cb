#include "oracle/strace/symbols.hpp"

#include <charconv>

namespace weir::oracle::strace {
namespace {

constexpr auto none = std::string_view::npos;

/// What stands between `before` and the next of `ends`; "" where `before` does not occur.
std::string_view between(std::string_view text, std::string_view before, std::string_view ends) {
  const std::size_t at = text.find(before);
  if (at == none) return {};
  text.remove_prefix(at + before.size());
  return text.substr(0, text.find_first_of(ends));
}

}  // namespace

std::optional<std::int64_t> number_of(std::string_view text) {
  if (text.starts_with('[')) text.remove_prefix(1);
  std::int64_t value = 0;
  const char* const end = text.data() + text.size();
  const auto read = std::from_chars(text.data(), end, value);
  const bool ends_well = read.ptr == end || *read.ptr == '<' || *read.ptr == ']' || *read.ptr == ' ';
  return read.ec == std::errc{} && ends_well ? std::optional(value) : std::nullopt;
}

std::optional<Family> family_of(std::string_view text) {
  if (!text.starts_with("AF_") && !text.starts_with("PF_")) return std::nullopt;
  text.remove_prefix(3);
  if (text == "INET") return Family::inet;
  if (text == "INET6") return Family::inet6;
  if (text == "UNIX" || text == "LOCAL" || text == "FILE") return Family::unix_;
  if (text == "NETLINK") return Family::netlink;
  return std::nullopt;
}

std::optional<SockType> type_of(std::string_view text) {
  const auto type = text.substr(0, text.find('|'));
  if (type == "SOCK_STREAM") return SockType::stream;
  if (type == "SOCK_DGRAM") return SockType::dgram;
  if (type == "SOCK_SEQPACKET") return SockType::seqpacket;
  return std::nullopt;
}

bool is_plain_protocol(std::string_view protocol, SockType type) {
  if (protocol == "0" || protocol == "IPPROTO_IP") return true;
  if (type == SockType::stream) return protocol == "IPPROTO_TCP";
  return type == SockType::dgram && protocol == "IPPROTO_UDP";
}

std::optional<SockOpt> option_of(std::string_view level, std::string_view name) {
  const auto found = enum_from<SockOpt>(name);
  const bool of_tcp = name.starts_with("TCP_");
  const bool tcp_level = level == "SOL_TCP" || level == "IPPROTO_TCP";
  return found && (of_tcp ? tcp_level : level == "SOL_SOCKET") ? found : std::nullopt;
}

std::optional<How> how_of(std::string_view text) {
  const auto how = text.substr(0, text.find(' '));
  if (how == "SHUT_RD") return How::rd;
  if (how == "SHUT_WR") return How::wr;
  if (how == "SHUT_RDWR") return How::rdwr;
  return std::nullopt;
}

SocketAddress address_of(std::string_view text) {
  SocketAddress address;
  address.family = between(text, "sa_family=", ",}");
  if (address.family != "AF_INET" && address.family != "AF_INET6") return address;
  const auto port = number_of(between(text, "_port=htons(", ")"));
  const auto v4 = between(text, "inet_addr(\"", "\"");
  const auto v6 = between(text, "inet_pton(AF_INET6, \"", "\"");
  address.address = address.family == "AF_INET" ? v4 : v6;
  if (!port || *port < 0 || *port > 65535 || address.address.empty()) return {};
  address.port = static_cast<std::uint16_t>(*port);
  return address;
}

}  // namespace weir::oracle::strace
