// The wire between a network namespace and the remote peers that a live target plays.
#pragma once
#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "oracle/targets/linux_namespaces.hpp"

namespace weir::oracle {

/// A TUN device of the calling thread's network namespace. What is written to it arrives from afar; what the host sends
/// to the peers is read from it. The addresses are of the block that is set aside for such tests (RFC 2544): nothing
/// else in the namespace has a route to them, and no case names them.
class Tun {
 public:
  static constexpr std::uint32_t peer_net = 0xc6130000;  ///< 198.19.0.0/16: behind the device

  /// Why there is no such device to be had here; empty if there is.
  static std::string refused();

  /// Throws std::system_error naming the step that was refused.
  Tun();

  /// The host's address of that number; given to the loopback device when it is first asked for.
  std::uint32_t host_address(std::size_t number);

  int get() const { return fd_.get(); }

  void write(const std::string& packet);

  /// A packet that waits, valid until the next call; empty if there is none.
  std::string_view read();

  /// Reads no sooner than something waits, or after 100 ms.
  std::string_view read_patiently();

 private:
  OwnedFd fd_;
  std::size_t host_addresses_ = 0;
  std::array<char, 2048> packet_{};
};

}  // namespace weir::oracle
