// How fast the oracle answers: operations a second of model::Host<Concrete>, one core, one plane each.
//
// Every operation is one that does its work (no early error), on values that change, so that nothing is folded away.
#include <benchmark/benchmark.h>

#include <string>

#include "model/host.hpp"

namespace weir::bench {
namespace {

const Profile& kernel = releases::linux_6_18;
using Oracle = model::Host<Concrete>;

void count(benchmark::State& state, std::int64_t operations_each) {
  state.SetItemsProcessed(state.iterations() * operations_each);
}

void listen_plane(benchmark::State& state) {
  Oracle oracle(kernel);
  const auto made = oracle.step(op::Socket{{}, Family::inet, SockType::stream});
  const Fd fd{static_cast<std::int32_t>(std::get<outcome::Returned>(made).ret)};
  std::int32_t backlog = 0;
  for (auto _ : state) benchmark::DoNotOptimize(oracle.step(op::Listen{fd, ++backlog}));
  count(state, 1);
}

void sysctl_plane(benchmark::State& state) {
  Oracle oracle(kernel);
  const Op values[] = {op::SysctlWrite{{}, Sysctl::somaxconn, "4096\n"},
                       op::SysctlWrite{{}, Sysctl::somaxconn, "128\n"}, op::SysctlRead{{}, Sysctl::somaxconn}};
  for (auto _ : state)
    for (const Op& each : values) benchmark::DoNotOptimize(oracle.step(each));
  count(state, std::size(values));
}

void softnet_plane(benchmark::State& state) {
  Oracle oracle(kernel);
  constexpr std::uint32_t burst = 15;
  for (auto _ : state) {
    for (std::uint32_t i = 0; i < burst; ++i) benchmark::DoNotOptimize(oracle.step(op::NetifRx{Cpu{}, Skb{i}}));
    benchmark::DoNotOptimize(oracle.step(op::NetRxAction{Cpu{}, {}}));
  }
  count(state, burst + 1);
}

BENCHMARK(listen_plane)->Name("listen");
BENCHMARK(sysctl_plane)->Name("sysctl");
BENCHMARK(softnet_plane)->Name("softnet");

}  // namespace
}  // namespace weir::bench

BENCHMARK_MAIN();
