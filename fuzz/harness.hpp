// What the differential harnesses share. A harness is one file that defines `harness`; harness.cpp gives it the entry
// points that every fuzzer of LLVM's kind calls:
//
//   LLVMFuzzerTestOneInput    runs one input; on a divergence prints the minimal trace, saves it, and aborts
//   LLVMFuzzerCustomMutator   changes whole operations (fuzz/mutator.hpp)
//   LLVMFuzzerCustomCrossOver splices two cases
//
// An input is the bytes of fuzz/decoder.hpp, or the text of a trace, so that a saved finding is itself an input.
#pragma once
#include <string_view>

#include "fuzz/decoder.hpp"
#include "fuzz/engine.hpp"

namespace weir::fuzz {

struct Harness {
  std::string_view name;
  Weights weights;
  Target target;
};

/// Defined by each harness.
extern const Harness harness;

}  // namespace weir::fuzz
