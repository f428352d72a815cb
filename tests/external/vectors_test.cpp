// proc_dointvec on tables that no sysctl of the operations is, called directly. Expectations restated from
// torvalds/linux kernel/sysctl-test.c @2555693dd85c (cases 1 and 2) and tools/testing/selftests/sysctl/sysctl.sh as in
// 6.18 (arrays). A call is (table, buffer, length, position) -> error, length.
#include <gtest/gtest.h>

#include <array>
#include <string_view>

#include "model/sysctl/proc_dointvec.hpp"

namespace weir::model {
namespace {

struct Call {
  Errno error;
  std::size_t len;
};

Call write(std::span<std::int32_t> data, std::string_view text) {
  const std::vector<std::uint8_t> buffer(text.begin(), text.end());
  Transfer io{text.size(), 0};
  const Errno error = proc_dointvec_write<Concrete>(releases::linux_6_18, {}, data, buffer, io, 1);
  return {error, io.count};
}

std::string read(std::span<const std::int32_t> data, std::size_t& len) {
  Transfer io{len, 0};
  const auto text = proc_dointvec_read<Concrete>(data, io);
  len = io.count;
  return {text.begin(), text.end()};
}

/// No data, or none of its length: to the rule both are an empty table.
TEST(KunitSysctl, ATableWithoutDataReadsAndWritesNothing) {
  std::size_t len = 64;
  EXPECT_EQ(read({}, len), "");
  EXPECT_EQ(len, 0U);
  const Call call = write({}, "9");
  EXPECT_EQ(call.error, Errno::none);
  EXPECT_EQ(call.len, 0U);
}

TEST(SelftestSysctl, ArraysOfFour) {
  std::array<std::int32_t, 4> data{1, 2, 3, 4};
  EXPECT_EQ(write(data, "4 3 2 1").error, Errno::none);
  EXPECT_EQ(data, (std::array<std::int32_t, 4>{4, 3, 2, 1}));
  EXPECT_EQ(write(data, "100 101").error, Errno::none);
  EXPECT_EQ(data, (std::array<std::int32_t, 4>{100, 101, 2, 1}));
  EXPECT_EQ(write(data, "9").error, Errno::none);
  EXPECT_EQ(data, (std::array<std::int32_t, 4>{9, 101, 2, 1}));
  std::size_t len = 100;
  EXPECT_EQ(read(data, len), "9\t101\t2\t1\n");
}

}  // namespace
}  // namespace weir::model
