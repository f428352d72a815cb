// A kernel as a campaign's target, that of this machine or of a guest (oracle/targets/linux.hpp says how it is asked).
//
//   LinuxEffort effort;
//   Campaign campaign({.generator = linux_cases(), .profiles = {&releases::linux_6_18}}, linux_target(effort));
//
// Operations that it cannot be asked are passed over; at a situation of the table of exclusions the case ends.
#pragma once
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <utility>
#include <variant>

#include "fuzz/engine.hpp"
#include "oracle/targets/linux.hpp"

namespace weir::fuzz {

struct LinuxEffort {
  std::uint64_t late = 0;           ///< cases thrown away: they took so long that a timer may have fired
  std::uint64_t excluded = 0;       ///< cases that ended early, at an exclusion
  ClauseSet covered;                ///< clauses of the spec behind the answers that were compared
  std::chrono::nanoseconds busy{};  ///< processor time of the driver, the model and the comparison, over all cases
  std::uint64_t unsteady = 0;       ///< cases with a difference that was another, or none, when asked again
};

/// What the generator draws for it: sysctls and sockets, nothing that it would pass over.
GeneratorOptions linux_cases();

/// \param effort  outlives the target
/// Throws std::runtime_error where the kernel cannot be asked, and when running if the driver dies or hangs.
Target linux_target(LinuxEffort& effort);

/// What can be asked of a kernel by what its driver says.
class LinuxQuestions {
 public:
  /// \param own  the profile that describes it, which lives until the program ends
  LinuxQuestions(std::shared_ptr<oracle::LinuxTarget> kernel, const Profile& own)
      : kernel_(std::move(kernel)), own_(&own) {}
  bool operator()(const Op& operation) const { return kernel_->abilities().can_ask(*own_, operation); }
  oracle::LinuxTarget& kernel() const { return *kernel_; }

  /// The same for a kernel whose idle time is free.
  std::function<bool(const Op&)> also_in_time() const {
    return [same = *this](const Op& each) { return std::holds_alternative<op::Advance>(each) || same(each); };
  }

 private:
  std::shared_ptr<oracle::LinuxTarget> kernel_;
  const Profile* own_;
};

/// The same for a guest. Its cases are shorter: it is slower.
GeneratorOptions guest_cases(const LinuxQuestions& guest);
Target guest_target(const LinuxQuestions& guest, LinuxEffort& effort);

}  // namespace weir::fuzz
