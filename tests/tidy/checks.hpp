// The house rules that a program can check. Each check walks the tree and reports what breaks its rule.
#pragma once
#include <cstddef>
#include <string>
#include <vector>

#include "tests/tidy/source.hpp"

namespace weir::tidy {

struct Violation {
  std::string file;
  std::size_t line = 0;  ///< from 1
  std::string rule;
  std::string message;
  friend bool operator==(const Violation&, const Violation&) = default;
};
using Violations = std::vector<Violation>;

inline constexpr std::size_t max_file_lines = 400;
inline constexpr std::size_t max_function_lines = 70;

Violations include_direction(const Tree&);  ///< an include only points down; each folder's table is in includes.cpp
Violations pragma_once(const Tree&);        ///< every header has it
Violations dead_headers(const Tree&);       ///< every header is included by another file
Violations file_length(const Tree&);        ///< C++ files: at most max_file_lines
Violations function_length(const Tree&);    ///< from the head to the closing brace: at most max_function_lines
Violations clause_names(const Tree&);       ///< unique across model/clauses/*.def
Violations dead_clauses(const Tree&);       ///< every clause is noted somewhere in the spec
Violations leftover_markers(const Tree&);   ///< nothing unfinished, no test that skips itself
Violations machine_paths(const Tree&);      ///< no path that exists only where somebody wrote it

/// All of the above, in that order.
Violations check(const Tree&);

}  // namespace weir::tidy
