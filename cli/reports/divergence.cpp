#include "cli/reports/divergence.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "oracle/text/fnv.hpp"

namespace weir::cli {
namespace {

constexpr std::size_t longest_way = 100;

/// The lines up to the last, but no more than anybody reads.
std::vector<ReportStep> way_to(std::uint64_t last, const std::string& file, std::string_view text) {
  std::vector<ReportStep> way;
  for (std::uint64_t number = 1; number <= last && !text.empty(); ++number) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    if (number + longest_way > last) way.push_back({file, number, std::string(text.substr(0, end))});
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return way;
}

/// An error has a clause that names it; another answer is put down to the first of its clauses. Nothing if there are
/// none.
std::optional<Clause> deciding(const oracle::Divergence& divergence) {
  constexpr std::string_view before = "\"errno\":\"";
  std::string_view error = divergence.allowed;
  const std::size_t at = error.find(before);
  error = at == std::string_view::npos ? "" : error.substr(at + before.size());
  error = error.substr(0, error.find('"'));
  std::optional<Clause> first, named;
  divergence.clauses.for_each([&](Clause each) {
    if (!first) first = each;
    if (!named && !error.empty() && info(each).sentence.find(error) != std::string_view::npos) named = each;
  });
  return named ? named : first;
}

}  // namespace

std::vector<std::string> names_of(const ClauseSet& clauses) {
  std::vector<std::string> names;
  clauses.for_each([&](Clause each) { names.emplace_back(info(each).name); });
  return names;
}

ReportRule rule_of(Clause clause, const Profile& profile) {
  const ClauseInfo& each = info(clause);
  const std::string since = each.since.empty() ? "2.6.32 or before" : std::string(each.since);
  const std::string until = each.until.empty() ? "now" : std::string(each.until);
  return {.id = std::string(each.name),
          .sentence = std::string(each.sentence),
          .help = fmt::format("The kernel's function {}, from {} to {}. `weir explain {}` says more.", each.function,
                              since, until, each.name),
          .help_uri = fmt::format("https://elixir.bootlin.com/linux/v{}/C/ident/{}", profile.release, each.function)};
}

ReportProblem problem_of(const oracle::Divergence& divergence, const std::string& file, std::string_view text,
                         const Profile& profile) {
  ReportProblem problem{.rule = {.id = "WEIR.NO_CLAUSE",
                                 .sentence = "The model does not allow this, by no clause that has a name.",
                                 .help = "",
                                 .help_uri = ""},
                        .message = fmt::format("{} does not answer so: observed {}, allowed {}", profile.name,
                                               divergence.observed, divergence.allowed),
                        .file = file,
                        .line = divergence.line,
                        .fingerprint = "",
                        .clauses = names_of(divergence.clauses),
                        .way = way_to(divergence.line, file, text)};
  if (const auto clause = deciding(divergence)) problem.rule = rule_of(*clause, profile);
  std::string kind = divergence.observed + '|' + divergence.allowed;
  for (const std::string& each : problem.clauses) kind += '|' + each;
  problem.fingerprint = fmt::format("{:016x}", oracle::fnv(kind));
  return problem;
}

}  // namespace weir::cli
