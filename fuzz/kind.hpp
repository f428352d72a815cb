// Divergences of one kind are one finding.
#pragma once
#include <string>

#include "fuzz/differential.hpp"

namespace weir::fuzz {

/// The operation with its option, the kinds of answer on both sides, of tcp_info which fields differ, and how the model
/// came to its answer, where that was recorded.
std::string kind_of(const Difference& difference);

/// What is left of a kind where only the way of the model is set aside, after the kinds of operation that led to it. Of
/// a case that has been made small: two of one shape are the same difference, met by other values.
std::string shape_of(const Input& input, Difference difference);

/// The operation only looks: whatever it answered, the two hosts may be in the same state.
bool only_looks(const Op& operation);

}  // namespace weir::fuzz
