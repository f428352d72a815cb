// What a campaign does not ask a live kernel, and why: situations that the model leaves out, or whose outcome the
// operations do not determine.
#pragma once
#include <algorithm>
#include <array>
#include <cstdint>
#include <string_view>
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
    {"two sockets with SO_REUSEPORT have listened, and another connects or a remote peer sends a segment",
     "which of two listeners on one port has the SYN is decided by a hash with a secret"},
});

/// Follows a case and says which operation must not be asked next.
class LinuxExclusions {
 public:
  bool excludes(const Op& operation) const {
    if (const auto* connect = std::get_if<op::Connect>(&operation))
      return have_rivals() || (find(connect->fd).mapped && connect->addr.kind != Address::Kind::v4);
    if (std::holds_alternative<op::Segment>(operation)) return have_rivals();
    if (const auto* listen = std::get_if<op::Listen>(&operation)) return find(listen->fd).mapped;
    return false;
  }

  void note(const Op& operation, const Outcome& outcome) {
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
    bool reuseport = false;
    bool listened = false;
  };

  template <class T>
  void note_success(const T&, std::int32_t) {}  // most operations do not matter here

  void note_success(const op::Socket& made, std::int32_t label) {
    sockets_.push_back({.fd = {label}, .dual_stack = made.family == Family::inet6 && made.type == SockType::stream});
  }
  void note_success(const op::Close& close, std::int32_t) {
    std::erase_if(sockets_, [&](const Known& each) { return each.fd == close.fd; });
  }
  void note_success(const op::Setsockopt& set, std::int32_t) {
    if (set.opt == SockOpt::so_reuseport && set.value != 0) change(set.fd, &Known::reuseport);
  }
  void note_success(const op::Listen& listen, std::int32_t) { change(listen.fd, &Known::listened); }

  void note_connecting(const op::Connect& connect) {
    if (find(connect.fd).dual_stack && connect.addr.kind != Address::Kind::v6_loopback)
      change(connect.fd, &Known::mapped);
  }

  bool have_rivals() const {
    return std::count_if(sockets_.begin(), sockets_.end(),
                         [](const Known& each) { return each.reuseport && each.listened; }) > 1;
  }
  Known find(Fd fd) const {
    for (const Known& each : sockets_)
      if (each.fd == fd) return each;
    return {};
  }
  void change(Fd fd, bool Known::*flag) {
    for (Known& each : sockets_)
      if (each.fd == fd) each.*flag = true;
  }

  std::vector<Known> sockets_;
};

}  // namespace weir::fuzz
