// The proofs as others use them: no solver type in sight.
//
//   const auto summary = weir::proofs::run_all({}, [](const auto& result) { … });
//
// on_result is called once for each theorem and profile, from several threads but never from two at once, in the order
// in which attempts end. run_all itself may be called from one thread at a time.
#pragma once
#include <cstddef>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "model/profile.hpp"
#include "proofs/symbolic/verdict.hpp"

namespace weir::proofs {

/// One theorem as it is listed.
struct Entry {
  std::string_view name;
  std::string_view sentence;
  std::string_view file;
  std::vector<std::string_view> profiles;
  bool counterexample_expected;  ///< a historic kernel bug
};

/// Every theorem, plane by plane.
std::vector<Entry> catalogue();

struct Options {
  std::vector<std::string> theorems;  ///< names, or "listen." for a whole plane; empty: all
  std::vector<std::string> profiles;  ///< names; empty: all
  bool must_fail = false;             ///< prove the twins instead: each must be refuted
  std::filesystem::path smt2;         ///< write each obligation to this folder; empty: do not
  unsigned threads = 0;               ///< 0: one for each CPU
  unsigned rlimit = 0;                ///< Z3 resource units for each query; 0: the default budget
};

struct NamedValue {
  std::string name;
  std::string value;
};

struct Result {
  std::string_view theorem;
  std::string_view profile;
  Verdict verdict = Verdict::error;
  bool good = false;  ///< the verdict is the right one: `proved`, or `counterexample` where that is expected
  bool expected_counterexample = false;
  std::string detail;
  std::vector<NamedValue> counterexample;
  std::size_t paths = 0;
  double seconds = 0;
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

/// Whether `wanted` names the theorem, or the plane it belongs to.
bool selects(std::string_view wanted, std::string_view theorem);

}  // namespace weir::proofs
