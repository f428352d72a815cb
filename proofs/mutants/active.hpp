// What the mutated copy of model/ calls: each function is an operation of the rules and its mutants in one, and one
// number says which mutant is active. Types stay what they were, in every domain.
//
// A mutant whose code would not compile for its types, or would give another type, is noted when the program starts,
// and is not there.
//
// Not thread safe: one mutant a process at a time.
#pragma once
#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <set>
#include <type_traits>

#include "model/domain.hpp"

namespace weir::mutant {

/// Thrown where loops have turned much more often than they do without a mutant.
struct DoesNotEnd : std::exception {
  const char* what() const noexcept override { return "does not end"; }
};

struct State {
  static constexpr std::size_t most_mutants = 8192;
  int active = 0;                                  ///< the mutant's number; 0: none
  std::array<std::uint32_t, most_mutants> passed;  ///< how often each mutant's place was
  std::uint64_t turns = 0;                         ///< of all loops
  std::uint64_t most_turns = ~std::uint64_t{0};
};
inline State state{};

/// Mutants that would not compile.
inline std::set<int>& absent() {
  static std::set<int> numbers;
  return numbers;
}
template <int number>
struct Absent {
  static inline const bool noted = absent().insert(number).second;
};

inline bool is(int number) {
  ++state.passed[static_cast<std::size_t>(number)];
  return state.active == number;
}

/// Notes that the place was passed also where another mutant of the same place is active.
inline int which(int first, int count) {
  int found = -1;
  for (int i = 0; i < count; ++i)
    if (is(first + i)) found = i;
  return found;
}

template <class T>
const T& turn(const T& condition) {
  if (++state.turns > state.most_turns) throw DoesNotEnd{};
  return condition;
}

/// Which of `count` statements comes at a place, where the mutant `first` + i exchanges i and i + 1.
inline int nth(int first, int count, int at) {
  const int exchanged = which(first, count - 1);
  if (exchanged < 0) return at;
  return at == exchanged ? at + 1 : at == exchanged + 1 ? at - 1 : at;
}

// --- truth values: bool, or what a domain has instead ---

template <class T>
concept Truth = requires(const T& value) {
  { !value } -> std::same_as<T>;
};
template <class T>
auto truth(const T& value) {
  if constexpr (Truth<T>)
    return value;
  else
    return static_cast<bool>(value);
}
template <int number, class T>
auto negated(const T& condition) {
  return is(number) ? !truth(condition) : truth(condition);
}
template <int number, class T>
auto or_true(const T& operand) {
  using Value = decltype(truth(operand));
  return is(number) ? Value(true) : truth(operand);
}
template <int number, class T>
auto or_false(const T& operand) {
  using Value = decltype(truth(operand));
  return is(number) ? Value(false) : truth(operand);
}

// --- numbers ---

template <int number>
bool boolean(bool value) {
  return is(number) ? !value : value;
}
template <int first, class T>
T number(T value) {
  const int mutant = which(first, 2);
  return mutant < 0 ? value : static_cast<T>(mutant == 0 ? value + 1 : value - 1);
}
template <int first, class T>
T zero(T value) {
  return is(first) ? static_cast<T>(value + 1) : value;
}

template <class T>
struct Widths;
template <std::integral T>
struct Widths<T> {
  template <std::size_t bytes>
  using Unsigned = std::conditional_t<
      bytes == 1, std::uint8_t,
      std::conditional_t<bytes == 2, std::uint16_t, std::conditional_t<bytes == 4, std::uint32_t, std::uint64_t>>>;
  using Half = Unsigned<sizeof(T) / 2>;
  using Signed = std::make_signed_t<T>;
};
/// Of a domain: a template over machine integers.
template <template <class> class Int, class T>
struct Widths<Int<T>> {
  using Half = Int<typename Widths<T>::Half>;
  using Signed = Int<typename Widths<T>::Signed>;
};
template <int number, class T>
T half(const T& value) {
  return is(number) ? as<T>(as<typename Widths<T>::Half>(value)) : value;
}

// --- comparisons ---

template <int first, class A, class B>
auto less(const A& a, const B& b) {
  const int mutant = which(first, 2);
  return mutant < 0 ? a < b : mutant == 0 ? a <= b : !(a < b);
}
template <int first, class A, class B>
auto greater(const A& a, const B& b) {
  const int mutant = which(first, 2);
  return mutant < 0 ? a > b : mutant == 0 ? a >= b : !(a > b);
}
template <int first, class A, class B>
auto at_most(const A& a, const B& b) {
  const int mutant = which(first, 2);
  return mutant < 0 ? a <= b : mutant == 0 ? a < b : !(a <= b);
}
template <int first, class A, class B>
auto at_least(const A& a, const B& b) {
  const int mutant = which(first, 2);
  return mutant < 0 ? a >= b : mutant == 0 ? a > b : !(a >= b);
}
template <int number, class A, class B>
auto equal(const A& a, const B& b) {
  return is(number) ? !(a == b) : a == b;
}
template <int number, class A, class B>
auto differ(const A& a, const B& b) {
  return is(number) ? !(a != b) : a != b;
}

/// The sign of numbers that a rule compares as unsigned.
template <class T>
auto as_signed(const T& value) {
  return as<typename Widths<T>::Signed>(value);
}
template <int first, class T>
auto less_unsigned(const T& a, const T& b) {
  return is(first + 2) ? as_signed(a) < as_signed(b) : less<first>(a, b);
}
template <int first, class T>
auto greater_unsigned(const T& a, const T& b) {
  return is(first + 2) ? as_signed(a) > as_signed(b) : greater<first>(a, b);
}
template <int first, class T>
auto at_most_unsigned(const T& a, const T& b) {
  return is(first + 2) ? as_signed(a) <= as_signed(b) : at_most<first>(a, b);
}
template <int first, class T>
auto at_least_unsigned(const T& a, const T& b) {
  return is(first + 2) ? as_signed(a) >= as_signed(b) : at_least<first>(a, b);
}

// --- arithmetic ---

/// What `ours` gives, or `other` if that is a value of the same type.
template <int number, class Ours, class Other, class A, class B>
auto either(Ours ours, Other other, const A& a, const B& b) {
  using Value = std::invoke_result_t<Ours, const A&, const B&>;
  if constexpr (requires {
                  { other(a, b) } -> std::same_as<Value>;
                }) {
    if (is(number)) return other(a, b);
  } else {
    static_cast<void>(Absent<number>::noted);
  }
  return ours(a, b);
}

#define WEIR_OPERATOR(name, symbol)                                   \
  struct name##_operator {                                            \
    template <class A, class B>                                       \
    auto operator()(const A& a, const B& b) const requires requires { \
      a symbol b;                                                     \
    }                                                                 \
    { return a symbol b; }                                            \
  }
WEIR_OPERATOR(plus, +);
WEIR_OPERATOR(minus, -);
WEIR_OPERATOR(times, *);
WEIR_OPERATOR(over, /);
WEIR_OPERATOR(rest, %);
WEIR_OPERATOR(left, <<);
WEIR_OPERATOR(right, >>);
WEIR_OPERATOR(both_bits, &);
WEIR_OPERATOR(either_bit, |);
WEIR_OPERATOR(one_bit, ^);
#undef WEIR_OPERATOR

#define WEIR_CHOICE(ours, others)                                        \
  template <int number, class A, class B>                                \
  auto ours(const A& a, const B& b) {                                    \
    return either<number>(ours##_operator{}, others##_operator{}, a, b); \
  }
WEIR_CHOICE(plus, minus)
WEIR_CHOICE(minus, plus)
WEIR_CHOICE(times, over)
WEIR_CHOICE(over, times)
WEIR_CHOICE(rest, over)
WEIR_CHOICE(left, right)
WEIR_CHOICE(right, left)
WEIR_CHOICE(both_bits, either_bit)
WEIR_CHOICE(either_bit, both_bits)
WEIR_CHOICE(one_bit, both_bits)
#undef WEIR_CHOICE

template <int number, class T>
T wrapping_add(const T& a, const T& b) {
  using weir::wrapping_add;
  using weir::wrapping_sub;
  return is(number) ? wrapping_sub(a, b) : wrapping_add(a, b);
}
template <int number, class T>
T wrapping_sub(const T& a, const T& b) {
  using weir::wrapping_add;
  using weir::wrapping_sub;
  return is(number) ? wrapping_add(a, b) : wrapping_sub(a, b);
}

}  // namespace weir::mutant
