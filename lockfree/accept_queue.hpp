// The accept queue of a listener: first in, first out, any number of producers and consumers (Michael and Scott, 1996).
//
// Thread safety: any thread, inside an epoch: nodes are recycled only when no operation can still look at them, which
// is what makes plain indices safe where the original needs counted pointers.
//
// Invariants (once `prepare` was called):
//   (1) head is a dummy: the values in the queue are those of the nodes after it.
//   (2) tail is the last node or the one before it.
#pragma once
#include <cstdint>
#include <optional>

#include "lockfree/atomics.hpp"
#include "lockfree/pool.hpp"

namespace weir::lockfree {

template <class Atomics = HostAtomics>
struct BasicQueueNode {
  template <class T>
  using Atomic = typename Atomics::template atomic<T>;
  Atomic<std::uint64_t> value{0};
  Atomic<std::uint32_t> next{0};
  Atomic<std::uint32_t> pool_link{0};
  Atomic<std::uint64_t> pool_stamp{0};
};

template <class Atomics = HostAtomics>
class BasicAcceptQueue {
 public:
  using Node = BasicQueueNode<Atomics>;
  using Nodes = Pool<Node, 8, Atomics>;

  /// Gives the queue its dummy node; any number of times, from any thread, before the first push.
  void prepare(Nodes& nodes, std::uint64_t epoch) {
    // relaxed: whether there is a dummy; whoever uses it reads head or tail again.
    if (tail_.load(std::memory_order_relaxed) != 0) return;
    const std::uint32_t dummy = fresh(nodes, 0, epoch);
    std::uint32_t none = 0;
    // release: publishes the dummy node. One of several callers wins; the others hand theirs back.
    if (!head_.compare_exchange_strong(none, dummy, std::memory_order_release, std::memory_order_acquire))
      nodes.retire(dummy, epoch);
    const std::uint32_t head = none == 0 ? dummy : none;
    none = 0;
    // release: as above. Every caller helps, so that whoever returns finds a tail.
    tail_.compare_exchange_strong(none, head, std::memory_order_release, std::memory_order_relaxed);
  }

  void push(Nodes& nodes, std::uint64_t value, std::uint64_t epoch) {
    const std::uint32_t node = fresh(nodes, value, epoch);
    for (;;) {
      // acquire: pairs with the releases that move tail; without it the node's `next` might be that of an earlier use.
      std::uint32_t tail = tail_.load(std::memory_order_acquire);
      std::uint32_t next = 0;
      // seq_cst: publishes the node to `pop`, and stands before the caller's look at the listener's state: either that
      // look sees the listener closed, or the closer's `pop` sees this node. Without it the child could be lost.
      // acquire on failure: the node that came first is handed on below.
      if (nodes[tail].next.compare_exchange_strong(next, node, std::memory_order_seq_cst, std::memory_order_acquire)) {
        tail_.compare_exchange_strong(tail, node, std::memory_order_release, std::memory_order_relaxed);
        return;
      }
      // release: hands on the node that the acquire above (or of the failed exchange) has seen.
      tail_.compare_exchange_strong(tail, next, std::memory_order_release, std::memory_order_relaxed);
    }
  }

  std::optional<std::uint64_t> pop(Nodes& nodes, std::uint64_t epoch) {
    for (;;) {
      // acquire: pairs with the release that moved head here; the dummy's `next` must be read after it.
      std::uint32_t head = head_.load(std::memory_order_acquire);
      if (head == 0) return std::nullopt;
      // seq_cst: the other half of the bargain in `push`.
      const std::uint32_t next = nodes[head].next.load(std::memory_order_seq_cst);
      if (next == 0) return std::nullopt;
      // relaxed: never older than what whoever moved head here has seen (2), and only compared.
      std::uint32_t tail = tail_.load(std::memory_order_relaxed);
      // Invariant (2) from the other side: head must not overtake tail, or tail would point to a retired node.
      if (tail == head) tail_.compare_exchange_strong(tail, next, std::memory_order_release, std::memory_order_relaxed);
      // relaxed: written before the node was published by `push`, which the load of `next` has seen.
      const std::uint64_t value = nodes[next].value.load(std::memory_order_relaxed);
      // release: hands the new dummy to the next consumer.
      if (head_.compare_exchange_strong(head, next, std::memory_order_release, std::memory_order_relaxed)) {
        nodes.retire(head, epoch);
        return value;
      }
    }
  }

  /// A hint: another thread may push or pop meanwhile.
  bool empty(Nodes& nodes) const {
    const std::uint32_t head = head_.load(std::memory_order_acquire);           // acquire: as in `pop`
    return head == 0 || nodes[head].next.load(std::memory_order_relaxed) == 0;  // relaxed: only whether
  }

 private:
  static std::uint32_t fresh(Nodes& nodes, std::uint64_t value, std::uint64_t epoch) {
    const std::uint32_t index = nodes.allocate(epoch);
    Atomics::renew(nodes[index].value, value);  // both published when the node is linked
    Atomics::renew(nodes[index].next, 0);
    return index;
  }

  typename Atomics::template atomic<std::uint32_t> head_{0};
  typename Atomics::template atomic<std::uint32_t> tail_{0};
};

using AcceptQueue = BasicAcceptQueue<>;

}  // namespace weir::lockfree
