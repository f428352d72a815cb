// The flow limit takes more packets than a case of a campaign has, so it is compared in longer ones: hundreds of
// packets of few flows on two CPUs, tables of all lengths coming and going.
#include <gtest/gtest.h>

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "fuzz/differential.hpp"
#include "fuzz/rng.hpp"
#include "lockfree/host.hpp"
#include "model/host.hpp"
#include "oracle/json/writer.hpp"
#include "oracle/profile/names.hpp"
#include "tests/sweep/sequences.hpp"

namespace weir::property {
namespace {

constexpr std::size_t length = 1600;  ///< operations: several times the 128 packets of the history

Op draw(fuzz::Rng& rng, std::uint32_t id) {
  static constexpr auto lengths = std::to_array<std::string_view>({"1", "2", "8", "4096", "131072", "4194304"});
  static constexpr auto masks = std::to_array<std::string_view>({"0", "1", "2", "3"});
  static constexpr auto flows = std::to_array<FlowHash>({{0}, {1}, {1}, {1}, {2}, {65536}, {65537}, {0x9e3779b1}});
  const Cpu cpu{rng.below(2)};
  switch (rng.below(600)) {
    case 0:
      return op::SysctlWrite{{}, Sysctl::flow_limit_table_len, std::string(rng.pick(lengths))};
    case 1:
    case 2:
      return op::SysctlWrite{{}, Sysctl::flow_limit_cpu_bitmap, std::string(rng.pick(masks))};
    case 3:
      return op::SysctlWrite{{}, Sysctl::netdev_max_backlog, std::to_string(rng.below(12))};
    case 4:
      return op::SoftnetStat{cpu};
    default:
      break;
  }
  if (rng.chance(2, 5)) return op::NetRxAction{cpu, {}};
  const FlowHash flow = rng.chance(1, 2) ? FlowHash{id / 800 + 1} : rng.pick(flows);  // one flow is ahead, then another
  return op::NetifRx{cpu, {id}, rng.chance(1, 4) ? Steered(Cpu{rng.below(2)}) : Steered(), flow};
}

fuzz::Input long_case(std::uint64_t seed, const Profile& kernel) {
  fuzz::Rng rng(seed);
  fuzz::Input input;
  input.profile = &kernel;
  input.options.sysctl = {{Sysctl::netdev_max_backlog, 4}, {Sysctl::flow_limit_cpu_bitmap, 3}};
  for (std::uint32_t id = 0; id < length; ++id) input.ops.push_back(draw(rng, id));
  return input;
}

/// The first case on which model and lockfree differ, lockfree playing the release `played` names; empty if none does.
template <class Played>
std::string first_difference(Played played, ClauseSet& covered) {
  const ClauseScope scope(covered);
  for (const Profile* kernel : sweep::eras(oracle::Plane::softnet)) {
    if (!kernel->has_flow_limit) continue;
    for (std::uint64_t seed = 1; seed <= 40; ++seed) {
      const fuzz::Input input = long_case(seed, *kernel);
      model::Host<Recorded> reference(*kernel, input.options);
      lockfree::Host subject(played(*kernel), input.options);
      fuzz::Effort effort;
      if (const auto difference = fuzz::compare(input, reference, subject, effort))
        return std::string(kernel->name) + ": " + oracle::to_json(difference->operation, difference->observed);
    }
  }
  return {};
}

TEST(FlowLimit, LongCasesAgree) {
  ClauseSet covered;
  EXPECT_EQ(first_difference([](const Profile& kernel) -> const Profile& { return kernel; }, covered), "");
  for (const Clause each :
       {Clause::FLOW_LIMIT_SLEEPS, Clause::FLOW_LIMIT_WITHIN, Clause::FLOW_LIMIT_DROP, Clause::FLOW_LIMIT_TABLE,
        Clause::FLOW_LIMIT_TABLE_FREED, Clause::FLOW_LIMIT_NO_MEMORY, Clause::FLOW_LIMIT_OUT_OF_TABLE})
    EXPECT_TRUE(covered.contains(each)) << info(each).name;
}

TEST(FlowLimitMustFail, AnotherHash) {
  const auto other_hash = [](const Profile& kernel) -> const Profile& {
    const std::string name =
        std::string(kernel.name) + (kernel.flow_limit_hash_32 ? "+flow_limit_hash_32=no" : "+flow_limit_hash_32=yes");
    return *oracle::profile_named(name).profile;
  };
  ClauseSet covered;
  EXPECT_NE(first_difference(other_hash, covered), "");
}

}  // namespace
}  // namespace weir::property
