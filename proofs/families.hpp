// The families of one theorem: kernels that its body asks the solver the same about.
#pragma once
#include <functional>

#include "proofs/record.hpp"
#include "proofs/symbolic/attempt.hpp"

namespace weir::proofs {

struct Family {
  std::vector<std::string> members;  ///< names of profiles, in order of time
  Expected expected{};
  Attempt attempt;  ///< about the first of them; its clauses are those of all
  bool cached = false;
  double seconds = 0;       ///< of the attempt
  std::uint64_t stamp = 0;  ///< the program that made it (cache.hpp)

  bool good(Claims claims) const {
    const bool to_be_refuted = claims == Claims::twins || expected == Expected::counterexample;
    return attempt.verdict == (to_be_refuted ? Verdict::counterexample : Verdict::proved);
  }
};

/// Proves the theorem for each of the kernels, but for those that ask what was asked in `before` or for a kernel before
/// them. \param before  families whose attempts are believed as far as their questions are asked again
std::vector<Family> find_families(const Theorem& theorem, const std::vector<const Profile*>& kernels, Claims claims,
                                  const Budget& budget, bool keep_smt2, const std::vector<Family>& before);

void put(RecordWriter& to, const Family& family);
Family get_family(RecordReader& from);

}  // namespace weir::proofs
