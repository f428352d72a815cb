// A kernel as a target, that of this machine or of a guest: real system calls, held against the model.
//
//   if (const auto here = LinuxTarget::probe(); !here) return unavailable(here.reason);   // exit code 4
//   LinuxTarget kernel;                                                                   // or (guest): see guests.hpp
//   const LinuxTarget::Run ran = kernel.run(ops);          // a case: begins from a clean host every time
//   if (ran.status == LinuxTarget::Status::answered) compare(ran.outcomes);
//
// A driver process, forked by the constructor, enters a user and network namespace of its own and makes the calls
// there; nothing outside that namespace is touched, and no privilege is needed where unprivileged user namespaces are
// allowed. Every namespace of a case, 0 too, is a real network namespace with the initial sysctls of the profile that
// describes this kernel, and all are owned by one user namespace, which nobody but root can fill with other users:
// credentials other than root's can be asked for only then. The global ones of net.core exist in the machine's own
// namespace alone: they cannot be asked for in namespace 0, and are absent in the others, as the profile says.
//
// Cases in which time passes sleep: `advance` takes as long as it says. They are asked with start() and finish(), many
// targets at a time (fuzz/slow_lane.hpp).
//
// A guest's driver is the first process of a machine of its own: nothing has to be kept from it, the global sysctls are
// asked for too, and namespaces belong to the initial user namespace.
//
// Units: durations as std::chrono says. Errors: the constructor throws std::runtime_error where probe() would say no,
// and where the guest does not begin; run() reports everything else in its status. Thread safety: one object, one
// thread; construct it before starting others, since it forks.
#pragma once
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "model/op.hpp"
#include "model/outcome.hpp"
#include "oracle/targets/guest_program.hpp"
#include "oracle/targets/linux_abilities.hpp"

namespace weir::oracle {

enum class Request : std::uint8_t;  // linux_service.hpp

/// Whether a target can be used here; the reason is for people, and empty when it can.
struct Availability {
  bool available = false;
  std::string reason;
  explicit operator bool() const { return available; }
};

class LinuxTarget {
 public:
  /// Tries what the constructor needs, in a process that is gone when this returns.
  static Availability probe();

  /// Whether remote peers can be played: that takes a TUN device.
  static Availability peers();

  /// Whether the kernel can be asked this at all, in a case in which no time passes.
  static bool supported(const Op& operation);

  /// The same for a case that takes its time.
  static bool supported_slowly(const Op& operation);

  LinuxTarget();

  /// \param guest  the command that runs it, with the driver (weir-guest) as its first process, which is spoken to over
  ///               the command's standard input and output
  explicit LinuxTarget(const GuestCommand& guest);
  ~LinuxTarget();
  LinuxTarget(LinuxTarget&&) noexcept;
  LinuxTarget& operator=(LinuxTarget&&) noexcept;

  enum class Status : std::uint8_t {
    answered,
    late,    ///< took so long that a timer of the kernel may have fired too early: says nothing about the model
    failed,  ///< the driver died, hung or was asked something unsupported; `error` says which. Never a pass.
  };

  struct Run {
    Status status = Status::failed;
    std::vector<Outcome> outcomes;    ///< one an operation, unless failed
    std::chrono::nanoseconds took{};  ///< without what `advance` was to take
    std::string error;
  };

  /// What its driver says that it can be asked.
  const LinuxAbilities& abilities() const { return abilities_; }

  /// Runs a case on a host that is clean before and after. A driver that failed is replaced by the next call.
  Run run(std::span<const Op> ops);

  /// The two halves of run(): between them other work can be done, until channel() is readable.
  void start(std::span<const Op> ops);
  /// \pre start() was called, and finish() not since
  Run finish();
  /// Readable as soon as finish() would not wait. Changes when a driver is replaced.
  int channel() const;

  /// Something else than a case. \return the reply behind its head. Throws std::runtime_error with what the driver says
  /// instead, or if it is silent for so long; it is replaced by the next call then.
  std::string ask(Request request, const std::string& what, std::chrono::seconds patience);

  /// Processor time that the driver has used since it began, softirqs that ran in it among it. 0 where there is none.
  std::chrono::nanoseconds driver_time() const;

  /// A case longer than this is late. The delayed ACK of the loopback fires after 40 ms; nothing of TCP fires before.
  static constexpr std::chrono::milliseconds late_after{30};

  /// The same for a case in which time passes: the operations between two sleeps must not add up to more.
  static constexpr std::chrono::milliseconds slowly_late_after{60};

  /// A driver silent for this long, beside what `advance` takes, is killed.
  static constexpr std::chrono::seconds hung_after{10};

 private:
  class Driver;
  class Forked;
  class Guest;

  void begin();

  std::chrono::seconds started_within_ = hung_after;
  std::function<std::unique_ptr<Driver>()> make_;
  std::unique_ptr<Driver> driver_;
  LinuxAbilities abilities_;
  // Of the case that was started:
  std::size_t asked_ = 0;
  std::chrono::milliseconds sleeps_{0};
  bool sent_ = false;
};

}  // namespace weir::oracle
