// A segment from a remote peer: who takes it, and what goes back. docs/segments.md tells it in words.
// Source: net/ipv4/tcp_ipv4.c (tcp_v4_rcv), net/ipv4/tcp_minisocks.c (tcp_check_req, tcp_timewait_state_process),
// net/ipv4/tcp_input.c (tcp_rcv_state_process), net/ipv4/route.c (ip_route_input_slow).
#pragma once
#include <algorithm>

#include "model/listen/connect.hpp"
#include "model/listen/remote_connection.hpp"

namespace weir::model {

/// Neither a source nor a destination that TCP would answer: loopback, "this network", multicast, broadcast.
constexpr bool is_martian(std::uint32_t v4) {
  return v4 >> 24 == 127 || v4 >> 24 == 0 || v4 >> 28 == 0xe || v4 == 0xffffffff;
}

/// A segment on its way in.
template <Domain D>
struct Arrival {
  const op::Segment& segment;
  Tuple tuple;
  RequestSettings<D> settings;
};

/// Only a remote peer's has a tuple that a segment could have. \return the number of all where there is none
template <Domain D>
std::size_t find_request(const Net<D>& net, const Tuple& tuple) {
  const auto at =
      std::find_if(net.requests.begin(), net.requests.end(), [&](const Request& each) { return each.tuple == tuple; });
  return static_cast<std::size_t>(at - net.requests.begin());
}

/// The peer has not heard our SYN-ACK, or thinks so.
template <Domain D>
Flags repeated_syn(Net<D>& net, Request& request) {
  if (!may_answer(*net.kernel, net.now, request.answered)) {
    D::clause(Clause::REQUEST_SYN_TOO_SOON);
    return Flags::none;
  }
  D::clause(Clause::REQUEST_SYN);
  if (net.kernel->synack_repeat_restarts_timer) {
    D::clause(Clause::REQUEST_SYN_RESTARTS);
    arm(net, request, synack_timeout_s(*net.kernel, request.num_timeout) * one_second);
  }
  return Flags::sa;
}

/// A segment with ACK reaches the request: the third ACK, with or without data and FIN.
template <Domain D>
Flags request_acked(Net<D>& net, const Arrival<D>& arrival, std::size_t at) {
  Request& request = net.requests[at];
  const SockId listener_id = request.listener;
  Listener<D>& queue = net[listener_id].listener;
  const bool bare = arrival.segment.len == 0 && !has_fin(arrival.segment.flags);
  const auto verdict = tcp_check_req<D>(*net.kernel, queue, arrival.settings, net.mib[arrival.tuple.netns], bare,
                                        U32<D>(request.num_timeout));
  switch (verdict) {
    case AckVerdict::deferred:
    case AckVerdict::overflow_kept:
      request.acked = true;
      return Flags::none;
    case AckVerdict::overflow_reset:
      forget_request(net, &request);
      return Flags::r;
    case AckVerdict::accepted:
      break;
  }
  forget_request(net, &request);
  return remote_child(net, listener_id, arrival.tuple, arrival.segment);
}

/// tcp_check_req, from its start.
template <Domain D>
Flags segment_to_request(Net<D>& net, const Arrival<D>& arrival, std::size_t at) {
  const Flags flags = arrival.segment.flags;
  if (flags == Flags::s) return repeated_syn(net, net.requests[at]);
  if (has_rst(flags)) {
    D::clause(Clause::REQUEST_RST);
    count<D>(net.mib[arrival.tuple.netns].EmbryonicRsts);
    drop_request(net, &net.requests[at]);
    return Flags::none;
  }
  if (has_syn(flags)) {
    D::clause(Clause::REQUEST_SYN_ACK);
    return may_answer(*net.kernel, net.now, net.requests[at].answered) ? Flags::a : Flags::none;
  }
  if (!has_ack(flags)) {
    D::clause(Clause::REQUEST_NO_ACK);
    return Flags::none;
  }
  return request_acked(net, arrival, at);
}

template <Domain D>
Flags syn_to_listener(Net<D>& net, const Arrival<D>& arrival, SockId listener_id, bool renewal) {
  Sock<D>& listener = net[listener_id];
  spend_cookie(net, arrival.tuple);  // the peer begins anew, with another number
  switch (tcp_conn_request<D>(*net.kernel, listener.listener, arrival.settings, net.mib[listener.netns], renewal)) {
    case SynVerdict::dropped:
      return Flags::none;
    case SynVerdict::cookie:
      tcp_synq_overflow(net, listener_id);
      note_cookie(net, arrival.tuple);
      return Flags::sa;
    case SynVerdict::queued:
      break;
  }
  Request& request = net.requests.emplace_back();
  request.tuple = arrival.tuple;
  request.listener = listener_id;
  arm(net, request, synack_timeout_s(*net.kernel, 0) * one_second);
  return Flags::sa;
}

/// An ACK that no request waits for: perhaps a cookie comes back.
template <Domain D>
Flags ack_to_listener(Net<D>& net, const Arrival<D>& arrival, SockId listener_id) {
  if (has_syn(arrival.segment.flags) || !cookie_is_valid(net, arrival.settings, listener_id, arrival.tuple)) {
    D::clause(Clause::SEGMENT_UNEXPECTED);
    return Flags::r;
  }
  if (!cookie_v4_check<D>(*net.kernel, net[listener_id].listener, net.mib[arrival.tuple.netns])) return Flags::none;
  return remote_child(net, listener_id, arrival.tuple, arrival.segment);
}

template <Domain D>
Flags segment_to_listener(Net<D>& net, const Arrival<D>& arrival, SockId listener_id, bool renewal) {
  const Flags flags = arrival.segment.flags;
  if (has_rst(flags)) {
    D::clause(Clause::SEGMENT_RST);
    return Flags::none;
  }
  if (has_ack(flags)) return ack_to_listener(net, arrival, listener_id);
  if (has_syn(flags)) return syn_to_listener(net, arrival, listener_id, renewal);
  D::clause(Clause::SEGMENT_NO_FLAGS);
  return Flags::none;
}

/// The end of an earlier connection of this peer. \return the reply, unless a SYN has ended it to begin anew
template <Domain D>
std::optional<Flags> segment_to_time_wait(Net<D>& net, const Arrival<D>& arrival, TimeWait& old, bool listened) {
  const Flags flags = arrival.segment.flags;
  if (flags == Flags::s) {
    D::clause(listened ? Clause::TIME_WAIT_RENEWAL : Clause::TIME_WAIT_SYN);
    if (!listened) return Flags::a;
    end_time_wait(net, arrival.tuple);
    return std::nullopt;
  }
  if (has_rst(flags)) {
    D::clause(Clause::TIME_WAIT_RST);
    end_time_wait(net, arrival.tuple);
    return Flags::none;
  }
  const bool data = has_ack(flags) && arrival.segment.len > 0;
  const bool in_order = !has_syn(flags) && !has_fin(flags) && !data;
  if (in_order || has_ack(flags)) old.until = net.now + time_wait_length;
  if (in_order) {
    D::clause(Clause::TIME_WAIT_IN_ORDER);
    return Flags::none;
  }
  const bool answered = !has_syn(flags) || may_answer(*net.kernel, net.now, old.answered);
  D::clause(answered ? Clause::TIME_WAIT_ACK : Clause::TIME_WAIT_TOO_SOON);
  return answered ? Flags::a : Flags::none;
}

/// A segment arrives. \pre the namespace exists
template <Domain D>
Flags tcp_v4_rcv(Net<D>& net, const Arrival<D>& arrival) {
  const op::Segment& segment = arrival.segment;
  if (is_martian(segment.from.v4) || is_martian(segment.to.v4) || segment.from.v4 == segment.to.v4) {
    D::clause(Clause::SEGMENT_MARTIAN);
    return Flags::none;
  }
  if (const SockId id = find_connection(net, arrival.tuple); id != no_sock)
    return segment_to_connection(net, id, segment);
  if (const std::size_t at = find_request(net, arrival.tuple); at < net.requests.size()) {
    if (is_listened_for(net, net.requests[at])) return segment_to_request(net, arrival, at);
    D::clause(Clause::REQUEST_ORPHANED);
    drop_request(net, &net.requests[at]);
  }
  const SockId listener = find_listener(net, segment.ns.id, v4_address(segment.to.v4), segment.to.port);
  bool renewal = false;
  if (TimeWait* const old = find_time_wait(net, arrival.tuple); old != nullptr) {
    if (const auto reply = segment_to_time_wait(net, arrival, *old, listener != no_sock)) return *reply;
    renewal = true;
  }
  if (listener != no_sock) return segment_to_listener(net, arrival, listener, renewal);
  if (segment.flags == Flags::s) spend_cookie(net, arrival.tuple);  // the peer begins anew, with another number
  D::clause(has_rst(segment.flags) ? Clause::SEGMENT_RST : Clause::SEGMENT_REFUSED);
  return has_rst(segment.flags) ? Flags::none : Flags::r;
}

}  // namespace weir::model
