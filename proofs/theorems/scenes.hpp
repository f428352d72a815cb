// The spec against the lock-free implementation, which shares no rule with it: every sequence of some operations, one
// after another, is answered alike by both. There is nothing for a solver in it, and so a bound on the length: what a
// scene holds before its steps makes up for it.
#pragma once
#include <string>
#include <vector>

#include "lockfree/host.hpp"
#include "model/host.hpp"
#include "proofs/symbolic/theorem.hpp"

namespace weir::proofs {

/// `before`, then each sequence of `length` of the `steps`, then `look`, which shows what has become of it all.
struct Scene {
  std::vector<Op> before;
  std::vector<Op> steps;
  std::size_t length = 1;
  std::vector<Op> look{};
  HostOptions options{};
};

struct Comparison {
  std::string difference;  ///< the operations up to the first that was answered differently; "" if there is none
  std::size_t sequences = 0;
  bool answers_vary = false;  ///< some operation does not always answer the same
  ClauseSet clauses;          ///< that the spec has passed
};

/// Runs all sequences of all scenes, or up to the first difference.
Comparison compare_with_lockfree(const Profile& kernel, const std::vector<Scene>& scenes);

/// The releases at which something changed that operations show; the others answer as one of them.
std::vector<const Profile*> eras();

/// A theorem about scenes that are made for each release. \param since  the first that has what they are about
template <class Scenes>
Theorem refines(std::string_view name, std::string_view sentence, Scenes scenes, std::string_view since = "") {
  auto kernels = eras();
  std::erase_if(kernels, [&](const Profile* each) { return !contains({since, ""}, *each); });
  return theorem(name, sentence, std::move(kernels), [scenes](auto& c, const Profile& kernel) {
    const Comparison all = compare_with_lockfree(kernel, scenes(kernel));
    if constexpr (std::is_same_v<DomainOf<decltype(c)>, Symbolic>) all.clauses.for_each(Symbolic::clause);
    c.cover("some operation has more than one answer", Bool<DomainOf<decltype(c)>>(all.answers_vary));
    c.goal(all.difference.empty() ? "both answer alike" : "both answer alike: " + all.difference,
           all.difference.empty());
    c.twin("each operation always answers the same", !all.answers_vary);
  });
}

}  // namespace weir::proofs
