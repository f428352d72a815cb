// What `weir explore` is asked for.
#pragma once
#include <string>
#include <vector>

#include "cli/reports/report.hpp"
#include "proofs/memory/clients/client.hpp"

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
  bool json = false;
  ReportFiles files_for_ci;
};

/// With the workers and the budget that were asked for.
proofs::memory::Plan plan_of(const ExploreArguments& given);

/// A counterexample as a problem, with the execution as the way to it. `name` is of the client or of the planted bug.
ReportProblem problem_of(const std::string& name, const std::string& sentence, const proofs::memory::Report& report);
/// A JSON object a line, for `weir report`. `shown` is the execution that it has; `planted`: the bug was meant.
std::string explored_as_json(const std::string& name, const std::string& sentence, bool planted,
                             const proofs::memory::Report& report, const std::vector<proofs::memory::Event>& shown);
/// A client as a case.
ReportCase case_of(const proofs::memory::Client& client, const proofs::memory::Report& report);

int explore_litmus();
int explore_planted_bugs(const ExploreArguments& given);
int explore_weakenings(const ExploreArguments& given);

}  // namespace weir::cli
