// Spec and lock-free implementation answer every operation alike and end in the same state; a lock-free implementation
// with one token changed does not.
#include <gtest/gtest.h>

#include "fuzz/canary.hpp"
#include "fuzz/targets.hpp"
#include "tests/property/cases.hpp"

namespace weir::property {
namespace {

auto agrees_on(const fuzz::Weights& plane, const fuzz::Target& target) {
  return [=] {
    const auto input = *cases(plane);
    fuzz::Effort effort;
    RC_ASSERT(!target.run(input, effort));
  };
}

TEST(Differential, SysctlPlaneAgrees) { EXPECT_TRUE(holds(agrees_on(fuzz::sysctl_plane, fuzz::lockfree_target()))); }
TEST(Differential, ListenPlaneAgrees) { EXPECT_TRUE(holds(agrees_on(fuzz::listen_plane, fuzz::lockfree_target()))); }
TEST(Differential, SoftnetPlaneAgrees) { EXPECT_TRUE(holds(agrees_on(fuzz::softnet_plane, fuzz::lockfree_target()))); }
TEST(Differential, HostAgrees) { EXPECT_TRUE(holds(agrees_on(fuzz::host_plane, fuzz::lockfree_target()))); }

TEST(DifferentialMustFail, NumbersInBaseTen) {
  EXPECT_TRUE(fails(agrees_on(fuzz::sysctl_plane, fuzz::canary_decimal())));
}
TEST(DifferentialMustFail, AcceptQueueLimitOffByOne) {
  EXPECT_TRUE(fails(agrees_on(fuzz::listen_plane, fuzz::canary_accept_queue())));
}
TEST(DifferentialMustFail, BacklogLimitOffByOne) {
  EXPECT_TRUE(fails(agrees_on(fuzz::softnet_plane, fuzz::canary_backlog_limit())));
}
TEST(DifferentialMustFail, SignedClamp) {
  EXPECT_TRUE(fails(agrees_on(fuzz::host_plane, fuzz::canary_signed_clamp())));
}

}  // namespace
}  // namespace weir::property
