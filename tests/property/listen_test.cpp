// listen(2) changes the socket it is called on and no other.
#include <gtest/gtest.h>

#include "fuzz/probes.hpp"
#include "model/host.hpp"
#include "tests/property/cases.hpp"

namespace weir::property {
namespace {

using Host = model::Host<Concrete>;

/// All that can be observed of a socket; accept is tried on copies, so that nothing changes.
std::vector<Outcome> observe(const Host& host, std::int32_t label) {
  Host copy = host;
  std::vector<Outcome> seen;
  fuzz::Prober().probe_label(label, [&](const Op& operation) {
    seen.push_back(copy.step(operation));
    return fuzz::Glimpse::of(seen.back());
  });
  return seen;
}

void check_listen(bool including_itself) {
  const auto input = *cases(fuzz::listen_plane);
  const auto fd = *rc::gen::inRange<std::int32_t>(3, 8);
  const auto backlog = *rc::gen::inRange<std::int32_t>(-1, 6);
  Host host(*input.profile);
  for (const Op& each : input.ops) host.step(each);
  const Host before = host;
  host.step(op::Listen{{fd}, backlog});
  for (std::int32_t label = 3; label < 16; ++label)
    if (including_itself || label != fd) RC_ASSERT(observe(before, label) == observe(host, label));
}

TEST(Listen, ChangesNoOtherSocket) {
  EXPECT_TRUE(holds([] { check_listen(false); }));
}
TEST(ListenMustFail, ChangesItsOwn) {
  EXPECT_TRUE(fails([] { check_listen(true); }));
}

}  // namespace
}  // namespace weir::property
