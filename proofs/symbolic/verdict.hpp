// How a proof attempt ends. Exactly one of six; only `proved` is good news by itself.
#pragma once
#include <array>
#include <cstdint>
#include <string_view>

#include "model/vocabulary/names.hpp"

namespace weir {
namespace proofs {

enum class Verdict : std::uint8_t {
  proved,          ///< on every feasible path, for every value
  counterexample,  ///< some inputs refute a goal; they were run again and refute it there too
  vacuous,         ///< an assumption cannot be met, or a cover or goal is never reached: nothing was shown
  timeout,         ///< a budget ran out
  unknown,         ///< the solver gave up for another reason
  error,           ///< the attempt itself is broken, for example a counterexample that running does not confirm
};

}  // namespace proofs

template <>
inline constexpr auto names<proofs::Verdict> = std::to_array<Named<proofs::Verdict>>({
    {proofs::Verdict::proved, "proved"},
    {proofs::Verdict::counterexample, "counterexample"},
    {proofs::Verdict::vacuous, "vacuous"},
    {proofs::Verdict::timeout, "timeout"},
    {proofs::Verdict::unknown, "unknown"},
    {proofs::Verdict::error, "error"},
});

}  // namespace weir
