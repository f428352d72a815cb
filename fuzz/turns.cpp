#include "fuzz/turns.hpp"

#include <algorithm>

namespace weir::fuzz {
namespace {

constexpr auto turn = std::chrono::milliseconds(200);

}  // namespace

CampaignStats sum_of(const std::vector<Campaign>& campaigns) {
  CampaignStats sum;
  for (const Campaign& each : campaigns) {
    const CampaignStats& stats = each.stats();
    sum.inputs += stats.inputs;
    sum.effort.operations += stats.effort.operations;
    sum.effort.probes += stats.effort.probes;
    sum.divergences += stats.divergences;
    sum.seconds += stats.seconds;
    sum.covered |= stats.covered;
    sum.corpus += stats.corpus;
    sum.findings.insert(sum.findings.end(), stats.findings.begin(), stats.findings.end());
  }
  return sum;
}

CampaignStats run_in_turns(std::vector<Campaign>& campaigns, Campaign::Clock::time_point deadline,
                           const Campaign::OnProgress& on_progress, const OtherTurn& other) {
  const Campaign::OnProgress of_all = [&](const CampaignStats&) { on_progress(sum_of(campaigns)); };
  const auto ended = [](const Campaign& each) { return each.ended(); };
  const auto end_of_turn = [&] { return std::min(deadline, Campaign::Clock::now() + turn); };
  while (Campaign::Clock::now() < deadline && !std::all_of(campaigns.begin(), campaigns.end(), ended)) {
    for (Campaign& each : campaigns) each.run(end_of_turn(), on_progress ? of_all : Campaign::OnProgress{});
    if (other) other(end_of_turn());
  }
  return sum_of(campaigns);
}

}  // namespace weir::fuzz
