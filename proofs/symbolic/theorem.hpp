// A theorem: a sentence, the body that states it over the spec, and the kernels it is about.
#pragma once
#include <functional>
#include <string_view>
#include <utility>
#include <vector>

#include "model/profile.hpp"
#include "proofs/symbolic/case.hpp"

namespace weir::proofs {

/// The verdict that is right. A historic kernel bug is a theorem whose counterexample is expected, and must also show
/// when the spec runs on it.
enum class Expected { proved, counterexample };

struct Theorem {
  std::string_view name;  ///< "listen.clamp": plane and property; also the name of its test
  std::string_view sentence;
  std::vector<const Profile*> profiles;
  Expected expected;
  std::function<void(Case<Symbolic>&, const Profile&)> prove;
  std::function<void(Case<Replay>&, const Profile&)> replay;
};

/// \param body  a generic callable (auto& c, const Profile& kernel) that states goals and at least one twin
template <class Body>
Theorem theorem(std::string_view name, std::string_view sentence, std::vector<const Profile*> profiles, Body body,
                Expected expected = Expected::proved) {
  return {name, sentence, std::move(profiles), expected, body, body};
}

/// The value domain of a body's case.
template <class C>
using DomainOf = typename std::remove_cvref_t<C>::Domain;

}  // namespace weir::proofs
