// A socket as the rules see it. Source: include/linux/net.h (struct socket), include/net/sock.h,
// inet_connection_sock.h.
#pragma once
#include <cstdint>
#include <limits>

#include "model/domain.hpp"
#include "model/errno.hpp"
#include "model/op.hpp"
#include "model/profile.hpp"

namespace weir::model {

/// struct socket's state: how far connect(2) has come.
enum SocketState : std::int32_t { SS_UNCONNECTED = 1, SS_CONNECTING, SS_CONNECTED, SS_DISCONNECTING };

/// An index into the host's sockets.
using SockId = std::uint32_t;
inline constexpr SockId no_sock = std::numeric_limits<SockId>::max();

/// Virtual time in microseconds since the host was made.
using Time = std::uint64_t;
inline constexpr Time never = std::numeric_limits<Time>::max();

/// The value that system calls of the model return: 0 or more, or a negated errno.
template <Domain D>
constexpr I32<D> error(Errno number) {
  return I32<D>(-static_cast<std::int32_t>(number));
}

template <Domain D>
constexpr I32<D> tcp(TcpState state) {
  return I32<D>(static_cast<std::int32_t>(state));
}

/// What the timer of a socket is for; one at a time.
enum class SockTimer : std::uint8_t {
  none,
  syn,        ///< SYN_SENT: the SYN is sent again
  third_ack,  ///< ESTABLISHED: the ACK of a client that keeps it back leaves
  fin,        ///< FIN_WAIT1, CLOSING: the FIN, which nobody took, is sent again
  fin_acked,  ///< FIN_WAIT1: the delayed acknowledgement of the FIN arrives
  fin_wait2,  ///< an orphan in FIN_WAIT2 is gone
};

/// What makes a socket a listener: the limit, and the two queues by their counts.
/// \invariant (1) young <= qlen
///            (2) sk_ack_backlog is the length of the accept queue, modulo 2^16 where backlog_is_u16
template <Domain D>
struct Listener {
  U32<D> sk_max_ack_backlog{0};
  U32<D> sk_ack_backlog{0};     ///< connections that wait for accept
  U32<D> qlen{0};               ///< requests that wait for their third ACK
  U32<D> young{0};              ///< those whose SYN-ACK has not been retransmitted
  U32<D> syn_table{0};          ///< .. 4.3: entries of the SYN table
  U32<D> rskq_defer_accept{0};  ///< retransmissions to wait for data, 0..255; 0 is off
  I32<D> fastopen_max_qlen{0};
  bool fastopen_made = false;  ///< 3.7 .. 4.3: the queue for Fast Open requests exists
  friend bool operator==(const Listener&, const Listener&) = default;
};

/// Where a socket is bound. \invariant port == 0 <=> not bound; ports above 65535 are those that the kernel chose
struct Binding {
  Address address;
  std::uint32_t port = 0;
  bool address_locked = false;  ///< SOCK_BINDADDR_LOCK: bind named the address
  bool port_locked = false;     ///< SOCK_BINDPORT_LOCK: bind named the port, so it outlives CLOSE
  friend bool operator==(const Binding&, const Binding&) = default;
};

/// Who keeps a socket alive: a descriptor, the accept queue of its listener, or only the protocol (an orphan).
enum class HeldBy : std::uint8_t { file, accept_queue, nobody };

template <Domain D>
struct Sock {
  Family family = Family::inet;
  SockType type = SockType::stream;
  std::uint32_t netns = 0;
  std::uint64_t born = 0;  ///< order of creation
  I32<D> state{SS_UNCONNECTED};
  I32<D> sk_state = tcp<D>(TcpState::close);
  Listener<D> listener;

  bool send_shutdown =
      false;  ///< SEND_SHUTDOWN of sk_shutdown: set even where shutdown says ENOTCONN; children inherit it
  bool receive_shutdown = false;  ///< RCV_SHUTDOWN, likewise: data that come after our FIN then reset the connection
  std::uint64_t unix_peer =
      0;                  ///< of a unix datagram socket: 1 + `born` of its peer, also of one that is gone; 0: none
  bool ipv6only = false;  ///< once bound to an IPv6 address it takes no IPv4, and no disconnect forgets that
  bool saddr_settled =
      false;  ///< inet_saddr, a source to send from, is known also where the address bound cannot be one
  bool reuseaddr = false;
  bool reuseport = false;
  Binding binding;
  Address peer_address;
  std::uint32_t peer_port = 0;
  Errno sk_err = Errno::none;
  bool remote = false;        ///< its peer is one that segments play
  bool unread = false;        ///< data has come, and nothing reads it
  Time oow_answered = never;  ///< last answer to a segment out of order; never: none, or none since it is an orphan in
                              ///< FIN_WAIT2, which the kernel keeps as a TIME_WAIT
  Time overflow = never;      ///< listener: the last overflow of the SYN queue that was noted; never: none yet
  SockTimer timer = SockTimer::none;
  Time due = never;                 ///< of the timer
  std::uint64_t armed = 0;          ///< order in which timers were set
  std::uint32_t retransmits = 0;    ///< of the SYN or FIN that is not acknowledged; a loss probe is one
  Time retrans_stamp = never;       ///< the first of a FIN's that was no loss probe
  std::uint64_t cookie_minute = 0;  ///< with cookie_from: when it was sent
  bool kept_ack_back = false;       ///< client side: it has TCP_DEFER_ACCEPT itself, and kept its third ACK back
  bool unacked = false;             ///< a SYN or FIN of ours is not acknowledged
  HeldBy held_by = HeldBy::file;
  SockId peer = no_sock;                               ///< the other end of an established connection
  SockId cookie_from = no_sock;                        ///< client side: the listener whose cookie we have yet to echo
  bool parked = false;                                 ///< client side: our request waits in a SYN queue
  SockId first_child = no_sock, last_child = no_sock;  ///< listener: the accept queue
  SockId next = no_sock;                               ///< next in the accept queue, or in the list of free slots
  friend bool operator==(const Sock&, const Sock&) = default;

  bool is_inet() const { return family == Family::inet || family == Family::inet6; }
  bool is_tcp() const { return is_inet() && type == SockType::stream; }
  bool is_udp() const { return is_inet() && type == SockType::dgram; }
  bool is_unix_stream() const { return family == Family::unix_ && type != SockType::dgram; }
};

}  // namespace weir::model
