// What the fuzzers of text readers share: any bytes end in a report or in Malformed with a place.
#pragma once
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <utility>

#include "model/profile.hpp"
#include "oracle/check/divergence.hpp"
#include "oracle/text/lines.hpp"
#include "oracle/text/malformed.hpp"

namespace weir::fuzz {

/// \param check  the reader's: (lines, profile, whether to go on behind a divergence, what to do with each)
template <class Check>
int check_any_text(const std::uint8_t* bytes, std::size_t size, Check&& check) {
  std::uint64_t found = 0;
  try {
    oracle::Lines lines(oracle::read_text(std::string(reinterpret_cast<const char*>(bytes), size)), "fuzz");
    const auto report =
        check(std::move(lines), releases::linux_6_18, true, [&](const oracle::Divergence&) { ++found; });
    if (report.divergences != found) std::abort();
  } catch (const oracle::Malformed& malformed) {
    if (malformed.line() == 0 || malformed.column() == 0) std::abort();
  }
  return 0;
}

}  // namespace weir::fuzz
