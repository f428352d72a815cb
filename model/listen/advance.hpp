// Time passes: SYN-ACK timers fire, and what had a time to live is gone when that is over.
// Source: net/ipv4/inet_connection_sock.c (reqsk_timer_handler), net/ipv4/inet_timewait_sock.c.
#pragma once
#include <algorithm>

#include "model/listen/segment.hpp"

namespace weir::model {

/// The SYN-ACK timer of a request fires. \param retries  tcp_synack_retries of its namespace
template <Domain D>
void fire_synack_timer(Net<D>& net, std::size_t at, I32<D> retries, std::vector<outcome::SentSegment>& sent) {
  Request& request = net.requests[at];
  const Sock<D>& listener = net[request.listener];
  if (!in_state(listener, TcpState::listen)) {
    D::clause(Clause::TIMER_ORPHANED);
    return drop_request(net, at);
  }
  const SynAck<D> synack{I32<D>(static_cast<std::int32_t>(request.num_timeout)), Bool<D>(request.acked)};
  const SynAckVerdict<D> verdict = synack_timer<D>(*net.kernel, listener.listener, synack, retries);
  if (verdict.expire) {
    D::clause(Clause::TIMER_EXPIRED);
    return drop_request(net, at);
  }
  D::clause(verdict.resend ? Clause::TIMER_RESEND : Clause::TIMER_WAITS);
  if (verdict.resend) sent.push_back({request.tuple.from, Flags::sa});
  reqsk_timed_out<D>(net[request.listener].listener, request.num_timeout == 0);
  ++request.num_timeout;
  request.due += synack_timeout_s(*net.kernel, request.num_timeout) * one_second;
}

/// The request whose timer is the next to fire at or before `end`; the end of the list where there is none.
template <Domain D>
std::size_t next_synack_timer(const Net<D>& net, Time end) {
  std::size_t best = net.requests.size();
  for (std::size_t at = 0; at < net.requests.size(); ++at)
    if (net.requests[at].due <= end && (best == net.requests.size() || net.requests[at].due < net.requests[best].due))
      best = at;
  return best;
}

/// What is over by now: TIME_WAITs, and orphans in FIN_WAIT2.
template <Domain D>
void end_what_is_over(Net<D>& net) {
  const Time now = net.now;
  remove_time_wait(net, [=](const TimeWait& each) {
    const bool over = each.until <= now;
    if (over) D::clause(Clause::TIME_WAIT_OVER);
    return over;
  });
  for (SockId id = 0; id < net.socks.size(); ++id) {
    if (net[id].ends > now) continue;
    D::clause(Clause::FIN_WAIT2_OVER);
    tcp_done(net, id);
  }
}

/// \param retries_in  tcp_synack_retries of a namespace
template <Domain D, class Retries>
void advance(Net<D>& net, Millis span, Retries retries_in, std::vector<outcome::SentSegment>& sent) {
  const Time end = net.now + span.count * one_millisecond;
  for (std::size_t at = next_synack_timer(net, end); at < net.requests.size(); at = next_synack_timer(net, end)) {
    net.now = net.requests[at].due;
    fire_synack_timer<D>(net, at, retries_in(net.requests[at].tuple.netns), sent);
  }
  net.now = end;
  end_what_is_over(net);
}

}  // namespace weir::model
