// What a schedule harness runs: operations of several threads, and the plan of who goes on when.
//
// As bytes: the profile, the number of operations, for each a byte for its thread and its own bytes (fuzz/decoder.hpp),
// and then the plan (scheduler.hpp). Every string of bytes is a case; what a harness cannot use it leaves out.
#pragma once
#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "fuzz/decoder.hpp"
#include "fuzz/generator.hpp"
#include "fuzz/mutator.hpp"
#include "fuzz/rng.hpp"
#include "fuzz/schedule/scheduler.hpp"

namespace weir::fuzz {

struct ScheduleCase {
  static constexpr std::uint8_t before = Scheduler::max_threads;  ///< of an operation that comes before the threads

  Input input;
  std::vector<std::uint8_t> thread;  ///< of each operation: its number, or `before`
  std::vector<std::uint8_t> plan;
};

/// A case that a harness of `menu` can run, drawn or changed. Deterministic for a seed.
class ScheduleMutator {
 public:
  explicit ScheduleMutator(GeneratorOptions options) : generator_(options), mutator_(std::move(options)) {}

  void draw(Rng& rng, ScheduleCase& into);
  void mutate(Rng& rng, ScheduleCase& each);
  /// The operations of one case with the plan of another, or the other way round.
  static void cross(Rng& rng, ScheduleCase& each, const ScheduleCase& other);

 private:
  Generator generator_;
  Mutator mutator_;
};

void decode(const Menu& menu, std::span<const std::uint8_t> bytes, ScheduleCase& into);
std::vector<std::uint8_t> encode(const Menu& menu, const ScheduleCase& each);

}  // namespace weir::fuzz
