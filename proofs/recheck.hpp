// A second opinion: exported obligations, decided again by another solver.
#pragma once
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "proofs/run.hpp"

namespace weir::proofs {

enum class Opinion : std::uint8_t {
  agrees,     ///< decides as the verdict says
  disagrees,  ///< decides otherwise: one of the two solvers, or the export, is wrong
  gave_up,    ///< out of its budget, or does not know
  failed,     ///< no answer that could be understood
};

struct Rechecked {
  std::string name;    ///< of the obligation
  std::string answer;  ///< the solver's first line
  Opinion opinion = Opinion::failed;
  double seconds = 0;
};

struct Recheck {
  std::vector<Rechecked> all;
  double seconds = 0;
  std::size_t count(Opinion which) const;
};

/// What the solver's first line makes of a verdict.
Opinion opinion_of(std::string_view answer, Verdict verdict);

/// Whether there is such a program, by its path or in PATH.
bool is_program(const std::string& solver);

/// Has `solver`, a program that takes the path of an SMT-LIB file, decide every obligation of the summary that was
/// exported. cvc5 gets a budget of its own resource units, so that what it says does not depend on how busy the machine
/// is. \pre is_program(solver)
Recheck recheck(const Summary& summary, const std::string& solver, unsigned processes,
                const std::function<void(const Rechecked&)>& on_result);

}  // namespace weir::proofs

namespace weir {

template <>
inline constexpr auto names<proofs::Opinion> = std::to_array<Named<proofs::Opinion>>({
    {proofs::Opinion::agrees, "agrees"},
    {proofs::Opinion::disagrees, "disagrees"},
    {proofs::Opinion::gave_up, "gave up"},
    {proofs::Opinion::failed, "failed"},
});

}  // namespace weir
