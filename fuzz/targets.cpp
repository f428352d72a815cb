#include "fuzz/targets.hpp"

#include "lockfree/host.hpp"
#include "model/host.hpp"

namespace weir::fuzz {

Target lockfree_target() {
  return {"lockfree", [](const Input& input, Effort& effort) {
            return compare<model::Host<Concrete>, lockfree::Host>(input, effort);
          }};
}

}  // namespace weir::fuzz
