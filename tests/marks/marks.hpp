// Coverage marks: a test for each clause that reaches it on purpose.
//
//   COVERS(LISTEN_CLAMP, linux_6_18) {
//     host.socket();
//     EXPECT_EQ(host.listen(3, 5000), "0");
//     EXPECT_EQ(host.info(3), "LISTEN 0 4096");
//   }
//
// The body must pass the clause, in that release; otherwise the test Covers.LISTEN_CLAMP fails. Which clauses have a
// mark is known before any test runs, so the report (report.hpp) and the test that none is forgotten need no order.
#pragma once
#include <string_view>
#include <vector>

#include "tests/model/script.hpp"

namespace weir::marks {

using testing::linux_2_6_32;
using testing::linux_6_18;
using testing::Script;

struct Mark {
  Clause clause;
  std::string_view release;
  std::string_view file;  ///< from the root of the source tree
  int line;
};

/// All marks of the program.
std::vector<Mark>& all_marks();

/// Runs `body` on a host of the release; the test fails if it does not pass the clause. What the body calls of the
/// model directly, in the domain Recorded, counts too.
void run(Clause clause, std::string_view release, void (*body)(Script&));

struct Registration {
  Registration(Clause clause, std::string_view release, std::string_view file, int line);
};

#define COVERS(clause, release)                                                               \
  static void covers_##clause(Script& host);                                                  \
  static const Registration registered_##clause(Clause::clause, release, __FILE__, __LINE__); \
  TEST(Covers, clause) { run(Clause::clause, release, covers_##clause); }                     \
  static void covers_##clause([[maybe_unused]] Script& host)

}  // namespace weir::marks
