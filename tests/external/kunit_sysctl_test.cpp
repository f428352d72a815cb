// proc_dointvec called directly, as the kernel's own unit tests do. Expectations restated from torvalds/linux
// kernel/sysctl-test.c @2555693dd85c (10 cases); a call is (table, buffer, length, position) -> return, length,
// position.
#include <gtest/gtest.h>

#include <string_view>

#include "model/sysctl/proc_dointvec.hpp"

namespace weir::model {
namespace {

const Profile& kernel() { return *profile_from("linux-6.18"); }

struct Call {
  Errno error;
  std::size_t len;
  std::int64_t pos;
};

Call write(std::span<std::int32_t> data, std::string_view text, std::size_t len, std::int64_t pos = 0) {
  std::vector<std::uint8_t> buffer(text.begin(), text.end());
  buffer.resize(len, 0);
  Transfer io{len, pos};
  const Errno error = proc_dointvec_write<Concrete>(kernel(), {}, data, buffer, io, 1);
  return {error, io.count, io.pos};
}

struct ReadCall {
  std::string text;
  std::size_t len;
};

ReadCall read(std::span<const std::int32_t> data, std::size_t len, std::int64_t pos) {
  Transfer io{len, pos};
  const auto text = proc_dointvec_read<Concrete>(data, io);
  return {std::string(text.begin(), text.end()), io.count};
}

TEST(KunitSysctl, NullDataReadsAndWritesNothing) {
  EXPECT_EQ(read({}, 64, 0).len, 0U);
  const Call call = write({}, "9", 1);
  EXPECT_EQ(call.error, Errno::none);
  EXPECT_EQ(call.len, 0U);
}

TEST(KunitSysctl, ZeroLengthDoesNothing) {
  std::int32_t value = 5;
  EXPECT_EQ(read({&value, 1}, 0, 0).len, 0U);
  const Call call = write({&value, 1}, "", 0);
  EXPECT_EQ(call.error, Errno::none);
  EXPECT_EQ(call.len, 0U);
  EXPECT_EQ(value, 5);
}

TEST(KunitSysctl, ReadAtAnOffsetIsEmpty) {
  const std::int32_t value = 5;
  EXPECT_EQ(read({&value, 1}, 64, 1).len, 0U);
}

TEST(KunitSysctl, ReadsPositiveAndNegative) {
  const std::int32_t positive = 13, negative = -16;
  EXPECT_EQ(read({&positive, 1}, 64, 0).text, "13\n");
  EXPECT_EQ(read({&positive, 1}, 64, 0).len, 3U);
  EXPECT_EQ(read({&negative, 1}, 64, 0).text, "-16\n");
  EXPECT_EQ(read({&negative, 1}, 64, 0).len, 4U);
}

TEST(KunitSysctl, WritesPositiveAndNegative) {
  std::int32_t value = 0;
  Call call = write({&value, 1}, "9", 1);
  EXPECT_EQ(call.error, Errno::none);
  EXPECT_EQ(call.len, 1U);
  EXPECT_EQ(call.pos, 1);
  EXPECT_EQ(value, 9);
  call = write({&value, 1}, "-9", 2);
  EXPECT_EQ(call.error, Errno::none);
  EXPECT_EQ(call.len, 2U);
  EXPECT_EQ(call.pos, 2);
  EXPECT_EQ(value, -9);
}

TEST(KunitSysctl, RefusesWhatIsOutsideInt) {
  for (const std::string_view text : {"-2147483649", "2147483648"}) {
    std::int32_t value = 7;
    const Call call = write({&value, 1}, text, 32);
    EXPECT_EQ(call.error, Errno::einval) << text;
    EXPECT_EQ(call.len, 32U) << text;
    EXPECT_EQ(value, 7) << text;
  }
}

}  // namespace
}  // namespace weir::model
