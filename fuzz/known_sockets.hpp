// What a generator believes about the sockets of a case, so that its operations hit real ones. A belief, not a rule: it
// follows the operations without knowing their outcomes, and where it is wrong an operation merely misses.
#pragma once
#include <algorithm>
#include <array>
#include <cstdint>
#include <vector>

#include "fuzz/rng.hpp"
#include "model/op.hpp"

namespace weir::fuzz {

struct KnownSocket {
  enum class Stage : std::uint8_t { fresh, bound, listening, connected };
  std::int32_t label = 0;
  Stage stage = Stage::fresh;
  Family family = Family::inet;
  SockType type = SockType::stream;
  NsId ns;
  Address addr;
  std::uint16_t port = 0;
  std::uint32_t pending = 0;  ///< connections that accept may find

  bool is_unix() const { return family == Family::unix_; }
  /// A connection between the two is possible. To an inet socket all inet sockets are alike.
  bool speaks_to(const KnownSocket& other) const {
    if (!is_unix() && !other.is_unix()) return true;
    return family == other.family && type == other.type;
  }
};

/// How far a remote peer has come: it has sent a SYN, or what follows the SYN-ACK.
enum class KnownPeer : std::uint8_t { unknown, asked, connected };

/// What remote peers know of a listener.
struct KnownService {
  NsId ns;
  std::uint16_t port = 0;  ///< 0: nobody has listened where they could know
};

class KnownSockets {
 public:
  using Stage = KnownSocket::Stage;

  void clear() {
    sockets_.clear();
    peers_.fill(KnownPeer::unknown);
    last_service_ = {};
    namespaces_ = 1;
  }
  std::uint32_t namespaces() const { return namespaces_; }
  /// Peers are told apart by their ports.
  KnownPeer peer(std::uint16_t port) const { return peers_[port % peers_.size()]; }
  /// That of some listener. When all have gone, their peers still speak to where the last one was.
  KnownService service(Rng& rng) const {
    const auto* listener = any_at(Stage::listening, rng);
    return listener == nullptr ? last_service_ : KnownService{listener->ns, listener->port};
  }
  /// The port of a peer that has got as far, of those that the generator speaks for; 0 if none has.
  std::uint16_t some_connected_peer(Rng& rng) const {
    const std::size_t start = rng.below(peers_.size());
    for (std::size_t i = 0; i < peers_.size(); ++i) {
      const auto port = static_cast<std::uint16_t>(1000 + (start + i) % peers_.size());
      if (peer(port) == KnownPeer::connected) return port;
    }
    return 0;
  }
  bool empty() const { return sockets_.empty(); }
  const KnownSocket& any(Rng& rng) const { return rng.pick(sockets_); }
  /// The one that was added last. \pre !empty()
  const KnownSocket& newest() const { return sockets_.back(); }

  /// What is bound to any address is reached by the loopback address of the client's family.
  void reach(op::Connect& connect) const {
    if (connect.addr != any_address) return;
    const auto* client = find(connect.fd.label);
    connect.addr = client != nullptr && client->family == Family::inet6 ? loopback6 : loopback;
  }

  /// One at that stage, from a random start; nullptr if there is none.
  const KnownSocket* any_at(Stage stage, Rng& rng) const {
    return any_at(stage, rng, [](const KnownSocket&) { return true; });
  }

  /// The same, of those that `suits` accepts.
  template <class Suits>
  const KnownSocket* any_at(Stage stage, Rng& rng, Suits suits) const {
    if (sockets_.empty()) return nullptr;
    const std::size_t start = rng.below(sockets_.size());
    for (std::size_t i = 0; i < sockets_.size(); ++i) {
      const auto& each = sockets_[(start + i) % sockets_.size()];
      if (each.stage == stage && suits(each)) return &each;
    }
    return nullptr;
  }

  const KnownSocket* find(std::int32_t label) const { return const_cast<KnownSockets*>(this)->at(Fd{label}); }

  void follow(const Op& operation) {
    std::visit([this](const auto& each) { follow_one(each); }, operation);
  }

 private:
  template <class T>
  void follow_one(const T&) {}  // most operations leave no socket behind

  void follow_one(const op::Netns&) { ++namespaces_; }
  void follow_one(const op::Socket& made) {
    const bool is_inet = made.family == Family::inet || made.family == Family::inet6;
    if (is_inet && made.type == SockType::seqpacket) return;  // ESOCKTNOSUPPORT
    if (made.family == Family::netlink && made.type != SockType::dgram) return;
    if (made.ns.id >= namespaces_) return;
    add({.label = 0, .stage = Stage::fresh, .family = made.family, .type = made.type, .ns = made.ns, .addr = {}});
  }
  void follow_one(const op::Bind& bind) {
    if (bind.addr.v4 >> 24 == 192) return;  // the one address of the pool that is nobody's
    if (auto* socket = at(bind.fd); socket != nullptr && socket->stage == Stage::fresh) {
      socket->stage = Stage::bound;
      socket->addr = bind.addr;
      socket->port = bind.port;
    }
  }
  void follow_one(const op::Listen& listen) {
    auto* socket = at(listen.fd);
    if (socket == nullptr || socket->stage == Stage::connected || socket->type == SockType::dgram) return;
    socket->stage = Stage::listening;
    last_service_ = {socket->ns, socket->port};
  }
  void follow_one(const op::Connect& connect) {
    auto* socket = at(connect.fd);
    if (socket == nullptr || socket->stage == Stage::listening) return;
    const bool keeps_its_name = socket->is_unix() && socket->type == SockType::dgram;
    if (!keeps_its_name) socket->stage = Stage::connected;
    for (auto& each : sockets_)
      if (each.stage == Stage::listening && each.port == connect.port) ++each.pending;
  }
  void follow_one(const op::Segment& segment) {
    KnownPeer& peer = peers_[segment.from.port % peers_.size()];
    if (has_rst(segment.flags)) {
      peer = KnownPeer::unknown;
    } else if (segment.flags == Flags::s) {
      if (peer == KnownPeer::unknown) peer = KnownPeer::asked;
    } else if (has_ack(segment.flags) && peer == KnownPeer::asked) {
      peer = KnownPeer::connected;
      for (auto& each : sockets_)
        if (each.stage == Stage::listening && each.port == segment.to.port) ++each.pending;
    }
  }
  void follow_one(const op::Accept& accept) {
    auto* socket = at(accept.fd);
    if (socket == nullptr || socket->pending == 0) return;
    --socket->pending;
    add({.label = 0,
         .stage = Stage::connected,
         .family = socket->family,
         .type = socket->type,
         .ns = socket->ns,
         .addr = {}});
  }
  void follow_one(const op::Shutdown& shutdown) {
    if (auto* socket = at(shutdown.fd);
        socket != nullptr && socket->stage == Stage::listening && !socket->is_unix() && shutdown.how != How::wr) {
      socket->stage = Stage::bound;
      socket->pending = 0;
    }
  }
  void follow_one(const op::Close& close) {
    std::erase_if(sockets_, [&](const KnownSocket& each) { return each.label == close.fd.label; });
  }

  KnownSocket* at(Fd fd) {
    const auto found =
        std::find_if(sockets_.begin(), sockets_.end(), [&](const KnownSocket& each) { return each.label == fd.label; });
    return found == sockets_.end() ? nullptr : &*found;
  }

  /// Under the lowest free label, as the kernel numbers them.
  void add(KnownSocket socket) {
    socket.label = 3;
    while (at(Fd{socket.label}) != nullptr) ++socket.label;
    sockets_.push_back(socket);
  }

  std::vector<KnownSocket> sockets_;
  std::array<KnownPeer, 4> peers_{};
  KnownService last_service_;
  std::uint32_t namespaces_ = 1;
};

}  // namespace weir::fuzz
