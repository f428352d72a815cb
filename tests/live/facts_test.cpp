// Facts as traces: facts/ is what the fact sheet's measurements say (D1 to D4), regressions/ what campaigns against a
// live 6.18 have found. Each is held against the model and against the kernel.
#include <gtest/gtest.h>

#include "tests/live/trace_case.hpp"

namespace weir::live {
namespace {

class Facts : public testing::TestWithParam<const char*> {};

TEST_P(Facts, HoldInTheModel) {
  const auto traces = traces_in(GetParam());
  ASSERT_FALSE(traces.empty());
  for (const TraceCase& trace : traces) EXPECT_EQ(disagreement(trace, answers_of_model(trace)), "");
}

TEST_P(Facts, HoldInTheKernel) {
  oracle::LinuxTarget kernel;
  for (const TraceCase& trace : traces_in(GetParam()))
    EXPECT_EQ(disagreement(trace, answers_of(kernel, trace.ops)), "");
}

INSTANTIATE_TEST_SUITE_P(Folder, Facts, testing::Values("facts", "regressions"));

/// The twin: a fact that is not one is refused by both.
TEST(FactsTwin, AWrongFactIsRefused) {
  auto traces = traces_in("facts");
  ASSERT_FALSE(traces.empty());
  TraceCase& wrong = traces.front();
  wrong.seen.back() = oracle::observed_in_full(returned(12345));
  oracle::LinuxTarget kernel;
  EXPECT_NE(disagreement(wrong, answers_of_model(wrong)), "");
  EXPECT_NE(disagreement(wrong, answers_of(kernel, wrong.ops)), "");
}

}  // namespace
}  // namespace weir::live
