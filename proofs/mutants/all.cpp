#include "proofs/mutants/judge.hpp"

namespace weir::mutants {

std::vector<proofs::Plane> judging_planes() { return proofs::all_planes(); }

}  // namespace weir::mutants
