// The symbolic reading of the spec: the value domain whose numbers are Z3 terms.
#pragma once
#include "model/domain.hpp"
#include "proofs/symbolic/integer.hpp"

namespace weir::proofs {

struct Symbolic {
  using Bool = SymbolicBool;
  using U8 = SymbolicInt<std::uint8_t>;
  using U16 = SymbolicInt<std::uint16_t>;
  using I32 = SymbolicInt<std::int32_t>;
  using U32 = SymbolicInt<std::uint32_t>;
  using U64 = SymbolicInt<std::uint64_t>;
  static void clause(Clause passed) { Explorer::current().pass(passed); }
  static std::uint32_t pick(std::uint32_t) { return 0; }  // no theorem is about a rule that picks
  static std::uint64_t late(std::uint64_t, std::uint64_t) { return 0; }
};
static_assert(Domain<Symbolic>);

using weir::as;
using weir::choose;
using weir::wrapping_add;
using weir::wrapping_mul;
using weir::wrapping_sub;

/// Conversion as C does it: the low bits, or an extension by sign or zero as the source type says.
template <class To, std::integral From>
To as(const SymbolicInt<From>& from) {
  if (from.known()) return To(from.value());
  if constexpr (To::width <= SymbolicInt<From>::width)
    return To(from.term().extract(To::width - 1, 0));
  else if constexpr (std::is_signed_v<From>)
    return To(z3::sext(from.term(), To::width - SymbolicInt<From>::width));
  else
    return To(z3::zext(from.term(), To::width - SymbolicInt<From>::width));
}

/// If-then-else as a term: no branch.
template <class T>
T choose(const SymbolicBool& condition, const T& then, const T& otherwise) {
  if (condition.known()) return static_cast<bool>(condition) ? then : otherwise;
  return T(z3::ite(condition.term(), then.term(), otherwise.term()));
}

}  // namespace weir::proofs
