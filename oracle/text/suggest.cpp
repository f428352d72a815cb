#include "oracle/text/suggest.hpp"

#include <algorithm>
#include <numeric>
#include <utility>

namespace weir::oracle {
namespace {

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = std::exchange(row[0], i);
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t changed = diagonal + (lower(a[i - 1]) == lower(b[j - 1]) ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({changed, row[j] + 1, row[j - 1] + 1});
    }
  }
  return row[b.size()];
}

bool contains(std::string_view text, std::string_view part) {
  return !part.empty() && std::search(text.begin(), text.end(), part.begin(), part.end(),
                                      [](char a, char b) { return lower(a) == lower(b); }) != text.end();
}

}  // namespace

std::vector<std::string_view> nearest(std::string_view wrong, std::span<const std::string_view> names,
                                      std::size_t most) {
  constexpr std::size_t longest_name = 64;
  if (wrong.size() > longest_name) return {};
  std::vector<std::pair<std::size_t, std::string_view>> close;
  for (const auto name : names) {
    const std::size_t distance = edit_distance(wrong, name);
    if (contains(name, wrong) || distance <= wrong.size() / 3 + 1) close.emplace_back(distance, name);
  }
  std::stable_sort(close.begin(), close.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
  std::vector<std::string_view> result;
  for (const auto& [distance, name] : close)
    if (result.size() < most) result.push_back(name);
  return result;
}

std::string join(std::span<const std::string_view> names) {
  std::string text;
  for (const auto name : names) {
    if (!text.empty()) text += ", ";
    text += name;
  }
  return text;
}

}  // namespace weir::oracle
