// One plane's theorems: enough to kill a mutant of every kind, and compiled in a minute.
#include "proofs/mutants/judge.hpp"

namespace weir::mutants {

std::vector<proofs::Plane> judging_planes() { return {{"proofs/theorems/listen.cpp", proofs::listen_theorems()}}; }

}  // namespace weir::mutants
