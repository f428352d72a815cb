// "Did you mean": the names of a closed set that are nearest to one that is not in it.
#pragma once
#include <array>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "model/vocabulary/names.hpp"

namespace weir::oracle {

/// Up to `most` names within a third of the length of `wrong` in edit distance, or that contain it, nearest first.
std::vector<std::string_view> nearest(std::string_view wrong, std::span<const std::string_view> names,
                                      std::size_t most = 3);

/// "a, b, c"
std::string join(std::span<const std::string_view> names);

/// The names of all values of an enum, joined.
template <class E>
std::string list_of() {
  std::array<std::string_view, names<E>.size()> all;
  for (std::size_t i = 0; i < all.size(); ++i) all[i] = names<E>[i].text;
  return join(all);
}

}  // namespace weir::oracle
