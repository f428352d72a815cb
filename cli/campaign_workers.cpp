// Several workers on one target: each is a campaign of its own with a name of its own, and shows the others what it
// keeps.
#include <algorithm>

#include "cli/campaign.hpp"
#include "fuzz/exchange.hpp"

namespace weir::cli {
namespace {

/// Of the same target, which they have asked at the same time.
void add(TargetReport& all, TargetReport&& one) {
  all.stats += std::move(one.stats);
  all.unsteady += one.unsteady;
  all.in_all += one.in_all;
  if (all.failure.empty()) all.failure = std::move(one.failure);
  if (all.not_available.empty()) all.not_available = std::move(one.not_available);
}

}  // namespace

void connect(std::vector<Job>& jobs) {
  for (auto first = jobs.begin(); first != jobs.end();) {
    const auto end = std::find_if(first + 1, jobs.end(), [](const Job& each) { return each.number == 1; });
    const auto workers = static_cast<std::size_t>(end - first);
    const auto exchange = std::make_shared<fuzz::Exchange>(workers);
    for (auto job = first; workers > 1 && job != end; ++job) {
      const std::size_t worker = job->number - 1;
      job->options.kept = [exchange, worker, keep = std::move(job->options.kept)](const fuzz::Input& each) {
        if (keep) keep(each);
        exchange->show(worker, each);
      };
      job->options.from_others = [exchange, worker] { return exchange->shown_to(worker); };
    }
    first = end;
  }
}

std::vector<TargetReport> put_together(std::vector<Job>& jobs) {
  std::vector<TargetReport> reports;
  for (Job& each : jobs) {
    if (each.number == 1)
      reports.push_back(std::move(each.report));
    else
      add(reports.back(), std::move(each.report));
  }
  return reports;
}

}  // namespace weir::cli
