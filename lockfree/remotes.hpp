// Who has which four-tuple: everything that a remote peer has with one network namespace.
//
// A connection, a request in a SYN queue, the memory of a cookie and a TIME_WAIT are slots of the pool of sockets, and
// stand in lists like those of the bind buckets (ports.hpp): by local port, and spread over many tables by both ends.
//
// Thread safety: as Ports.
#pragma once
#include <array>
#include <cstdint>

#include "lockfree/ports.hpp"
#include "lockfree/sock.hpp"
#include "model/op.hpp"

namespace weir::lockfree {

/// The two ends, as a child holds them: the port of this host stands in the word.
struct Tuple {
  Endpoint local{};
  Endpoint remote{};
  std::uint16_t port = 0;

  constexpr PortKey key() const { return {Protocol::tcp, port}; }
  /// Where a segment goes.
  constexpr Endpoint to() const { return {local.v4, port, local.kind, 0}; }
};

constexpr Tuple tuple_of(const End& peer, const End& here) {
  return {endpoint(v4_address(here.v4)), endpoint(v4_address(peer.v4), peer.port), here.port};
}

class Remotes {
 public:
  Ports& of(const Tuple& tuple) {
    constexpr std::uint64_t golden = 0x9e3779b97f4a7c15;
    const std::uint64_t ends =
        (std::uint64_t{tuple.remote.v4} << 16 | tuple.remote.port) ^ std::uint64_t{tuple.local.v4} << 24;
    return tables_[ends * golden >> (64 - table_bits)];
  }

  /// Looks at every slot of a local port, whoever the peer is.
  template <class Visit>
  void look(PortKey key, Socks& socks, Claims& claims, Visit visit) {
    for (Ports& table : tables_) table.look(key, socks, claims, visit);
  }

 private:
  static constexpr unsigned table_bits = 6;
  std::array<Ports, 1u << table_bits> tables_{};
};

/// 127/8, 0/8, multicast and the limited broadcast: nothing that a remote peer can send from or to.
constexpr bool is_martian(std::uint32_t v4) {
  return v4 >> 24 == 127 || v4 >> 24 == 0 || v4 >> 28 == 14 || v4 == 0xffffffff;
}

}  // namespace weir::lockfree
