// Which theorem kills which mutant. Compiled with the theorems against the mutated copy of model/.
//
//   Judge judge(all_planes());
//   judge.learn(processes, {});                      // once, unmutated: what is proved, and which places it passes
//   judge.judge(numbers, processes, on_fate);
//
// A mutant is held against the runs of theorems that pass its place: the one that killed a mutant of the
// same rule before, those that cost next to nothing, then those that pass it most often for what they cost. A run that
// asks the solver exactly what it asked unmutated has the same verdict; any other is put to the solver. The first
// verdict that is not the right one kills. What the solver gives up on kills nothing, and neither does what memory did
// not suffice for, nor a process that was killed from outside: that is undecided, and says so.
//
// Starts processes, so the caller should have no other threads.
#pragma once
#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "proofs/families.hpp"
#include "proofs/mutants/list.hpp"
#include "proofs/theorems/planes.hpp"

namespace weir::mutants {

enum class End : std::uint8_t {
  killed,
  survived,    ///< every theorem that passes its place is proved all the same
  undecided,   ///< the same, but for what the solver or the judge gave up on
  not_passed,  ///< no theorem passes its place
  absent,      ///< it would not compile
};

struct Fate {
  End end = End::not_passed;
  std::string theorem;  ///< "listen.clamp@linux-2.6.32"; of the killed, and the first that was given up
  std::string how;      ///< the verdict of that theorem, and which claim it is about
  double seconds = 0;
};

/// The theorems of the program; each program has its own.
std::vector<proofs::Plane> judging_planes();

struct Limits {
  double patience = 120;                ///< seconds of a processor for a mutant before it is left undecided
  std::uint64_t bytes = 3'000'000'000;  ///< of address space for a process, which a mutant may fill
};

class Judge {
 public:
  Judge(std::vector<proofs::Plane> planes, const Limits& limits);

  /// \param kept  file of what another run of this very program has learnt, and for this one's; empty: none
  /// \throws std::runtime_error where a process dies
  void learn(unsigned processes, const std::filesystem::path& kept);

  /// Theorems that are not proved without a mutant, and so kill none.
  const std::vector<std::string>& unproved() const { return unproved_; }

  /// What kills here is what is tried first in the next call.
  void judge(const std::vector<int>& mutants, unsigned processes,
             const std::function<void(int mutant, const Fate&)>& on_fate);

 private:
  /// One theorem for one release, unmutated.
  struct Run {
    std::size_t family;
    std::uint64_t turns;                ///< of loops
    std::vector<std::uint32_t> passed;  ///< how often, by number of mutant
  };
  struct Learnt {
    const proofs::Theorem* theorem;
    std::vector<proofs::Family> families;
    std::vector<Run> runs;  ///< in the order of the theorem's releases
  };
  /// A run that passes the place of a mutant.
  struct Candidate {
    const Learnt* learnt = nullptr;
    std::size_t run = 0;
    friend bool operator==(const Candidate&, const Candidate&) = default;
  };
  /// What a process is about when it dies.
  struct About;

  std::string learn_one(const proofs::Theorem& theorem) const;
  void take_in(Learnt& learnt, const std::string& record);
  Fate fate_of(int mutant, About& about) const;
  std::vector<Candidate> candidates(int mutant) const;
  void hold_against(int mutant, const Candidate& candidate, Fate& fate) const;

  std::vector<proofs::Plane> planes_;
  Limits limits_;
  std::map<std::string, Candidate, std::less<>> killers_;  ///< by rule: what has killed a mutant of it before
  std::vector<Learnt> learnt_;
  std::vector<std::string> unproved_;
};

}  // namespace weir::mutants
