// Records what happens to the backlogs of some CPUs of this machine.
//
//   SoftnetRecorder recorder(network_namespace);    // throws std::runtime_error where BPF is refused, saying why
//   recorder.start({.cpus = 1 << 1});
//   … traffic …
//   recorder.stop();
//   const SoftnetRecording seen = recorder.take();
//
// It needs the right to load BPF programs (root, no lockdown) and a kernel that tells its types
// (CONFIG_DEBUG_INFO_BTF); it changes nothing. Only packets of the given namespace count as the recorder's own. One
// thread; one recorder watches at a time, others of the machine are not disturbed.
#pragma once
#include <cstdint>
#include <memory>

#include "oracle/softnet/event.hpp"

namespace weir::oracle {

struct SoftnetWatch {
  std::uint64_t cpus = 0;        ///< bit i: CPU i
  std::uint32_t hold_after = 0;  ///< each time so many packets were delivered in a run, jiffies is awaited; 0: not
};

class SoftnetRecorder {
 public:
  /// \param network_namespace  its inode number, as stat(2) of /proc/self/ns/net tells it
  explicit SoftnetRecorder(std::uint32_t network_namespace);
  ~SoftnetRecorder();
  SoftnetRecorder(SoftnetRecorder&&) noexcept;
  SoftnetRecorder& operator=(SoftnetRecorder&&) noexcept;

  void start(const SoftnetWatch& watch);
  void hold_after(std::uint32_t packets);

  /// Whether the next packet to be delivered waits, for a second at most; kernels before 6.9 cannot. Not to be used of
  /// the CPU that this thread is on.
  void stop_deliveries(bool stopped);
  void stop();

  /// Looks at a CPU that is watched: an event of its own. \return what was seen
  SoftnetEvent look(std::uint32_t cpu);

  /// Everything since the last time, by the events' numbers.
  SoftnetRecording take();

 private:
  struct Kernel;
  std::unique_ptr<Kernel> kernel_;
};

}  // namespace weir::oracle
