// What a generator does to fill queues: a case begins with a listener, and a crowd of clients comes to a listener.
// Drawn one by one, operations would seldom do either.
//
//   crowd.gather(rng, listen);                          // perhaps, after each op::Listen
//   if (crowd.draw(rng, known, into)) …                 // the next of its operations, until none is left
#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "fuzz/known_sockets.hpp"
#include "fuzz/planes.hpp"
#include "fuzz/rng.hpp"
#include "model/op.hpp"

namespace weir::fuzz {

/// A socket, its port, its listen; before them, half of the time, what the administrator has decided about the server.
class Opening {
 public:
  void restart() { left_ = 0; }
  void begin(Rng& rng) { left_ = rng.chance(1, 2) ? 4 : 3; }

  /// Of a case's kinds of operation, those that it and a crowd need.
  static void keep(const Weights& all, Weights& some) {
    for (const std::size_t op : {place<op::SysctlWrite>(), place<op::Socket>(), place<op::Bind>(), place<op::Listen>(),
                                 place<op::Connect>(), place<op::Segment>(), place<op::Advance>()})
      some[op] = all[op];
  }

  bool draw(Rng& rng, const KnownSockets& known, Op& into) {
    if (left_ == 0) return false;
    --left_;
    if (left_ == 3)
      into = op::SysctlWrite{{},
                             rng.chance(2, 3) ? Sysctl::tcp_syncookies : Sysctl::tcp_abort_on_overflow,
                             std::string(1, static_cast<char>('0' + rng.below(3)))};
    else if (left_ == 2)
      into = op::Socket{};
    else if (known.empty())
      return false;
    else if (left_ == 1)
      into = op::Bind{{known.newest().label}, any_address, 80};
    else
      into = op::Listen{{known.newest().label}, 1};
    return true;
  }

 private:
  std::uint32_t left_ = 0;
};

/// Half the listeners have one. When all of it has come, the listener may think again, and listen with room for fewer.
class Crowd {
 public:
  void restart() {
    left_ = 0;
    listener_.reset();
  }

  void gather(Rng& rng, const op::Listen& listen) {
    if (!rng.chance(1, 2)) return;
    remote_ = rng.chance(1, 3);
    bound_ = rng.chance(1, 4);
    left_ = 2 * (1 + rng.below(rng.chance(1, 8) ? 25 : 5));
    listener_ = listen.fd;
  }

  /// More of it is to come.
  bool coming() const { return left_ > 0; }

  bool draw(Rng& rng, const KnownSockets& known, Op& into) {
    if (left_ == 0) return draw_second_listen(rng, into);
    --left_;
    const auto* listener = known.any_at(KnownSocket::Stage::listening, rng);
    if (listener == nullptr || listener->port == 0) return false;
    if (!remote_) return draw_client(rng, known, *listener, into);
    into = op::Segment{
        listener->ns, {0xc000020b, static_cast<std::uint16_t>(left_)}, {0xc0000201, listener->port}, Flags::s, 0};
    return true;
  }

 private:
  bool draw_second_listen(Rng& rng, Op& into) {
    if (!listener_) return false;
    into = op::Listen{*listener_, static_cast<std::int32_t>(rng.below(2))};
    listener_.reset();
    return rng.chance(1, 2);
  }

  /// A socket, or the connect of one.
  bool draw_client(Rng& rng, const KnownSockets& known, const KnownSocket& listener, Op& into) const {
    const bool bound = bound_ && !listener.is_unix();
    const auto suits = [&](const KnownSocket& each) {
      return each.speaks_to(listener) && (!bound || each.port != listener.port);
    };
    const auto* client = known.any_at(bound ? KnownSocket::Stage::bound : KnownSocket::Stage::fresh, rng, suits);
    const auto* fresh = bound ? known.any_at(KnownSocket::Stage::fresh, rng, suits) : nullptr;
    if (client != nullptr) {
      op::Connect connect{{client->label}, listener.addr, listener.port};
      known.reach(connect);
      into = connect;
    } else if (fresh != nullptr) {  // a port of its own, so that it can come again from where it came
      into = op::Bind{{fresh->label}, any_address, static_cast<std::uint16_t>(1000 + rng.below(3))};
    } else {
      into = op::Socket{listener.ns, listener.family, listener.type};
    }
    return true;
  }

  std::uint32_t left_ = 0;      ///< operations still to come
  std::optional<Fd> listener_;  ///< that they come to, until it has thought again
  bool remote_ = false;         ///< it comes by segments
  bool bound_ = false;          ///< it comes from ports that bind asked for
};

}  // namespace weir::fuzz
