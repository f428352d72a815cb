// Makes a failing case small: fewer operations first (delta debugging), then simpler values, until neither helps.
//
//   auto smaller = shrink(ops, [&](const std::vector<Op>& candidate) { return still_fails(candidate); });
//
// The predicate decides alone, so live targets shrink the same way; it is asked at most `max_attempts` times.
#pragma once
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <type_traits>
#include <variant>
#include <vector>

#include "fuzz/pools.hpp"
#include "model/op_fd.hpp"

namespace weir::fuzz {

using StillFails = std::function<bool(const std::vector<Op>&)>;

namespace detail {

/// Values simpler than this one, simplest first.
template <class T>
std::vector<T> simpler(const T& value) {
  std::vector<T> candidates;
  for (const auto& each : pool<T>) {
    if (each == value) break;
    candidates.push_back(each);
  }
  return candidates;
}

/// Nearer to 0: small numbers, half of it, one less.
template <std::integral T>
requires(!std::is_same_v<T, bool>) std::vector<T> simpler(const T& value) {
  if (value < 0) return {T{0}, static_cast<T>(value / 2), static_cast<T>(value + 1)};
  std::vector<T> candidates;
  for (const T each : {T{0}, T{1}, T{2}, static_cast<T>(value / 2), static_cast<T>(value - 1)})
    if (value > 0 && each < value) candidates.push_back(each);
  return candidates;
}

inline std::vector<std::string> simpler(const std::string& value) {
  std::vector<std::string> candidates;
  if (value != "0" && value != "1") candidates = {"0", "1"};
  for (std::size_t chunk = value.size(); chunk > 0; chunk /= 2)
    for (std::size_t at = 0; at + chunk <= value.size() && candidates.size() < 64; at += chunk)
      candidates.push_back(std::string(value).erase(at, chunk));
  return candidates;
}

}  // namespace detail

class Shrinker {
 public:
  Shrinker(StillFails still_fails, std::uint32_t max_attempts)
      : still_fails_(std::move(still_fails)), attempts_left_(max_attempts) {}

  std::vector<Op> run(std::vector<Op> ops) {
    best_ = std::move(ops);
    for (bool helped = true; helped;) {
      helped = remove_chunks();
      helped = simplify_fields() || helped;
      helped = remove_and_relabel() || helped;
    }
    return best_;
  }

 private:
  bool accept(std::vector<Op> candidate) {
    if (attempts_left_ == 0) return false;
    --attempts_left_;
    if (!still_fails_(candidate)) return false;
    best_ = std::move(candidate);
    return true;
  }

  bool remove_chunks() {
    bool helped = false;
    for (std::size_t chunk = std::max<std::size_t>(best_.size() / 2, 1); chunk > 0 && !best_.empty(); chunk /= 2)
      for (std::size_t at = 0; at < best_.size();) {
        std::vector<Op> candidate = best_;
        const auto first = candidate.begin() + static_cast<std::ptrdiff_t>(at);
        candidate.erase(first, first + static_cast<std::ptrdiff_t>(std::min(chunk, best_.size() - at)));
        if (accept(std::move(candidate)))
          helped = true;
        else
          at += chunk;
      }
    return helped;
  }

  /// Taking away the operation that made a descriptor moves the labels above it down by one.
  bool remove_and_relabel() {
    bool helped = false;
    for (std::size_t at = 0; at < best_.size(); ++at) {
      if (!std::holds_alternative<op::Socket>(best_[at]) && !std::holds_alternative<op::Accept>(best_[at])) continue;
      for (std::int32_t gone = 3; gone < 12; ++gone) {
        std::vector<Op> candidate = best_;
        candidate.erase(candidate.begin() + static_cast<std::ptrdiff_t>(at));
        for (std::size_t i = at; i < candidate.size(); ++i)
          if (Fd* fd = fd_of(candidate[i]); fd != nullptr && fd->label > gone && fd->label < max_fd) --fd->label;
        if (!accept(std::move(candidate))) continue;
        helped = true;
        break;
      }
    }
    return helped;
  }

  bool simplify_fields() {
    bool helped = false;
    for (std::size_t at = 0; at < best_.size(); ++at)
      std::visit(
          [&]<class T>(const T&) { for_each_field<T>([&](const auto& field) { helped |= simplify<T>(at, field); }); },
          Op(best_[at]));
    return helped;
  }

  template <class Owner, class Field>
  bool simplify(std::size_t at, const Field& field) {
    bool helped = false;
    for (bool again = true; again;) {
      again = false;
      for (const auto& value : detail::simpler(std::get<Owner>(best_[at]).*field.member)) {
        std::vector<Op> candidate = best_;
        std::get<Owner>(candidate[at]).*field.member = value;
        if (!accept(std::move(candidate))) continue;
        helped = again = true;
        break;
      }
    }
    return helped;
  }

  StillFails still_fails_;
  std::uint32_t attempts_left_;
  std::vector<Op> best_;
};

/// The smallest failing case found; `ops` itself where nothing smaller fails.
inline std::vector<Op> shrink(std::vector<Op> ops, StillFails still_fails, std::uint32_t max_attempts = 5000) {
  return Shrinker(std::move(still_fails), max_attempts).run(std::move(ops));
}

}  // namespace weir::fuzz
