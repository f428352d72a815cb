// Who records the receive softirq of a kernel: of this machine (machine.hpp), or of a guest (guest.hpp).
#pragma once
#include <cstdint>
#include <span>
#include <string>
#include <tuple>
#include <vector>

#include "model/op.hpp"
#include "model/vocabulary/fields.hpp"
#include "oracle/softnet/event.hpp"

namespace weir::oracle {

/// Where it is recorded.
struct SoftnetPlace {
  std::uint32_t cpus = 1;   ///< of the machine
  std::uint32_t cpu = 0;    ///< where packets arrive
  std::string not_steered;  ///< why they cannot be sent to another CPU's backlog; empty where they can
  static constexpr auto fields = std::tuple{field("cpus", &SoftnetPlace::cpus), field("cpu", &SoftnetPlace::cpu),
                                            field("not_steered", &SoftnetPlace::not_steered)};

  /// To whose backlog they go then.
  std::uint32_t other_cpu() const { return cpu == 0 ? 1 : 0; }
};

/// Bursts that RPS sends to the backlog of the other CPU.
struct SteeredBursts {
  std::vector<std::uint32_t> packets;  ///< of each
  std::int32_t netdev_max_backlog = 1000;
  bool stopped = false;  ///< the other CPU delivers one packet of the first, and no more before the last was sent
  static constexpr auto fields = std::tuple{field("packets", &SteeredBursts::packets),
                                            field("netdev_max_backlog", &SteeredBursts::netdev_max_backlog),
                                            field("stopped", &SteeredBursts::stopped)};
};

/// One object, one thread. What throws std::runtime_error does so where the machine does not follow.
class SoftnetSource {
 public:
  virtual ~SoftnetSource() = default;
  SoftnetSource(const SoftnetSource&) = delete;
  SoftnetSource& operator=(const SoftnetSource&) = delete;

  virtual SoftnetPlace place() = 0;

  /// A case, as target.hpp says. It begins with a marker of an idle CPU.
  virtual SoftnetRecording record(std::span<const Op> program) = 0;

  /// A marker of each CPU begins it.
  virtual SoftnetRecording record_steered(const SteeredBursts& bursts) = 0;

  /// A program has no more packets; the rest is left out.
  static constexpr std::uint32_t most_packets = 2000;

 protected:
  SoftnetSource() = default;
};

}  // namespace weir::oracle
