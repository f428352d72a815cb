// The timers of sockets and requests: how they are set, and how long they run.
// Source: include/net/tcp.h (TCP_TIMEOUT_INIT, TCP_RTO_MIN, TCP_RTO_MAX, TCP_DELACK_MIN, TCP_DELACK_MAX,
// TCP_TIMEOUT_MIN), net/ipv4/tcp_timer.c (tcp_retransmit_timer, tcp_model_timeout), net/ipv4/tcp_output.c
// (tcp_schedule_loss_probe).
#pragma once
#include <algorithm>

#include "model/listen/net.hpp"

namespace weir::model {

inline constexpr Time rto_min = 200 * one_millisecond;
inline constexpr Time rto_max = 120 * one_second;
inline constexpr Time delack_min = 40 * one_millisecond;
inline constexpr Time delack_max = 200 * one_millisecond;

/// In whole milliseconds.
inline Time jiffy(const Profile& kernel) {
  const std::uint32_t hz = std::max(kernel.hz, std::uint32_t{1});
  return (1000 + hz - 1) / hz * one_millisecond;
}

template <Domain D>
void arm(Net<D>& net, SockId id, SockTimer timer, Time wait) {
  net[id].timer = timer;
  net[id].due = net.now + wait + D::late(net.now, wait);
  net[id].armed = ++net.timers_armed;
}

template <Domain D>
void disarm(Net<D>& net, SockId id) {
  net[id].timer = SockTimer::none;
  net[id].due = never;
}

template <Domain D>
void arm(Net<D>& net, Request& request, Time wait) {
  request.due = net.now + wait + D::late(net.now, wait);
  request.armed = ++net.timers_armed;
}

/// The wait after a SYN has been sent again `retransmits` times. From 6.5 on the first few are as long as the first.
inline Time syn_timeout(const Profile& kernel, std::uint32_t retransmits) {
  constexpr std::uint32_t enough = 7;  // doublings of a second to exceed the longest
  const std::uint32_t backoffs = retransmits - std::min(retransmits, kernel.syn_linear_timeouts);
  return std::min((one_second * kernel.first_synack_timeout_s) << std::min(backoffs, enough), rto_max);
}

/// The wait after a FIN has been sent again `retransmits` times. The round trip over loopback takes no time, so that
/// the timeout is the shortest there is. From 3.10 on a loss probe goes before, which doubles nothing.
inline Time fin_timeout(const Profile& kernel, std::uint32_t retransmits) {
  constexpr std::uint32_t enough = 10;  // doublings of the shortest timeout to exceed the longest
  const std::uint32_t probes = kernel.has_loss_probe ? 1 : 0;
  const std::uint32_t backoffs = retransmits - std::min(retransmits, probes);
  return std::min((rto_min + jiffy(kernel)) << std::min(backoffs, enough), rto_max);
}

/// How long a FIN is sent again from its first retransmission on: as long as tcp_retries2 (15), or without a descriptor
/// tcp_orphan_retries (8), retransmissions would take that begin with the shortest timeout.
inline Time fin_patience(bool orphan) { return orphan ? 511 * rto_min : 1023 * rto_min + 6 * rto_max; }

}  // namespace weir::model
