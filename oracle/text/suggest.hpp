// "Did you mean": the names of a closed set that are nearest to one that is not in it.
#pragma once
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace weir::oracle {

/// Up to `most` names within a third of the length of `wrong` in edit distance, or that contain it, nearest first.
std::vector<std::string_view> nearest(std::string_view wrong, std::span<const std::string_view> names,
                                      std::size_t most = 3);

/// "a, b, c"
std::string join(std::span<const std::string_view> names);

}  // namespace weir::oracle
