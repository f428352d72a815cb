// The model with one rule of the softnet plane broken (softnet_wrong.cmake).
#pragma once
#include <optional>

#include "fuzz/differential.hpp"
#include "oracle/softnet/translation.hpp"

namespace weir::wrong {

#define WRONG_RULE(name) std::optional<fuzz::Difference> replay_##name(const oracle::SoftnetStory& story);
#include "softnet_wrong_rules.def"
#undef WRONG_RULE

}  // namespace weir::wrong
