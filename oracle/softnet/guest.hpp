// The receive softirq of a guest, recorded by the driver that is its first process.
//
//   SoftnetTarget softirq(softnet_of_guest(guest), *profile_of_guest(guest->abilities()));
#pragma once
#include <memory>

#include "oracle/softnet/source.hpp"
#include "oracle/targets/linux.hpp"

namespace weir::oracle {

/// Cases and recordings take turns: the guest has one driver. Throws std::runtime_error where the guest cannot record,
/// saying why.
std::unique_ptr<SoftnetSource> softnet_of_guest(std::shared_ptr<LinuxTarget> guest);

}  // namespace weir::oracle
