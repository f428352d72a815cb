// Explores every execution of a program, each once, on as many threads as are given.
//
//     const Report report = explore([] { return std::make_unique<MyProgram>(); }, {});
//     if (report.verdict == Verdict::complete) ...
//
// The verdict is `complete` only if every execution was explored; whatever was left out makes it `incomplete`.
#pragma once
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "proofs/memory/event.hpp"
#include "proofs/memory/machine.hpp"

namespace weir::proofs::memory {

enum class Verdict : std::uint8_t { complete, counterexample, incomplete };
constexpr std::string_view name_of(Verdict verdict) {
  return verdict == Verdict::complete         ? "complete"
         : verdict == Verdict::counterexample ? "counterexample"
                                              : "incomplete";
}

struct Report {
  Verdict verdict = Verdict::complete;
  std::uint64_t executions = 0;    ///< complete and consistent
  std::uint64_t sequential = 0;    ///< of those, possible under sequential consistency; only if asked for
  std::uint64_t blocked = 0;       ///< a thread waited for ever
  std::uint64_t inconsistent = 0;  ///< forbidden by seq_cst
  std::uint64_t cut = 0;           ///< runs that ended where two updates read the same
  std::uint64_t events = 0;
  double seconds = 0;
  std::string why;               ///< of a counterexample or of what is incomplete
  std::vector<Event> execution;  ///< the counterexample
  std::uint64_t explored() const { return executions + blocked + inconsistent; }
};

struct Plan {
  Limits limits;
  unsigned workers = 1;
  std::uint64_t max_executions = 0;  ///< 0: no bound
  double max_seconds = 0;
  bool count_sequential = false;
  Weakening* weakening = nullptr;                       ///< shared by the workers
  std::function<void(const Program&)> each_complete;    ///< called with the program after each complete run; one worker
  std::function<void(const Report&, double)> progress;  ///< now and then, with the part that is done
};

using Factory = std::function<std::unique_ptr<Program>()>;
Report explore(const Factory& factory, const Plan& plan);

/// Runs one execution again, as `replay_text` wrote it.
Report replay(const Factory& factory, const Plan& plan, std::string_view text);

}  // namespace weir::proofs::memory
