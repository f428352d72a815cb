// The calls of which scripts are made, in a few letters. Ports and addresses are those that most of them use.
#pragma once
#include <cstdint>
#include <vector>

#include "model/op.hpp"

namespace weir::proofs::memory {

inline constexpr std::uint16_t usual_port = 80;

inline Op make_socket(NsId ns = {}) { return op::Socket{ns, Family::inet, SockType::stream}; }
inline Op bind(std::int32_t fd) { return op::Bind{Fd{fd}, Address{}, usual_port}; }
inline Op bind_loopback(std::int32_t fd, std::uint16_t port) { return op::Bind{Fd{fd}, loopback, port}; }
inline Op listen(std::int32_t fd, std::int32_t backlog) { return op::Listen{Fd{fd}, backlog}; }
inline Op connect(std::int32_t fd, std::uint16_t port = usual_port) { return op::Connect{Fd{fd}, loopback, port}; }
inline Op accept(std::int32_t fd) { return op::Accept{Fd{fd}}; }
inline Op shutdown(std::int32_t fd, How how) { return op::Shutdown{Fd{fd}, how}; }
inline Op close(std::int32_t fd) { return op::Close{Fd{fd}}; }
inline Op info(std::int32_t fd) { return op::TcpInfo{Fd{fd}}; }
inline Op setsockopt(std::int32_t fd, SockOpt option, std::int32_t value) {
  return op::Setsockopt{Fd{fd}, option, value};
}
inline Op defer_accept(std::int32_t fd, std::int32_t seconds) {
  return setsockopt(fd, SockOpt::tcp_defer_accept, seconds);
}
inline Op counters() { return op::Netstat{}; }
inline Op advance(std::uint32_t ms) { return op::Advance{Millis{ms}}; }

/// AF_UNIX, by the name `usual_port`.
inline Op make_unix() { return op::Socket{{}, Family::unix_, SockType::stream}; }
inline Op bind_unix(std::int32_t fd) { return op::Bind{Fd{fd}, Address{Address::Kind::abstract}, usual_port}; }
inline Op connect_unix(std::int32_t fd) { return op::Connect{Fd{fd}, Address{Address::Kind::abstract}, usual_port}; }

/// A remote peer, told from others by its number.
inline Op segment(std::uint32_t peer, Flags flags, std::uint32_t len = 0) {
  constexpr std::uint32_t network = 0x0a000000, here = network + 254;
  constexpr std::uint16_t port = 1000;
  op::Segment it;
  it.from = {network + peer, port};
  it.to = {here, usual_port};
  it.flags = flags;
  it.len = len;
  return it;
}
inline Op syn(std::uint32_t peer) { return segment(peer, Flags::s); }
inline Op ack(std::uint32_t peer) { return segment(peer, Flags::a); }
inline Op fin(std::uint32_t peer) { return segment(peer, Flags::fa); }
inline Op rst(std::uint32_t peer) { return segment(peer, Flags::r); }

inline std::vector<Op> operator+(std::vector<Op> ops, const std::vector<Op>& more) {
  ops.insert(ops.end(), more.begin(), more.end());
  return ops;
}

/// A listener, 3, and two sockets, 4 and 5.
inline std::vector<Op> listener_and_two(std::int32_t backlog) {
  return {make_socket(), make_socket(), make_socket(), bind(3), listen(3, backlog)};
}

}  // namespace weir::proofs::memory
