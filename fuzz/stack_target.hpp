// Another network stack as a campaign's target (oracle/targets/driver_target.hpp says how it is asked).
//
//   auto driver = std::make_shared<oracle::DriverTarget>(command);
//   Campaign campaign({.generator = stack_cases(driver), .profiles = {…}}, stack_target(driver, {}, effort));
//
// A stack differs from Linux in many ways, and each must not hide the others: what was found by an operation that only
// looks is passed over from then on. A difference counts if the stack gives the same answer each time it is asked.
#pragma once
#include <cstdint>
#include <memory>

#include "fuzz/engine.hpp"
#include "oracle/check/comparison.hpp"
#include "oracle/targets/driver_target.hpp"

namespace weir::fuzz {

struct StackEffort {
  std::uint64_t unsteady = 0;  ///< cases with a difference that was another, or none, when asked again
  ClauseSet covered;           ///< clauses of the spec behind the answers that were compared
};

/// What the generator draws for it: short cases, of operations that the driver can carry out.
GeneratorOptions stack_cases(const std::shared_ptr<oracle::DriverTarget>& driver);

/// \param effort  outlives the target
/// Throws std::runtime_error when running if the driver makes no sense. One that dies or hangs has given an answer.
Target stack_target(std::shared_ptr<oracle::DriverTarget> driver, oracle::Comparison comparison, StackEffort& effort);

}  // namespace weir::fuzz
