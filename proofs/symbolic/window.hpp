// Queues of any length, and clocks that move as they like, for the softnet theorems.
//
// A queue is a window [head, tail) on the endless row of packets in the order of their arrival, and a packet is its
// place in that row. The spec cannot look into a packet, so naming packets this way loses nothing; that what it pushes
// or splices does continue the window is checked by `in_order`.
#pragma once
#include <functional>

#include "model/softnet/softnet_data.hpp"
#include "proofs/symbolic/replay.hpp"

namespace weir::proofs {

/// \invariant head <= tail; in_order: all that was ever put in was put where its arrival says
template <ProofDomain D>
struct Window {
  U64<D> head{0};
  U64<D> tail{0};
  Bool<D> in_order{true};

  U64<D> length() const { return tail - head; }
  U32<D> qlen() const { return as<U32<D>>(length()); }
  Bool<D> empty() const { return head == tail; }
  void push(U64<D> arrival) {
    in_order = in_order && arrival == tail;
    tail = tail + U64<D>(1);
  }
  U64<D> pop() {
    const U64<D> first = head;
    head = head + U64<D>(1);
    return first;
  }
  void splice_tail(Window& from) {
    in_order = in_order && from.in_order && (from.head == tail || empty() || from.empty());
    head = choose(empty(), from.head, head);
    tail = choose(from.empty(), tail, from.tail);
    from.head = from.tail;
  }
};

}  // namespace weir::proofs

namespace weir::model {

template <>
struct SkbQueueOf<proofs::Symbolic> {
  using Queue = proofs::Window<proofs::Symbolic>;
  using Packet = U64<proofs::Symbolic>;
};

template <>
struct SkbQueueOf<proofs::Replay> {
  using Queue = proofs::Window<proofs::Replay>;
  using Packet = U64<proofs::Replay>;
};

/// An arbitrary clock: jiffies may jump by any number whenever a packet is delivered.
template <proofs::ProofDomain D>
struct Clock<D> {
  U64<D> jiffies;
  std::function<U64<D>()> jump;
  void delivered_one() { jiffies = jiffies + jump(); }
};

}  // namespace weir::model
