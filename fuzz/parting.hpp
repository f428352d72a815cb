// The end of a connection with a remote peer, told in order: the server closes it, the peer says that it has seen that
// and closes too, the server may stop listening, and then the peer comes again from the same port. Drawn one by one,
// operations seldom get as far as TIME_WAIT.
//
//   parting.begin(rng, accept, known);   // perhaps, after each op::Accept
//   if (parting.draw(rng, into)) …       // the next of its operations, until none is left
#pragma once
#include <cstdint>

#include "fuzz/known_sockets.hpp"
#include "fuzz/rng.hpp"
#include "model/op.hpp"

namespace weir::fuzz {

class Parting {
 public:
  void restart() { left_ = 0; }

  void begin(Rng& rng, const op::Accept& accept, const KnownSockets& known) {
    if (known.empty() || known.newest().stage != KnownSocket::Stage::connected || !rng.chance(1, 4)) return;
    const std::uint16_t port = known.some_connected_peer(rng);
    if (port == 0) return;
    const KnownService service = known.service(rng);
    said_ = op::Segment{service.ns, {0xc000020a, port}, {0xc0000201, service.port}, Flags::a, 0};
    listener_ = accept.fd;
    child_ = {known.newest().label};
    left_ = 5;
  }

  bool draw(Rng& rng, Op& into) {
    while (left_ > 0) {
      --left_;
      if (left_ > 0 && rng.chance(1, 4)) continue;  // any of it may be missing but the last
      if (left_ == 4)
        into = op::Close{child_};
      else if (left_ == 1)
        into = op::Close{listener_};
      else
        into = says(left_ == 3 ? Flags::a : left_ == 2 ? Flags::fa : Flags::s);
      return true;
    }
    return false;
  }

 private:
  op::Segment says(Flags flags) const {
    op::Segment segment = said_;
    segment.flags = flags;
    return segment;
  }

  std::uint32_t left_ = 0;  ///< operations still to come
  op::Segment said_;        ///< by the peer
  Fd listener_;
  Fd child_;
};

}  // namespace weir::fuzz
