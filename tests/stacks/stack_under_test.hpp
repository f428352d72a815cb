// What the tests of real stacks share: each executable is about one.
#pragma once
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
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

/// Each trace of `folder` says what the stack answers and, in its last line, where it differs from Linux 6.18: that is
/// so on the stack that is here, three times in a row.
inline void expect_findings_hold(const std::string& folder) {
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
    for (int round = 0; round < 3; ++round) {
      const auto ran = stack.run(reader.header(), ops);
      ASSERT_EQ(ran.outcomes.size(), ops.size()) << entry.path() << ": " << ran.error;
      for (std::size_t i = 0; i < ops.size(); ++i)
        EXPECT_EQ(ran.outcomes[i], seen[i]) << entry.path() << ": " << oracle::to_json(ops[i], ran.outcomes[i]);
    }
    EXPECT_FALSE(seen.back() == expected.back()) << entry.path() << " differs no more";
    seen.pop_back();
    expected.pop_back();
    EXPECT_EQ(seen, expected) << entry.path() << " differs before its last line";
  }
  EXPECT_GE(traces, 5u);
}

}  // namespace weir
