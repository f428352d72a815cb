// liburcu's wfcqueue: a chain through the packets that producers append to by one exchange, and that the owner takes
// over as a whole.
#define _LGPL_SOURCE  // inline
#include <urcu/wfcqueue.h>

#include "bench/drain/registry.hpp"
#include "bench/peers/wrapped.hpp"

namespace weir::bench {
namespace {

class WfcQueue {
 public:
  static constexpr std::string_view name = "urcu-wfcqueue";
  WfcQueue() {
    cds_wfcq_init(&head_, &tail_);
    __cds_wfcq_init(&taken_head_, &taken_tail_);
  }
  bool push(Packet& packet) {
    cds_wfcq_node* const node = node_of(packet);
    cds_wfcq_node_init(node);
    cds_wfcq_enqueue(cds_wfcq_head_cast(&head_), &tail_, node);
    return true;
  }
  /// A chain of one's own, appended as a whole.
  std::uint32_t push_burst(Burst packets) {
    __cds_wfcq_head head;
    cds_wfcq_tail tail;
    __cds_wfcq_init(&head, &tail);
    for (std::size_t i = 0; i < packets.size(); ++i) {
      cds_wfcq_node* const node = node_of(*packets[i]);
      cds_wfcq_node_init(node);
      if (i != 0) node_of(*packets[i - 1])->next = node;
    }
    head.node.next = node_of(*packets.front());
    tail.p = node_of(*packets.back());
    __cds_wfcq_splice_blocking(cds_wfcq_head_cast(&head_), &tail_, __cds_wfcq_head_cast(&head), &tail);
    return static_cast<std::uint32_t>(packets.size());
  }
  std::uint32_t pop(Packet** into, std::uint32_t count) {
    std::uint32_t got = 0;
    for (bool looked = false; got < count;) {
      if (cds_wfcq_node* const node = __cds_wfcq_dequeue_blocking(__cds_wfcq_head_cast(&taken_head_), &taken_tail_)) {
        into[got++] = reinterpret_cast<Packet*>(node);
        continue;
      }
      if (looked) break;
      looked = true;
      __cds_wfcq_splice_blocking(__cds_wfcq_head_cast(&taken_head_), &taken_tail_, cds_wfcq_head_cast(&head_), &tail_);
    }
    return got;
  }

 private:
  // The node is the packet's first word, which is for contenders that chain.
  static_assert(sizeof(cds_wfcq_node) == sizeof(void*) && offsetof(Packet, next) == 0);
  static cds_wfcq_node* node_of(Packet& packet) { return reinterpret_cast<cds_wfcq_node*>(&packet); }

  alignas(64) cds_wfcq_head head_;
  alignas(64) cds_wfcq_tail tail_;
  alignas(64) __cds_wfcq_head taken_head_;
  cds_wfcq_tail taken_tail_;
};

[[maybe_unused]] const bool added = add_contender<Wrapped<WfcQueue>>(Producers::any);

}  // namespace
}  // namespace weir::bench
