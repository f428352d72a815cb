// Packets on a loopback device of one's own: as many at once as a case wants, so that they queue before the softirq
// comes.
//
//   LoopbackBursts bursts(3);       // throws std::runtime_error, naming the step that was refused
//   bursts.send(40, 0);             // forty packets of flow 0 arrive at this CPU, then the softirq runs
//
// One send with UDP_SEGMENT becomes many packets, since the device is made not to take large ones; they all arrive
// while softirqs are off. The device is in a network namespace that nothing but these sockets is in: it goes away with
// them, or with the process. It takes the privilege to make one.
#pragma once
#include <cstdint>
#include <vector>

#include "oracle/targets/linux_namespaces.hpp"

namespace weir::oracle {

class LoopbackBursts {
 public:
  /// The most packets that one send becomes (UDP_MAX_SEGMENTS), from 6.9 on; before that half as many, which is found
  /// out.
  static constexpr std::uint32_t most_at_once = 128;

  explicit LoopbackBursts(std::uint32_t flows);

  /// False where not all were sent.
  bool send(std::uint32_t packets, std::uint32_t flow);

  /// Lets a softirq that is due run now, where it was left to ksoftirqd: a lock of a socket is given back.
  void nudge();

  /// RPS: to which CPUs packets go, 0 for the one that they arrive at. False where that cannot be had.
  bool steer(std::uint64_t cpus);

  std::uint32_t flows() const { return static_cast<std::uint32_t>(senders_.size()); }
  std::uint32_t network_namespace() const { return network_namespace_; }

 private:
  void set_up(std::uint32_t flows);
  static bool send_at_once(int sender, std::uint32_t packets);

  std::vector<OwnedFd> senders_;
  OwnedFd receiver_, rps_cpus_;
  std::uint32_t network_namespace_ = 0;
  std::uint32_t at_once_ = most_at_once;
};

}  // namespace weir::oracle
