// How fast the oracle answers: operations a second of model::Host, one core, one plane each; without and with a record
// of the clauses passed. bench_library.cpp asks the same across the C ABI.
//
// Every operation is one that does its work (no early error), on values that change, so that nothing is folded away.
#include <benchmark/benchmark.h>

#include <string>

#include "model/host.hpp"

namespace weir::bench {
namespace {

const Profile& kernel = releases::linux_6_18;

void count(benchmark::State& state, std::int64_t operations_each) {
  state.SetItemsProcessed(state.iterations() * operations_each);
}

template <class D>
void listen_plane(benchmark::State& state) {
  ClauseSet passed;
  const ClauseScope scope(passed);
  model::Host<D> oracle(kernel);
  const auto made = oracle.step(op::Socket{{}, Family::inet, SockType::stream});
  const Fd fd{static_cast<std::int32_t>(std::get<outcome::Returned>(made).ret)};
  std::int32_t backlog = 0;
  for (auto _ : state) benchmark::DoNotOptimize(oracle.step(op::Listen{fd, ++backlog}));
  count(state, 1);
}

template <class D>
void sysctl_plane(benchmark::State& state) {
  ClauseSet passed;
  const ClauseScope scope(passed);
  model::Host<D> oracle(kernel);
  const Op values[] = {op::SysctlWrite{{}, Sysctl::somaxconn, "4096\n"},
                       op::SysctlWrite{{}, Sysctl::somaxconn, "128\n"}, op::SysctlRead{{}, Sysctl::somaxconn}};
  for (auto _ : state)
    for (const Op& each : values) benchmark::DoNotOptimize(oracle.step(each));
  count(state, std::size(values));
}

template <class D>
void softnet_plane(benchmark::State& state) {
  ClauseSet passed;
  const ClauseScope scope(passed);
  model::Host<D> oracle(kernel);
  constexpr std::uint32_t burst = 15;
  for (auto _ : state) {
    for (std::uint32_t i = 0; i < burst; ++i) benchmark::DoNotOptimize(oracle.step(op::NetifRx{Cpu{}, Skb{i}}));
    benchmark::DoNotOptimize(oracle.step(op::NetRxAction{Cpu{}, {}}));
  }
  count(state, burst + 1);
}

BENCHMARK(listen_plane<Concrete>)->Name("listen");
BENCHMARK(sysctl_plane<Concrete>)->Name("sysctl");
BENCHMARK(softnet_plane<Concrete>)->Name("softnet");
BENCHMARK(listen_plane<Recorded>)->Name("listen recorded");
BENCHMARK(sysctl_plane<Recorded>)->Name("sysctl recorded");
BENCHMARK(softnet_plane<Recorded>)->Name("softnet recorded");

}  // namespace
}  // namespace weir::bench

BENCHMARK_MAIN();
