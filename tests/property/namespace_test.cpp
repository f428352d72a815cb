// Namespaces are isolated: what is written to the sysctls of one does not change what happens in another.
#include <gtest/gtest.h>

#include "fuzz/differential.hpp"
#include "model/host.hpp"
#include "tests/property/cases.hpp"

namespace weir::property {
namespace {

using Host = model::Host<Concrete>;

bool in_namespace_0(const Op& operation) {
  return std::visit(
      [](const auto& each) {
        if constexpr (requires { each.ns; })
          return each.ns == NsId{0};
        else
          return true;
      },
      operation);
}

/// Runs a case in namespace 0 while the per-namespace sysctls of namespace `other` are written at random places.
void check_isolation_from(NsId other) {
  const auto input = *cases(fuzz::listen_plane, [](const Op& operation) {
    return in_namespace_0(operation) && !std::holds_alternative<op::Netns>(operation);
  });
  const auto writes = *cases(fuzz::weights(fuzz::Weight<op::SysctlWrite>{1}), [&](const Op& operation) {
    return spec_of(*input.profile, std::get<op::SysctlWrite>(operation).sysctl) != nullptr &&
           spec_of(*input.profile, std::get<op::SysctlWrite>(operation).sysctl)->scope == Scope::per_netns;
  });
  Host quiet(*input.profile);
  Host disturbed(*input.profile);
  for (Host* each : {&quiet, &disturbed}) each->step(op::Netns{});
  std::size_t next_write = 0;
  for (const Op& each : input.ops) {
    if (next_write < writes.ops.size()) {
      auto write = std::get<op::SysctlWrite>(writes.ops[next_write++]);
      write.ns = other;
      disturbed.step(write);
    }
    RC_ASSERT(quiet.step(each) == disturbed.step(each));
  }
}

TEST(Namespace, WritesElsewhereChangeNothingHere) {
  EXPECT_TRUE(holds([] { check_isolation_from(NsId{1}); }));
}
TEST(NamespaceMustFail, WritesHereDo) {
  EXPECT_TRUE(fails([] { check_isolation_from(NsId{0}); }));
}

}  // namespace
}  // namespace weir::property
