// One socket: what changes about it stands in packed 64-bit words, each changed by compare-and-swap.
//
// Thread safety: every member is atomic. Which words must change together is decided by their grouping: a word is the
// unit of agreement between threads.
//
// Invariants:
//   (1) `word` decides: port, state and flags change in one exchange, so exactly one thread performs a transition and
//       carries out what follows from it (sending FIN, draining the queue, giving the slot back).
//   (2) A reference is good while its generation is the socket's; the generation moves on when the slot is given back.
//   (3) backlog.ack is the number of children in the queue or between their admission and it.
//   (4) A socket without `orphan` is reachable by a descriptor or waits in an accept queue.
//   (5) A final word (CLOSE and orphan) never changes again until the slot's next use. A system call that looked its
//       descriptor up before another thread closed it finds the word final and answers EBADF; were it to bring the
//       socket back to life, the slot would be given back twice.
#pragma once
#include <cassert>
#include <cstdint>

#include "lockfree/accept_queue.hpp"
#include "lockfree/atomics.hpp"
#include "lockfree/fastopen.hpp"
#include "model/errno.hpp"
#include "model/vocabulary/address.hpp"
#include "model/vocabulary/names.hpp"

namespace weir::lockfree {

/// struct socket's own state, SS_*: how far connect() has come.
enum class Progress : std::uint8_t { unconnected, connecting, connected, disconnecting };

enum class Protocol : std::uint8_t { tcp, udp, unix_stream, unix_seqpacket, unix_datagram, netlink };

constexpr bool connects_by_name(Protocol protocol) {
  return protocol == Protocol::unix_stream || protocol == Protocol::unix_seqpacket;
}
constexpr bool is_unix(Protocol protocol) { return connects_by_name(protocol) || protocol == Protocol::unix_datagram; }

enum SockFlag : std::uint16_t {
  reuse_addr = 1 << 0,
  reuse_port = 1 << 1,
  send_shutdown = 1 << 2,   ///< FIN follows as soon as the connection stands
  port_ephemeral = 1 << 3,  ///< has a port that the kernel chose; never equal to a named one
  port_named = 1 << 4,      ///< has the port in `port`
  port_locked = 1 << 5,     ///< the port was asked for by bind: CLOSE does not release it
  addr_locked = 1 << 6,     ///< the address was asked for by bind: a disconnect does not release it
  orphan = 1 << 7,          ///< no descriptor, in no queue
  hashed = 1 << 8,          ///< a LISTEN socket that SYNs can find
  is_inet6 = 1 << 9,
  v6_only = 1 << 10,         ///< was bound to ::1 once; takes no IPv4 since
  source_settled = 1 << 11,  ///< a datagram socket has sent by IPv4, whatever it is bound to
  from_afar = 1 << 12,       ///< the other end is a remote peer: not a socket, but whoever sends segments
  unread = 1 << 13,          ///< a remote peer's data have arrived; no operation reads them
  cookie_sent = 1 << 14,  ///< with SYN_RECV: not a request, but the memory of a cookie; on a child: a cookie made it,
                          ///< and may be good for another
  /// Shut down for reading: data that a remote peer sends after our FIN reset the connection.
  receive_shutdown = 1 << 15,
};
inline constexpr std::uint16_t has_port = port_ephemeral | port_named;
/// What a child has from its listener, beside the port.
inline constexpr std::uint16_t inherited =
    reuse_addr | reuse_port | is_inet6 | v6_only | send_shutdown | receive_shutdown;

struct alignas(8) SockWord {
  std::uint16_t port = 0;
  std::uint16_t flags = 0;
  TcpState state = TcpState::close;
  Progress progress = Progress::unconnected;
  Errno error = Errno::none;  ///< sk_err: what the next connect() reports
  Protocol protocol = Protocol::tcp;

  constexpr bool has(std::uint16_t any_of) const { return (flags & any_of) != 0; }
  /// Given back, or about to be: whoever made it so owns the slot from then on.
  constexpr bool is_final() const { return state == TcpState::close && has(orphan); }
  constexpr bool is_request() const { return state == TcpState::syn_recv && !has(cookie_sent); }
  constexpr bool is_cookie() const { return state == TcpState::syn_recv && has(cookie_sent); }
  constexpr void set(std::uint16_t which) { flags = static_cast<std::uint16_t>(flags | which); }
  constexpr void clear(std::uint16_t which) { flags = static_cast<std::uint16_t>(flags & ~which); }
};

/// An address and, where it says so, a port.
struct alignas(8) Endpoint {
  std::uint32_t v4 = 0;
  std::uint16_t port = 0;
  Address::Kind kind = Address::Kind::any;
  std::uint8_t ephemeral = 0;  ///< 1: the port is one that the kernel chose, unlike any that has a number

  friend bool operator==(const Endpoint&, const Endpoint&) = default;
};

constexpr Endpoint endpoint(const Address& address, std::uint16_t port = 0) {
  return {address.v4, port, address.kind, 0};
}
constexpr Address address_of(const Endpoint& end) { return {end.kind, end.v4}; }

struct alignas(8) SockRef {
  std::uint32_t index = 0;  ///< 0: none
  std::uint32_t generation = 0;

  explicit operator bool() const { return index != 0; }
  friend bool operator==(const SockRef&, const SockRef&) = default;
};

/// sk_ack_backlog and sk_max_ack_backlog: admission tests one against the other, so they share a word.
struct alignas(8) AckBacklog {
  std::uint32_t ack = 0;
  std::uint32_t max = 0;
};

/// A request of a remote peer: how often its SYN-ACK was due again without an answer, and what it met so far.
struct alignas(8) RequestWord {
  std::uint32_t timeouts = 0;
  std::uint16_t acked = 0;  ///< 1: an ACK has come that made no child
  std::uint16_t gone = 0;   ///< 1: the request has ended; nothing changes any more
};

/// What a connection over loopback waits for, and how often it has waited in vain. It counts in one state only (see
/// `runs_in`), so that nobody has to stop it.
enum class Wait : std::uint32_t {
  nothing,
  syn_ack,    ///< for the answer to our SYN
  last_word,  ///< a client that keeps its third ACK back: for something to send it with
  taken,      ///< for somebody who takes our FIN
  fin_ack,    ///< for the acknowledgement of our FIN, which the other end delays
};
struct alignas(8) WaitWord {
  Wait what = Wait::nothing;
  std::uint32_t tries = 0;

  constexpr bool runs_in(TcpState state) const {
    switch (what) {
      case Wait::nothing:
        return false;
      case Wait::syn_ack:
        return state == TcpState::syn_sent;
      case Wait::last_word:
        return state == TcpState::established;
      case Wait::taken:
        return state == TcpState::fin_wait1 || state == TcpState::closing;
      case Wait::fin_ack:
        return state == TcpState::fin_wait1;
    }
    return false;
  }
};

/// The SYN queue: requests, and those of them whose SYN-ACK was sent once only.
struct alignas(8) SynCount {
  std::uint32_t qlen = 0;
  std::uint32_t young = 0;
};

template <class Atomics = HostAtomics>
struct BasicSock {
  template <class T>
  using Atomic = typename Atomics::template atomic<T>;

  Atomic<SockWord> word{};
  Atomic<std::uint32_t> generation{0};
  Atomic<std::uint32_t> turn{0};  ///< 1: a call that moves the state is under way (turn.hpp)
  Atomic<std::uint32_t> ns{0};
  Atomic<std::uint64_t> born{0};         ///< order of creation
  Atomic<Endpoint> local{};              ///< rcv_saddr
  Atomic<Endpoint> remote{};             ///< address and port of the other end
  Atomic<SockRef> peer{};                ///< the other end's socket, once the connection stands on both sides
  Atomic<SockRef> parked_at{};           ///< client without a child: its request, or the listener whose cookie it has;
                                         ///< request: the listener
  Atomic<std::uint32_t> request_era{0};  ///< `listen_era` of that listener when the request was made; cookie_mark

  Atomic<WaitWord> wait{};
  Atomic<std::uint64_t> wait_until{0};  ///< ms
  Atomic<std::uint64_t> first_retry{
      0};                              ///< 1 + the time, ms, at which a FIN was first sent again, probes aside; 0: not
  Atomic<std::uint64_t> armed{0};      ///< order in which timers were set
  Atomic<std::uint32_t> ack_delay{0};  ///< ms by which this end delays the ACK of a FIN; 0: until the next jiffy
  Atomic<std::uint64_t> cookie_expiry{0};  ///< client with a cookie: when that is good no more, ms

  Atomic<RequestWord> request{};
  Atomic<std::uint64_t> deadline{0};  ///< when the slot's timer fires, ms: SYN_RECV, TIME_WAIT, FIN_WAIT2 without a
                                      ///< descriptor
  Atomic<std::uint64_t> answered{0};  ///< 1 + the time, ms, at which a repeated SYN was last answered; 0: never
  Atomic<std::uint64_t> overflow{0};  ///< 1 + the time, ms, of the listener's last overflow that counted; 0: none

  Atomic<AckBacklog> backlog{};
  Atomic<SynCount> syn{};
  Atomic<std::uint32_t> listen_era{0};    ///< counts the times that listening began
  Atomic<std::uint32_t> table_size{0};    ///< buckets of the SYN table, where the release has one
  Atomic<std::uint32_t> defer_accept{0};  ///< retransmissions for which a bare ACK is ignored
  Atomic<FastopenQueue> fastopen{};
  BasicAcceptQueue<Atomics> accept_queue;

  Atomic<std::uint32_t> pool_link{0};
  Atomic<std::uint64_t> pool_stamp{0};

  /// Checks what can be checked of one word at one moment; call it in debug builds.
  void invariant() const {
    // relaxed: one word, looked at alone.
    [[maybe_unused]] const SockWord now = word.load(std::memory_order_relaxed);
    assert(!(now.has(port_ephemeral) && now.has(port_named)));
    assert(now.has(port_named) == (now.port != 0));
    assert(!now.has(port_locked) || now.has(port_named));
    assert(!now.has(hashed) || now.state == TcpState::listen);
    assert(now.state != TcpState::time_wait || (now.has(orphan) && now.has(port_named)));
    assert(now.state != TcpState::syn_recv || (now.has(orphan) && now.has(port_named)));
  }
};

/// In request_era: the listener keeps nothing, the client's segments carry the cookie.
inline constexpr std::uint32_t cookie_mark = 1u << 31;

using Sock = BasicSock<>;
using Socks = Pool<Sock, 8>;

/// What tcp_set_state(TCP_CLOSE) leaves: out of the hash, and without a port that bind did not ask for.
constexpr SockWord closed(SockWord word) {
  word.state = TcpState::close;
  word.clear(hashed);
  if (!word.has(port_locked)) {
    word.clear(has_port);
    word.port = 0;
  }
  return word;
}

/// Moves the socket's word by `step`, which answers the next word or says by `false` that nothing is to be done.
/// Returns the word that was replaced, and whether one was: never a final one.
template <class Step>
bool transition(Sock& sock, SockWord& before, Step step) {
  // seq_cst, the look and the exchange: a transition is the moment at which two ends agree who acts. With anything
  // weaker a FIN that is sent while the connection is being linked or opened, or a child queued while its listener
  // closes, could be seen by neither side (store buffering between the words of two ends, `word` and `peer`, or `word`
  // and the queue).
  before = sock.word.load(std::memory_order_seq_cst);
  for (;;) {
    if (before.is_final()) return false;
    SockWord after = before;
    if (!step(after)) return false;
    // relaxed on failure: newer than the first look, and no state in which nothing is to be done turns back into one in
    // which something is, unless by a call that takes its turn.
    if (sock.word.compare_exchange_weak(before, after, std::memory_order_seq_cst, std::memory_order_relaxed))
      return true;
  }
}

}  // namespace weir::lockfree
