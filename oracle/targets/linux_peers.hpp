// The remote peers of a case, played against the kernel of this machine.
#pragma once
#include <cstdint>
#include <vector>

#include "model/op.hpp"
#include "model/outcome.hpp"
#include "oracle/targets/linux_diag.hpp"
#include "oracle/targets/linux_tun.hpp"
#include "oracle/targets/packets.hpp"

namespace weir::oracle {

/// The peers of one network namespace, which must be the calling thread's where one is made. Their sequence numbers are
/// always the right ones (docs/segments.md): what the host has received is asked of the host, what it has sent was read
/// from the wire.
///
/// Addresses of a case become addresses of the test network, one to one, but for those that no host may have (0/8,
/// 127/8, 224/3), which go out as they are.
class RemotePeers {
 public:
  /// Throws std::system_error where there is no TUN device to be had, or no sock_diag.
  RemotePeers() = default;

  /// \param port  the listener's, in this machine
  /// \return what goes back at once
  Flags send(const op::Segment& segment, std::uint16_t port);

  /// Reads what has come while time passed, and adds the SYN-ACKs to `sent`, as the case names their peers: nothing but
  /// timers sends them then. What else the host repeats or had delayed is no part of the model.
  void hear_timers(std::vector<outcome::SentSegment>& sent);

  /// Readable as soon as hear_timers() has something to hear.
  int wire() const { return tun_.get(); }

  /// Resets what is left of the case's conversations, so that nothing of them lingers.
  void end_case();

 private:
  struct Conversation {
    End host, peer;
    std::uint32_t isn = 0;       ///< the peer's initial sequence number
    std::uint32_t received = 0;  ///< the next sequence number that the host expects
    std::uint32_t heard = 0;     ///< the next sequence number that the host would send
    bool fin_received = false;
  };

  Conversation& between(const End& host, const End& peer);
  std::uint32_t host_address(std::uint32_t named);
  std::uint32_t peer_address(std::uint32_t named);
  End named(const End& peer) const;

  void begin_anew(Conversation& conversation);
  static void go_back_to(const Conversation& before, Conversation& conversation);
  TcpSight look_at(Conversation& conversation);
  TcpSegment next(const Conversation& conversation, Flags flags, std::uint32_t len) const;
  void note_received(Conversation& conversation, const TcpSegment& sent);
  void take_delayed_ack(Conversation& conversation);
  Flags reply_to(const Conversation& conversation);
  void hear(const TcpSegment& segment);
  void hear_what_waits();

  Tun tun_;
  TcpDiag diag_;
  std::vector<Conversation> conversations_;
  std::vector<std::uint32_t> host_addresses_, peer_addresses_;  ///< as the case names them, in the order of their use
  std::uint32_t next_isn_ = 0;
  std::uint16_t echo_ = 0;
};

}  // namespace weir::oracle
