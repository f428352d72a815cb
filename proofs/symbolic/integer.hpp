// Symbolic machine integers: bit-vector terms that behave as the C++ integer type they stand for. A value that is known
// is held as a plain number, so that arithmetic on known values never reaches the solver.
//
// What is undefined in C++ is an error here, not a value: signed overflow, division by zero, a shift by the width or
// more. A proof over a rule shows so that its concrete reading has none of them.
#pragma once
#include <z3++.h>

#include <concepts>
#include <cstdint>
#include <functional>
#include <optional>
#include <type_traits>

#include "proofs/symbolic/boolean.hpp"

namespace weir::proofs {

template <std::integral Machine>
class SymbolicInt {
  using Unsigned = std::make_unsigned_t<Machine>;
  static constexpr bool is_signed = std::is_signed_v<Machine>;
  /// Operands narrower than int would be promoted to it in C++; the spec does no arithmetic on them.
  static constexpr bool is_arithmetic = sizeof(Machine) >= sizeof(int);

 public:
  static constexpr unsigned width = 8 * sizeof(Machine);

  SymbolicInt() = default;
  template <class T>
  requires(std::integral<T> || std::is_enum_v<T>) explicit SymbolicInt(T value) : known_(static_cast<Machine>(value)) {}
  /// \pre `term` is a bit-vector of this width
  explicit SymbolicInt(const z3::expr& term) {
    const z3::expr simple = term.simplify();
    std::uint64_t number = 0;
    if (simple.is_numeral_u64(number))
      known_ = static_cast<Machine>(number);
    else
      term_ = simple;
  }

  bool known() const { return !term_; }
  Machine value() const { return known_; }  ///< \pre known()
  z3::expr term() const {
    if (term_) return *term_;
    return Explorer::current().context().bv_val(static_cast<std::uint64_t>(static_cast<Unsigned>(known_)), width);
  }

  friend SymbolicBool operator==(const SymbolicInt& a, const SymbolicInt& b) {
    if (a.known() && b.known()) return SymbolicBool(a.known_ == b.known_);
    return SymbolicBool(a.term() == b.term());
  }
  friend SymbolicBool operator<(const SymbolicInt& a, const SymbolicInt& b) {
    if (a.known() && b.known()) return SymbolicBool(a.known_ < b.known_);
    return SymbolicBool(is_signed ? a.term() < b.term() : z3::ult(a.term(), b.term()));
  }
  friend SymbolicBool operator!=(const SymbolicInt& a, const SymbolicInt& b) { return !(a == b); }
  friend SymbolicBool operator>(const SymbolicInt& a, const SymbolicInt& b) { return b < a; }
  friend SymbolicBool operator<=(const SymbolicInt& a, const SymbolicInt& b) { return !(b < a); }
  friend SymbolicBool operator>=(const SymbolicInt& a, const SymbolicInt& b) { return !(a < b); }

  friend SymbolicInt wrapping_add(const SymbolicInt& a, const SymbolicInt& b) { return modular(std::plus{}, a, b); }
  friend SymbolicInt wrapping_sub(const SymbolicInt& a, const SymbolicInt& b) { return modular(std::minus{}, a, b); }
  friend SymbolicInt wrapping_mul(const SymbolicInt& a, const SymbolicInt& b) {
    return modular(std::multiplies{}, a, b);
  }

  friend SymbolicInt operator+(const SymbolicInt& a, const SymbolicInt& b) requires is_arithmetic {
    const SymbolicInt sum = wrapping_add(a, b);
    const SymbolicInt zero(0);
    if constexpr (is_signed) defined((a < zero) != (b < zero) || (sum < zero) == (a < zero));
    return sum;
  }
  friend SymbolicInt operator-(const SymbolicInt& a, const SymbolicInt& b) requires is_arithmetic {
    const SymbolicInt difference = wrapping_sub(a, b);
    const SymbolicInt zero(0);
    if constexpr (is_signed) defined((a < zero) == (b < zero) || (difference < zero) == (a < zero));
    return difference;
  }
  friend SymbolicInt operator/(const SymbolicInt& a, const SymbolicInt& b) requires(is_arithmetic && !is_signed) {
    defined(b != SymbolicInt(0));
    return combine(std::divides{}, z3::udiv, a, b);
  }
  friend SymbolicInt operator%(const SymbolicInt& a, const SymbolicInt& b) requires(is_arithmetic && !is_signed) {
    defined(b != SymbolicInt(0));
    return combine(std::modulus{}, z3::urem, a, b);
  }
  friend SymbolicInt operator&(const SymbolicInt& a, const SymbolicInt& b) { return modular(std::bit_and{}, a, b); }
  friend SymbolicInt operator|(const SymbolicInt& a, const SymbolicInt& b) { return modular(std::bit_or{}, a, b); }
  friend SymbolicInt operator^(const SymbolicInt& a, const SymbolicInt& b) { return modular(std::bit_xor{}, a, b); }
  friend SymbolicInt operator~(const SymbolicInt& a) { return a ^ SymbolicInt(-1); }
  friend SymbolicInt operator<<(const SymbolicInt& a, const SymbolicInt& by) requires is_arithmetic {
    defined(by >= SymbolicInt(0) && by < SymbolicInt(width));
    return combine([](Unsigned x, Unsigned y) { return x << y; }, z3::shl, a, by);
  }
  friend SymbolicInt operator>>(const SymbolicInt& a, const SymbolicInt& by) requires is_arithmetic {
    defined(by >= SymbolicInt(0) && by < SymbolicInt(width));
    if (a.known() && by.known()) return SymbolicInt(a.known_ >> by.known_);
    return SymbolicInt(is_signed ? z3::ashr(a.term(), by.term()) : z3::lshr(a.term(), by.term()));
  }

 private:
  using TermOf = z3::expr(const z3::expr&, const z3::expr&);
  template <class Fold>
  static SymbolicInt combine(Fold fold, TermOf term, const SymbolicInt& a, const SymbolicInt& b) {
    if (a.known() && b.known())
      return SymbolicInt(fold(static_cast<Unsigned>(a.known_), static_cast<Unsigned>(b.known_)));
    return SymbolicInt(term(a.term(), b.term()));
  }
  /// For operations whose low bits do not depend on the sign or width of the operands.
  template <class Operation>
  static SymbolicInt modular(Operation operation, const SymbolicInt& a, const SymbolicInt& b) {
    if (a.known() && b.known())
      return SymbolicInt(operation(static_cast<std::uint64_t>(a.known_), static_cast<std::uint64_t>(b.known_)));
    return SymbolicInt(operation(a.term(), b.term()));
  }
  static void defined(const SymbolicBool& condition) {
    if (condition.known() && static_cast<bool>(condition)) return;
    if (Explorer::current().refute(condition.term()))
      throw Undecided{Verdict::error, "the spec can reach arithmetic that C++ leaves undefined"};
  }

  Machine known_ = 0;
  std::optional<z3::expr> term_;  ///< absent where the value is known
};

}  // namespace weir::proofs
