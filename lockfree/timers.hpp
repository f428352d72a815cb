// Virtual time: which timers there are, and in what order they fire. The SYN-ACK timers of requests, and the ends of
// TIME_WAIT, of FIN_WAIT2 without a descriptor and of cookies; those of connections over loopback stand in
// local_timers.hpp.
//
// A timer is the time in its slot; `advance` looks at every slot there is for the next moment at which any is due. What
// the timers of a moment send over loopback is taken once all of them have fired.
//
// Thread safety: one thread at a time, beside all other calls. What another thread brings to life during an advance
// may be looked at by the next one only; it fires then.
#pragma once
#include <algorithm>

#include "lockfree/socket_plane.hpp"

namespace weir::lockfree {

inline Outcome SocketPlane::advance(const op::Advance& call) {
  const Operation operation(epoch_);
  const std::uint64_t end = now() + call.ms.count;
  outcome::Passed passed;
  std::vector<Due> due;
  for (std::uint64_t from = 0;;) {
    const std::uint64_t moment = next_due(from, end, due);
    if (due.empty()) break;
    now_.store(std::max(now(), moment), std::memory_order_relaxed);  // relaxed: see `now`
    std::sort(due.begin(), due.end(), [this](const Due& a, const Due& b) {
      if (a.is_request != b.is_request) return a.is_request;
      return kernel_.newest_timer_first ? a.armed > b.armed : a.armed < b.armed;
    });
    for (const Due& each : due) fire(each, operation.epoch(), passed);
    for (std::size_t next = 0; next < flying_.size(); ++next) land(Flying(flying_[next]));
    flying_.clear();
    from = moment + 1;
  }
  now_.store(end, std::memory_order_relaxed);  // relaxed: see `now`
  return passed;
}

/// The first moment from `from` to `end` at which a timer is due, and all that are due then; none: `found` is empty.
inline std::uint64_t SocketPlane::next_due(std::uint64_t from, std::uint64_t end, std::vector<Due>& found) {
  found.clear();
  std::uint64_t moment = end;
  for (std::uint32_t index = 1; index < socks_.end(); ++index) {
    const std::optional<Due> due = due_of(index);
    if (!due || due->at < from || due->at > moment) continue;
    if (due->at < moment) found.clear();
    moment = due->at;
    found.push_back(*due);
  }
  return moment;
}

/// The timer that runs in a slot.
inline std::optional<SocketPlane::Due> SocketPlane::due_of(std::uint32_t index) {
  const Sock& sock = socks_[index];
  // acquire: pairs with the store that brought the slot to life. From a word that lives on, the slot is not reused
  // within this epoch, so what is read now is its own.
  const SockWord word = sock.word.load(std::memory_order_acquire);
  const bool ends = word.state == TcpState::syn_recv || word.state == TcpState::time_wait ||
                    (word.state == TcpState::fin_wait2 && word.has(orphan));
  // relaxed, all: see above; a time that another thread puts off is looked at again when it fires.
  if (!ends && !sock.wait.load(std::memory_order_relaxed).runs_in(word.state)) return std::nullopt;
  const std::uint64_t at = (ends ? sock.deadline : sock.wait_until).load(std::memory_order_relaxed);
  const SockRef ref{index, sock.generation.load(std::memory_order_relaxed)};
  return Due{at, sock.armed.load(std::memory_order_relaxed), ref, word.state, word.is_request()};
}

inline void SocketPlane::fire(const Due& due, std::uint64_t epoch, outcome::Passed& passed) {
  const Open at = follow(due.ref, epoch);
  if (at.error != Errno::none) return;
  const std::optional<Due> still = due_of(due.ref.index);
  if (!still || still->state != due.state || still->at > due.at) return;
  if (due.is_request) return synack_timer(at, passed);
  // relaxed: as in due_of.
  const WaitWord wait = at.sock->wait.load(std::memory_order_relaxed);
  wait.runs_in(due.state) ? wait_is_over(at, wait) : static_cast<void>(end_slot(at, due.state));
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

/// When the SYN-ACK has timed out `timeouts` times.
inline void SocketPlane::set_request_timer(Sock& request, std::uint32_t timeouts) {
  // relaxed, all: times, sampled as the clock is.
  request.deadline.store(now() + synack_wait(timeouts), std::memory_order_relaxed);
  request.armed.store(armed_.fetch_add(1, std::memory_order_relaxed), std::memory_order_relaxed);
}

/// reqsk_timer_handler; inet_csk_reqsk_queue_prune until 4.3.
inline void SocketPlane::synack_timer(const Open& request, outcome::Passed& passed) {
  const Open listener = standing_listener(request);
  // relaxed: the exchange decides between this thread and one that ends the request (see count_out).
  RequestWord seen = request.sock->request.load(std::memory_order_relaxed);
  auto verdict = Verdict::expires;
  do {
    if (seen.gone != 0) return;
    if (listener.error == Errno::none) verdict = judge(listener, seen);
    if (verdict == Verdict::expires) {
      end_slot(request, TcpState::syn_recv);
      return;
    }
  } while (!request.sock->request.compare_exchange_weak(seen, {seen.timeouts + 1, seen.acked, 0},
                                                        std::memory_order_relaxed));
  if (seen.timeouts == 0) grows_old(listener);
  set_request_timer(*request.sock, seen.timeouts + 1);
  if (verdict != Verdict::resends) return;
  // relaxed, both: set before the request was published.
  const Endpoint peer = request.sock->remote.load(std::memory_order_relaxed);
  if (request.sock->word.load(std::memory_order_relaxed).has(from_afar))
    passed.sent.push_back({{peer.v4, peer.port}, Flags::sa});
  else
    flying_.push_back({.what = Flying::What::synack_again, .from = {}, .answer = {}, .request = request});
}

}  // namespace weir::lockfree
