// Runs the tests where the stack can be had; elsewhere says why not and ends with 4, which CTest reports as skipped.
#include <gtest/gtest.h>

#include <cstdio>
#include <stdexcept>

#include "tests/stacks/stack_under_test.hpp"

int main(int argc, char** argv) {
  testing::InitGoogleTest(&argc, argv);
  if (!GTEST_FLAG_GET(list_tests)) {
    try {
      weir::oracle::DriverTarget(weir::command_under_test());
    } catch (const std::runtime_error& error) {
      std::printf("not available: %s\n", error.what());
      return 4;
    }
  }
  return RUN_ALL_TESTS();
}
