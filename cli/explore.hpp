// What `weir explore` is asked for.
#pragma once
#include <string>
#include <vector>

#include "proofs/memory/explorer.hpp"

namespace weir::cli {

struct ExploreArguments {
  std::vector<std::string> names;
  unsigned workers = 0;  ///< 0: as many as there are processors
  std::string budget;    ///< of time, a client
  std::string replay;
  bool list = false;
  bool litmus = false;
  bool must_fail = false;
  bool weaken = false;
  bool markdown = false;
};

/// With the workers and the budget that were asked for.
proofs::memory::Plan plan_of(const ExploreArguments& given);

int explore_litmus();
int explore_planted_bugs(const ExploreArguments& given);
int explore_weakenings(const ExploreArguments& given);

}  // namespace weir::cli
