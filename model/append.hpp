// What a rule puts at the end of a list: std::vector's push_back, but the first element finds room for a few.
//
//   append(polled.delivered, skb);
//
// Most lists of a case hold a handful. From nothing a vector grows to one, to two, to four: each costs as much as the
// rule that appends.
#pragma once
#include <algorithm>
#include <cstddef>
#include <vector>

namespace weir::model {

template <class T>
void append(std::vector<T>& list, const T& last) {
  constexpr std::size_t few = std::max(std::size_t{1}, 64 / sizeof(T));  // a line of the cache
  if (list.capacity() == 0) list.reserve(few);
  list.push_back(last);
}

}  // namespace weir::model
