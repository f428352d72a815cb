// The verdict of a campaign as text, its findings as files, and the status line while it runs.
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>

#include "cli/campaign.hpp"
#include "cli/common.hpp"
#include "fuzz/report.hpp"
#include "fuzz/unreached.hpp"

namespace weir::cli {
namespace {

std::string grouped(std::uint64_t number) {
  const std::string digits = std::to_string(number);
  std::string text;
  for (std::size_t i = 0; i < digits.size(); ++i) {
    if (i != 0 && (digits.size() - i) % 3 == 0) text += ',';
    text += digits[i];
  }
  return text;
}

/// What the first column of the table has to hold.
std::size_t width_of_names(const std::vector<TargetReport>& targets) {
  std::size_t width = 16;
  for (const TargetReport& each : targets) width = std::max(width, each.name.size());
  return width;
}

/// What was reached counts as what should be, whatever the tables say.
bool should_reach(const TargetReport& target, Clause clause) {
  return target.why_not(clause).empty() || target.stats.covered.contains(clause);
}

std::string row_of(const TargetReport& target, std::size_t width) {
  const auto& stats = target.stats;
  if (!target.not_available.empty())
    return fmt::format("  {:<{}} not available here: {}\n", target.name, width, target.not_available);
  const std::string verdict = !target.failure.empty()  ? red("failed")
                              : stats.findings.empty() ? green("agrees")
                                                       : red("DIVERGES");
  std::size_t should = 0;
  target.reachable.for_each([&](Clause each) { should += should_reach(target, each) ? 1 : 0; });
  return fmt::format("  {:<{}} {:>14} {:>12}/s {:>11} {:>9} of {}  {}\n", target.name, width,
                     grouped(stats.effort.operations),
                     grouped(static_cast<std::uint64_t>(stats.operations_per_second())), grouped(stats.divergences),
                     stats.covered.size(), should, verdict);
}

std::string proof_row(const ProofReport& proofs, std::size_t width) {
  if (!proofs.ran) return fmt::format("  {:<{}} not part of this build (needs Z3)\n", "proofs", width);
  if (proofs.obligations == 0) return fmt::format("  {:<{}} none is about these releases\n", "proofs", width);
  const std::string verdict = proofs.exit_code == 0 ? green("proved") : red("NOT PROVED");
  return fmt::format("  {:<{}} {:>14} of {} in {:.1f} s  {}\n", "proofs", width, proofs.good, proofs.obligations,
                     proofs.seconds, verdict);
}

}  // namespace

std::string verdict_table(const std::optional<ProofReport>& proofs, const std::vector<TargetReport>& targets) {
  const std::size_t width = width_of_names(targets);
  std::string text = proofs ? proof_row(*proofs, width) : "";
  text += bold(fmt::format("  {:<{}} {:>14} {:>14} {:>11} {:>16}  {}\n", "target", width, "operations", "rate",
                           "divergences", "clauses", "verdict"));
  for (const TargetReport& each : targets) text += row_of(each, width);
  for (const TargetReport& each : targets) {
    if (!each.compared_with.empty()) text += fmt::format("  {} compared with {}\n", each.name, each.compared_with);
    if (each.in_all.starts > 1)
      text += fmt::format("  {} in {} starts: {} operations in {:.0f} s, {} clauses\n", each.name, each.in_all.starts,
                          grouped(each.in_all.operations), each.in_all.seconds, each.in_all.covered.size());
    if (!each.left_out.empty()) text += fmt::format("  {} was not asked {}\n", each.name, each.left_out);
    if (each.per_second_of_one_core > 0)
      text += fmt::format("  {}: {} operations for each second of one processor\n", each.name,
                          grouped(static_cast<std::uint64_t>(each.per_second_of_one_core)));
    if (each.slow)
      text += fmt::format(
          "  {}: {} of these cases let {} s pass, {} operations\n", each.name, grouped(each.slow->cases),
          grouped(static_cast<std::uint64_t>(each.slow->time.count()) / 1000), grouped(each.slow->operations));
    if (each.late != 0)
      text += fmt::format("  {}: {} cases thrown away, a timer of the kernel may have fired\n", each.name, each.late);
    if (each.packets != 0)
      text += fmt::format("  {}: {} packets through its receive softirq\n", each.name, grouped(each.packets));
    if (each.disturbed != 0)
      text += fmt::format("  {}: {} cases of the softirq thrown away, others had a part in them or time passed\n",
                          each.name, each.disturbed);
    if (each.unsteady != 0)
      text +=
          fmt::format("  {}: {} cases thrown away, it answered otherwise when asked again\n", each.name, each.unsteady);
    if (!each.failure.empty()) text += fmt::format("  {} ended early: {}\n", each.name, each.failure);
  }
  for (const auto& each : proofs ? proofs->bad : std::vector<std::string>{}) text += fmt::format("  {}\n", each);
  return text;
}

std::string clauses_text(const TargetReport& target) {
  std::string missed, beyond;
  target.reachable.for_each([&](Clause each) {
    if (target.stats.covered.contains(each)) return;
    std::string& list = should_reach(target, each) ? missed : beyond;
    const std::string_view reason = target.why_not(each);
    list += fmt::format("    {:<28} {}\n", info(each).name, reason.empty() ? info(each).sentence : reason);
  });
  std::string text;
  if (!missed.empty()) text += fmt::format("\n  {} has not reached\n{}", target.name, missed);
  if (!beyond.empty()) text += fmt::format("\n  {} cannot reach\n{}", target.name, beyond);
  return text;
}

}  // namespace weir::cli
