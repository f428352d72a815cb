// A connection with a remote peer, as far as segments change what the system calls show. Source: net/ipv4/tcp_input.c
// (tcp_rcv_established, tcp_rcv_state_process, tcp_fin), net/ipv4/tcp_minisocks.c (tcp_time_wait).
#pragma once
#include "model/listen/connection.hpp"

namespace weir::model {

template <Domain D>
SockId find_connection(const Net<D>& net, const Tuple& tuple) {
  for (SockId id = 0; id < net.socks.size(); ++id)
    if (net[id].remote && !in_state(net[id], TcpState::close) && tuple_of(net[id]) == tuple) return id;
  return no_sock;
}

/// Only a remote peer's has a tuple that a segment could have.
template <Domain D>
TimeWait* find_time_wait(Net<D>& net, const Tuple& tuple) {
  Bucket* const bucket = find_bucket(net, tuple.netns, false, tuple.to.port);
  if (bucket == nullptr) return nullptr;
  for (TimeWait& each : bucket->time_wait)
    if (each.tuple == tuple) return &each;
  return nullptr;
}

/// Removes what `is_over` says of the buckets' TIME_WAITs, and the buckets that nobody holds any more.
template <Domain D, class IsOver>
void remove_time_wait(Net<D>& net, IsOver is_over) {
  for (Bucket& each : net.buckets) std::erase_if(each.time_wait, is_over);
  std::erase_if(net.buckets, [](const Bucket& each) { return each.empty(); });
}

template <Domain D>
void end_time_wait(Net<D>& net, const Tuple& tuple) {
  remove_time_wait(net, [&](const TimeWait& each) { return each.remote && each.tuple == tuple; });
}

template <Domain D>
Flags acknowledge_data(const op::Segment& segment) {
  D::clause(segment.len > 0 ? Clause::REMOTE_DATA : Clause::REMOTE_ACK);
  return segment.len > 0 ? Flags::a : Flags::none;
}

/// Data or FIN, or neither, reach an end that has not sent FIN, and whose peer has not.
template <Domain D>
Flags segment_to_established(Net<D>& net, SockId id, const op::Segment& segment) {
  Sock<D>& sk = net[id];
  sk.unread = sk.unread || segment.len > 0;
  if (segment.len > 0 || has_fin(segment.flags)) spend_cookie(net, tuple_of(sk));
  if (has_fin(segment.flags)) {
    D::clause(Clause::REMOTE_FIN);
    sk.sk_state = tcp<D>(TcpState::close_wait);
    return Flags::none;
  }
  return acknowledge_data<D>(segment);
}

/// The same where our FIN has been sent and acknowledged.
template <Domain D>
Flags segment_to_fin_wait2(Net<D>& net, SockId id, const op::Segment& segment) {
  Sock<D>& sk = net[id];
  if (segment.len > 0 && (sk.held_by == HeldBy::nobody || sk.receive_shutdown)) {
    D::clause(Clause::REMOTE_DATA_UNREADABLE);
    tcp_done(net, id);
    return Flags::r;
  }
  sk.unread = sk.unread || segment.len > 0;
  if (has_fin(segment.flags)) {
    D::clause(Clause::REMOTE_FIN_LAST);
    tcp_time_wait(net, id);
    return Flags::a;
  }
  return acknowledge_data<D>(segment);
}

/// An ACK, which acknowledges all that was sent.
template <Domain D>
Flags ack_to_connection(Net<D>& net, SockId id, const op::Segment& segment) {
  Sock<D>& sk = net[id];
  if (in_state(sk, TcpState::established)) return segment_to_established(net, id, segment);
  if (in_state(sk, TcpState::fin_wait1)) {
    D::clause(Clause::REMOTE_FIN_ACKED);
    fin_acked(net, id);
  }
  if (in_state(sk, TcpState::fin_wait2)) return segment_to_fin_wait2(net, id, segment);
  if (in_state(sk, TcpState::closing)) {
    D::clause(Clause::REMOTE_CLOSING_ACKED);
    tcp_time_wait(net, id);
    return Flags::none;
  }
  if (in_state(sk, TcpState::last_ack)) {
    D::clause(Clause::REMOTE_LAST_ACK);
    tcp_done(net, id);
    return Flags::none;
  }
  D::clause(Clause::REMOTE_AFTER_FIN);  // CLOSE_WAIT
  return has_fin(segment.flags) ? Flags::a : Flags::none;
}

template <Domain D>
Flags segment_to_connection(Net<D>& net, SockId id, const op::Segment& segment) {
  if (has_rst(segment.flags)) {
    tcp_reset(net, id);
    return Flags::none;
  }
  if (has_syn(segment.flags)) {
    const bool answered = may_answer(*net.kernel, net.now, net[id].oow_answered);
    D::clause(answered ? Clause::REMOTE_SYN : Clause::REMOTE_SYN_TOO_SOON);
    return answered ? Flags::a : Flags::none;
  }
  if (!has_ack(segment.flags)) {
    D::clause(Clause::REMOTE_NO_ACK);
    return Flags::none;
  }
  return ack_to_connection(net, id, segment);
}

/// The child of a remote peer, at the end of the accept queue. It takes the segment that made it, which acknowledges
/// nothing that the child itself sends. \return the first segment that goes back
template <Domain D>
Flags remote_child(Net<D>& net, SockId listener, const Tuple& tuple, const op::Segment& segment) {
  const SockId id = new_child(net, listener, v4_address(tuple.to.v4));
  Sock<D>& child = net[id];
  child.remote = true;
  child.peer_address = v4_address(tuple.from.v4);
  child.peer_port = tuple.from.port;
  established(net, id);
  if (!in_state(child, TcpState::fin_wait1)) return segment_to_established(net, id, segment);
  child.unread = segment.len > 0;
  if (child.unread && child.receive_shutdown) {
    D::clause(Clause::REMOTE_DATA_UNREADABLE);
    tcp_done(net, id);
    return Flags::fa;
  }
  if (has_fin(segment.flags)) {
    D::clause(Clause::REMOTE_FIN_CROSSED);
    child.sk_state = tcp<D>(TcpState::closing);
  }
  return Flags::fa;
}

}  // namespace weir::model
