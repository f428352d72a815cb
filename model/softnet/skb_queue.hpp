// The queues of softnet_data: first in, first out, of any length.
#pragma once
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "model/append.hpp"
#include "model/domain.hpp"
#include "model/op.hpp"

namespace weir::model {

/// sk_buff_head, run. Storage is kept when the queue drains, so a warm queue allocates nothing.
/// \invariant head_ <= packets_.size(); head_ == 0 where the queue is empty
class SkbFifo {
 public:
  std::uint32_t qlen() const { return static_cast<std::uint32_t>(packets_.size() - head_); }
  bool empty() const { return packets_.size() == head_; }
  void push(Skb skb) { append(packets_, skb); }

  /// The head first.
  std::span<const Skb> waiting() const { return std::span(packets_).subspan(head_); }

  /// \pre !empty()
  Skb pop() {
    const Skb first = packets_[head_++];
    if (empty()) clear();
    return first;
  }

  /// Moves all of `from` to this queue; `from` is empty afterwards. \pre empty()
  void splice_tail(SkbFifo& from) {
    std::swap(packets_, from.packets_);
    std::swap(head_, from.head_);
  }

 private:
  void clear() {
    packets_.clear();
    head_ = 0;
  }
  std::vector<Skb> packets_;
  std::size_t head_ = 0;
};

/// The queue and the packet of a domain. A symbolic domain specialises both: a window on a ghost array of arrivals.
template <Domain D>
struct SkbQueueOf {
  using Queue = SkbFifo;
  using Packet = Skb;
};
template <Domain D>
using SkbQueue = typename SkbQueueOf<D>::Queue;
template <Domain D>
using Packet = typename SkbQueueOf<D>::Packet;

}  // namespace weir::model
