// The receive softirq of a kernel as a target, of this machine's or of a guest's: bursts of packets on a loopback
// device, watched from inside the kernel, told as a trace that the model can be held against.
//
//   if (const auto here = SoftnetTarget::probe(); !here) return unavailable(here.reason);   // exit code 4
//   SoftnetTarget kernel;
//   const SoftnetStory story = kernel.run(program);
//   if (story.disturbance == SoftnetDisturbance::none) …    // story.lines: what took place, and what was seen
//
// A program is made of operations, but the softirq comes when it likes: the story has net_rx_action where it ran. What
// the program says of itself counts so:
//
//   netif_rx       a row of them of one flow is one burst. Its CPU is the target's; `flow` only tells flows apart. If
//                  the first has a `to`, RPS is on for all of them and sends them to the CPU at which they arrive
//                  anyway
//   net_rx_action  lets a softirq that is due come; `tick_after` makes jiffies move during those of the burst before it
//   sysctl_write   of the softirq's settings, as far as they do the machine no harm
//   sysctl_read    of the same
//   softnet_stat   reads the row of the CPU
//
// On this machine it takes root in the initial user namespace, the right to load BPF programs and a kernel that tells
// its types; it changes settings of the whole machine for about a millisecond a case, and puts them back even if it is
// killed (knobs.hpp). The calling thread is kept on one CPU while a case lasts. A guest is asked through its driver,
// which has the same recorder in it (guest.hpp); what it has recorded is translated here.
//
// Errors: the constructor throws std::runtime_error where probe() would say no. One object, one thread; one of them on
// the machine.
#pragma once
#include <cstdint>
#include <memory>
#include <span>
#include <string>

#include "oracle/softnet/overlap.hpp"
#include "oracle/softnet/source.hpp"
#include "oracle/softnet/translation.hpp"
#include "oracle/targets/linux.hpp"

namespace weir::oracle {

class SoftnetTarget {
 public:
  /// Tries what the constructor needs.
  static Availability probe();

  /// Whether a program may have this operation.
  static bool supported(const Op& operation);

  /// Of this machine.
  SoftnetTarget();

  /// Of another. \param profile  describes its kernel
  SoftnetTarget(std::unique_ptr<SoftnetSource> kernel, const Profile& profile);

  /// What a story begins with: the machine's CPUs, its profile.
  const Header& header() const { return header_; }

  /// Where packets arrive.
  std::uint32_t cpu() const { return place_.cpu; }

  /// A case, on a CPU that is idle before and after. Throws std::runtime_error where the machine does not follow.
  SoftnetStory run(std::span<const Op> program);

  /// One CPU sends bursts to the backlog of another, by RPS; what it does in between is not told. `packets`: of each.
  /// Throws as run does, also where there is no other CPU.
  SoftnetHistory run_steered(std::span<const std::uint32_t> packets, std::int32_t netdev_max_backlog);

  /// Empty where it can be asked that.
  const std::string& why_not_steered() const { return place_.not_steered; }

 private:
  std::unique_ptr<SoftnetSource> kernel_;
  SoftnetPlace place_;
  Header header_;
};

}  // namespace weir::oracle
