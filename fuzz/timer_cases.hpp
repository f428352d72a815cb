// Cases in which timers are the subject: some chosen, the others drawn.
//
//   TimerCases cases(1, releases::linux_6_18, LinuxTarget::supported_slowly);
//   if (const auto next = cases.next(std::chrono::seconds(10))) ask(next->second);
//
// Deterministic for a seed and a sequence of lengths. Not thread-safe.
#pragma once
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <unordered_set>
#include <utility>
#include <vector>

#include "fuzz/generator.hpp"
#include "fuzz/rng.hpp"
#include "fuzz/timed_question.hpp"

namespace weir::fuzz {

/// A case and what the model makes of it. Always steady, and some timer or limit in time matters to it.
using TimerCase = std::pair<Input, TimedQuestion>;

/// Written by hand: what takes a minute or more, and nothing would draw. The shortest first.
std::vector<std::vector<Op>> chosen_timer_cases();

class TimerCases {
 public:
  TimerCases(std::uint64_t seed, const Profile& profile, std::function<bool(const Op&)> supported);

  /// One that lasts no longer; nullopt if so little time is left that none is found.
  std::optional<TimerCase> next(std::chrono::milliseconds longest);

 private:
  std::optional<TimerCase> draw(std::chrono::milliseconds longest);
  void draw_ops(std::vector<Op>& ops, std::chrono::milliseconds longest);
  void add(std::vector<Op>& ops, Op operation);
  void add_listener(std::vector<Op>& ops);
  void add_crowd(std::vector<Op>& ops);

  const Profile* profile_;
  std::function<bool(const Op&)> supported_;
  Rng rng_;
  Generator generator_;
  std::vector<TimerCase> chosen_;            ///< not yet handed out, the shortest last
  std::unordered_set<std::uint64_t> known_;  ///< ways through the spec, of cases handed out
};

}  // namespace weir::fuzz
