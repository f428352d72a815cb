// Programs: operations on a whole host, for theorems about what is a plain choice and not a number: which call, on
// which descriptor, in which state, from which peer. There is nothing for a solver in those; a body goes through all of
// them, on the spec with machine integers, and each theorem's sentence says how many. Numbers of any value are for the
// theorems with symbolic ones.
#pragma once
#include <string>
#include <vector>

#include "model/host.hpp"
#include "proofs/symbolic/theorem.hpp"

namespace weir::proofs::program {

/// Machine integers, and the explorer hears of the clauses. Picks are those that a PickScope has installed.
struct Noted : Recorded {
  static void clause(Clause passed) { Explorer::current().pass(passed); }
};

using Program = std::vector<Op>;
using Host = model::Host<Noted>;
using Net = model::Net<Noted>;
using Sock = model::Sock<Noted>;

/// What the socket plane keeps to itself.
struct Inside : model::SocketPlane<Noted> {
  static const Net& net(const Host& host) { return host.sockets().*(&Inside::net_); }
  static const model::Files& files(const Host& host) { return host.sockets().*(&Inside::files_); }
};

inline const Net& net_of(const Host& host) { return Inside::net(host); }

/// The socket of a descriptor; nullptr where there is none.
inline const Sock* sock_of(const Host& host, std::int32_t fd) {
  model::Files files = Inside::files(host);
  const model::File* const file = files.at(fd);
  return file == nullptr || file->sock == model::no_sock ? nullptr : &net_of(host)[file->sock];
}

/// Whether nothing that any operation could show has changed.
inline bool same_state(const Host& a, const Host& b) {
  std::vector<std::uint64_t> here, there;
  a.softnet().for_each_value([&](auto each) { here.push_back(static_cast<std::uint64_t>(each)); });
  b.softnet().for_each_value([&](auto each) { there.push_back(static_cast<std::uint64_t>(each)); });
  return here == there && a.sockets().same_state(b.sockets()) && a.sysctls().global == b.sysctls().global &&
         a.sysctls().namespaces == b.sysctls().namespaces && a.sysctls().owners == b.sysctls().owners;
}

inline Host after(const Profile& kernel, const Program& program, const HostOptions& options = {}) {
  Host host(kernel, options);
  for (const Op& each : program) host.step(each);
  return host;
}

inline Program then(Program program, const Program& more) {
  program.insert(program.end(), more.begin(), more.end());
  return program;
}

/// The errno of an answer; none where it succeeded.
inline Errno error_of(const Outcome& outcome) {
  const auto* const returned = std::get_if<outcome::Returned>(&outcome);
  return returned == nullptr ? Errno::none : returned->error;
}

// Operations, by short names. Descriptors are 3, 4, … in the order in which sockets are made.

inline constexpr std::uint16_t port = 80, other_port = 81;
inline constexpr std::uint32_t server_v4 = 0xc0000201;  ///< 192.0.2.1
inline constexpr std::uint32_t peer_v4 = 0xc0000210;    ///< 192.0.2.16

inline Op socket(Family family = Family::inet, SockType type = SockType::stream, std::uint32_t ns = 0) {
  return op::Socket{NsId{ns}, family, type};
}
inline Op bind(std::int32_t fd, Address address = any_address, std::uint16_t number = port) {
  return op::Bind{Fd{fd}, address, number};
}
inline Op listen(std::int32_t fd, std::int32_t backlog = 5) { return op::Listen{Fd{fd}, backlog}; }
inline Op connect(std::int32_t fd, Address address = loopback, std::uint16_t number = port) {
  return op::Connect{Fd{fd}, address, number};
}
inline Op accept(std::int32_t fd) { return op::Accept{Fd{fd}}; }
inline Op shutdown(std::int32_t fd, How how = How::wr) { return op::Shutdown{Fd{fd}, how}; }
inline Op close(std::int32_t fd) { return op::Close{Fd{fd}}; }
inline Op set(std::int32_t fd, SockOpt option, std::int32_t value = 1) { return op::Setsockopt{Fd{fd}, option, value}; }
inline Op get(std::int32_t fd, SockOpt option) { return op::Getsockopt{Fd{fd}, option}; }
inline Op info(std::int32_t fd) { return op::TcpInfo{Fd{fd}}; }
inline Op netstat(std::uint32_t ns = 0) { return op::Netstat{NsId{ns}}; }
inline Op pass(std::uint32_t ms) { return op::Advance{Millis{ms}}; }
inline Op write(Sysctl id, std::int64_t value) { return op::SysctlWrite{{}, id, std::to_string(value)}; }
inline Op write(Sysctl id, std::string text) { return op::SysctlWrite{{}, id, std::move(text)}; }
/// A segment of the n-th remote peer to port 80.
inline Op segment(Flags flags, std::uint32_t len = 0, std::uint16_t n = 0) {
  return op::Segment{{}, End{peer_v4, static_cast<std::uint16_t>(1000 + n)}, End{server_v4, port}, flags, len};
}

/// A packet arrives at CPU 0.
inline Op packet(std::uint32_t n) { return op::NetifRx{Cpu{0}, Skb{n}}; }
inline Op poll(std::uint32_t cpu = 0, std::int32_t quota = 64) { return op::ProcessBacklog{Cpu{cpu}, quota, {}}; }
inline Op softirq(std::uint32_t cpu = 0) { return op::NetRxAction{Cpu{cpu}, {}}; }

inline Program listener(std::int32_t fd, std::int32_t backlog = 5, Address address = any_address) {
  return {socket(), bind(fd, address), listen(fd, backlog)};
}
inline Program client(std::int32_t fd) { return {socket(), connect(fd)}; }

/// An answer in tables.
constexpr char letter(Errno error) {
  switch (error) {
    case Errno::none:
      return '.';
    case Errno::eacces:
      return 'C';
    case Errno::eaddrnotavail:
      return 'A';
    case Errno::eafnosupport:
      return 'F';
    case Errno::einprogress:
      return 'P';
    case Errno::einval:
      return 'I';
    case Errno::enetunreach:
      return 'U';
    default:
      return '?';
  }
}

}  // namespace weir::proofs::program
