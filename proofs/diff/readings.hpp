// Operations that change nothing and show what the ones before them have done.
#pragma once
#include <vector>

#include "model/op.hpp"

namespace weir::proofs::diff {

/// What can be read of all that the operations touched: the sysctls they wrote, the sockets they made, the counters.
std::vector<Op> readings_after(const std::vector<Op>& ops);

}  // namespace weir::proofs::diff
