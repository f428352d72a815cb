// Runs the tests where the kernel can be asked; elsewhere says why not and ends with 4, which CTest reports as skipped.
#include <gtest/gtest.h>

#include <cstdio>

#include "oracle/targets/linux.hpp"
#include "oracle/targets/this_kernel.hpp"

int main(int argc, char** argv) {
  testing::InitGoogleTest(&argc, argv);
  if (!GTEST_FLAG_GET(list_tests)) {
    if (const auto here = weir::oracle::LinuxTarget::probe(); !here) {
      std::printf("not available: %s\n", here.reason.c_str());
      return 4;
    }
#ifdef WEIR_NEEDS_PEERS
    if (const auto peers = weir::oracle::LinuxTarget::peers(); !peers) {
      std::printf("not available: %s\n", peers.reason.c_str());
      return 4;
    }
#endif
    if (weir::oracle::running_profile() != &weir::releases::linux_6_18) {
      std::printf("not available: what these tests know was seen on 6.18, this is %s\n",
                  weir::oracle::running_release().c_str());
      return 4;
    }
  }
  return RUN_ALL_TESTS();
}
