// The parts of `weir diff`: the search, told as witnesses that were run again, and how they are printed.
#pragma once
#include <string>
#include <vector>

#include "oracle/check/machine.hpp"
#include "oracle/profile/changes.hpp"
#include "proofs/diff/diff.hpp"

namespace weir::cli {

/// One operation of a witness in both kernels.
struct Side {
  oracle::Explained answer;
  std::string kept;  ///< what sockets keep of their last listen, where that is the difference
};

struct Replayed {
  Op operation;
  Side from, to;
};

/// A witness, and all changes that it is a witness of.
struct Shown {
  std::vector<oracle::ProfileChange> changes;
  proofs::diff::Witness witness;
  std::vector<Replayed> steps;
  std::vector<std::string> also;           ///< "byte 2 of the text may as well be 0x0b 0x0d"
  std::vector<Clause> only_from, only_to;  ///< rules that one side followed and the other did not
};

struct NotShown {
  oracle::ProfileChange change;
  bool exhausted;  ///< every shape was decided; otherwise time ran out
};

/// All that was found about two kernels.
struct Difference {
  const Profile* from = nullptr;
  const Profile* to = nullptr;
  std::vector<Shown> shown;
  std::vector<NotShown> not_shown;
  std::size_t refused = 0;  ///< answers of the solver that did not replay
  double seconds = 0;
};

/// Searches, and runs each witness again through oracle::step. `progress` is called as each change is done.
Difference difference(const Profile& from, const Profile& to, const proofs::diff::Options& options,
                      const std::function<void(std::size_t done, std::size_t all)>& progress);

std::string side_by_side(const Difference& found);
/// One JSON object a witness, and one for each change without.
std::string as_json(const Difference& found);
/// What changed between neighbours, in a line or two each.
std::string as_matrix_row(const Difference& found);

/// The two traces of a witness, complete with answers and headers.
std::string trace_of(const Difference& found, const Shown& shown, bool newer);

}  // namespace weir::cli
