// A divergence as a problem of a report.
#pragma once
#include <string>

#include "cli/reports/report.hpp"
#include "model/profile.hpp"
#include "oracle/check/divergence.hpp"

namespace weir::cli {

/// The clause as a rule; its help names the kernel's function, and points to its source in that release.
ReportRule rule_of(Clause clause, const Profile& profile);

/// \param text  of the file, for the way to the line; empty where it cannot be had
ReportProblem problem_of(const oracle::Divergence& divergence, const std::string& file, std::string_view text,
                         const Profile& profile);

/// "LISTEN.CLAMP"s.
std::vector<std::string> names_of(const ClauseSet& clauses);

}  // namespace weir::cli
