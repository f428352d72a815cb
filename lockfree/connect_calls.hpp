// connect, and the handshake that happens within it.
#pragma once
#include "lockfree/socket_plane.hpp"
#include "lockfree/turn.hpp"

namespace weir::lockfree {

inline Outcome SocketPlane::connect(const op::Connect& call) {
  const Operation operation(epoch_);
  const Open at = open(call.fd, operation.epoch());
  if (at.error != Errno::none) return failed(at.error);
  const Turn turn(at.sock->turn);
  // relaxed: the protocol never changes, and whoever closes takes turns with us.
  const SockWord word = at.sock->word.load(std::memory_order_relaxed);
  if (word.is_final()) return failed(Errno::ebadf);
  switch (word.protocol) {
    case Protocol::tcp:
      return connect_stream(at, call);
    case Protocol::udp:
      return connect_datagram(at, call);
    case Protocol::netlink:
      autobind(at);
      return returned(0);
    default:
      return connect_unix(at, call);
  }
}

inline void SocketPlane::autobind(const Open& at) {
  SockWord before;
  transition(*at.sock, before, [](SockWord& word) {
    if (word.has(has_port)) return false;
    word.set(port_ephemeral);
    return true;
  });
}

inline Outcome SocketPlane::connect_datagram(const Open& at, const op::Connect& call) {
  autobind(at);
  SockWord word = at.sock->word.load(std::memory_order_relaxed);  // relaxed: the family never changes
  // relaxed, here and below: addresses need no order with anything (see bind_inet).
  const Endpoint local = at.sock->local.load(std::memory_order_relaxed);
  const Route route = route_from(held(local, word.flags), word.has(source_settled), call.addr, call.port);
  if (route.error != Errno::none) return failed(route.error);
  if (local.kind == Address::Kind::any) at.sock->local.store(route.source, std::memory_order_relaxed);
  transition(*at.sock, word, [&](SockWord& next) {
    if (local.kind != Address::Kind::any && route.destination.kind == Address::Kind::v4) next.set(source_settled);
    next.state = TcpState::established;
    return true;
  });
  return returned(0);
}

/// inet_stream_connect on a socket that is not fresh.
inline Outcome SocketPlane::connect_again(const Open& at, SockWord seen) {
  if (seen.is_final()) return failed(Errno::ebadf);
  if (seen.progress == Progress::connected) return failed(Errno::eisconn);
  if (seen.progress == Progress::disconnecting) return failed(Errno::einval);
  if (seen.progress == Progress::unconnected) return failed(Errno::eisconn);  // it listens
  SockWord before;
  const bool settled = transition(*at.sock, before, [](SockWord& word) {
    if (word.progress != Progress::connecting || word.state == TcpState::syn_sent) return false;
    if (word.state == TcpState::close) {
      word.progress = Progress::unconnected;
      word.error = Errno::none;
      word.clear(send_shutdown | receive_shutdown);
    } else {
      word.progress = Progress::connected;
    }
    return true;
  });
  if (!settled) return failed(before.is_final() ? Errno::ebadf : Errno::ealready);
  if (before.state != TcpState::close) return returned(0);
  release_address(at, before);
  return failed(before.error == Errno::none ? Errno::econnaborted : before.error);
}

inline Outcome SocketPlane::connect_stream(const Open& at, const op::Connect& call) {
  // relaxed: a first look; the transition decides.
  SockWord word = at.sock->word.load(std::memory_order_relaxed);
  if (word.progress != Progress::unconnected || word.state != TcpState::close) return connect_again(at, word);
  // relaxed: addresses need no order with anything (see bind_inet).
  const Endpoint local = at.sock->local.load(std::memory_order_relaxed);
  const Route route = route_from(held(local, word.flags), false, call.addr, call.port);
  if (route.error == Errno::eacces || multicast_v4(route.destination.v4)) return failed(Errno::enetunreach);
  if (route.error != Errno::none) return failed(route.error);
  SockWord sent;
  switch (take_ends(at, word, route, sent)) {
    case Taken::other_end_met:
      return failed(Errno::einprogress);
    case Taken::alone:
      send_syn(at, route);
      return failed(Errno::einprogress);
    case Taken::by_another:
      return failed(Errno::eaddrnotavail);
    case Taken::not_fresh:
      break;
  }
  return connect_again(at, word);
}

/// SYN_SENT with the two ends, unless another connection has them; `seen` is the socket's word, or what another thread
/// has made of it. From a port that bind asked for, the other end may be there already: one turn covers the look for
/// both ends. Nobody whose FIN is sent within it has a request parked, which would ask for the turn again.
inline SocketPlane::Taken SocketPlane::take_ends(const Open& at, SockWord& seen, const Route& route, SockWord& sent) {
  std::optional<Turn> turn;
  if (seen.has(port_named)) turn.emplace(at.ns->taking_ends);
  // relaxed, all: published by the transition; the socket's turn keeps other connects from them.
  at.sock->local.store(route.source, std::memory_order_relaxed);
  if (seen.has(port_named) &&
      (tuple_taken(at, seen.port, route.source, route.destination) || request_stands(at, seen, route))) {
    // The source was settled before the ends are found taken; one that bind asked for, a broadcast say, gave way to it.
    release_address(at, seen);
    return Taken::by_another;
  }
  at.sock->remote.store(route.destination, std::memory_order_relaxed);
  at.sock->parked_at.store({}, std::memory_order_relaxed);
  at.sock->peer.store({}, std::memory_order_relaxed);
  at.sock->ack_delay.store(0, std::memory_order_relaxed);
  set_wait(at, Wait::syn_ack, 0, syn_wait(0));
  const bool ours = transition(*at.sock, seen, [&](SockWord& next) {
    if (next.progress != Progress::unconnected || next.state != TcpState::close) return false;
    next.state = TcpState::syn_sent;
    next.progress = Progress::connecting;
    next.error = Errno::none;
    if (!next.has(has_port)) next.set(port_ephemeral);
    sent = next;
    return true;
  });
  if (!ours) return Taken::not_fresh;
  return sent.has(port_named) && meets_other_end(at, sent.port, route) ? Taken::other_end_met : Taken::alone;
}

/// Does the SYN reach the socket itself, one whose SYN crosses this one, or what is left of an earlier connection?
inline bool SocketPlane::meets_other_end(const Open& client, std::uint16_t port, const Route& route) {
  const bool to_itself = route.destination.port == port && address_of(route.source) == address_of(route.destination);
  if (!to_itself)
    return crosses(client, port, route) || resets_old_connection(client, port, route) ||
           ends_stale_request(client, port, route);
  establish_with_self(client);
  return true;
}

/// Is there a connection between the same two ends? One whose descriptor was closed is, until its FIN is answered. A
/// TIME_WAIT yields, and so does what is left of a connection whose FIN was acknowledged: that one goes.
inline bool SocketPlane::tuple_taken(const Open& at, std::uint16_t port, const Endpoint& local,
                                     const Endpoint& remote) {
  bool taken = false;
  SockRef left_over;
  at.ns->ports.look({Protocol::tcp, port}, socks_, claims_, [&](SockRef ref, const Sock& other, SockWord theirs) {
    const bool connected =
        theirs.state != TcpState::close && theirs.state != TcpState::listen && theirs.state != TcpState::time_wait;
    if (ref.index == at.ref.index || !connected) return;
    // relaxed: the addresses of a connection are set before it stands.
    if (other.local.load(std::memory_order_relaxed) != local || other.remote.load(std::memory_order_relaxed) != remote)
      return;
    if (theirs.state == TcpState::fin_wait2 && theirs.has(orphan))
      left_over = ref;
    else
      taken = true;
  });
  if (const Open old = follow(left_over, at.epoch); !taken && old.error == Errno::none)
    end_slot(old, TcpState::fin_wait2);
  return taken;
}

/// The other socket between the same two ends, in one of the states that `wanted` accepts.
template <class Wanted>
inline SocketPlane::Open SocketPlane::other_end(const Open& client, std::uint16_t port, const Route& route,
                                                const Wanted& wanted) {
  Endpoint source = route.source;
  source.port = port;
  Endpoint there = route.destination;
  there.port = 0;
  SockRef found;
  client.ns->ports.look({Protocol::tcp, route.destination.port}, socks_, claims_,
                        [&](SockRef ref, const Sock& other, SockWord theirs) {
                          // relaxed: as in tuple_taken.
                          if (ref.index != client.ref.index && wanted(theirs.state) &&
                              other.local.load(std::memory_order_relaxed) == there &&
                              other.remote.load(std::memory_order_relaxed) == source)
                            found = ref;
                        });
  return follow(found, client.epoch);
}

/// The request of a client of this host with those ends; an error where there is none.
inline SocketPlane::Open SocketPlane::local_request(NetNamespace& ns, std::uint16_t port, const Endpoint& server,
                                                    const Endpoint& client, std::uint64_t epoch) {
  SockRef found;
  const Tuple tuple{server, client, port};
  ns.remotes.of(tuple).look(tuple.key(), socks_, claims_, [&](SockRef ref, const Sock& sock, SockWord word) {
    // relaxed: set before the request was published.
    if (word.is_request() && sock.remote.load(std::memory_order_relaxed) == client &&
        sock.local.load(std::memory_order_relaxed) == server)
      found = ref;
  });
  return follow(found, epoch);
}

/// From 4.4 on a request in a SYN queue holds its two ends, until its client has gone on: so does one that a listener
/// left behind.
inline bool SocketPlane::request_stands(const Open& at, SockWord word, const Route& route) {
  if (kernel_.syn_queue == SynQueue::table) return false;
  return local_request(*at.ns, word.port, route.source, route.destination, at.epoch).error == Errno::none;
}

/// The SYN meets the request of an earlier client: it is no repetition of that one's, and out of order. The answer to
/// what the request says about that ends it.
inline bool SocketPlane::ends_stale_request(const Open& client, std::uint16_t port, const Route& route) {
  Endpoint source = route.source;
  source.port = port;
  const Endpoint server = endpoint(address_of(route.destination));
  const Open request = local_request(*client.ns, route.destination.port, server, source, client.epoch);
  if (request.error != Errno::none) return false;
  const bool listens = standing_listener(request).error == Errno::none;
  if (!end_slot(request, TcpState::syn_recv) || !listens) return false;
  client.ns->count(Mib::EmbryonicRsts);
  hurry_syn(client);
  return true;
}

/// From 5.6 on an ACK that answers no SYN of ours makes us send it again soon.
inline void SocketPlane::hurry_syn(const Open& client) {
  // relaxed: a count of this very SYN's.
  const bool first = client.sock->wait.load(std::memory_order_relaxed).tries == 0;
  if (kernel_.syn_hurried_by_bad_ack && first) set_wait(client, Wait::syn_ack, 0, 2 * jiffy());
}

/// The other end's side of an earlier connection between the same two ends answers the SYN with a challenge, which
/// resets it; the SYN is lost.
inline bool SocketPlane::resets_old_connection(const Open& client, std::uint16_t port, const Route& route) {
  const Open old = other_end(client, port, route, [](TcpState state) {
    return state != TcpState::close && state != TcpState::listen && state != TcpState::syn_sent &&
           state != TcpState::time_wait;
  });
  if (old.error != Errno::none) return false;
  // Where it is not an old one, but crosses this SYN in another thread, that thread has opened this end first.
  // relaxed: before the old end's state, which was acquired.
  const bool crossed = client.sock->word.load(std::memory_order_relaxed).state != TcpState::syn_sent;
  if (crossed) return true;
  receive_reset(old);
  hurry_syn(client);
  return true;
}

/// The simultaneous open of two sockets: one's SYN was lost, and now the other's comes. Whoever waited sends its FIN at
/// once if it had been shut down for sending.
inline bool SocketPlane::crosses(const Open& client, std::uint16_t port, const Route& route) {
  const Open waiting = other_end(client, port, route, [](TcpState state) { return state == TcpState::syn_sent; });
  if (waiting.error != Errno::none) return false;
  link(waiting.sock->peer, client.ref);
  link(client.sock->peer, waiting.ref);
  const auto opens = [](SockWord& word) {
    if (word.state != TcpState::syn_sent) return false;
    word.state = TcpState::established;
    return true;
  };
  SockWord before;
  if (!transition(*waiting.sock, before, opens)) return false;
  const bool sends_fin = before.has(send_shutdown);
  // Unless the other's SYN, in another thread, has opened this one already.
  if (!transition(*client.sock, before, opens) && before.state == TcpState::close) {  // it gave up meanwhile
    receive_reset(waiting);
    return true;
  }
  if (sends_fin) send_fin(waiting);
  // A FIN that another thread sent before there was anybody to receive it.
  if (once_linked(*waiting.sock) == TcpState::fin_wait1) receive_fin(client, waiting);
  return true;
}

inline void SocketPlane::send_syn(const Open& client, const Route& route) {
  const std::optional<Answered> answer = syn_arrives(client, route);
  if (answer && synack_arrives(client, *answer)) receive_ack(answer->listener, client, answer->how);
}

/// The SYN reaches a listener, or nobody.
inline std::optional<SocketPlane::Answered> SocketPlane::syn_arrives(const Open& client, const Route& route) {
  const Open listener = follow(find_listener(*client.ns, route.destination), client.epoch);
  if (listener.error != Errno::none) {
    refuse_syn(client);
    return std::nullopt;
  }
  const Syn how = receive_syn(listener, false);
  if (how == Syn::dropped) return std::nullopt;
  return Answered{listener, how};
}

/// The client is ESTABLISHED. True if its ACK leaves at once: one that was told to defer as well keeps that to itself
/// until it has more to say, or has waited for long enough.
inline bool SocketPlane::synack_arrives(const Open& client, const Answered& answer) {
  SockWord before;
  const bool established = transition(*client.sock, before, [](SockWord& word) {
    if (word.state != TcpState::syn_sent) return false;
    word.state = TcpState::established;
    return true;
  });
  if (!established) {
    // The client gave up meanwhile and answers the SYN-ACK with RST.
    if (answer.how == Syn::queued) request_leaves(answer.listener, true);
    return false;
  }
  // relaxed: a limit, sampled.
  if (client.sock->defer_accept.load(std::memory_order_relaxed) == 0) return true;
  client.sock->ack_delay.store(detail::delack_min_ms, std::memory_order_relaxed);  // relaxed: sampled, too
  set_wait(client, Wait::last_word, 0, detail::delack_max_ms);
  park(answer.listener, client, answer.how, false);
  // A FIN that another thread sent before there was anybody to receive it.
  if (once_linked(*client.sock) == TcpState::fin_wait1) deliver_fin(client);
  return false;
}

/// Nobody listens. Where another thread's SYN has crossed this one meanwhile, the connection stands.
inline void SocketPlane::refuse_syn(const Open& client) {
  SockWord before;
  transition(*client.sock, before, [](SockWord& word) {
    if (word.state != TcpState::syn_sent) return false;
    word = closed(word);
    word.error = Errno::econnrefused;
    return true;
  });
}

/// Both ends are one socket: the simultaneous open of RFC 793.
inline void SocketPlane::establish_with_self(const Open& at) {
  at.sock->peer.store(at.ref, std::memory_order_relaxed);  // relaxed: published by the transition
  SockWord before;
  const bool ends_at_once = transition(*at.sock, before,
                                       [](SockWord& word) {
                                         if (word.state != TcpState::syn_sent) return false;
                                         word.state =
                                             word.has(send_shutdown) ? TcpState::fin_wait1 : TcpState::established;
                                         return true;
                                       }) &&
                            before.has(send_shutdown);
  if (ends_at_once) fin_leaves(at);
}

/// The listener that scores highest: its very address before "any", an inet socket before an inet6 one, the older
/// first.
inline SockRef SocketPlane::find_listener(NetNamespace& ns, const Endpoint& to) {
  SockRef best;
  unsigned best_score = 0;
  std::uint64_t best_born = 0;
  const Endpoint address = endpoint(address_of(to));
  const Held wanted = held(address, to.kind == Address::Kind::v4 ? 0 : is_inet6 | v6_only);
  ns.listeners.look({Protocol::tcp, to.port}, socks_, claims_, [&](SockRef ref, const Sock& sock, SockWord word) {
    if (!word.has(hashed)) return;
    // relaxed, all: set before the listener was hashed.
    const Endpoint local = sock.local.load(std::memory_order_relaxed);
    const Held listening = held(local, word.flags);
    if (!covers(listening, wanted)) return;
    const unsigned score = 1 + (local == address ? 2 : 0) + (word.has(is_inet6) ? 0 : 1);
    const std::uint64_t born = sock.born.load(std::memory_order_relaxed);
    if (score < best_score || (score == best_score && born > best_born)) return;
    best = ref;
    best_score = score;
    best_born = born;
  });
  return best;
}

}  // namespace weir::lockfree
