// Where a rule header can be mutated, and how: one mutant is one change at one place.
//
//   relational  `a < b` becomes `a <= b`, and its negation; `a == b` its negation, and so `a < b ? a : b`, in which it
//               does not matter what is chosen where both are equal
//   arithmetic  `+` and `-`, `*` and `/`, `<<` and `>>`, `&` and `|`, wrapping_add and wrapping_sub change places
//   constant    one more, one less (of what is not 0); true and false
//   conjunct    an operand of a chain of && or || is left out
//   condition   of an if, a loop, a ?: or a choose: negated, unless it is one comparison, whose negation is there
//   statement   left out: an expression, a break unless it ends a switch, a continue, a return without a value
//   order       two neighbouring statements change places, where one mentions what the other may change
//   cast        as<T> keeps half of T's bits; as<U32>(a) > b compares as signed
//
// Left alone: what explains (D::clause), what shows a state to checkers (for_each_value), what is constant when
// compiled, and static_cast, which the spec has only where a number of the C++ library becomes one of its own.
#pragma once
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace weir::mutants {

struct Mutant {
  std::string id;  ///< "listen/queues.sk_acceptq_is_full.1": header, function, and number in it
  std::string kind;
  std::string file;  ///< "model/listen/queues.hpp"
  unsigned line;
  std::string before, after;
};

/// All mutants of the tree so far; a mutant's number is its place, from 1.
struct Catalogue {
  std::vector<Mutant> mutants;
  std::map<std::string, int, std::less<>> constants;  ///< named ones of all headers, and the first of their mutants
};

/// Adds the mutants of the named constants that a header defines: they are made wherever the name is used.
void add_constants(std::string_view file, std::string_view text, Catalogue& catalogue);

/// Adds the mutants of a header. \return its text with all of them in it, for proofs/mutants/active.hpp to choose from
std::string with_mutants(std::string_view file, std::string_view text, Catalogue& catalogue);

}  // namespace weir::mutants
