// The model as a stack with packets: sequence numbers, a clock, and what it sends, about a host that knows none of
// these.
#pragma once
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "oracle/check/machine.hpp"
#include "oracle/packetdrill/peer.hpp"
#include "oracle/targets/packets.hpp"

namespace weir::oracle::packetdrill {

/// Not safe for concurrent use.
class Stack {
 public:
  explicit Stack(const Profile& profile) : host_(profile, HostOptions{}) {}

  Outcome call(const Op& operation);

  /// A packet arrives. False for what the model has no rule for: no TCP over IPv4, or numbers that are not the next in
  /// line.
  bool arrive(std::string_view packet);

  struct Sent {
    std::string packet;
    std::int64_t at = 0;  ///< microseconds
  };
  /// The next packet that goes out. Where none waits time passes until a timer sends one, `patience` at most.
  std::optional<Sent> next_sent(std::int64_t patience);

  /// Microseconds since the stack was made.
  std::int64_t now() const { return now_; }
  void pass(std::int64_t microseconds);

  /// Who is at the other end of an accepted connection.
  std::optional<End> peer_of(std::int32_t fd) const;

 private:
  using Ends = std::pair<End, End>;  ///< the peer's and the host's
  /// The connection as its numbers show it, and whether data came that nobody has read.
  struct Connection {
    Peer peer;
    bool unread = false;
  };

  bool follow(Connection& connection, const TcpSegment& segment) const;
  void send(const Ends& ends, Flags flags);
  void answer_stray(const TcpSegment& segment);
  void accepted(std::int32_t listener, std::int32_t fd);
  void leave(std::int32_t fd, bool closes);
  std::optional<outcome::Info> info(std::int32_t fd) const;
  void sync();

  Host host_;
  std::int64_t now_ = 0;
  std::int64_t passed_ = 0;  ///< milliseconds that the model has seen pass
  std::map<Ends, Connection> seen_;
  std::deque<Sent> sent_;
  std::map<std::int32_t, std::deque<Ends>> queues_;  ///< listeners, and who waits to be accepted there
  std::map<std::int32_t, Ends> connections_;
};

}  // namespace weir::oracle::packetdrill
