// The recorder in a build without libbpf: there is none.
#include <stdexcept>

#include "oracle/softnet/machine.hpp"

namespace weir::oracle {

std::unique_ptr<SoftnetSource> softnet_of_this_machine(bool) {
  throw std::runtime_error("this build has no libbpf (on Debian: apt-get install libbpf-dev, then build again)");
}

}  // namespace weir::oracle
