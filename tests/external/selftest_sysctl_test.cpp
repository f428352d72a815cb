// The kernel's sysctl selftest. Expectations restated from torvalds/linux tools/testing/selftests/sysctl/sysctl.sh
// (numeric and digit cases @1c0357c84645; wide integers and arrays as in 6.18), with strict writes.
#include <gtest/gtest.h>

#include <array>
#include <string>

#include "tests/model/script.hpp"

namespace weir::testing {
namespace {

constexpr Sysctl knob = Sysctl::netdev_max_backlog;  // a plain proc_dointvec int

/// Writes `text` as a process that writes block by block through one descriptor does: each block at the offset reached.
std::string write_in_blocks(Script& host, const std::string& text, std::size_t block) {
  std::int64_t pos = 0;
  for (std::size_t at = 0; at < text.size(); at += block) {
    const std::string answer = host.write(knob, text.substr(at, block), pos);
    if (answer == "EINVAL") return answer;
    pos += std::stoll(answer);
  }
  return std::to_string(pos);
}

TEST(SelftestSysctl, WritesAndReadsBack) {
  Script host(linux_6_18);
  EXPECT_EQ(host.write(knob, "1001"), "4");
  EXPECT_EQ(host.read(knob), "1001\n");
  EXPECT_EQ(host.write(knob, "2002" + std::string(4092, '\n')), "4096") << "the same in one block of a page";
  EXPECT_EQ(host.read(knob), "2002\n");
}

TEST(SelftestSysctl, BytesAfterTheFirstOffsetChangeNothing) {
  Script host(linux_6_18);
  host.write(knob, "1001");
  for (std::int64_t pos = 1; pos < 4; ++pos) EXPECT_EQ(host.write(knob, "1", pos), "1");
  EXPECT_EQ(host.read(knob), "1001\n");
  EXPECT_EQ(host.write(knob, "55", 40), "2");
  EXPECT_EQ(host.read(knob), "1001\n");
}

TEST(SelftestSysctl, GarbageBlockThenValueStoresNothing) {
  Script host(linux_6_18);
  host.write(knob, "1001");
  EXPECT_EQ(write_in_blocks(host, std::string(50, 'A') + "7", 50), "EINVAL");
  EXPECT_EQ(host.read(knob), "1001\n");
}

TEST(SelftestSysctl, WideIntegersAreRefusedWithEitherSign) {
  for (const std::string text :
       {"0x100000000", "0x1ffffffff", "0x180000000", "0x17fffffff", "0xffffffff00000000", "0x0000ffffffffffff"}) {
    Script host(linux_6_18);
    host.write(knob, "17");
    EXPECT_EQ(host.write(knob, text), "EINVAL") << text;
    EXPECT_EQ(host.write(knob, "-" + text), "EINVAL") << text;
    EXPECT_EQ(host.read(knob), "17\n") << text;
  }
}

TEST(SelftestSysctl, LeadingBlanksWithinAndBeyondABlock) {
  Script host(linux_6_18);
  EXPECT_EQ(write_in_blocks(host, std::string(511, ' ') + "3", 512), "512");
  EXPECT_EQ(host.read(knob), "3\n");
  EXPECT_EQ(write_in_blocks(host, std::string(512, ' ') + "4", 512), "EINVAL") << "the first block is blanks only";
  EXPECT_EQ(host.read(knob), "3\n");
}

TEST(SelftestSysctl, LimitsOfInt) {
  Script host(linux_6_18);
  EXPECT_EQ(host.write(knob, "2147483647"), "10");
  EXPECT_EQ(host.write(knob, "2147483648"), "EINVAL");
  EXPECT_EQ(host.write(knob, "-3"), "2");
  EXPECT_EQ(host.read(knob), "-3\n");
}

TEST(SelftestSysctl, ArraysOfFour) {
  std::array<std::int32_t, 4> data{1, 2, 3, 4};
  const auto write = [&](std::string_view text) {
    model::Transfer io{text.size(), 0};
    const std::vector<std::uint8_t> bytes(text.begin(), text.end());
    return model::proc_dointvec_write<Concrete>(*profile_from(linux_6_18), {}, data, bytes, io, 1);
  };
  EXPECT_EQ(write("4 3 2 1"), Errno::none);
  EXPECT_EQ(data, (std::array<std::int32_t, 4>{4, 3, 2, 1}));
  EXPECT_EQ(write("100 101"), Errno::none);
  EXPECT_EQ(data, (std::array<std::int32_t, 4>{100, 101, 2, 1}));
  EXPECT_EQ(write("9"), Errno::none);
  EXPECT_EQ(data, (std::array<std::int32_t, 4>{9, 101, 2, 1}));
  model::Transfer io{100, 0};
  const auto text = model::proc_dointvec_read<Concrete>(std::span<const std::int32_t>(data), io);
  EXPECT_EQ(std::string(text.begin(), text.end()), "9\t101\t2\t1\n");
}

}  // namespace
}  // namespace weir::testing
