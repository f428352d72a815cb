// Compiled once for each wrong rule, with that variant's headers in front of model/'s own.
#include "tests/live/softnet_wrong.hpp"

#include "fuzz/softnet_replay.hpp"
#include "model/host.hpp"

#define WEIR_PASTE_TOKENS(a, b) a##b
#define WEIR_PASTE(a, b) WEIR_PASTE_TOKENS(a, b)

namespace weir::wrong {

std::optional<fuzz::Difference> WEIR_PASTE(replay_, WEIR_WRONG_RULE)(const oracle::SoftnetStory& story) {
  WEIR_WRONG_RULE::Host<Concrete> host(*story.header.profile, story.header.options);
  return fuzz::replay(host, story, [](const Op&) { return 0; });
}

}  // namespace weir::wrong
