// The proofs as others use them: no solver type in sight.
//
//   const auto summary = weir::proofs::run_all({}, [](const auto& result) { … });
//
// An obligation is a theorem and a family: kernels about which its body asks the solver exactly the same, found by
// running it for each. What was proved before is taken from the cache, if one is named (cache.hpp says when).
//
// on_result is called once for each obligation, in the order in which theorems end, always from the caller's thread.
// run_all starts processes, so the caller should have no other threads that hold locks; one call at a time.
#pragma once
#include <cstddef>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "model/clause.hpp"
#include "model/op.hpp"
#include "model/outcome.hpp"
#include "model/profile.hpp"
#include "proofs/symbolic/verdict.hpp"

namespace weir::proofs {

/// One theorem as it is listed.
struct Entry {
  std::string_view name;
  std::string_view sentence;
  std::string_view file;
  std::vector<std::string_view> profiles;
  std::vector<std::string_view> refuted;  ///< those of them that had a historic bug: a counterexample is expected
  std::string_view facts;                 ///< what the bug is called, "C1"; "" where there is none
  std::string_view no_story;              ///< why no operations show it; "" where they do
};

/// Every theorem, plane by plane.
std::vector<Entry> catalogue();

struct Options {
  std::vector<std::string> theorems;  ///< names, patterns as a shell has them, or "listen." for a plane; empty: all
  std::vector<std::string> profiles;  ///< names; empty: all
  bool must_fail = false;             ///< prove the twins instead: each must be refuted
  std::filesystem::path smt2;         ///< write each obligation to this folder; empty: do not
  std::filesystem::path cache;        ///< folder of verdicts to start from and to add to; empty: none
  unsigned processes = 0;             ///< 0: one for each CPU
  unsigned rlimit = 0;                ///< Z3 resource units for each query; 0: the default budget
};

struct NamedValue {
  std::string name;
  std::string value;
};

/// One line of a counterexample's trace.
struct Step {
  Op operation;
  Outcome outcome;
};

struct Result {
  std::string_view theorem;
  std::string_view file;
  std::vector<std::string_view> profiles;  ///< the family, in order of time
  Verdict verdict = Verdict::error;
  bool good = false;  ///< the verdict is the right one: `proved`, or `counterexample` where that is expected
  bool expected_counterexample = false;
  std::string detail;
  std::vector<NamedValue> counterexample;
  std::vector<Step> trace;  ///< the counterexample on a host of the first kernel, where the theorem says how
  ClauseSet clauses;        ///< of the spec, passed on some path for some kernel of the family
  bool cached = false;      ///< the solver was not asked
  std::size_t paths = 0;
  std::size_t queries = 0;
  std::uint64_t rlimit = 0;
  double seconds = 0;  ///< what the attempt took when it was made
  std::filesystem::path smt2;

  /// "listen.clamp@linux-2.6.32": stable for as long as the first kernel of the family is.
  std::string name() const { return std::string(theorem) + "@" + std::string(profiles.front()); }
  /// "2.6.32 .. 3.10"
  std::string kernels() const;
};

struct Summary {
  std::vector<Result> results;  ///< in the order of the catalogue
  double seconds = 0;
  bool all_good() const;
  /// 0 all good · 1 a counterexample (of a twin: a proof) that should not be · 3 something is undecided
  int exit_code() const;
};

/// \pre the names in `options` exist (see selects)
Summary run_all(const Options& options, const std::function<void(const Result&)>& on_result);

/// Whether `wanted` names the theorem, or the plane it belongs to, or is a pattern that it matches.
bool selects(std::string_view wanted, std::string_view theorem);

}  // namespace weir::proofs
