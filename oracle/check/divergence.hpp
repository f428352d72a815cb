// What a check found: one line that the model does not allow, with all that is needed to see why.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "model/clause.hpp"
#include "model/profile.hpp"

namespace weir::oracle {

/// An earlier line and the rules that decided it.
struct Earlier {
  std::uint64_t line = 0;
  ClauseSet clauses;
};

struct Divergence {
  std::uint64_t line = 0;           ///< in the input, from 1
  std::string text;                 ///< the line
  std::string observed;             ///< `"ret":-1,"errno":"EINVAL"`
  std::string allowed;              ///< the same for what the model answers
  ClauseSet clauses;                ///< the rules that the model followed to its answer
  std::vector<std::string> before;  ///< the state before the line, in short, one fact a string
  std::optional<Earlier> since;     ///< where the line only looks at a socket: the last that did something with it
  std::string note;                 ///< what else there is to know; may be empty
};

/// The line, what was observed and allowed, the clauses, the state before: lines for people, the last with a newline.
std::string explanation(const Divergence& divergence);

/// A paragraph for people: line, observed, allowed, clauses, state before. Ends with a newline.
std::string to_text(const Divergence& divergence, std::string_view file, const Profile& profile);

}  // namespace weir::oracle
