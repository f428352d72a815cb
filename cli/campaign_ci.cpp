// What weir campaign tells CI.
#include <fmt/format.h>

#include "cli/campaign.hpp"
#include "cli/common.hpp"
#include "cli/reports/divergence.hpp"
#include "fuzz/report.hpp"
#include "oracle/check/check.hpp"

namespace weir::cli {
namespace {

using Verdict = ReportCase::Verdict;

/// As `weir check` would tell the finding's trace.
ReportProblem problem_in(const fuzz::Finding& finding, const std::filesystem::path& file) {
  const std::string text = fuzz::to_trace(finding.input, finding.difference);
  const Profile& profile = *finding.input.profile;
  oracle::TraceReader trace(oracle::read_text(text), file.string());
  std::optional<ReportProblem> problem;
  oracle::check(trace, {.profile = &profile, .all = false},
                [&](const auto& found) { problem = problem_of(found, file.string(), text, profile); });
  if (problem) return std::move(*problem);
  // What the model allows of a trace can be more than what it answers first.
  return {.rule = {.id = "WEIR.FINDING",
                   .sentence = "An implementation differs from the model.",
                   .help = "",
                   .help_uri = ""},
          .message = fuzz::to_sentence(finding.difference),
          .file = file.string(),
          .fingerprint = fuzz::to_sentence(finding.difference),
          .clauses = {}};
}

}  // namespace

ReportCase case_of(const ProofReport& proofs) {
  ReportCase each{.suite = "weir campaign", .name = "theorems", .seconds = proofs.seconds};
  if (!proofs.ran) {
    each.verdict = Verdict::skipped;
    each.message = "not part of this build (needs Z3)";
  } else if (proofs.exit_code != agreed) {
    each.verdict = proofs.exit_code == diverged ? Verdict::failed : Verdict::open;
    each.message = fmt::format("{} of {} proved", proofs.good, proofs.obligations);
    for (const std::string& bad : proofs.bad) each.details += bad + '\n';
  }
  return each;
}

ReportCase case_of(const TargetReport& target, const std::vector<Kept>& findings) {
  ReportCase each{.suite = "weir campaign", .name = target.name, .seconds = target.stats.seconds};
  for (const auto& [finding, file, from_before] : findings) {
    each.problems.push_back(problem_in(*finding, file));
    each.details += fuzz::to_sentence(finding->difference) + "\n  weir check " + file.string() + '\n';
  }
  if (!target.not_available.empty()) {
    each.verdict = Verdict::skipped;
    each.message = target.not_available;
  } else if (!findings.empty()) {
    each.verdict = Verdict::failed;
    each.message = fmt::format("{} findings", findings.size());
  } else if (!target.failure.empty()) {
    each.verdict = Verdict::open;
    each.message = target.failure;
  }
  return each;
}

}  // namespace weir::cli
