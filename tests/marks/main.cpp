// The tests; with --report FOLDER the coverage report instead, on which the exit code of the tests does not depend.
#include <gtest/gtest.h>

#include <cstdio>
#include <string_view>

#include "tests/marks/report.hpp"

int main(int argc, char** argv) {
  if (argc == 3 && std::string_view(argv[1]) == "--report") {
    const auto rows = weir::marks::coverage(weir::marks::all_marks(), weir::marks::campaign_of(50000));
    weir::marks::write_report(argv[2], rows);
    std::fputs(weir::marks::to_text(rows).c_str(), stdout);
    for (const auto& each : rows)
      if (!each.accounted_for()) return 1;
    return 0;
  }
  testing::InitGoogleTest(&argc, argv);
  return RUN_ALL_TESTS();
}
