// A case as a target outside this process is asked it, with what the model answers.
#pragma once
#include <cstdint>
#include <functional>
#include <vector>

#include "fuzz/differential.hpp"
#include "model/clause.hpp"

namespace weir::fuzz {

struct Question {
  std::vector<Op> ops;
  std::vector<Outcome> expected;
  std::vector<std::size_t> places;   ///< of each in the input followed by its probes
  std::vector<std::uint64_t> paths;  ///< of the model through its clauses in each, hashed
  std::size_t operations = 0;        ///< how many come before the probes
  ClauseSet clauses;                 ///< that the model passes
  bool excluded = false;             ///< the case ended early, at a situation of the table of exclusions
};

/// Operations that the target cannot be asked are passed over, by the model too; the probes of the final state follow.
Question question(const Input& input, const std::function<bool(const Op&)>& supported);

/// The acknowledgement of a FIN, delayed to the next jiffy in the model, has come already: a guest's case seldom ends
/// within the jiffy in which it has begun.
bool is_a_jiffy_later(const Difference& difference);

}  // namespace weir::fuzz
