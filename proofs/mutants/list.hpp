// The mutants of the copy of model/ that this program is compiled against.
#pragma once
#include <span>
#include <string_view>

namespace weir::mutants {

struct Listed {
  std::string_view id, kind, file;
  unsigned line;
  std::string_view before, after;
};

/// Mutant 1 first.
std::span<const Listed> all_mutants();

}  // namespace weir::mutants
