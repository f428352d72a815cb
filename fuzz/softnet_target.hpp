// The receive softirq of this machine as a campaign's target (oracle/softnet/target.hpp says how it is asked).
//
//   auto kernel = std::make_shared<oracle::SoftnetTarget>();
//   SoftnetEffort effort;
//   Campaign campaign({.generator = softnet_cases(), .profiles = {kernel->header().profile},
//                      .host = kernel->header().options}, softnet_target(kernel, effort));
//
// What took place is replayed on the model, line by line. A case that others had a part in is asked again, and at last
// thrown away and counted.
#pragma once
#include <array>
#include <cstdint>
#include <memory>

#include "fuzz/engine.hpp"
#include "oracle/softnet/target.hpp"

namespace weir::fuzz {

struct SoftnetEffort {
  std::array<std::uint64_t, oracle::softnet_disturbances> disturbed{};  ///< cases, by what disturbed them
  std::uint64_t unsteady = 0;   ///< cases with a difference that was not there when asked again
  std::uint64_t undecided = 0;  ///< histories of two CPUs whose search was given up
  std::uint64_t packets = 0;    ///< that arrived in cases that were compared
  ClauseSet covered;            ///< clauses of the spec behind the answers that were compared

  std::uint64_t thrown_away() const;
};

/// What the generator draws for it: settings, and bursts about as large as they are.
GeneratorOptions softnet_cases();

/// \param effort  outlives the target
/// Throws std::runtime_error when running if the machine does not follow.
Target softnet_target(std::shared_ptr<oracle::SoftnetTarget> kernel, SoftnetEffort& effort);

}  // namespace weir::fuzz
