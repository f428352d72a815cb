// Symbolic truth values. A value that is known is held as a plain bool and never reaches the solver.
//
// `if (b)` on a value that is not known asks the path explorer. `&&`, `||`, `!` between two SymbolicBools build a term
// and do not branch; between a bool and a SymbolicBool they are C++'s own: short-circuiting, and a branch.
#pragma once
#include <z3++.h>

#include <optional>

#include "proofs/symbolic/explorer.hpp"

namespace weir::proofs {

class SymbolicBool {
 public:
  SymbolicBool() = default;
  explicit SymbolicBool(bool value) : known_(value) {}
  explicit SymbolicBool(const z3::expr& term) {
    const z3::expr simple = term.simplify();
    known_ = simple.is_true();
    if (!known_ && !simple.is_false()) term_ = simple;
  }

  bool known() const { return !term_; }
  z3::expr term() const { return term_ ? *term_ : Explorer::current().context().bool_val(known_); }

  explicit operator bool() const { return term_ ? Explorer::current().decide(*term_) : known_; }

  friend SymbolicBool operator!(const SymbolicBool& a) {
    return a.term_ ? SymbolicBool(!*a.term_) : SymbolicBool(!a.known_);
  }
  friend SymbolicBool operator&&(const SymbolicBool& a, const SymbolicBool& b) {
    if (a.known()) return a.known_ ? b : a;
    if (b.known()) return b.known_ ? a : b;
    return SymbolicBool(*a.term_ && *b.term_);
  }
  friend SymbolicBool operator||(const SymbolicBool& a, const SymbolicBool& b) { return !(!a && !b); }
  friend SymbolicBool operator==(const SymbolicBool& a, const SymbolicBool& b) { return (a && b) || (!a && !b); }
  friend SymbolicBool operator!=(const SymbolicBool& a, const SymbolicBool& b) { return !(a == b); }

 private:
  bool known_ = false;
  std::optional<z3::expr> term_;  ///< absent where the value is known
};

}  // namespace weir::proofs
