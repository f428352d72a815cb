// What a trace line says was observed: possibly only part of an outcome.
#pragma once
#include <cstdint>
#include <limits>
#include <string_view>
#include <type_traits>
#include <variant>

#include "model/op.hpp"
#include "model/outcome.hpp"

namespace weir::oracle {

/// Some fields of an outcome. `outcome` is the alternative to which they belong; bit i of `fields` says that its i-th
/// field was observed, the others are unknown.
struct Observation {
  Outcome outcome = outcome::Done{};
  std::uint32_t fields = 0;

  bool any() const { return fields != 0; }
  friend bool operator==(const Observation&, const Observation&) = default;
};

/// The number that such a call returns is the name of a socket.
template <class Operation>
inline constexpr bool makes_descriptor = std::is_same_v<Operation, op::Socket> || std::is_same_v<Operation, op::Accept>;

/// The largest `ret` that such a call can have.
template <class Operation>
inline constexpr std::int64_t largest_ret = makes_descriptor<Operation> ? std::int64_t{max_fd} - 1
                                                                        : std::numeric_limits<std::int64_t>::max();

/// Every field of `outcome` observed.
inline Observation observed_in_full(Outcome outcome) {
  const auto all = std::visit(
      [](const auto& each) { return (1U << std::tuple_size_v<std::remove_cvref_t<decltype(each.fields)>>)-1; },
      outcome);
  return {std::move(outcome), all};
}

/// True where nothing that was observed differs from `answered`.
inline bool agrees(const Observation& seen, const Outcome& answered) {
  if (!seen.any()) return true;
  if (seen.outcome.index() != answered.index()) return false;
  return std::visit(
      [&]<class T>(const T& observed) {
        const T& allowed = std::get<T>(answered);
        bool same = true;
        std::uint32_t bit = 1;
        for_each_field<T>([&](const auto& field) {
          if ((seen.fields & bit) != 0 && !(observed.*field.member == allowed.*field.member)) same = false;
          bit <<= 1;
        });
        return same;
      },
      seen.outcome);
}

/// The call failed: ret -1.
inline bool is_failure(const Outcome& outcome) {
  const auto* const plain = std::get_if<outcome::Returned>(&outcome);
  return plain != nullptr && plain->ret == -1;
}

inline bool is_crash(const Outcome& outcome) { return std::holds_alternative<outcome::Oops>(outcome); }

}  // namespace weir::oracle
