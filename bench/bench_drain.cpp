// Nanoseconds a packet through the backlog, for each contender in each cell. `weir bench` runs this and prints the
// table.
//
//   bench_drain --benchmark_filter='cross-core/8/64'
//
// Every contender first has to answer like the spec; if one does not, nothing is timed and the exit code is 1.
#include <benchmark/benchmark.h>

#include <cstdio>
#include <string>

#include "bench/drain_cell.hpp"
#include "bench/peers/conformance.hpp"
#include "bench/peers/rivals.hpp"

namespace weir::bench {
namespace {

constexpr std::uint32_t bursts[] = {1, 8, 32, 64, 256};
constexpr std::int32_t quotas[] = {1, 16, 64, 300};
constexpr std::uint32_t conformance_histories = 100;

/// Packets a repetition: about a millisecond in each cell, less than a time slice, so that most repetitions are whole.
std::uint32_t packets_in(const Cell& cell) {
  if (cell.where == Where::same_core) return 65536;
  return cell.burst == 1 ? 1024 : 8192;
}

template <Contender C>
void time_cell(benchmark::State& state, const Cell& cell, const std::vector<int>& cores) {
  Sink sink;
  const std::uint32_t packets = packets_in(cell);
  double disturbed = 0;
  for (auto _ : state) {
    const Measured measured = measure<C>(cell, packets, cores, sink);
    state.SetIterationTime(measured.ns_per_packet * 1e-9);
    disturbed += measured.disturbed ? 1 : 0;
  }
  benchmark::DoNotOptimize(sink.digest);
  benchmark::DoNotOptimize(sink.bytes);
  state.counters["disturbed"] = disturbed;
}

template <Contender C>
void add(const Cell& cell, const std::vector<int>& cores) {
  const std::string name = std::string(cell.where == Where::same_core ? "same-core" : "cross-core") + "/" +
                           std::to_string(cell.burst) + "/" + std::to_string(cell.quota) + "/" + std::string(C::name);
  benchmark::RegisterBenchmark(name.c_str(), [=](benchmark::State& state) { time_cell<C>(state, cell, cores); })
      ->UseManualTime()
      ->Iterations(1);
}

/// The contenders of a cell stand next to each other, so that they meet the machine in the same state.
void add_cells(const std::vector<int>& cores) {
  for (const Where where : {Where::same_core, Where::cross_core}) {
    if (where == Where::cross_core && cores.size() < 2) continue;
    for (const std::uint32_t burst : bursts)
      for (const std::int32_t quota : quotas) {
        const Cell cell{where, burst, quota};
        add<OneAtATime>(cell, cores);
        add<Splice>(cell, cores);
        add<LockFree>(cell, cores);
      }
  }
}

template <Contender C>
bool conforms() {
  const auto difference = difference_from_spec<C>(conformance_histories);
  if (difference) std::fprintf(stderr, "bench_drain: %s\n", difference->c_str());
  return !difference;
}

}  // namespace
}  // namespace weir::bench

int main(int argc, char** argv) {
  using namespace weir::bench;
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 2;
  if (!conforms<OneAtATime>() || !conforms<Splice>() || !conforms<LockFree>()) return 1;
  const std::vector<int> cores = usable_cores();
  if (!cores.empty()) pin_to(cores.back());
  ask_for_real_time();
  add_cells(cores);
  benchmark::RunSpecifiedBenchmarks();
  return 0;
}
