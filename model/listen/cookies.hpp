// What a host knows of the SYN cookies that it sent: nothing of the peer, but that, and when, the SYN queue overflowed.
// Source: include/net/tcp.h (tcp_synq_overflow, tcp_synq_no_recent_overflow, tcp_cookie_time), net/ipv4/syncookies.c.
#pragma once
#include <algorithm>

#include "model/listen/net.hpp"

namespace weir::model {

/// A cookie is sent: the listener notes the overflow.
template <Domain D>
void tcp_synq_overflow(Net<D>& net, SockId listener) {
  Time& last = net[listener].overflow;
  if (net.kernel->overflow_remembered_long && last != never && net.now <= last + one_second) return;
  last = net.now;
}

template <Domain D>
bool recent_overflow(const Net<D>& net, SockId listener) {
  const Time last = net[listener].overflow;
  const Time remembered = (net.kernel->overflow_remembered_long ? 120 : 3) * one_second;
  return last != never && net.now <= last + remembered;
}

/// How old a cookie is, in the minutes that its count is in.
template <Domain D>
std::uint64_t age(const Net<D>& net, const Cookie& cookie) {
  return net.now / cookie_minute - cookie.minute;
}

/// Those that nobody would take any more are forgotten on the way. \pre none of this peer is there: its SYN has spent
/// it
template <Domain D>
void note_cookie(Net<D>& net, const Tuple& tuple) {
  std::erase_if(net.cookies, [&](const Cookie& each) { return age(net, each) >= net.kernel->cookie_minutes; });
  net.cookies.push_back({tuple, net.now / cookie_minute});
}

/// Whether a cookie that an ACK brings to this listener is good. \param cookie  nullptr: it is not one of ours
template <Domain D>
bool cookie_is_good(const Net<D>& net, const RequestSettings<D>& settings, SockId listener, const Cookie* cookie) {
  if (settings.tcp_syncookies == I32<D>(0)) {
    D::clause(Clause::COOKIE_UNWANTED);
    return false;
  }
  if (!recent_overflow(net, listener)) {
    D::clause(Clause::COOKIE_NO_OVERFLOW);
    return false;
  }
  if (cookie == nullptr) {
    D::clause(Clause::COOKIE_WRONG);
    return false;
  }
  if (age(net, *cookie) >= net.kernel->cookie_minutes) {
    D::clause(Clause::COOKIE_OLD);
    return false;
  }
  D::clause(Clause::COOKIE_VALID);
  return true;
}

/// Whether a remote peer's ACK brings a cookie that this listener takes.
template <Domain D>
bool cookie_is_valid(const Net<D>& net, const RequestSettings<D>& settings, SockId listener, const Tuple& tuple) {
  const auto found =
      std::find_if(net.cookies.begin(), net.cookies.end(), [&](const Cookie& each) { return each.tuple == tuple; });
  return cookie_is_good(net, settings, listener, found == net.cookies.end() ? nullptr : &*found);
}

}  // namespace weir::model
