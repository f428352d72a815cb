// bind and listen: who may hold a port.
#pragma once
#include <algorithm>
#include <bit>

#include "lockfree/socket_plane.hpp"
#include "lockfree/turn.hpp"

namespace weir::lockfree {

inline Outcome SocketPlane::bind(const op::Bind& call) {
  const Operation operation(epoch_);
  const Open at = open(call.fd, operation.epoch());
  if (at.error != Errno::none) return failed(at.error);
  const Turn turn(at.sock->turn);
  // relaxed: the protocol never changes, and whoever closes takes turns with us.
  const SockWord word = at.sock->word.load(std::memory_order_relaxed);
  if (word.is_final()) return failed(Errno::ebadf);
  switch (word.protocol) {
    case Protocol::unix_stream:
    case Protocol::unix_seqpacket:
    case Protocol::unix_datagram:
      return bind_unix(at, call);
    case Protocol::netlink:
      return bind_netlink(at);
    default:
      return bind_inet(at, call);
  }
}

/// Address 0 means "choose one": fine until one was chosen.
inline Outcome SocketPlane::bind_netlink(const Open& at) {
  SockWord before;
  const bool fresh = transition(*at.sock, before, [](SockWord& word) {
    if (word.has(port_ephemeral)) return false;
    word.set(port_ephemeral);
    return true;
  });
  return fresh ? returned(0) : failed(before.is_final() ? Errno::ebadf : Errno::einval);
}

inline Outcome SocketPlane::bind_inet(const Open& at, const op::Bind& call) {
  if (call.addr.kind == Address::Kind::abstract) return failed(Errno::einval);  // too short
  SockWord before = at.sock->word.load(std::memory_order_relaxed);              // relaxed: only a wrong address asks
  const Errno wrong = check_bind_address(before.has(is_inet6), call.addr);
  if (before.has(v6_only) && call.addr.kind == Address::Kind::v4) return failed(Errno::einval);
  // Only inet6 looks at the socket's state before the address.
  const bool settled = before.state != TcpState::close || before.has(has_port);
  if (wrong != Errno::none) return failed(before.has(is_inet6) && settled ? Errno::einval : wrong);
  const bool any_address = call.addr.kind == Address::Kind::any;
  SockWord bound;
  // The port goes into the word first: it reserves the socket for this call, and makes the claim below count from the
  // moment it is on the list.
  const bool reserved = transition(*at.sock, before, [&](SockWord& word) {
    if (word.state != TcpState::close || word.has(has_port)) return false;
    word.port = call.port;
    word.set(call.port == 0 ? port_ephemeral : port_named | port_locked);
    if (!any_address) word.set(addr_locked);
    if (call.addr.kind == Address::Kind::v6_loopback) word.set(v6_only);
    bound = word;
    return true;
  });
  if (!reserved) return failed(before.is_final() ? Errno::ebadf : Errno::einval);
  // relaxed: published with the claim; readers of a mere address need no order.
  at.sock->local.store(endpoint(call.addr), std::memory_order_relaxed);
  if (call.port == 0 || claim_port(at, bound)) return returned(0);
  at.sock->local.store({}, std::memory_order_relaxed);  // relaxed: as above
  transition(*at.sock, bound, [&](SockWord& word) {
    word.port = 0;
    word.clear(port_named | port_locked);
    if (!before.has(addr_locked)) word.clear(addr_locked);
    if (!before.has(v6_only)) word.clear(v6_only);
    return true;
  });
  return failed(Errno::eaddrinuse);
}

/// inet_csk_get_port for a named port: joins the bucket unless an owner stands against it.
inline bool SocketPlane::claim_port(const Open& at, SockWord joining) {
  const PortKey key{joining.protocol, joining.port};
  const Endpoint local = at.sock->local.load(std::memory_order_relaxed);  // relaxed: written by this call or before it
  for (;;) {
    bool conflict = false;
    const Ports::View view =
        at.ns->ports.look(key, socks_, claims_, [&](SockRef ref, const Sock& owner, SockWord word) {
          if (ref.index == at.ref.index || conflict) return;
          const bool exempt = joining.protocol == Protocol::udp || word.state != TcpState::listen;
          const bool both_reuse = joining.has(reuse_addr) && word.has(reuse_addr) && exempt;
          const bool both_reuseport = joining.has(reuse_port) && word.has(reuse_port);
          if (both_reuse || both_reuseport) return;
          // relaxed: stored before the owner's claim, or by its connect; either address was its own at this moment.
          const Endpoint theirs = owner.local.load(std::memory_order_relaxed);
          conflict = overlap(held(local, joining.flags), held(theirs, word.flags));
        });
    const bool unseen = joins_unseen(joining, local, view.memory);
    if (conflict && !unseen) return false;
    // Until 4.10 one who joined unseen left the memory as it was.
    const bool changes = !unseen || kernel_.fastreuseport_by_claim;
    const PortMemory memory = changes ? remember(joining, local, view) : view.memory;
    if (at.ns->ports.join(key, view, at.ref, memory, socks_, claims_, at.epoch)) return true;
  }
}

/// Does the bucket's memory spare the newcomer the look at its owners?
inline bool SocketPlane::joins_unseen(SockWord joining, const Endpoint& local, const PortMemory& memory) const {
  if (joining.protocol != Protocol::tcp) return false;
  if (kernel_.fastreuse_cached && memory.has(reuse_addr) && joining.has(reuse_addr) &&
      joining.state != TcpState::listen)
    return true;
  if (!memory.has(reuse_port) || !joining.has(reuse_port)) return false;
  return !kernel_.fastreuseport_by_claim || covers(memory.held(), held(local, joining.flags));
}

/// What the bucket remembers once the newcomer has joined.
inline PortMemory SocketPlane::remember(SockWord joining, const Endpoint& local, const Ports::View& view) const {
  if (joining.protocol != Protocol::tcp) return {};
  PortMemory memory = view.memory;
  const bool yields = joining.has(reuse_addr) && joining.state != TcpState::listen;
  const bool all_shared = !view.owned || view.memory.has(reuse_port);
  if (!joining.has(reuse_port) || (!kernel_.fastreuseport_by_claim && !all_shared))
    memory = {};
  else if (!memory.has(reuse_port) || !covers(memory.held(), held(local, joining.flags)))
    memory = {local.v4, static_cast<std::uint16_t>(joining.flags & (is_inet6 | v6_only | reuse_port)), local.kind, 0};
  const bool all_yield = yields && (!view.owned || view.memory.has(reuse_addr));
  memory.flags = static_cast<std::uint16_t>((memory.flags & ~reuse_addr) | (all_yield ? reuse_addr : 0));
  return memory;
}

/// Joins a bucket without asking its owners or changing what it remembers: a child or a TIME_WAIT that comes from one
/// of them, or a listener that has its place already.
inline void SocketPlane::enlist(Ports& ports, const Open& at, SockWord holder) {
  const PortKey key{holder.protocol, holder.port};
  for (;;) {
    const Ports::View view = ports.glance(key, claims_);
    if (ports.join(key, view, at.ref, view.memory, socks_, claims_, at.epoch)) return;
  }
}

inline Outcome SocketPlane::listen(const op::Listen& call) {
  const Operation operation(epoch_);
  const Open at = open(call.fd, operation.epoch());
  if (at.error != Errno::none) return failed(at.error);
  const Turn turn(at.sock->turn);
  // relaxed: the protocol never changes, and whoever closes takes turns with us.
  const SockWord word = at.sock->word.load(std::memory_order_relaxed);
  if (word.is_final()) return failed(Errno::ebadf);
  const Protocol protocol = word.protocol;
  if (protocol != Protocol::tcp && !connects_by_name(protocol)) return failed(Errno::eopnotsupp);
  const auto somaxconn = static_cast<std::uint32_t>(sysctl(*at.ns, Sysctl::somaxconn));
  const std::uint32_t backlog = std::min(static_cast<std::uint32_t>(call.backlog), somaxconn);
  return protocol == Protocol::tcp ? inet_listen(at, backlog) : listen_unix(at, backlog);
}

inline Outcome SocketPlane::inet_listen(const Open& at, std::uint32_t backlog) {
  for (;;) {
    // relaxed: whoever lets a socket listen, or ends that, takes turns with us.
    const SockWord word = at.sock->word.load(std::memory_order_relaxed);
    if (word.is_final()) return failed(Errno::ebadf);
    if (word.progress != Progress::unconnected) return failed(Errno::einval);
    if (word.state == TcpState::listen) {
      store_max(*at.sock, backlog);
      return returned(0);
    }
    if (word.state != TcpState::close) return failed(Errno::einval);
    const Errno error = listen_start(at, backlog);
    if (error == Errno::none) return returned(0);
    if (error != Errno::eagain) return failed(error);
  }
}

/// EAGAIN: another thread changed the socket first.
inline Errno SocketPlane::listen_start(const Open& at, std::uint32_t backlog) {
  Sock& sock = *at.sock;
  if (kernel_.backlog_stored != BacklogStored::last) store_max(sock, backlog);
  tune_fastopen(at, backlog);
  if (kernel_.syn_queue == SynQueue::table) {
    // relaxed, both: published by the transition into LISTEN.
    sock.table_size.store(syn_table_size(*at.ns, backlog), std::memory_order_relaxed);
    sock.syn.store({}, std::memory_order_relaxed);
  }
  sock.listen_era.fetch_add(1, std::memory_order_relaxed);  // relaxed: as above
  sock.overflow.store(0, std::memory_order_relaxed);        // relaxed: as above
  sock.accept_queue.prepare(nodes_, at.epoch);
  SockWord before;
  SockWord listening;
  const bool began = transition(sock, before, [&](SockWord& word) {
    if (word.state != TcpState::close || word.progress != Progress::unconnected) return false;
    word.state = TcpState::listen;
    if (!word.has(has_port)) word.set(port_ephemeral);
    listening = word;
    return true;
  });
  if (!began) return Errno::eagain;
  if (listening.has(port_named) && !claim_port(at, listening)) {
    transition(sock, before, [](SockWord& word) {
      if (word.state != TcpState::listen) return false;
      word.state = TcpState::close;
      return true;
    });
    drop_queue(at);  // a child of an earlier LISTEN may have come late, and taken this one for it
    return Errno::eaddrinuse;
  }
  if (kernel_.backlog_stored == BacklogStored::last) store_max(sock, backlog);
  if (listening.has(port_named)) enlist(at.ns->listeners, at, listening);
  transition(sock, before, [](SockWord& word) {
    if (word.state != TcpState::listen) return false;
    word.set(hashed);
    return true;
  });
  return Errno::none;
}

/// What the sysctl has a socket that begins to listen do for Fast Open.
inline void SocketPlane::tune_fastopen(const Open& at, std::uint32_t backlog) {
  if (!kernel_.has_fastopen) return;
  const auto length = length_from_sysctl(kernel_, sysctl(*at.ns, Sysctl::tcp_fastopen), backlog);
  // relaxed, both: read back by getsockopt only. Of two that listen at once one decides.
  const FastopenQueue before = at.sock->fastopen.load(std::memory_order_relaxed);
  if (!length || keeps_queue(kernel_, before)) return;
  const auto somaxconn = static_cast<std::uint32_t>(sysctl(*at.ns, Sysctl::somaxconn));
  at.sock->fastopen.store(fastopen_queue(kernel_, *length, somaxconn), std::memory_order_relaxed);
}

inline void SocketPlane::store_max(Sock& sock, std::uint32_t backlog) {
  const std::uint32_t max = kernel_.backlog_is_u16 ? static_cast<std::uint16_t>(backlog) : backlog;
  // relaxed: the exchange keeps `ack`, which others change; the limit publishes nothing.
  AckBacklog seen = sock.backlog.load(std::memory_order_relaxed);
  while (!sock.backlog.compare_exchange_weak(seen, {seen.ack, max}, std::memory_order_relaxed)) {
  }
}

/// Buckets of the SYN table: a power of two above the limit. The arithmetic is that of 32 bits: from 2^31 on the sum or
/// the rounding wraps to nothing, and a table without buckets is always full.
inline std::uint32_t SocketPlane::syn_table_size(const NetNamespace& ns, std::uint32_t backlog) const {
  constexpr std::uint32_t smallest = 8;
  const auto max_syn = static_cast<std::uint32_t>(sysctl(ns, Sysctl::tcp_max_syn_backlog));
  const std::uint32_t entries = std::max(smallest, std::min(backlog, max_syn)) + 1;
  const bool wraps = entries == 0 || entries > 1u << 31;
  return wraps ? 0 : std::bit_ceil(entries);
}

}  // namespace weir::lockfree
