// Does the model allow what an strace log shows? See docs/strace.md for what is checked and what is not.
#pragma once
#include <cstdint>
#include <functional>
#include <map>
#include <string>

#include "oracle/check/divergence.hpp"
#include "oracle/text/lines.hpp"

namespace weir::oracle::strace {

/// Calls by name.
class Counts {
 public:
  void add(const std::string& name) { ++counts_[name]; }
  std::uint64_t total() const;
  /// "close 20, socket 3", the most frequent first
  std::string text() const;

 private:
  std::map<std::string, std::uint64_t> counts_;
};

struct Report {
  Counts checked;    ///< the model allows the result
  Counts explained;  ///< of these: where the world outside the log played a part
  Counts unsure;     ///< on descriptors that the log does not show for sure
  Counts outside;    ///< the model has no rule for these
  Counts without_result;
  std::uint64_t divergences = 0;
  bool stopped = false;
};

/// Calls `found` for each call that the model does not allow; stops at the first unless `all`. Throws Malformed.
Report check(Lines lines, const Profile& profile, bool all, const std::function<void(const Divergence&)>& found);

}  // namespace weir::oracle::strace
