// Virtual time: the SYN-ACK timers of requests, and the ends of TIME_WAIT, of FIN_WAIT2 without a descriptor and of
// cookies.
//
// A timer is the time in its slot; `advance` looks at every slot there is and fires those that are due, in order.
//
// Thread safety: one thread at a time, beside all other calls. What another thread brings to life during an advance
// may be looked at by the next one only; it fires then, at the time that it had.
#pragma once
#include <algorithm>
#include <functional>
#include <queue>

#include "lockfree/socket_plane.hpp"

namespace weir::lockfree {

inline Outcome SocketPlane::advance(const op::Advance& call) {
  const Operation operation(epoch_);
  const std::uint64_t end = now() + call.ms.count;
  std::priority_queue<Due, std::vector<Due>, std::greater<>> queue;
  for (std::uint32_t index = 1; index < socks_.end(); ++index) {
    const Sock& sock = socks_[index];
    // acquire: pairs with the store that brought the slot to life. From a word that lives on, the slot is not reused
    // within this epoch, so what is read now is its own.
    const SockWord word = sock.word.load(std::memory_order_acquire);
    const bool waits = word.state == TcpState::syn_recv || word.state == TcpState::time_wait ||
                       (word.state == TcpState::fin_wait2 && word.has(orphan));
    if (!waits) continue;
    // relaxed, all: see above; a time that another thread puts off is looked at again when it fires.
    const std::uint64_t at = sock.deadline.load(std::memory_order_relaxed);
    const SockRef ref{index, sock.generation.load(std::memory_order_relaxed)};
    if (at <= end) queue.push({at, sock.born.load(std::memory_order_relaxed), ref, word.state, word.is_request()});
  }
  outcome::Passed passed;
  while (!queue.empty()) {
    Due due = queue.top();
    queue.pop();
    const std::optional<std::uint64_t> next = fire(due, operation.epoch(), passed.sent);
    if (!next || *next > end) continue;
    due.at = *next;
    queue.push(due);
  }
  now_.store(end, std::memory_order_relaxed);  // relaxed: see `now`
  return passed;
}

/// When it fires again.
inline std::optional<std::uint64_t> SocketPlane::fire(const Due& due, std::uint64_t epoch,
                                                      std::vector<outcome::SentSegment>& sent) {
  const Open at = follow(due.ref, epoch);
  if (at.error != Errno::none) return std::nullopt;
  // relaxed: another thread may put it off now or a moment later.
  const std::uint64_t deadline = at.sock->deadline.load(std::memory_order_relaxed);
  if (deadline > due.at) return deadline;
  if (due.is_request) return synack_timer(at, due.at, sent);
  end_slot(at, due.state);
  return std::nullopt;
}

/// The wait before the SYN-ACK goes out again: it doubles up to the longest.
inline std::uint64_t SocketPlane::synack_wait(std::uint32_t timeouts) const {
  constexpr std::uint32_t enough = 7;  // 2^7 seconds are above the longest
  constexpr std::uint64_t second_ms = 1000;
  const std::uint64_t wait = std::uint64_t{kernel_.first_synack_timeout_s} << std::min(timeouts, enough);
  return std::min<std::uint64_t>(wait, detail::rto_max_s) * second_ms;
}

/// How often a SYN-ACK may time out: tcp_synack_retries, and fewer while the SYN queue is more than half full of
/// requests that are old.
inline std::int32_t SocketPlane::synack_threshold(const Open& listener, SynCount syn) const {
  constexpr std::int32_t fewest = 2;
  constexpr std::uint32_t smallest = 8;
  const std::int32_t retries = sysctl(*listener.ns, Sysctl::tcp_synack_retries);
  // relaxed, both: samples, as in receive_syn.
  const std::uint32_t max = listener.sock->backlog.load(std::memory_order_relaxed).max;
  const bool half_full = kernel_.syn_queue == SynQueue::table
                             ? syn.qlen >= listener.sock->table_size.load(std::memory_order_relaxed) / 2
                             : syn.qlen << 1 > std::max(smallest, max);
  if (!half_full || retries <= fewest) return retries;
  // Each step down asks for twice as many young ones; where there are none, nothing stops it.
  std::int32_t threshold = retries;
  if (syn.young == 0) return fewest;
  for (std::uint64_t wanted = std::uint64_t{syn.young} << 1; threshold > fewest && syn.qlen >= wanted; wanted <<= 1)
    --threshold;
  return threshold;
}

/// The SYN-ACK has timed out for the first time.
inline void SocketPlane::grows_old(const Open& listener) {
  // relaxed: as in receive_syn.
  SynCount syn = listener.sock->syn.load(std::memory_order_relaxed);
  while (!listener.sock->syn.compare_exchange_weak(syn, {syn.qlen, syn.young - 1}, std::memory_order_relaxed)) {
  }
}

/// What the timer of a request decides.
inline SocketPlane::Verdict SocketPlane::judge(const Open& listener, RequestWord request) const {
  const std::int64_t timeouts = request.timeouts;
  // relaxed, both: limits and counts are sampled.
  const std::int32_t threshold = synack_threshold(listener, listener.sock->syn.load(std::memory_order_relaxed));
  const std::int64_t defers = listener.sock->defer_accept.load(std::memory_order_relaxed);
  const bool waits_for_data = defers != 0 && request.acked != 0;
  if (timeouts >= threshold && (!waits_for_data || timeouts >= defers)) return Verdict::expires;
  return !waits_for_data || timeouts >= defers - 1 ? Verdict::resends : Verdict::waits;
}

/// reqsk_timer_handler; inet_csk_reqsk_queue_prune until 4.3.
inline std::optional<std::uint64_t> SocketPlane::synack_timer(const Open& request, std::uint64_t at,
                                                              std::vector<outcome::SentSegment>& sent) {
  const Open listener = standing_listener(request);
  // relaxed: the exchange decides between this thread and one that ends the request (see count_out).
  RequestWord seen = request.sock->request.load(std::memory_order_relaxed);
  auto verdict = Verdict::expires;
  do {
    if (seen.gone != 0) return std::nullopt;
    if (listener.error == Errno::none) verdict = judge(listener, seen);
    if (verdict == Verdict::expires) {
      end_slot(request, TcpState::syn_recv);
      return std::nullopt;
    }
  } while (!request.sock->request.compare_exchange_weak(seen, {seen.timeouts + 1, seen.acked, 0},
                                                        std::memory_order_relaxed));
  if (seen.timeouts == 0) grows_old(listener);
  // relaxed: set before the request was published.
  const Endpoint peer = request.sock->remote.load(std::memory_order_relaxed);
  if (verdict == Verdict::resends) sent.push_back({{peer.v4, peer.port}, Flags::sa});
  const std::uint64_t next = at + synack_wait(seen.timeouts + 1);
  request.sock->deadline.store(next, std::memory_order_relaxed);  // relaxed: see repeat_synack
  return next;
}

}  // namespace weir::lockfree
