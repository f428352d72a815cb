// The spec against the lock-free implementation, which shares no rule with it: every sequence of some operations, one
// after another, is answered alike by both. There is nothing for a solver in it, and so a bound on the length: what a
// scene holds before its steps makes up for it.
#pragma once
#include <initializer_list>
#include <string>
#include <vector>

#include "lockfree/host.hpp"
#include "model/host.hpp"
#include "proofs/symbolic/theorem.hpp"

namespace weir::proofs {

using Ops = std::vector<Op>;

inline Ops joined(std::initializer_list<Ops> parts) {
  Ops all;
  for (const Ops& each : parts) all.insert(all.end(), each.begin(), each.end());
  return all;
}

/// `before`, then each sequence of `length` of the `steps`, then `look`, which shows what has become of it all.
struct Scene {
  Ops before;
  Ops steps;
  std::size_t length = 1;
  Ops look{};
  HostOptions options{};
};

/// The lock-free host that is compared.
enum class Subject {
  as_it_is,
  another,  ///< of a release that is far from the spec's, and which has forgotten everything before the last step
};

struct Comparison {
  std::string difference;     ///< the operations up to the first that was answered differently; "" if there is none
  bool answers_vary = false;  ///< some operation does not always answer the same
  ClauseSet clauses;          ///< that the spec has passed
};

/// Runs all sequences of all scenes, or up to the first difference.
Comparison compare_with_lockfree(const Profile& kernel, const std::vector<Scene>& scenes,
                                 Subject subject = Subject::as_it_is);

/// A release that differs from this one in every plane.
const Profile& far_from(const Profile& kernel);

/// The releases at which something changed that operations show; the others answer as one of them.
std::vector<const Profile*> eras();

/// A theorem about scenes that are made for each release. \param since  the first that has what they are about
template <class Scenes>
Theorem refines(std::string_view name, std::string_view sentence, Scenes scenes, std::string_view since = "") {
  auto kernels = eras();
  std::erase_if(kernels, [&](const Profile* each) { return !contains({since, ""}, *each); });
  return theorem(name, sentence, std::move(kernels), [scenes](auto& c, const Profile& kernel) {
    const std::vector<Scene> made = scenes(kernel);
    const Comparison all = compare_with_lockfree(kernel, made);
    if constexpr (std::is_same_v<DomainOf<decltype(c)>, Symbolic>) all.clauses.for_each(Symbolic::clause);
    c.cover("some operation has more than one answer", Bool<DomainOf<decltype(c)>>(all.answers_vary));
    c.goal(all.difference.empty() ? "both answer alike" : "both answer alike: " + all.difference,
           all.difference.empty());
    const Comparison another = compare_with_lockfree(kernel, made, Subject::another);
    c.twin("a host of another release, which forgets, answers alike, too", another.difference.empty());
  });
}

}  // namespace weir::proofs
