// What the tests of real stacks share: each executable is about one.
#pragma once
#include <gtest/gtest.h>

#include <filesystem>
#include <string>
#include <vector>

#include "model/host.hpp"
#include "oracle/json/reader.hpp"
#include "oracle/json/writer.hpp"
#include "oracle/targets/driver_target.hpp"
#include "oracle/targets/stacks.hpp"

namespace weir {

/// Of the driver; each executable defines its own.
std::vector<std::string> command_under_test();

/// Rounds in which the stack answers a case as it was seen to. A busy machine spoils some: the two ends of a connection
/// talk on their own there.
inline int rounds_as_seen(oracle::DriverTarget& stack, const oracle::Header& header, const std::vector<Op>& ops,
                          const std::vector<Outcome>& seen, int wanted) {
  constexpr int most = 20;
  int as_seen = 0;
  for (int round = 0; round < most && as_seen < wanted; ++round)
    as_seen += stack.run(header, ops).outcomes == seen ? 1 : 0;
  return as_seen;
}

/// Each trace of `folder` says what the stack answers and, in its last line, where it differs from Linux 6.18: that is
/// so on the stack that is here.
inline void expect_findings_hold(const std::string& folder) {
  constexpr int rounds = 3;
  oracle::DriverTarget stack(command_under_test());
  std::size_t traces = 0;
  for (const auto& entry : std::filesystem::directory_iterator(std::string(WEIR_STACK_TRACES) + "/" + folder)) {
    ++traces;
    oracle::TraceReader reader(oracle::read_file(entry.path().string()), entry.path().filename().string());
    model::Host<Concrete> linux_6_18(releases::linux_6_18);
    std::vector<Op> ops;
    std::vector<Outcome> seen, expected;
    for (oracle::TraceLine line; reader.next(line);) {
      ops.push_back(line.operation);
      seen.push_back(line.seen.outcome);
      expected.push_back(linux_6_18.step(line.operation));
    }
    EXPECT_EQ(rounds_as_seen(stack, reader.header(), ops, seen, rounds), rounds) << entry.path();
    EXPECT_LT(rounds_as_seen(stack, reader.header(), ops, expected, rounds), rounds)
        << entry.path() << " differs no more";
    seen.pop_back();
    expected.pop_back();
    EXPECT_EQ(seen, expected) << entry.path() << " differs before its last line";
  }
  EXPECT_GE(traces, 5u);
}

}  // namespace weir
