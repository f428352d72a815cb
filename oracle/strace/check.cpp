#include "oracle/strace/check.hpp"

#include <algorithm>
#include <utility>
#include <vector>

#include "oracle/strace/log.hpp"
#include "oracle/strace/world.hpp"

namespace weir::oracle::strace {
namespace {

std::string observed_text(const Result& result) {
  return result.failed() ? "-1 " + result.error : std::to_string(result.ret);
}

Counts* counts_for(Report& report, Judgement::Kind kind) {
  switch (kind) {
    case Judgement::Kind::checked:
      return &report.checked;
    case Judgement::Kind::unsure:
      return &report.unsure;
    case Judgement::Kind::outside:
      return &report.outside;
    case Judgement::Kind::no_result:
      return &report.without_result;
    case Judgement::Kind::diverged:
    case Judgement::Kind::not_ours:
      return nullptr;
  }
  return nullptr;
}

}  // namespace

std::uint64_t Counts::total() const {
  std::uint64_t sum = 0;
  for (const auto& [name, count] : counts_) sum += count;
  return sum;
}

std::string Counts::text() const {
  std::vector<std::pair<std::string, std::uint64_t>> sorted(counts_.begin(), counts_.end());
  std::stable_sort(sorted.begin(), sorted.end(), [](const auto& a, const auto& b) { return a.second > b.second; });
  std::string text;
  for (const auto& [name, count] : sorted) text += (text.empty() ? "" : ", ") + name + " " + std::to_string(count);
  return text;
}

Report check(Lines lines, const Profile& profile, bool all, const std::function<void(const Divergence&)>& found) {
  Log log(std::move(lines));
  World world(profile);
  Report report;
  for (Event event; !report.stopped && log.next(event);) {
    const Judgement judgement = world.apply(event);
    if (Counts* const counts = counts_for(report, judgement.kind)) counts->add(judgement.name);
    if (!judgement.outside.empty()) report.explained.add(judgement.name + " (" + judgement.outside + ")");
    if (judgement.kind != Judgement::Kind::diverged) continue;
    ++report.divergences;
    report.stopped = !all;
    found({.line = event.call.line,
           .text = event.call.text,
           .observed = observed_text(event.call.result),
           .allowed = judgement.allowed,
           .clauses = judgement.clauses,
           .before = judgement.before,
           .since = {},
           .note = ""});
  }
  return report;
}

}  // namespace weir::oracle::strace
