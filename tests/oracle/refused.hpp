// What a reader must refuse, and where.
#pragma once
#include <gtest/gtest.h>

#include <cstdint>
#include <string>

#include "oracle/text/malformed.hpp"

namespace weir::oracle {

/// The message with which `read` refuses, which must name that place; "" where it does not refuse.
template <class Read>
std::string refusal(Read&& read, std::uint64_t line, std::uint64_t column) {
  try {
    read();
  } catch (const Malformed& malformed) {
    EXPECT_EQ(malformed.line(), line) << malformed.what();
    EXPECT_EQ(malformed.column(), column) << malformed.what();
    return malformed.message();
  }
  ADD_FAILURE() << "accepted";
  return "";
}

}  // namespace weir::oracle
