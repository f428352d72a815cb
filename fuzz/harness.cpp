#include "fuzz/harness.hpp"

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <span>
#include <string>

#include "fuzz/report.hpp"
#include "fuzz/shrink.hpp"

// Of the fuzzer, with its dictionaries; weak, for engines that have none.
extern "C" __attribute__((weak)) std::size_t LLVMFuzzerMutate(std::uint8_t* data, std::size_t size,
                                                              std::size_t max_size);

namespace weir::fuzz {
namespace {

constexpr std::string_view trace_start = "{\"weir\"";

using Data = std::span<const std::uint8_t>;

const Menu& menu() {
  static const Menu the_menu(harness.weights);
  return the_menu;
}

Mutator& mutator() {
  static Mutator the_mutator(GeneratorOptions{.weights = harness.weights});
  return the_mutator;
}

Generator& generator() {
  static Generator the_generator(GeneratorOptions{.weights = harness.weights});
  return the_generator;
}

void load(Data data, Input& into) {
  const std::string_view text(reinterpret_cast<const char*>(data.data()), data.size());
  if (text.starts_with(trace_start))
    if (auto trace = from_trace(text)) {
      into = std::move(*trace);
      return;
    }
  decode(menu(), data, into);
}

/// Writes the case into the fuzzer's buffer, leaving out operations from the end until it fits.
std::size_t store(Input& input, std::uint8_t* data, std::size_t max_size) {
  auto bytes = encode(menu(), input);
  while (bytes.size() > max_size && !input.ops.empty()) {
    input.ops.pop_back();
    bytes = encode(menu(), input);
  }
  if (bytes.size() > max_size) return 0;
  std::memcpy(data, bytes.data(), bytes.size());
  return bytes.size();
}

/// Where `weir check` and this harness find it again.
std::string save(const std::string& trace) {
  const auto name = std::string(harness.name) + "-" + std::to_string(std::hash<std::string>{}(trace)) + ".jsonl";
  std::ofstream(name, std::ios::binary) << trace;
  return name;
}

void report(Input input, Difference difference) {
  shrink(input.ops, [&, candidate = input](const std::vector<Op>& ops) mutable {
    Effort effort;
    candidate.ops = ops;
    auto found = harness.target.run(candidate, effort);
    if (!found) return false;
    input = candidate;
    difference = std::move(*found);
    return true;
  });
  const std::string trace = to_trace(input, difference);
  std::error_code none;
  const auto program = std::filesystem::read_symlink("/proc/self/exe", none).string();
  std::fprintf(stderr, "%s: %s\n%sreproduce: %s %s\n", std::string(harness.name).c_str(),
               to_sentence(difference).c_str(), trace.c_str(), program.c_str(), save(trace).c_str());
}

}  // namespace
}  // namespace weir::fuzz

/// For the replay driver: a file that someone wrote as a trace must not run as bytes.
extern "C" int WeirHarnessIsBrokenTrace(const std::uint8_t* data, std::size_t size) {
  using namespace weir::fuzz;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  return text.starts_with(trace_start) && !from_trace(text);
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace weir::fuzz;
  static Input input;
  load({data, size}, input);
  Effort effort;
  if (auto difference = harness.target.run(input, effort)) {
    report(input, std::move(*difference));
    std::abort();
  }
  return 0;
}

extern "C" std::size_t LLVMFuzzerCustomMutator(std::uint8_t* data, std::size_t size, std::size_t max_size,
                                               unsigned int seed) {
  using namespace weir::fuzz;
  static Input input;
  load({data, size}, input);
  Rng rng(seed);
  if (rng.chance(1, 8) && LLVMFuzzerMutate != nullptr)
    return LLVMFuzzerMutate(data, store(input, data, max_size), max_size);
  if (rng.chance(1, 32)) input.profile = rng.pick(weir::releases::all);
  if (rng.chance(1, 32)) input.options.thread_backlog_napi = !input.options.thread_backlog_napi;
  if (input.ops.empty() || rng.chance(1, 8))
    generator().fill(rng, input.ops);  // from nothing, operation by operation, a fuzzer would need long to get anywhere
  else
    mutator().mutate(rng, input.ops);
  return store(input, data, max_size);
}

extern "C" std::size_t LLVMFuzzerCustomCrossOver(const std::uint8_t* data1, std::size_t size1,
                                                 const std::uint8_t* data2, std::size_t size2, std::uint8_t* out,
                                                 std::size_t max_out_size, unsigned int seed) {
  using namespace weir::fuzz;
  static Input first;
  static Input second;
  load({data1, size1}, first);
  load({data2, size2}, second);
  Rng rng(seed);
  mutator().splice(rng, first.ops, second.ops);
  return store(first, out, max_out_size);
}
