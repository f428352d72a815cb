// What the check says about one call of a log.
#pragma once
#include <string>
#include <utility>
#include <vector>

#include "model/clause.hpp"

namespace weir::oracle::strace {

struct Judgement {
  enum class Kind {
    not_ours,   ///< not of the listen plane
    checked,    ///< the model allows the result
    unsure,     ///< on a descriptor that the log does not show for sure: every result is possible
    outside,    ///< the model has no rule for the call
    no_result,  ///< interrupted: the log shows no result
    diverged,   ///< the model does not allow the result
  };
  Kind kind = Kind::not_ours;
  std::string name;     ///< under which the call is counted: "listen", "setsockopt SO_KEEPALIVE"
  std::string outside;  ///< checked: the part that the world outside the log played, if it did

  // Of a divergence.
  std::string allowed;
  ClauseSet clauses;
  std::vector<std::string> before;

  static Judgement of(Kind kind, std::string name) {
    Judgement judgement;
    judgement.kind = kind;
    judgement.name = std::move(name);
    return judgement;
  }
};

}  // namespace weir::oracle::strace
