// weir bench compare: whether one run of the drain benchmark was faster than another.
#pragma once
#include <string>

namespace weir::cli {

/// Both as `weir bench --json` writes them. Prints a line for each cell, ours or (`all`) every contender's.
/// \return diverged if the backlog became slower in some cell, malformed if a file cannot be read
int compare_benches(const std::string& before, const std::string& after, bool all);

}  // namespace weir::cli
