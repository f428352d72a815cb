#include "proofs/mutants/list.hpp"

namespace weir::mutants {
namespace {

constexpr Listed listed[] = {
#include "proofs/mutants/listed.inc"
};

}  // namespace

std::span<const Listed> all_mutants() { return listed; }

}  // namespace weir::mutants
