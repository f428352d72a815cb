// Time over loopback: SYNs and FINs that are sent again, ACKs that are kept back or delayed, and what the segments meet
// that timers send.
//
// Thread safety: for the thread that lets time pass (see timers.hpp); what the segments meet is for any thread.
#pragma once
#include <algorithm>

#include "lockfree/socket_plane.hpp"
#include "lockfree/turn.hpp"

namespace weir::lockfree {

namespace detail {
/// From the first repetition of a FIN on: what tcp_orphan_retries (8) and tcp_retries2 (15) come to.
inline constexpr std::uint64_t orphan_patience_ms = 102'200;
inline constexpr std::uint64_t patience_ms = 924'600;
}  // namespace detail

inline void SocketPlane::set_wait(const Open& at, Wait what, std::uint32_t tries, std::uint64_t wait) {
  // relaxed, all: times, sampled as the clock is. What one connection waits for means nothing to the next.
  at.sock->wait_until.store(now() + wait, std::memory_order_relaxed);
  at.sock->armed.store(armed_.fetch_add(1, std::memory_order_relaxed), std::memory_order_relaxed);
  at.sock->wait.store({what, tries}, std::memory_order_relaxed);
}

/// In whole milliseconds.
inline std::uint64_t SocketPlane::jiffy() const {
  constexpr std::uint32_t second_ms = 1000;
  return kernel_.hz == 0 ? second_ms : (second_ms - 1) / kernel_.hz + 1;
}

/// Before a SYN goes out again: the first wait, a few more of that length where the release has them, then each twice
/// as long as the one before.
inline std::uint64_t SocketPlane::syn_wait(std::uint32_t tries) const {
  return synack_wait(tries <= kernel_.syn_linear_timeouts ? 0 : tries - kernel_.syn_linear_timeouts);
}

/// Before a FIN goes out again. The first two waits are alike where a probe precedes the doubling.
inline std::uint64_t SocketPlane::fin_wait(std::uint32_t tries) const {
  constexpr std::uint64_t second_ms = 1000;
  std::uint64_t wait = detail::rto_min_ms + jiffy();
  for (std::uint32_t doublings = kernel_.has_loss_probe && tries > 0 ? tries - 1 : tries;
       doublings > 0 && wait < detail::rto_max_s * second_ms; --doublings)
    wait *= 2;
  return std::min(wait, detail::rto_max_s * second_ms);
}

inline void SocketPlane::wait_is_over(const Open& at, WaitWord wait) {
  switch (wait.what) {
    case Wait::nothing:
      return;
    case Wait::syn_ack:
      return syn_timer(at, wait);
    case Wait::last_word:
      at.sock->wait.store({}, std::memory_order_relaxed);  // relaxed: as in set_wait
      flying_.push_back({.what = Flying::What::ack_again, .from = at, .answer = {}, .request = {}});
      return;
    case Wait::taken:
      return fin_timer(at, wait);
    case Wait::fin_ack:
      return fin_is_acked(at);
  }
}

inline void SocketPlane::syn_timer(const Open& at, WaitWord wait) {
  if (wait.tries == kernel_.syn_retries + kernel_.syn_linear_timeouts) return give_up(at, TcpState::syn_sent);
  set_wait(at, Wait::syn_ack, wait.tries + 1, syn_wait(wait.tries + 1));
  flying_.push_back({.what = Flying::What::syn, .from = at, .answer = {}, .request = {}});
}

inline void SocketPlane::fin_timer(const Open& at, WaitWord wait) {
  // relaxed, all: a time for this thread; the word as it is at this moment.
  const std::uint64_t first = at.sock->first_retry.load(std::memory_order_relaxed);
  const SockWord word = at.sock->word.load(std::memory_order_relaxed);
  const std::uint64_t patience = word.has(orphan) ? detail::orphan_patience_ms : detail::patience_ms;
  if (first != 0 && now() + 1 - first >= patience) return give_up(at, word.state);
  const bool probe = wait.tries == 0 && kernel_.has_loss_probe;
  if (first == 0 && !probe) at.sock->first_retry.store(now() + 1, std::memory_order_relaxed);
  set_wait(at, Wait::taken, wait.tries + 1, fin_wait(wait.tries + 1));
  flying_.push_back({.what = Flying::What::fin, .from = at, .answer = {}, .request = {}});
}

/// tcp_write_err.
inline void SocketPlane::give_up(const Open& at, TcpState in) {
  SockWord before;
  const bool ended = transition(*at.sock, before, [&](SockWord& word) {
    if (word.state != in) return false;
    word = closed(word);
    word.error = Errno::etimedout;
    return true;
  });
  if (ended && before.has(orphan)) give_back(at);
}

/// A segment is taken. What it was about may have changed since it was sent: then it means nothing.
inline void SocketPlane::land(const Flying& segment) {
  const Open& at = segment.from;
  if (segment.what == Flying::What::synack_again) return synack_lands(segment);
  if (segment.what == Flying::What::rst) {
    if (end_slot(segment.request, TcpState::syn_recv)) segment.request.ns->count(Mib::EmbryonicRsts);
    return;
  }
  if (!alive(*at.sock, at.ref)) return;
  // relaxed: a sample; whatever follows decides by a transition.
  const SockWord word = at.sock->word.load(std::memory_order_relaxed);
  const bool open = word.state == TcpState::established;
  const bool has_sent_fin = word.state == TcpState::fin_wait1 || word.state == TcpState::closing;
  switch (segment.what) {
    case Flying::What::syn:
      return syn_lands(at);
    case Flying::What::synack:
      if (word.state == TcpState::syn_sent && synack_arrives(at, segment.answer))
        flying_.push_back({.what = Flying::What::third_ack, .from = at, .answer = segment.answer, .request = {}});
      return;
    case Flying::What::third_ack:
      return receive_ack(segment.answer.listener, at, segment.answer.how);
    case Flying::What::ack_again: {
      const SockRef holder = linked(at.sock->parked_at);
      if (holder && (open || has_sent_fin)) reach_holder(at, holder, open ? Ack::bare : Ack::gap);
      return;
    }
    default:
      // relaxed: as in due_of.
      if (at.sock->wait.load(std::memory_order_relaxed).what == Wait::taken && has_sent_fin) deliver_fin(at);
  }
}

/// The SYN comes again, and may meet whatever the first one might have.
inline void SocketPlane::syn_lands(const Open& at) {
  const Turn turn(at.sock->turn);  // a connect to elsewhere has to wait
  // relaxed: whoever ends SYN_SENT otherwise than by an answer takes turns with us; the transition decides.
  const SockWord word = at.sock->word.load(std::memory_order_relaxed);
  if (word.state != TcpState::syn_sent) return;
  // relaxed, both: set before the SYN was first sent.
  const Route route{.source = at.sock->local.load(std::memory_order_relaxed),
                    .destination = at.sock->remote.load(std::memory_order_relaxed)};
  if (word.has(port_named)) {
    const Turn ends(at.ns->taking_ends);
    if (meets_other_end(at, word.port, route)) return;
  }
  if (const std::optional<Answered> answer = syn_arrives(at, route))
    flying_.push_back({.what = Flying::What::synack, .from = at, .answer = *answer, .request = {}});
}

/// A SYN-ACK comes again to a client that waits for nothing but a child, and says so; or to nobody, and RST goes back.
inline void SocketPlane::synack_lands(const Flying& segment) {
  if (!alive(*segment.request.sock, segment.request.ref)) return;
  // relaxed: set before the request was published.
  const Open client = follow(segment.request.sock->peer.load(std::memory_order_relaxed), segment.request.epoch);
  // relaxed, both: samples; reach_holder decides.
  const bool waits = client.error == Errno::none &&
                     client.sock->parked_at.load(std::memory_order_relaxed) == segment.request.ref &&
                     client.sock->word.load(std::memory_order_relaxed).state != TcpState::close;
  const auto what = waits ? Flying::What::ack_again : Flying::What::rst;
  flying_.push_back({.what = what, .from = client, .answer = {}, .request = segment.request});
}

}  // namespace weir::lockfree
