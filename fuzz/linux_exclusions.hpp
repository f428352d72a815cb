// What a campaign does not ask a live kernel, and why: situations whose outcome the operations do not determine.
#pragma once
#include <array>
#include <string_view>

#include "model/op.hpp"
#include "model/outcome.hpp"

namespace weir::fuzz {

struct Exclusion {
  std::string_view what;
  std::string_view why;
};

/// Follows a case and says which operation must not be asked next.
class LinuxExclusions {
 public:
  bool excludes(const Op&) const { return false; }
  void note(const Op&, const Outcome&) {}
};

}  // namespace weir::fuzz
