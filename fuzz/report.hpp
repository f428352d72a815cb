// A divergence as text: the operations in trace form, each with what was observed, and what the model expected instead.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "fuzz/differential.hpp"

namespace weir::fuzz {

/// The operations up to the one that differs, which is the last; the probes before it among them.
std::vector<Op> operations_of(const Input& input, const Difference& difference);

/// A trace (docs/TRACE.md) that ends with the operation that differs, carrying the target's answer: `weir check` stops
/// at its last line. Everything before it is what both answered, probes included where the difference shows in one.
std::string to_trace(const Input& input, const Difference& difference);

/// One sentence: which operation, what was expected, what was observed.
std::string to_sentence(const Difference& difference);

/// The operations and header of a trace; nullopt if `text` is not one.
std::optional<Input> from_trace(std::string_view text);

}  // namespace weir::fuzz
