// A theorem: a sentence, the body that states it over the spec, and the kernels it is about.
#pragma once
#include <functional>
#include <string_view>
#include <utility>
#include <vector>

#include "model/host.hpp"
#include "proofs/symbolic/case.hpp"
#include "proofs/symbolic/releases.hpp"

namespace weir::proofs {

/// The verdict that is right.
enum class Expected { proved, counterexample };

/// A counterexample as operations, for whoever wants to see it on a host.
struct Story {
  std::vector<Op> ops;
  /// Whether the host, after them, is what the theorem denies. \param last  the answer to the last operation
  std::function<bool(model::Host<Concrete>& host, const Outcome& last)> shows;
};

/// The inputs of a counterexample by name.
class InputValues {
 public:
  explicit InputValues(const std::vector<Input>& inputs) {
    for (const Input& each : inputs) values_.emplace(each.name, static_cast<std::int64_t>(each.bits));
  }
  /// 0 for an input that the counterexample did not come to.
  std::int64_t operator[](const std::string& name) const {
    const auto found = values_.find(name);
    return found == values_.end() ? 0 : found->second;
  }

 private:
  std::map<std::string, std::int64_t> values_;
};

struct Theorem {
  std::string_view name;  ///< "listen.clamp": plane and property; also the name of its test
  std::string_view sentence;
  std::vector<const Profile*> profiles;
  std::function<void(Case<Symbolic>&, const Profile&)> prove;
  std::function<void(Case<Replay>&, const Profile&)> replay;

  /// Kernels that had the bug: there a counterexample is expected, and must also show when the spec runs on it.
  std::vector<Releases> refuted_in{};
  std::string_view facts{};  ///< "C1": what the bug is called in docs/COVERAGE-OF-FACTS.md
  std::function<Story(const Profile&, const InputValues&)> story{};
  std::string_view no_story{};  ///< why there is none, where a counterexample is expected

  Expected expected(const Profile& kernel) const {
    for (const Releases& each : refuted_in)
      if (contains(each, kernel)) return Expected::counterexample;
    return Expected::proved;
  }
};

/// \param body  a generic callable (auto& c, const Profile& kernel) that states goals and at least one twin
template <class Body>
Theorem theorem(std::string_view name, std::string_view sentence, std::vector<const Profile*> profiles, Body body) {
  return {name, sentence, std::move(profiles), body, body};
}

using Tells = std::function<Story(const Profile&, const InputValues&)>;

/// One that does not hold for kernels with a bug, and how a host shows that.
inline Theorem historic(std::string_view facts, std::vector<Releases> refuted_in, Theorem it, Tells story) {
  it.facts = facts;
  it.refuted_in = std::move(refuted_in);
  it.story = std::move(story);
  return it;
}

/// \param no_story  why no operations can show it
inline Theorem historic(std::string_view facts, std::vector<Releases> refuted_in, Theorem it, const char* no_story) {
  it = historic(facts, std::move(refuted_in), std::move(it), Tells{});
  it.no_story = no_story;
  return it;
}

/// The value domain of a body's case.
template <class C>
using DomainOf = typename std::remove_cvref_t<C>::Domain;

}  // namespace weir::proofs
