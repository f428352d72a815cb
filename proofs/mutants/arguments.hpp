// Why a mutant is no wrong rule although no theorem kills it: the file argued.txt. A block for each,
//
//   ID: before => after
//     the reason, indented, on as many lines as it takes
//
// with the change itself, so that an argument does not pass to another mutant when a rule is edited.
#pragma once
#include <filesystem>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "proofs/mutants/list.hpp"

namespace weir::mutants {

struct Argument {
  std::string before, after;
  std::string reason;
};
using Arguments = std::map<std::string, Argument, std::less<>>;  ///< by ID

/// \throws std::runtime_error for a file that cannot be read or is of another form
Arguments read_arguments(const std::filesystem::path& path);

/// What is wrong with the arguments: their mutant is gone, or is another, or they are too many.
std::vector<std::string> complaints_about(const Arguments& arguments, std::span<const Listed> mutants);

}  // namespace weir::mutants
