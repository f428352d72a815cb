// Nanoseconds a packet through the backlog, for each contender in each cell. `weir bench` runs this and prints the
// tables.
//
//   bench_drain --benchmark_filter='cross-core/read/8/64'
//
// Every contender first has to answer like the spec; if one does not, nothing is timed and the exit code is 1. The
// floor (bench/drain/floor.cpp) is none.
#include <benchmark/benchmark.h>

#include <algorithm>
#include <cstdio>
#include <string>

#include "bench/drain/registry.hpp"

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

void time_cell(benchmark::State& state, const Entry& entry, const Cell& cell, const std::vector<int>& cores) {
  Sink sink{.payload = cell.payload};
  double disturbed = 0;
  for (auto _ : state) {
    const Measured measured = entry.measure(cell, packets_in(cell), cores, sink);
    state.SetIterationTime(measured.ns_per_packet * 1e-9);
    disturbed += measured.disturbed ? 1 : 0;
  }
  benchmark::DoNotOptimize(sink.packets);
  benchmark::DoNotOptimize(sink.digest);
  benchmark::DoNotOptimize(sink.bytes);
  state.counters["disturbed"] = disturbed;
}

void time_scene(benchmark::State& state, const Scene& scene, const std::vector<int>& cores) {
  for (auto _ : state) {
    const Figures figures = scene.measure(cores);
    state.SetIterationTime(figures.ns * 1e-9);
    state.counters["disturbed"] = figures.disturbed ? 1 : 0;
    for (const auto& [name, value] : figures.more) state.counters[name] = value;
  }
  state.counters["needs_threads"] = static_cast<double>(scene.threads);
}

std::string name_of(const Cell& cell) {
  return std::string(cell.where == Where::same_core ? "same-core" : "cross-core") +
         (cell.payload == Payload::read ? "/read/" : "/untouched/") + std::to_string(cell.burst) + "/" +
         std::to_string(cell.quota);
}

/// The contenders of a cell stand next to each other, so that they meet the machine in the same state.
void add_cell(const Cell& cell, const std::vector<int>& cores) {
  for (const Entry& entry : contenders())
    benchmark::RegisterBenchmark((name_of(cell) + "/" + entry.name).c_str(),
                                 [=, &entry](benchmark::State& state) { time_cell(state, entry, cell, cores); })
        ->UseManualTime()
        ->Iterations(1);
}

void add_cells(const std::vector<int>& cores) {
  for (const Where where : {Where::same_core, Where::cross_core}) {
    if (where == Where::cross_core && cores.size() < 2) continue;
    for (const Payload payload : {Payload::untouched, Payload::read})
      for (const std::uint32_t burst : bursts)
        for (const std::int32_t quota : quotas) add_cell({where, payload, burst, quota}, cores);
  }
}

/// Contenders of a cell next to each other, here too. The floor is in few of them.
void add_scenes(const std::vector<int>& cores) {
  std::vector<Scene> all = scenes();
  std::vector<std::string> order;
  for (const Scene& each : all)
    if (std::find(order.begin(), order.end(), each.cell) == order.end()) order.push_back(each.cell);
  const auto place = [&](const Scene& scene) { return std::find(order.begin(), order.end(), scene.cell); };
  std::stable_sort(all.begin(), all.end(), [&](const Scene& a, const Scene& b) { return place(a) < place(b); });
  for (const Scene& scene : all) {
    if (scene.threads > 1 && cores.size() < 2) continue;
    benchmark::RegisterBenchmark((scene.cell + "/" + scene.contender).c_str(),
                                 [=](benchmark::State& state) { time_scene(state, scene, cores); })
        ->UseManualTime()
        ->Iterations(1);
  }
}

bool all_conform() {
  bool all = true;
  for (const Entry& entry : contenders()) {
    const auto difference =
        entry.difference_from_spec ? entry.difference_from_spec(conformance_histories) : std::nullopt;
    if (difference) std::fprintf(stderr, "bench_drain: %s\n", difference->c_str());
    all = all && !difference;
  }
  return all;
}

}  // namespace
}  // namespace weir::bench

int main(int argc, char** argv) {
  using namespace weir::bench;
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 2;
  if (!all_conform()) return 1;
  const std::vector<int> cores = usable_cores();
  if (!cores.empty()) pin_to(cores.back());
  ask_for_real_time();
  add_cells(cores);
  add_scenes(cores);
  benchmark::RunSpecifiedBenchmarks();
  return 0;
}
