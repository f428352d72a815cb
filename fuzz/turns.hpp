// Several campaigns in one thread, a while each: where what one does to the machine would disturb the others.
#pragma once
#include <functional>
#include <vector>

#include "fuzz/engine.hpp"

namespace weir::fuzz {

/// What all of them have done, as of one campaign. Seconds are those of all of them together.
CampaignStats sum_of(const std::vector<Campaign>& campaigns);

/// What else has its turn, until a time.
using OtherTurn = std::function<void(Campaign::Clock::time_point)>;

/// Until the deadline, or until each has the findings or inputs that it may have. `on_progress` hears of the sum.
CampaignStats run_in_turns(std::vector<Campaign>& campaigns, Campaign::Clock::time_point deadline,
                           const Campaign::OnProgress& on_progress = {}, const OtherTurn& other = {});

}  // namespace weir::fuzz
