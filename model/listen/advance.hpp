// Time passes: the timers of sockets and requests fire.
//
// All timers of one instant fire before any segment that they send is taken, and segments are taken in the order in
// which they were sent: what a timer sends over loopback waits in the backlog of its CPU until the timers have run.
// Source: kernel/time/timer.c (run_timer_softirq), drivers/net/loopback.c, net/ipv4/tcp_timer.c (tcp_write_timer,
// tcp_delack_timer), net/ipv4/inet_connection_sock.c (reqsk_timer_handler), net/ipv4/inet_timewait_sock.c.
#pragma once
#include <algorithm>
#include <vector>

#include "model/listen/handshake.hpp"
#include "model/listen/segment.hpp"

namespace weir::model {

/// A segment over loopback that a timer has sent, or that answers one.
struct InFlight {
  enum class Kind : std::uint8_t { syn, syn_ack, third_ack, syn_ack_again, ack_again, fin, to_nobody, rst };
  Kind kind{};
  SockId client = no_sock;
  std::uint64_t born{};     ///< of the client: by the time that the segment is taken the slot may be another's
  SynAckSent answer{};      ///< of syn_ack and third_ack
  std::uint64_t request{};  ///< of to_nobody and rst: `armed` of the request
};

/// What advance asks of its surroundings, and what it has sent.
template <Domain D, class Settings>
struct Passing {
  Net<D>& net;
  Settings settings_in;  ///< RequestSettings<D>(namespace)
  std::vector<outcome::SentSegment>& sent;
  std::vector<InFlight> backlog{};

  RequestSettings<D> settings(SockId id) const { return settings_in(net[id].netns); }

  void send(InFlight::Kind kind, SockId client, const SynAckSent& answer = {}) {
    backlog.push_back({kind, client, net[client].born, answer});
  }
};

/// The SYN-ACK timer of a request fires. \param retries  tcp_synack_retries of its namespace
template <Domain D, class Settings>
void fire_synack_timer(Passing<D, Settings>& passing, Request* request, I32<D> retries) {
  Net<D>& net = passing.net;
  if (!is_listened_for(net, *request)) {
    D::clause(Clause::TIMER_ORPHANED);
    return drop_request(net, request);
  }
  const Sock<D>& listener = net[request->listener];
  const SynAck<D> synack{I32<D>(static_cast<std::int32_t>(request->num_timeout)), Bool<D>(request->acked)};
  const SynAckVerdict<D> verdict = synack_timer<D>(*net.kernel, listener.listener, synack, retries);
  if (verdict.expire) {
    D::clause(Clause::TIMER_EXPIRED);
    return drop_request(net, request);
  }
  D::clause(verdict.resend ? Clause::TIMER_RESEND : Clause::TIMER_WAITS);
  reqsk_timed_out<D>(net[request->listener].listener, Bool<D>(request->num_timeout == 0));
  ++request->num_timeout;
  arm(net, *request, synack_timeout_s(*net.kernel, request->num_timeout) * one_second);
  if (!verdict.resend) return;
  if (!request->local)
    passing.sent.push_back({request->tuple.from, Flags::sa});
  else if (request->client != no_sock)
    passing.send(InFlight::Kind::syn_ack_again, request->client);
  else
    passing.backlog.push_back({InFlight::Kind::to_nobody, no_sock, 0, {}, request->armed});
}

/// tcp_write_err: what was sent so often will not be acknowledged any more.
template <Domain D>
void give_up(Net<D>& net, SockId id) {
  net[id].sk_err = Errno::etimedout;
  tcp_done(net, id);
}

template <Domain D, class Settings>
void fire_syn_timer(Passing<D, Settings>& passing, SockId id) {
  Net<D>& net = passing.net;
  if (net[id].retransmits >= net.kernel->syn_retries + net.kernel->syn_linear_timeouts) {
    D::clause(Clause::SYN_TIMED_OUT);
    return give_up(net, id);
  }
  D::clause(Clause::SYN_RETRANSMITTED);
  ++net[id].retransmits;
  arm(net, id, SockTimer::syn, syn_timeout(*net.kernel, net[id].retransmits));
  passing.send(InFlight::Kind::syn, id);
}

template <Domain D, class Settings>
void fire_fin_timer(Passing<D, Settings>& passing, SockId id) {
  Net<D>& net = passing.net;
  Sock<D>& sk = net[id];
  const bool probe = net.kernel->has_loss_probe && sk.retransmits == 0;
  if (sk.retrans_stamp != never && net.now - sk.retrans_stamp >= fin_patience(sk.held_by == HeldBy::nobody)) {
    D::clause(Clause::FIN_TIMED_OUT);
    return give_up(net, id);
  }
  D::clause(probe ? Clause::FIN_PROBE : Clause::FIN_RETRANSMITTED);
  if (!probe && sk.retrans_stamp == never) sk.retrans_stamp = net.now;
  ++sk.retransmits;
  arm(net, id, SockTimer::fin, fin_timeout(*net.kernel, sk.retransmits));
  passing.send(InFlight::Kind::fin, id);
}

template <Domain D, class Settings>
void fire_sock_timer(Passing<D, Settings>& passing, SockId id) {
  Net<D>& net = passing.net;
  switch (net[id].timer) {
    case SockTimer::syn:
      return fire_syn_timer(passing, id);
    case SockTimer::third_ack:
      D::clause(Clause::ACK_LEAVES);
      disarm(net, id);
      return passing.send(InFlight::Kind::ack_again, id);
    case SockTimer::fin:
      return fire_fin_timer(passing, id);
    case SockTimer::fin_acked:
      D::clause(Clause::FIN_ACKED);
      return fin_acked(net, id);
    case SockTimer::fin_wait2:
      D::clause(Clause::FIN_WAIT2_OVER);
      return tcp_done(net, id);
    case SockTimer::none:  // is not due
      break;
  }
}

/// A RST reaches the request whose client is gone.
template <Domain D>
void rst_meets_request(Net<D>& net, std::uint64_t armed) {
  D::clause(Clause::SYNACK_NO_CLIENT);
  const auto request =
      std::find_if(net.requests.begin(), net.requests.end(), [=](const Request& each) { return each.armed == armed; });
  count<D>(net.mib[request->tuple.netns].EmbryonicRsts);
  drop_request(net, &*request);
}

/// The ACK of a client that has no child yet. After a FIN that was lost it is no bare one: the child has to wait for
/// what is missing.
template <Domain D, class Settings>
void ack_again(Passing<D, Settings>& passing, SockId id) {
  Net<D>& net = passing.net;
  const Sock<D>& sk = net[id];
  const bool bare = static_cast<bool>(in_state(sk, TcpState::established));
  if (sk.cookie_from != no_sock) {
    ack_meets_cookie(net, passing.settings(id), id);
    return;
  }
  if (!sk.parked) {
    if (sk.peer != no_sock) return;  // the FIN that went before has made the child
    D::clause(Clause::ACK_NOBODY);
    return tcp_reset(net, id);
  }
  const SockId child = ack_meets_request(net, passing.settings(id), id, request_of(net, id)->listener, bare);
  if (child == no_sock || bare) return;
  D::clause(Clause::SYNACK_AFTER_FIN);
  if (in_state(net[child], TcpState::fin_wait1)) fin_crosses(net, child, id);
}

/// A segment is taken by the client, or by the listener that the client's segment goes to.
template <Domain D, class Settings>
void take(Passing<D, Settings>& passing, const InFlight& segment) {
  Net<D>& net = passing.net;
  const SockId id = segment.client;
  switch (segment.kind) {
    case InFlight::Kind::syn:
      if (const auto answer = syn_arrives(net, passing.settings(id), id))
        passing.send(InFlight::Kind::syn_ack, id, *answer);
      return;
    case InFlight::Kind::syn_ack:
      if (syn_ack_arrives(net, id, segment.answer)) passing.send(InFlight::Kind::third_ack, id, segment.answer);
      return;
    case InFlight::Kind::third_ack:
      return third_ack_arrives(net, passing.settings(id), id, segment.answer);
    case InFlight::Kind::syn_ack_again:
      D::clause(Clause::SYNACK_ANSWERED);
      return passing.send(InFlight::Kind::ack_again, id);
    case InFlight::Kind::ack_again:
      return ack_again(passing, id);
    case InFlight::Kind::fin:
      return fin_leaves(net, passing.settings(id), id);
    case InFlight::Kind::to_nobody:
      passing.backlog.push_back({InFlight::Kind::rst, no_sock, 0, {}, segment.request});
      return;
    case InFlight::Kind::rst:
      return rst_meets_request(net, segment.request);
  }
}

/// The client has gone to CLOSE since the segment was sent, or its slot is another socket's.
template <Domain D>
bool client_is_gone(const Net<D>& net, const InFlight& segment) {
  if (segment.client == no_sock) return false;
  return net[segment.client].born != segment.born || in_state(net[segment.client], TcpState::close);
}

/// When the next timer fires.
template <Domain D>
Time next_instant(const Net<D>& net) {
  Time next = never;
  for (const Request& each : net.requests) next = std::min(next, each.due);
  for (const Sock<D>& each : net.socks) next = std::min(next, each.due);
  return next;
}

/// The order in which timers of one instant fire: from 4.8 on the last set first.
template <Domain D>
void order_timers(const Profile& kernel, std::vector<std::uint64_t>& armed) {
  if (armed.size() > 1) D::clause(kernel.newest_timer_first ? Clause::TIMER_NEWEST_FIRST : Clause::TIMER_OLDEST_FIRST);
  std::sort(armed.begin(), armed.end());
  if (kernel.newest_timer_first) std::reverse(armed.begin(), armed.end());
}

/// Everything that happens at `net.now`.
template <Domain D, class Settings, class Retries>
void fire_timers(Passing<D, Settings>& passing, Retries retries_in) {
  Net<D>& net = passing.net;
  std::vector<std::uint64_t> armed;
  for (const Request& each : net.requests)
    if (each.due == net.now) armed.push_back(each.armed);
  order_timers<D>(*net.kernel, armed);
  for (const std::uint64_t number : armed) {
    const auto request = std::find_if(net.requests.begin(), net.requests.end(),
                                      [=](const Request& each) { return each.armed == number; });
    fire_synack_timer(passing, &*request, retries_in(request->tuple.netns));
  }
  armed.clear();
  for (const Sock<D>& each : net.socks)
    if (each.due == net.now) armed.push_back(each.armed);
  order_timers<D>(*net.kernel, armed);
  for (const std::uint64_t number : armed) {
    const auto sk =
        std::find_if(net.socks.begin(), net.socks.end(), [=](const Sock<D>& each) { return each.armed == number; });
    fire_sock_timer(passing, static_cast<SockId>(sk - net.socks.begin()));
  }
  for (std::size_t next = 0; next < passing.backlog.size(); ++next) {
    const InFlight segment = passing.backlog[next];
    if (!client_is_gone(net, segment)) take(passing, segment);
  }
  passing.backlog.clear();
}

/// \param settings_in  RequestSettings<D> of a namespace \param retries_in  tcp_synack_retries of a namespace
template <Domain D, class Settings, class Retries>
void advance(Net<D>& net, Millis span, Settings settings_in, Retries retries_in,
             std::vector<outcome::SentSegment>& sent) {
  const Time end = net.now + span.count * one_millisecond;
  Passing<D, Settings> passing{net, settings_in, sent};
  for (Time next = next_instant(net); next <= end; next = next_instant(net)) {
    net.now = next;
    fire_timers(passing, retries_in);
  }
  net.now = end;
  remove_time_wait(net, [=](const TimeWait& each) {
    const bool over = each.until <= end;
    if (over) D::clause(Clause::TIME_WAIT_OVER);
    return over;
  });
}

}  // namespace weir::model
