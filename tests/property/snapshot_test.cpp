// A copy of a host is a snapshot: what happens to the original afterwards does not reach it.
#include <gtest/gtest.h>

#include "fuzz/differential.hpp"
#include "model/host.hpp"
#include "tests/property/cases.hpp"

namespace weir::property {
namespace {

using Host = model::Host<Concrete>;

/// Runs half a case, takes a snapshot with `Snapshot`, disturbs the original with other operations, and demands that
/// the second half goes on from the snapshot as if nothing had happened.
template <class Snapshot>
void check_snapshot() {
  const auto input = *cases(fuzz::host_plane);
  const auto disturbance = *cases(fuzz::host_plane);
  const auto half = static_cast<std::ptrdiff_t>(input.ops.size() / 2);
  Host original(*input.profile);
  Host undisturbed(*input.profile);
  std::for_each(input.ops.begin(), input.ops.begin() + half, [&](const Op& each) {
    original.step(each);
    undisturbed.step(each);
  });
  Snapshot snapshot = original;
  for (const Op& each : disturbance.ops) original.step(each);
  fuzz::Input rest;
  rest.profile = input.profile;
  rest.ops.assign(input.ops.begin() + half, input.ops.end());
  fuzz::Effort effort;
  RC_ASSERT(!(fuzz::compare(rest, undisturbed, snapshot, effort)));
}

TEST(Snapshot, CopyIsIndependent) { EXPECT_TRUE(holds(check_snapshot<Host>)); }
TEST(SnapshotMustFail, ReferenceIsNot) { EXPECT_TRUE(fails(check_snapshot<Host&>)); }

}  // namespace
}  // namespace weir::property
