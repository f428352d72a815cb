// What a host keeps of peers that are no sockets of its own, or are not yet: requests in SYN queues, the cookies it
// sent, and times.
#pragma once
#include <cstdint>

#include "model/listen/sock.hpp"

namespace weir::model {

inline constexpr Time one_millisecond = 1000;
inline constexpr Time one_second = 1000 * one_millisecond;

inline constexpr Time oow_interval = 500 * one_millisecond;  ///< tcp_invalid_ratelimit
inline constexpr Time time_wait_length = 60 * one_second;    ///< TCP_TIMEWAIT_LEN, and tcp_fin_timeout
inline constexpr Time cookie_minute = 60 * one_second;       ///< what a cookie's count is in

/// A connection, or what may become one, as a segment names it.
struct Tuple {
  std::uint32_t netns = 0;
  End from;  ///< the remote peer
  End to;    ///< this host
  friend constexpr bool operator==(const Tuple&, const Tuple&) = default;
};

/// The ends of a connection over loopback, as its client has them.
struct LocalEnds {
  Address client;
  std::uint32_t client_port = 0;
  Address server;
  std::uint32_t server_port = 0;
  friend constexpr bool operator==(const LocalEnds&, const LocalEnds&) = default;
};

/// A request in the SYN queue of `listener` (struct request_sock). One of a client on this host stands here only once
/// its third ACK has not come, or has not been taken.
struct Request {
  Tuple tuple;                    ///< of a remote peer; otherwise the namespace only
  SockId listener = no_sock;      ///< none: closed, and the request is in the way until its timer fires (from 4.4)
  std::uint32_t num_timeout = 0;  ///< it is young while this is 0
  bool acked = false;             ///< its third ACK has come, and found the request deferred or no room
  Time due = never;               ///< of its SYN-ACK timer
  Time answered = never;          ///< last time that a repeated SYN was answered; never: not yet
  std::uint64_t armed{};          ///< order in which timers were set
  bool local = false;             ///< its client is, or was, a socket of this host
  SockId client = no_sock;        ///< that socket; none: it is gone
  LocalEnds ends;                 ///< of a local one
  friend bool operator==(const Request&, const Request&) = default;
};

/// A SYN-ACK with a cookie was sent in that minute. Nothing else is kept of the peer.
struct Cookie {
  Tuple tuple;
  std::uint64_t minute = 0;
  friend bool operator==(const Cookie&, const Cookie&) = default;
};

/// Answers to segments that are out of order, at most one in `oow_interval` (from 4.0). \param last  of this kind
inline bool may_answer(const Profile& kernel, Time now, Time& last) {
  if (kernel.oow_rate_limited && last != never && now < last + oow_interval) return false;
  last = now;
  return true;
}

}  // namespace weir::model
