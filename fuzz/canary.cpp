// Compiled once for each variant, with that variant's headers in front of lockfree/'s own.
#include "fuzz/canary.hpp"
#include "lockfree/host.hpp"
#include "model/host.hpp"

namespace weir::fuzz {

Target WEIR_CANARY_TARGET() {
  return {WEIR_CANARY_NAME, [](const Input& input, Effort& effort) {
            return compare<model::Host<Concrete>, WEIR_CANARY_NAMESPACE::Host>(input, effort);
          }};
}

}  // namespace weir::fuzz
