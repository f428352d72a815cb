// Does the model allow what a packetdrill script expects? See docs/packetdrill.md for what is checked and what is not.
#pragma once
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "oracle/check/divergence.hpp"
#include "oracle/text/lines.hpp"

namespace weir::oracle::packetdrill {

/// Lines by kind.
class Places {
 public:
  void add(const std::string& kind, std::uint64_t line) { places_[kind].push_back(line); }
  bool empty() const { return places_.empty(); }
  std::uint64_t total() const;
  /// "code block 2 (lines 4, 9)", a kind a string, the most frequent first.
  std::vector<std::string> texts() const;

 private:
  std::map<std::string, std::vector<std::uint64_t>> places_;
};

struct Report {
  Places checked;    ///< calls, settings and segments that the model allows
  Places outside;    ///< the model has no rule for these, or does not look at them
  Places unawaited;  ///< segments that the model sends and the script does not expect before its end, by the lines
                     ///< that they answer; packetdrill passes over these as well
  std::uint64_t divergences = 0;
  bool stopped = false;
  std::optional<std::string> undecided;  ///< why it cannot be said
};

/// Calls `found` for each line that the model does not allow; stops at the first unless `all`. Throws Malformed.
Report check(Lines lines, const Profile& profile, bool all, const std::function<void(const Divergence&)>& found);

}  // namespace weir::oracle::packetdrill
