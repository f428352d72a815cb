#include "proofs/memory/clients/queue_history.hpp"

#include <algorithm>

#include "model/softnet/enqueue.hpp"
#include "model/softnet/process_backlog.hpp"

namespace weir::proofs::memory {
namespace {

using D = Concrete;

/// The spec's state, and how far the operations have come.
struct State {
  model::SoftnetData<D> sd;
  model::Poll<D> poll{};
  std::vector<std::uint8_t> done;  // by operation
  std::uint8_t delivered = 0;      // by the poll under way
  std::size_t under_way = ~std::size_t{0};
  std::uint32_t woken = 0;  // bits: the bursts of which a packet found the backlog asleep
};

class Search {
 public:
  Search(const QueueHistory& history, bool one_queue)
      : history_(history), kernel_(*profile_from(one_queue ? "linux-2.6.32" : "linux-6.18")) {}

  bool run() {
    State state;
    state.done.assign(history_.size(), 0);
    return go_on(state);
  }

 private:
  bool go_on(const State& state) {
    bool all = true;
    for (std::size_t i = 0; i < history_.size(); ++i) {
      if (state.done[i] != 0) continue;
      all = false;
      if (may_come(state, i) && take(state, i)) return true;
    }
    return all;
  }

  bool may_come(const State& state, std::size_t which) const {
    for (std::size_t i = 0; i < history_.size(); ++i)
      if (state.done[i] == 0 && history_[i].before(history_[which])) return false;
    return true;
  }

  bool take(State state, std::size_t which) {
    const QueueOperation& now = history_[which];
    switch (now.what) {
      case QueueOperation::What::idle:
        if (state.sd.sched) return false;
        break;
      case QueueOperation::What::put: {
        const bool slept = !state.sd.sched;
        const auto enqueued = model::enqueue_to_backlog<D>(kernel_, state.sd, Skb{now.packet}, now.limit);
        if ((enqueued == model::Enqueued::queued) != now.admitted) return false;
        if (now.burst != 0) {
          if (now.admitted && slept) state.woken |= 1U << now.burst;
          if (now.last_of_burst && now.scheduled != ((state.woken >> now.burst & 1) != 0)) return false;
        } else if (now.admitted && slept != now.scheduled) {
          return false;
        }
        break;
      }
      case QueueOperation::What::poll:
        return turn(std::move(state), which);
    }
    state.done[which] = 1;
    return go_on(state);
  }

  /// One turn of the poll's loop, the first of them after its beginning.
  bool turn(State state, std::size_t which) {
    const QueueOperation& now = history_[which];
    model::Clock<D> clock;
    if (state.under_way != which) {
      if (!state.sd.sched) return false;
      state.under_way = which;
      state.delivered = 0;
      state.poll = model::begin_poll<D>(state.sd, now.quota, 64, clock);
    }
    // It may end early, and stay scheduled, where a packet is claimed but not published yet.
    if (state.delivered == now.delivered_count && !now.complete && state.delivered < now.quota &&
        overlaps_a_put(which)) {
      State ended = state;
      ended.done[which] = 1;
      if (go_on(ended)) return true;
    }
    // The kernel takes over the input queue under the lock and delivers without it: two steps.
    if (kernel_.process_queue && state.sd.process_queue.empty() && !state.sd.input_pkt_queue.empty()) {
      State taken = state;
      model::refill_process_queue(taken.sd);
      if (go_on(taken)) return true;
    }
    bool right = true;
    const auto exit = model::drain_one<D>(kernel_, state.sd, state.poll, clock, [&](Skb skb) {
      right = state.delivered < now.delivered_count && now.delivered[state.delivered] == skb.id;
      ++state.delivered;
    });
    if (!right) return false;
    if (exit != model::PollExit::more) {
      if (state.delivered != now.delivered_count || (exit == model::PollExit::empty) != now.complete) return false;
      state.done[which] = 1;
    }
    return go_on(state);
  }

  bool overlaps_a_put(std::size_t poll) const {
    return std::any_of(history_.begin(), history_.end(), [&](const QueueOperation& each) {
      return each.what == QueueOperation::What::put && each.admitted && !each.before(history_[poll]) &&
             !history_[poll].before(each);
    });
  }

  const QueueHistory& history_;
  const Profile& kernel_;
};

}  // namespace

void append_key(std::string& key, const QueueHistory& history) {
  for (const QueueOperation& each : history) {
    key += static_cast<char>(static_cast<unsigned>(each.what) | (each.admitted ? 4U : 0U) | (each.scheduled ? 8U : 0U) |
                             (each.complete ? 16U : 0U));
    key += static_cast<char>(each.packet);
    key += static_cast<char>(each.delivered_count);
    key.append(each.delivered.begin(), each.delivered.begin() + each.delivered_count);
    std::uint32_t order = 0;
    for (const QueueOperation& other : history) order = order << 1 | (each.before(other) ? 1U : 0U);
    key.append(reinterpret_cast<const char*>(&order), sizeof order);
  }
}

bool has_an_order(const QueueHistory& history, bool one_queue) { return Search(history, one_queue).run(); }

}  // namespace weir::proofs::memory
