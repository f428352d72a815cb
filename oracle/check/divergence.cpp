#include "oracle/check/divergence.hpp"

#include <fmt/format.h>

#include <iterator>

namespace weir::oracle {
namespace {

void append(std::string& text, std::string_view label, const ClauseSet& clauses) {
  clauses.for_each([&](Clause clause) {
    const ClauseInfo& each = info(clause);
    fmt::format_to(std::back_inserter(text), "  {:8}  {} in {}: {}\n", label, each.name, each.function, each.sentence);
    label = "";
  });
}

}  // namespace

std::string explanation(const Divergence& divergence) {
  std::string text =
      fmt::format("  {}\n  observed  {}\n  allowed   {}\n", divergence.text, divergence.observed, divergence.allowed);
  const auto out = std::back_inserter(text);
  append(text, "because", divergence.clauses);
  if (divergence.since) append(text, fmt::format("line {}", divergence.since->line), divergence.since->clauses);
  std::string_view label = "before";
  for (const auto& fact : divergence.before) {
    fmt::format_to(out, "  {:8}  {}\n", label, fact);
    label = "";
  }
  if (!divergence.note.empty()) fmt::format_to(out, "  note      {}\n", divergence.note);
  return text;
}

std::string to_text(const Divergence& divergence, std::string_view file, const Profile& profile) {
  return fmt::format("{}:{}: {} does not answer so\n{}", file, divergence.line, profile.name, explanation(divergence));
}

}  // namespace weir::oracle
