// socket, close, accept, options and tcp_info.
#pragma once
#include <algorithm>
#include <cassert>

#include "lockfree/socket_plane.hpp"
#include "lockfree/turn.hpp"

namespace weir::lockfree {

namespace detail {

constexpr std::optional<Protocol> protocol_of(Family family, SockType type) {
  switch (family) {
    case Family::inet:
    case Family::inet6:
      if (type == SockType::stream) return Protocol::tcp;
      if (type == SockType::dgram) return Protocol::udp;
      return std::nullopt;
    case Family::unix_:
      if (type == SockType::dgram) return Protocol::unix_datagram;
      return type == SockType::stream ? Protocol::unix_stream : Protocol::unix_seqpacket;
    case Family::netlink:
      if (type == SockType::dgram) return Protocol::netlink;
      return std::nullopt;
  }
  return std::nullopt;
}

/// What a socket that is not TCP answers to a TCP option, when asked for it and when told to set it.
constexpr Errno no_tcp_get(SockWord word) {
  if (word.protocol == Protocol::netlink) return Errno::enoprotoopt;
  if (word.protocol == Protocol::udp && word.has(is_inet6)) return Errno::enoprotoopt;
  return Errno::eopnotsupp;
}
constexpr Errno no_tcp_set(SockWord word) { return is_unix(word.protocol) ? Errno::eopnotsupp : Errno::enoprotoopt; }

inline constexpr std::uint32_t most_retransmissions = 255;

/// Seconds until the SYN-ACK has been sent `count` times again: the first wait doubles up to the longest.
constexpr std::uint32_t seconds_after(std::uint32_t count, std::uint32_t first_wait) {
  std::uint32_t total = 0;
  for (std::uint32_t wait = first_wait; count > 0; --count, wait = std::min(2 * wait, rto_max_s)) total += wait;
  return total;
}

/// The fewest retransmissions that take at least that long.
constexpr std::uint32_t retransmissions_for(std::int32_t seconds, std::uint32_t first_wait) {
  if (seconds <= 0) return 0;
  std::uint32_t count = 1;
  std::uint32_t wait = first_wait;
  for (std::uint32_t total = wait; static_cast<std::uint32_t>(seconds) > total && count < most_retransmissions; ++count)
    total += wait = std::min(2 * wait, rto_max_s);
  return count;
}

}  // namespace detail

inline Outcome SocketPlane::socket(const op::Socket& call) {
  if (spaces_.find(call.ns.id) == nullptr) return failed(Errno::enoent);
  const std::optional<Protocol> protocol = detail::protocol_of(call.family, call.type);
  if (!protocol) return failed(Errno::esocktnosupport);
  const Operation operation(epoch_);
  const std::optional<std::int32_t> label = fds_.take();
  if (!label) return failed(Errno::emfile);
  const std::uint16_t flags = call.family == Family::inet6 ? is_inet6 : 0;
  fds_.enter(*label, create(call.ns.id, {.flags = flags, .protocol = *protocol}, operation.epoch()));
  return returned(*label);
}

inline Outcome SocketPlane::accept(const op::Accept& call) {
  const Operation operation(epoch_);
  const Open at = open(call.fd, operation.epoch());
  if (at.error != Errno::none) return failed(at.error);
  // relaxed: what is in the queue is acquired by whoever takes it from there.
  const SockWord word = at.sock->word.load(std::memory_order_relaxed);
  if (word.has(orphan)) return failed(Errno::ebadf);  // closed by another thread since the look-up
  if (word.protocol != Protocol::tcp && !connects_by_name(word.protocol)) return failed(Errno::eopnotsupp);
  if (word.state != TcpState::listen) return failed(Errno::einval);
  if (at.sock->accept_queue.empty(nodes_)) return failed(found_no_child(at));
  const std::optional<std::int32_t> label = fds_.take();
  if (!label) return failed(Errno::emfile);
  // The listener's own: another thread has closed it since, and what is in its queue is for that one to drop.
  const bool closing = *label == call.fd.label;
  const std::optional<SockRef> child = closing ? std::nullopt : take_child(at);
  if (!child) {
    fds_.give_back(*label);
    return failed(closing ? Errno::ebadf : found_no_child(at));
  }
  fds_.enter(*label, *child);
  return returned(*label);
}

/// Why: another thread may have emptied the queue because nobody listens any more.
inline Errno SocketPlane::found_no_child(const Open& at) {
  // relaxed: whoever emptied the queue moved the word before, and what the queue was seen to be tells us of that.
  const SockWord word = at.sock->word.load(std::memory_order_relaxed);
  if (word.has(orphan)) return Errno::ebadf;
  return word.state == TcpState::listen ? Errno::eagain : Errno::einval;
}

inline Outcome SocketPlane::close(const op::Close& call) {
  const Operation operation(epoch_);
  const SockRef ref = fds_.remove(call.fd.label);
  if (!ref) {
    const bool standard = call.fd.label >= 0 && call.fd.label < FdTable::first_label;
    return standard && fds_.close_standard(call.fd.label) ? returned(0) : failed(Errno::ebadf);
  }
  const Open at = follow(ref, operation.epoch());
  assert(at.error == Errno::none);  // a descriptor that is open keeps its socket
  const Turn turn(at.sock->turn);
  SockWord before;
  SockWord after;
  // relaxed: only a FIN_WAIT2 of a remote peer looks at it, from the transition on.
  at.sock->deadline.store(now() + detail::time_wait_ms, std::memory_order_relaxed);
  bool sends_fin = false;
  transition(*at.sock, before, [&](SockWord& word) {
    sends_fin = word.protocol == Protocol::tcp && close_changes(word);
    if (word.protocol != Protocol::tcp) word = closed(word);
    word.set(orphan);
    after = word;
    return true;
  });
  if (before.state == TcpState::listen) before.protocol == Protocol::tcp ? drop_queue(at) : drop_unix_queue(at);
  // relaxed: the limit on answers to SYNs begins anew; one that comes in this very moment may count for either.
  if (before.state == TcpState::fin_wait2) at.sock->answered.store(0, std::memory_order_relaxed);
  // A socket that was shut down may still have requests (4.4 ..). relaxed: a hint; who joins later looks for itself.
  if (at.sock->syn.load(std::memory_order_relaxed).qlen != 0) drop_requests(at, before.port);
  if (sends_fin) fin_leaves(at);
  if (after.is_final()) give_back(at);
  return returned(0);
}

inline Outcome SocketPlane::setsockopt(const op::Setsockopt& call) {
  const Operation operation(epoch_);
  const Open at = open(call.fd, operation.epoch());
  if (at.error != Errno::none) return failed(at.error);
  // relaxed: protocol and family never change.
  const SockWord word = at.sock->word.load(std::memory_order_relaxed);
  if (word.has(orphan)) return failed(Errno::ebadf);  // closed by another thread since the look-up
  const bool tcp = word.protocol == Protocol::tcp;
  const bool inet = tcp || word.protocol == Protocol::udp;
  SockWord before;
  const auto set_flag = [&](SockFlag flag) {
    const Turn turn(at.sock->turn);  // a bind that has looked at the flag goes by it to its end
    transition(*at.sock, before, [&](SockWord& next) {
      call.value != 0 ? next.set(flag) : next.clear(flag);
      return true;
    });
    return returned(0);
  };
  switch (call.opt) {
    case SockOpt::so_reuseaddr:
      return set_flag(reuse_addr);
    case SockOpt::so_reuseport:
      if (!kernel_.has_reuseport) return failed(Errno::enoprotoopt);
      if (!inet && kernel_.reuseport_inet_only) return call.value == 0 ? returned(0) : failed(Errno::eopnotsupp);
      return set_flag(reuse_port);
    case SockOpt::so_acceptconn:
      return failed(Errno::enoprotoopt);
    case SockOpt::tcp_defer_accept:
      if (!tcp) return failed(detail::no_tcp_set(word));
      // relaxed: a limit like a sysctl; the handshake samples it.
      at.sock->defer_accept.store(detail::retransmissions_for(call.value, kernel_.first_synack_timeout_s),
                                  std::memory_order_relaxed);
      return returned(0);
    case SockOpt::tcp_fastopen: {
      if (!tcp) return failed(detail::no_tcp_set(word));
      if (!kernel_.has_fastopen) return failed(Errno::enoprotoopt);
      const bool may = word.state == TcpState::close || word.state == TcpState::listen;
      if (call.value < 0 || !may) return failed(Errno::einval);
      const auto somaxconn = static_cast<std::uint32_t>(at.ns->sysctls.load(Sysctl::somaxconn));
      // relaxed: read back by getsockopt only.
      at.sock->fastopen.store(fastopen_queue(kernel_, static_cast<std::uint32_t>(call.value), somaxconn),
                              std::memory_order_relaxed);
      return returned(0);
    }
  }
  return failed(Errno::enoprotoopt);
}

inline Outcome SocketPlane::getsockopt(const op::Getsockopt& call) {
  const Operation operation(epoch_);
  const Open at = open(call.fd, operation.epoch());
  if (at.error != Errno::none) return failed(at.error);
  // relaxed: one word, reported as it is at this moment.
  const SockWord word = at.sock->word.load(std::memory_order_relaxed);
  if (word.has(orphan)) return failed(Errno::ebadf);  // closed by another thread since the look-up
  const auto value = [](std::uint32_t number) { return outcome::OptionValue{0, static_cast<std::int32_t>(number)}; };
  switch (call.opt) {
    case SockOpt::so_reuseaddr:
      return value(word.has(reuse_addr) ? 1 : 0);
    case SockOpt::so_reuseport:
      if (!kernel_.has_reuseport) return failed(Errno::enoprotoopt);
      return value(word.has(reuse_port) ? 1 : 0);
    case SockOpt::so_acceptconn:
      return value(word.state == TcpState::listen ? 1 : 0);
    case SockOpt::tcp_defer_accept:
      if (word.protocol != Protocol::tcp) return failed(detail::no_tcp_get(word));
      // relaxed: as stored by setsockopt.
      return value(
          detail::seconds_after(at.sock->defer_accept.load(std::memory_order_relaxed), kernel_.first_synack_timeout_s));
    case SockOpt::tcp_fastopen:
      if (word.protocol != Protocol::tcp) return failed(detail::no_tcp_get(word));
      if (!kernel_.has_fastopen) return failed(Errno::enoprotoopt);
      return value(at.sock->fastopen.load(std::memory_order_relaxed).length);  // relaxed: as above
  }
  return failed(Errno::enoprotoopt);
}

inline Outcome SocketPlane::tcp_info(const op::TcpInfo& call) {
  const Operation operation(epoch_);
  const Open at = open(call.fd, operation.epoch());
  if (at.error != Errno::none) return failed(at.error);
#ifndef NDEBUG
  at.sock->invariant();
#endif
  // acquire: pairs with the transition into LISTEN, before which the limit was set.
  SockWord word = at.sock->word.load(std::memory_order_acquire);
  if (word.protocol == Protocol::tcp && word.state == TcpState::listen) {
    // acquire: pairs with the release in release_place. Of a queue that is dropped, because nobody listens any more,
    // the numbers mean nothing; that it is, the word tells us then.
    const AckBacklog backlog = at.sock->backlog.load(std::memory_order_acquire);
    word = at.sock->word.load(std::memory_order_relaxed);  // relaxed: as above
    if (word.state == TcpState::listen) return outcome::Info{word.state, backlog.ack, backlog.max};
  }
  if (word.has(orphan)) return failed(Errno::ebadf);  // closed by another thread since the look-up
  if (word.protocol != Protocol::tcp) return failed(detail::no_tcp_get(word));
  const bool awaits_ack = word.state == TcpState::syn_sent || word.state == TcpState::fin_wait1 ||
                          word.state == TcpState::closing || word.state == TcpState::last_ack;
  return outcome::Info{word.state, awaits_ack ? 1u : 0u, 0};
}

}  // namespace weir::lockfree
