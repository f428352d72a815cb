// JSON text over lines, for files that people read and compare.
#pragma once
#include <string>
#include <string_view>

namespace weir::oracle {

/// What fits on a line stays on it, everything else has a line for each of its members.
/// \pre `json` is one value without white space between its tokens, and no name in it has escapes
std::string over_lines(std::string_view json);

}  // namespace weir::oracle
