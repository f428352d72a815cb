// A plain driver for harnesses where no fuzzer is linked: replays files and directories of inputs, then, with -runs=N,
// N mutants of them. Takes the same arguments as libFuzzer does, as far as weir uses them.
//
//   diff_host finding.jsonl          replays one input
//   diff_host -runs=10000 -seed=1 corpus/diff_host
//
// Exit codes: 0 nothing found · 1 a finding (the input is saved as crash-replay) · 2 wrong arguments, or a broken
// trace.
#include <algorithm>
#include <charconv>
#include <chrono>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "fuzz/rng.hpp"

using Bytes = std::vector<std::uint8_t>;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);
// A harness may bring its own mutator; weak, so that one without links too.
extern "C" __attribute__((weak)) std::size_t LLVMFuzzerCustomMutator(std::uint8_t* data, std::size_t size,
                                                                     std::size_t max_size, unsigned int seed);

// A harness that also reads traces tells files that begin like one and are none.
extern "C" __attribute__((weak)) int WeirHarnessIsBrokenTrace(const std::uint8_t* data, std::size_t size);

/// What libFuzzer offers to custom mutators: changes, inserts or removes a byte. The sequence of changes is the same in
/// every run.
extern "C" std::size_t LLVMFuzzerMutate(std::uint8_t* data, std::size_t size, std::size_t max_size) {
  static weir::fuzz::Rng rng(1);
  Bytes bytes(data, data + size);
  const auto at = static_cast<std::ptrdiff_t>(rng.below(size + 1));
  const auto kind = rng.below(3);
  if (at == std::ssize(bytes) || (kind == 0 && size < max_size))
    bytes.insert(bytes.begin() + at, static_cast<std::uint8_t>(rng.next()));
  else if (kind == 1)
    bytes[static_cast<std::size_t>(at)] ^= static_cast<std::uint8_t>(1U << rng.below(8));
  else
    bytes.erase(bytes.begin() + at);
  bytes.resize(std::min(bytes.size(), max_size));
  std::copy(bytes.begin(), bytes.end(), data);
  return bytes.size();
}

namespace {

constexpr std::size_t max_size = 4096;  // libFuzzer's own default for inputs it grows
const Bytes* running = nullptr;

/// A finding aborts: leave the input behind and say so with the exit code.
void on_abort(int) {
  if (running != nullptr)
    std::ofstream("crash-replay", std::ios::binary)
        .write(reinterpret_cast<const char*>(running->data()), static_cast<std::streamsize>(running->size()));
  std::_Exit(1);
}

void run(const Bytes& bytes) {
  running = &bytes;
  LLVMFuzzerTestOneInput(bytes.data(), bytes.size());
}

Bytes read(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  Bytes bytes{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
  if (WeirHarnessIsBrokenTrace != nullptr && WeirHarnessIsBrokenTrace(bytes.data(), bytes.size()) != 0) {
    std::fprintf(stderr, "%s: not a valid trace; `weir check` says where\n", file.c_str());
    std::exit(2);
  }
  return bytes;
}

/// One step of the harness's own mutator, or of ours.
void mutate(Bytes& bytes, weir::fuzz::Rng& rng) {
  const std::size_t size = bytes.size();
  const auto seed = static_cast<unsigned int>(rng.next());
  bytes.resize(std::max(size, max_size));
  const std::size_t new_size = LLVMFuzzerCustomMutator != nullptr
                                   ? LLVMFuzzerCustomMutator(bytes.data(), size, bytes.size(), seed)
                                   : LLVMFuzzerMutate(bytes.data(), size, bytes.size());
  bytes.resize(new_size);
}

std::optional<std::uint64_t> number_after(std::string_view prefix, std::string_view argument) {
  if (!argument.starts_with(prefix)) return std::nullopt;
  argument.remove_prefix(prefix.size());
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(argument.data(), argument.data() + argument.size(), value);
  if (error != std::errc{} || end != argument.data() + argument.size()) return std::nullopt;
  return value;
}

void add_inputs(const std::filesystem::path& path, std::vector<Bytes>& corpus) {
  if (!std::filesystem::is_directory(path)) return corpus.push_back(read(path));
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator(path))
    if (entry.is_regular_file()) files.push_back(entry.path());
  std::sort(files.begin(), files.end());  // the order of a directory is not reproducible
  for (const auto& file : files) corpus.push_back(read(file));
}

/// Runs that many mutants. Without coverage a long walk is the only way to get far from the seeds: each mutant goes on
/// from the last, until one in sixteen starts from a seed again, or from nothing. \return seconds
double run_mutants(std::vector<Bytes> seeds, std::uint64_t count, std::uint64_t seed) {
  seeds.emplace_back();
  weir::fuzz::Rng rng(seed);
  Bytes mutant;
  const auto start = std::chrono::steady_clock::now();
  for (std::uint64_t i = 0; i < count; ++i) {
    if (rng.chance(1, 16)) mutant = rng.pick(seeds);
    mutate(mutant, rng);
    run(mutant);
  }
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

}  // namespace

int main(int argc, char** argv) {
  std::uint64_t runs = 0;
  std::uint64_t seed = 1;
  std::vector<Bytes> corpus;
  for (int i = 1; i < argc; ++i) {
    const std::string_view argument = argv[i];
    if (const auto count = number_after("-runs=", argument)) {
      runs = *count;
    } else if (const auto start = number_after("-seed=", argument)) {
      seed = *start;
    } else if (std::filesystem::exists(argument)) {
      add_inputs(argument, corpus);
    } else {
      std::fprintf(stderr, "usage: %s [-runs=N] [-seed=N] FILE|DIRECTORY...\n", argv[0]);
      return 2;
    }
  }
  std::signal(SIGABRT, on_abort);
  for (const Bytes& each : corpus) run(each);
  const double seconds = run_mutants(corpus, runs, seed);
  std::fprintf(stderr, "%s: %zu inputs replayed, %llu mutants run in %.1f s (%.0f/s), nothing found\n", argv[0],
               corpus.size(), static_cast<unsigned long long>(runs), seconds,
               seconds > 0 ? static_cast<double>(runs) / seconds : 0);
  return 0;
}
