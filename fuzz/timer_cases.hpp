// Cases in which timers are the subject: some chosen, the others drawn.
//
//   TimerCases cases(1, releases::linux_6_18, LinuxTarget::supported_slowly);
//   if (const auto next = cases.next(std::chrono::seconds(10))) ask(next->second);
//
// Deterministic for a seed and a sequence of lengths. Not thread-safe.
#pragma once
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
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
  /// What a case can be about. Of many that are drawn the one is taken whose rarest subject was taken least.
  static constexpr std::size_t subjects = 30;

  TimerCases(std::uint64_t seed, const Profile& profile, std::function<bool(const Op&)> supported);

  /// One that lasts no longer; nullopt if so little time is left that none is found.
  std::optional<TimerCase> next(std::chrono::milliseconds longest);

 private:
  std::uint64_t times_asked(const TimedQuestion& asked) const;
  std::optional<TimerCase> draw(std::chrono::milliseconds longest);
  void draw_ops(std::vector<Op>& ops, std::chrono::milliseconds longest);
  TimedQuestion end_elsewhere(Input& input, TimedQuestion asked);
  void add(std::vector<Op>& ops, Op operation);
  void add_listener(std::vector<Op>& ops);
  std::uint16_t add_crowd(std::vector<Op>& ops);
  void add_clients(std::vector<Op>& ops);
  std::chrono::milliseconds add_advance(std::vector<Op>& ops, std::uint32_t most, std::chrono::milliseconds left);
  void end_quietly(std::vector<Op>& ops, std::uint16_t peers, std::chrono::milliseconds left);

  const Profile* profile_;
  std::function<bool(const Op&)> supported_;
  Rng rng_;
  Generator remote_, loopback_;
  Generator* generator_ = nullptr;               ///< of the case that is being drawn
  std::vector<TimerCase> chosen_;                ///< not yet handed out, the shortest last
  std::array<std::uint64_t, subjects> asked_{};  ///< how many cases of each subject were handed out
};

}  // namespace weir::fuzz
