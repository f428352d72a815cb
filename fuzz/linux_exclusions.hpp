// What a campaign does not ask a live kernel, and why: situations that the model leaves out, or whose outcome the
// operations do not determine.
#pragma once
#include <algorithm>
#include <array>
#include <cstdint>
#include <string_view>
#include <type_traits>
#include <vector>

#include "model/op.hpp"
#include "model/outcome.hpp"

namespace weir::fuzz {

struct Exclusion {
  std::string_view what;
  std::string_view why;
};

/// The table; docs/live.md shows it to people. LinuxExclusions looks for each.
inline constexpr auto linux_exclusions = std::to_array<Exclusion>({
    {"an inet6 stream socket has been connected to an IPv4 address, and is now connected elsewhere or listens",
     "the kernel goes on sending its segments by IPv4, so that SYNs and FINs over IPv6 are lost; the model does not"},
    {"a remote peer's connection, which has sent FIN, is gone, and the peer sends an ACK without a new SYN",
     "if a cookie had made it, the kernel takes that cookie again although its numbers are off by the FIN; the model "
     "does not"},
    {"a socket with TCP_DEFER_ACCEPT connects to one that waits to be connected to it",
     "the kernel keeps the ACK back, so that the other one stays in SYN_RECV for 200 ms; in the model both are "
     "ESTABLISHED at once"},
});

/// Follows a case and says which operation must not be asked next.
class LinuxExclusions {
 public:
  bool excludes(const Op& operation) {
    if (const auto* connect = std::get_if<op::Connect>(&operation))
      return (find(connect->fd).mapped && connect->addr.kind != Address::Kind::v4) || crosses_deferring(*connect);
    if (const auto* segment = std::get_if<op::Segment>(&operation)) {
      const KnownPeer* const peer = find(*segment);
      const bool goes_on = peer != nullptr && peer->host_sent_fin && peer->gone;
      return goes_on && has_ack(segment->flags);
    }
    if (const auto* listen = std::get_if<op::Listen>(&operation)) return find(listen->fd).mapped;
    return false;
  }

  void note(const Op& operation, const Outcome& outcome) {
    if (const auto* replied = std::get_if<outcome::Replied>(&outcome))
      return note_reply(std::get<op::Segment>(operation), replied->reply);
    const auto* returned = std::get_if<outcome::Returned>(&outcome);
    if (returned == nullptr) return;
    if (returned->error == Errno::none)
      std::visit([&](const auto& each) { note_success(each, static_cast<std::int32_t>(returned->ret)); }, operation);
    else if (returned->error == Errno::einprogress)
      note_connecting(std::get<op::Connect>(operation));
  }

 private:
  struct Known {
    Fd fd;
    bool dual_stack = false;
    bool mapped = false;  ///< has been connected to an IPv4 address
    bool defers = false;
    std::uint16_t bound = 0;          ///< to that port, if not 0
    std::uint16_t connecting_to = 0;  ///< that port, as far as can be seen from here
  };

  struct KnownPeer {
    op::Segment last;
    bool host_sent_fin = false;  ///< as far as can be seen from here, or more
    bool sent_fin = false;
    bool gone = false;
  };

  void note_reply(const op::Segment& segment, Flags reply) {
    KnownPeer* peer = find(segment);
    if (peer == nullptr) peer = &peers_.emplace_back();
    if (segment.flags == Flags::s && reply == Flags::sa) *peer = {};  // otherwise what there was stands
    peer->last = segment;
    // Both have sent FIN: an ACK may be the last one.
    peer->gone = peer->gone || (peer->host_sent_fin && peer->sent_fin && has_ack(segment.flags));
    peer->sent_fin = peer->sent_fin || has_fin(segment.flags);
    peer->host_sent_fin = peer->host_sent_fin || has_fin(reply);
    // Data for a child that was born shut down end it without a word.
    const bool ended_at_once = has_fin(reply) && segment.len > 0;
    peer->gone = peer->gone || has_rst(segment.flags) || has_rst(reply) || ended_at_once;
  }
  KnownPeer* find(const op::Segment& segment) {
    for (KnownPeer& each : peers_)
      if (each.last.ns == segment.ns && each.last.from == segment.from && each.last.to == segment.to) return &each;
    return nullptr;
  }

  template <class T>
  void note_success(const T&, std::int32_t) {}  // most operations do not matter here

  void note_success(const op::Socket& made, std::int32_t label) {
    sockets_.push_back({.fd = {label}, .dual_stack = made.family == Family::inet6 && made.type == SockType::stream});
  }
  void note_success(const op::Close& close, std::int32_t) {
    std::erase_if(sockets_, [&](const Known& each) { return each.fd == close.fd; });
    for (KnownPeer& each : peers_) each.host_sent_fin = each.gone = true;
  }
  void note_success(const op::Shutdown&, std::int32_t) {
    for (KnownPeer& each : peers_) each.host_sent_fin = true;
  }

  void note_success(const op::Bind& bind, std::int32_t) { change(bind.fd, &Known::bound, bind.port); }
  void note_success(const op::Setsockopt& set, std::int32_t) {
    if (set.opt == SockOpt::tcp_defer_accept) change(set.fd, &Known::defers, set.value > 0);
  }

  /// Both are bound to named ports, or they could not meet.
  bool crosses_deferring(const op::Connect& connect) const {
    const Known newcomer = find(connect.fd);
    return newcomer.defers && newcomer.bound != 0 &&
           std::any_of(sockets_.begin(), sockets_.end(), [&](const Known& each) {
             return each.bound == connect.port && each.connecting_to == newcomer.bound;
           });
  }

  void note_connecting(const op::Connect& connect) {
    change(connect.fd, &Known::connecting_to, connect.port);
    if (find(connect.fd).dual_stack && connect.addr.kind != Address::Kind::v6_loopback)
      change(connect.fd, &Known::mapped, true);
  }

  Known find(Fd fd) const {
    for (const Known& each : sockets_)
      if (each.fd == fd) return each;
    return {};
  }
  template <class T>
  void change(Fd fd, T Known::*member, std::type_identity_t<T> value) {
    for (Known& each : sockets_)
      if (each.fd == fd) each.*member = value;
  }

  std::vector<Known> sockets_;
  std::vector<KnownPeer> peers_;
};

}  // namespace weir::fuzz
