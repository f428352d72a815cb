// The receive softirq of the machine that this process runs on, recorded.
#pragma once
#include <memory>

#include "oracle/softnet/source.hpp"

namespace weir::oracle {

/// It takes root in the initial user namespace, the right to load BPF programs and a kernel that tells its types; the
/// calling thread is kept on one CPU while a case lasts. Throws std::runtime_error naming what is refused.
/// \param machine  the whole machine is ours, as a guest's is its first process's: nobody needs the settings back when
///                 this process has died. The calling thread is in its first network namespace.
std::unique_ptr<SoftnetSource> softnet_of_this_machine(bool machine);

}  // namespace weir::oracle
