#include "fuzz/schedule/harness.hpp"

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <optional>

// Of the fuzzer, with its dictionaries; weak, for engines that have none.
extern "C" __attribute__((weak)) std::size_t LLVMFuzzerMutate(std::uint8_t* data, std::size_t size,
                                                              std::size_t max_size);

namespace weir::fuzz {
namespace {

const Menu& menu() {
  static const Menu the_menu(schedule_harness.weights);
  return the_menu;
}

ScheduleMutator& mutator() {
  static ScheduleMutator the_mutator(
      GeneratorOptions{.weights = schedule_harness.weights, .length = 24, .draw_case = schedule_harness.draw});
  return the_mutator;
}

/// The harness's releases stand in for the others.
void load(std::span<const std::uint8_t> data, ScheduleCase& into) {
  decode(menu(), data, into);
  const auto& profiles = schedule_harness.profiles;
  if (std::find(profiles.begin(), profiles.end(), into.input.profile) == profiles.end())
    into.input.profile = profiles[(data.empty() ? 0 : data[0]) % profiles.size()];
}

std::size_t store(ScheduleCase& each, std::uint8_t* data, std::size_t max_size) {
  auto bytes = encode(menu(), each);
  while (bytes.size() > max_size && !each.input.ops.empty()) {
    each.input.ops.pop_back();
    each.thread.pop_back();
    bytes = encode(menu(), each);
  }
  if (bytes.size() > max_size) return 0;
  std::memcpy(data, bytes.data(), bytes.size());
  return bytes.size();
}

struct Bench {
  Scheduler scheduler;
  Recording recording;

  Flaw run(const ScheduleCase& each) {
    recording.restart(scheduler);
    return schedule_harness.run(scheduler, each, recording);
  }
};

Bench& bench() {
  static Bench the_bench;
  return the_bench;
}

/// Fewer operations, a shorter plan, turns that are cut out: whatever still has the flaw.
void shrink(ScheduleCase& smallest, Flaw& flaw) {
  const auto still = [&](const ScheduleCase& candidate) {
    Flaw found = bench().run(candidate);
    if (found.why != flaw.why) return false;
    smallest = candidate;
    flaw = std::move(found);
    return true;
  };
  for (bool helped = true; helped;) {
    helped = false;
    for (std::size_t i = smallest.input.ops.size(); i-- > 0;) {
      ScheduleCase fewer = smallest;
      fewer.input.ops.erase(fewer.input.ops.begin() + static_cast<std::ptrdiff_t>(i));
      fewer.thread.erase(fewer.thread.begin() + static_cast<std::ptrdiff_t>(i));
      helped = still(fewer) || helped;
    }
    for (std::size_t i = smallest.plan.size(); i-- > 0;) {
      ScheduleCase shorter = smallest;
      shorter.plan.erase(shorter.plan.begin() + static_cast<std::ptrdiff_t>(i));
      helped = still(shorter) || helped;
    }
    for (std::size_t i = 0; i < smallest.thread.size(); ++i) {
      if (smallest.thread[i] == ScheduleCase::before) continue;
      ScheduleCase alone = smallest;
      alone.thread[i] = ScheduleCase::before;
      helped = still(alone) || helped;
    }
  }
}

/// Where `weir check`, or this harness, finds it again.
template <class Data>
std::string save(const Data& data, const char* kind) {
  const std::string_view text(reinterpret_cast<const char*>(data.data()), data.size());
  const auto name =
      std::string(schedule_harness.name) + "-" + std::to_string(std::hash<std::string_view>{}(text)) + kind;
  std::ofstream(name, std::ios::binary) << text;
  return name;
}

[[noreturn]] void report(ScheduleCase each, Flaw flaw) {
  const bool can_go_on = flaw.why != stuck;
  if (can_go_on) shrink(each, flaw);
  std::vector<Stretch> stretches;
  if (can_go_on) {
    bench().scheduler.watch(&stretches);
    flaw = bench().run(each);
  }
  std::fprintf(stderr, "%s: %s (%s)\n%s", std::string(schedule_harness.name).c_str(), flaw.why.c_str(),
               std::string(each.input.profile->name).c_str(), schedule_table(bench().recording, stretches).c_str());
  const bool makes_descriptors =
      std::any_of(flaw.history.calls.begin(), flaw.history.calls.end(),
                  [](const oracle::Call& call) { return std::holds_alternative<op::Accept>(call.operation); });
  if (!flaw.history.calls.empty() && !makes_descriptors)  // a trace knows no order in which descriptors overlap
    std::fprintf(stderr, "check: weir check %s\n", save(oracle::to_trace(flaw.history), ".jsonl").c_str());
  std::error_code none;
  const auto program = std::filesystem::read_symlink("/proc/self/exe", none).string();
  std::fprintf(stderr, "reproduce: %s %s\n", program.c_str(), save(encode(menu(), each), ".bin").c_str());
  std::abort();
}

}  // namespace
}  // namespace weir::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace weir::fuzz;
  static ScheduleCase each;
  load({data, size}, each);
  if (Flaw flaw = bench().run(each); !flaw.why.empty()) report(each, std::move(flaw));
  return 0;
}

extern "C" std::size_t LLVMFuzzerCustomMutator(std::uint8_t* data, std::size_t size, std::size_t max_size,
                                               unsigned int seed) {
  using namespace weir::fuzz;
  static ScheduleCase each;
  load({data, size}, each);
  Rng rng(seed);
  if (rng.chance(1, 16) && LLVMFuzzerMutate != nullptr)
    return LLVMFuzzerMutate(data, store(each, data, max_size), max_size);
  if (each.input.ops.empty() || rng.chance(1, 8)) {
    mutator().draw(rng, each);
    each.input.profile = rng.pick(schedule_harness.profiles);
  } else {
    mutator().mutate(rng, each);
  }
  return store(each, data, max_size);
}

extern "C" std::size_t LLVMFuzzerCustomCrossOver(const std::uint8_t* data1, std::size_t size1,
                                                 const std::uint8_t* data2, std::size_t size2, std::uint8_t* out,
                                                 std::size_t max_out_size, unsigned int seed) {
  using namespace weir::fuzz;
  static ScheduleCase first;
  static ScheduleCase second;
  load({data1, size1}, first);
  load({data2, size2}, second);
  Rng rng(seed);
  ScheduleMutator::cross(rng, first, second);
  return store(first, out, max_out_size);
}
