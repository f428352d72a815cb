// setsockopt(2) and getsockopt(2) as far as they touch the backlogs. Source: net/core/sock.c (sk_setsockopt,
// sk_getsockopt), net/ipv4/tcp.c (do_tcp_setsockopt, do_tcp_getsockopt).
#pragma once
#include "model/listen/connection.hpp"
#include "model/listen/defer_accept.hpp"
#include "model/listen/fastopen.hpp"

namespace weir::model {

constexpr bool is_socket_level(SockOpt opt) { return opt != SockOpt::tcp_defer_accept && opt != SockOpt::tcp_fastopen; }

template <Domain D>
Errno unknown_option() {
  D::clause(Clause::OPT_UNKNOWN);
  return Errno::enoprotoopt;
}

template <Domain D>
Errno set_socket_level(const Profile& kernel, Sock<D>& sk, SockOpt opt, std::int32_t value) {
  if (opt == SockOpt::so_acceptconn) {
    D::clause(Clause::OPT_READ_ONLY);
    return Errno::enoprotoopt;
  }
  if (opt == SockOpt::so_reuseport && !kernel.has_reuseport) return unknown_option<D>();
  if (opt == SockOpt::so_reuseport && value != 0 && !sk.is_inet() && kernel.reuseport_inet_only) {
    D::clause(Clause::OPT_REUSEPORT_INET_ONLY);
    return Errno::eopnotsupp;
  }
  D::clause(Clause::OPT_REUSE);
  (opt == SockOpt::so_reuseaddr ? sk.reuseaddr : sk.reuseport) = value != 0;
  return Errno::none;
}

template <Domain D>
Errno set_fastopen(const Profile& kernel, Sock<D>& sk, I32<D> value, I32<D> somaxconn) {
  if (value < I32<D>(0) || !(in_state(sk, TcpState::close) || in_state(sk, TcpState::listen))) {
    D::clause(Clause::FASTOPEN_INVALID);
    return Errno::einval;
  }
  set_fastopen_queue<D>(kernel, sk.listener, as<U32<D>>(value), somaxconn);
  return Errno::none;
}

template <Domain D>
Errno setsockopt(const Profile& kernel, Sock<D>& sk, SockOpt opt, std::int32_t value, I32<D> somaxconn) {
  if (is_socket_level(opt)) return set_socket_level<D>(kernel, sk, opt, value);
  if (sk.family == Family::unix_) {
    D::clause(Clause::OPT_UNIX_TCP);
    return Errno::eopnotsupp;
  }
  if (!sk.is_tcp()) return unknown_option<D>();
  if (opt == SockOpt::tcp_defer_accept) {
    sk.listener.rskq_defer_accept = secs_to_retrans<D>(kernel, I32<D>(value));
    return Errno::none;
  }
  if (!kernel.has_fastopen) return unknown_option<D>();
  return set_fastopen<D>(kernel, sk, I32<D>(value), somaxconn);
}

/// What a protocol without TCP options answers when one is asked for.
template <Domain D>
Errno no_tcp_option(const Sock<D>& sk) {
  if (sk.family == Family::unix_) {
    D::clause(Clause::OPT_UNIX_TCP);
    return Errno::eopnotsupp;
  }
  D::clause(Clause::OPT_UNKNOWN);
  return sk.family == Family::inet ? Errno::eopnotsupp : Errno::enoprotoopt;  // ip_getsockopt has its own answer
}

template <Domain D>
Errno getsockopt(const Profile& kernel, const Sock<D>& sk, SockOpt opt, std::int32_t& value) {
  if (opt == SockOpt::so_reuseport && !kernel.has_reuseport) return unknown_option<D>();
  if (is_socket_level(opt)) {
    D::clause(Clause::OPT_GET);
    const bool listening = static_cast<bool>(in_state(sk, TcpState::listen));
    const bool set = opt == SockOpt::so_acceptconn  ? listening
                     : opt == SockOpt::so_reuseaddr ? sk.reuseaddr
                                                    : sk.reuseport;
    value = set ? 1 : 0;
    return Errno::none;
  }
  if (!sk.is_tcp()) return no_tcp_option(sk);
  if (opt == SockOpt::tcp_defer_accept) {
    value = retrans_to_secs<D>(kernel, sk.listener.rskq_defer_accept);
    return Errno::none;
  }
  if (!kernel.has_fastopen) return unknown_option<D>();
  value = sk.listener.fastopen_max_qlen;
  return Errno::none;
}

}  // namespace weir::model
