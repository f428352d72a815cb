// The lock-free side's own parser against the measured table of somaxconn writes (docs: facts D1): what each input
// returns and leaves behind, for the oldest and the newest release.
#include <gtest/gtest.h>

#include "lockfree/host.hpp"

namespace weir::lockfree {
namespace {

constexpr std::int64_t refused = -1;

struct Row {
  std::string text;
  std::int64_t old_ret;  ///< 2.6.32
  std::int32_t old_value;
  std::int64_t new_ret;  ///< 6.18
  std::int32_t new_value;
};

std::string bytes(const char* text, std::size_t size) { return {text, size}; }

const std::vector<Row>& table() {
  static const std::vector<Row> rows{
      {"5", 1, 5, 1, 5},
      {"5\n", 2, 5, 2, 5},
      {"\v5", 2, 5, 2, 5},
      {"\xa0\x35", 2, 5, 2, 5},
      {"\x85\x35", refused, 0, refused, 0},
      {"5\r", 2, 5, refused, 0},
      {"5\r\n", 3, 5, refused, 0},
      {bytes("5\0", 2), 1, 5, refused, 0},
      {bytes("5\n\0", 3), 2, 5, 2, 5},
      {"5 6", 2, 5, 2, 5},
      {"5,6", refused, 0, refused, 0},
      {"\n", refused, 0, refused, 0},
      {"-", refused, 0, refused, 0},
      {"--5", refused, 0, refused, 0},
      {"+5", refused, 0, refused, 0},
      {"-0", 2, 0, 2, 0},
      {"-1", 2, -1, refused, 0},
      {"-0x10", 5, -16, refused, 0},
      {"0X10", 4, 16, 4, 16},
      {"0xg", refused, 0, refused, 0},
      {"08", refused, 0, refused, 0},
      {"010", 3, 8, 3, 8},
      {"0xffffffff", 10, -1, refused, 0},
      {"2147483647", 10, 2147483647, 10, 2147483647},
      {"2147483648", 10, std::numeric_limits<std::int32_t>::min(), refused, 0},
      {"-2147483649", 11, 2147483647, refused, 0},
      {"4294967301", 10, 5, refused, 0},
      {"18446744073709551616", 20, 0, refused, 0},
      {"99999999999999999999", 20, 1661992959, refused, 0},
      {std::string(19, '0') + "5", 20, 5, 20, 5},
      {std::string(20, '0') + "5", 20, 0, refused, 0},
      {"-" + std::string(20, '0'), 20, 0, refused, 0},
      {std::string(20, '0') + "\n", 21, 0, 21, 0},
      {std::string(4094, ' ') + "5", 4095, 5, 4095, 5},
      {std::string(4095, ' ') + "5", 4096, 5, refused, 0},
      {std::string(4093, ' ') + "555", 4096, 555, 4096, 55},
      {"5" + std::string(5000, ' ') + "garbage", 5001, 5, 5008, 5},
      {std::string(4096, '7'), 20, -138994575, refused, 0},
  };
  return rows;
}

std::string read_back(Host& host, Sysctl id) {
  return std::get<outcome::ReadBack>(host.step(op::SysctlRead{.ns = {}, .sysctl = id})).data;
}

void check(const Profile& kernel, const std::string& text, std::int64_t ret, std::int32_t value) {
  Host host(kernel);
  const std::string before = read_back(host, Sysctl::somaxconn);
  const auto answer = std::get<outcome::Returned>(host.step(op::SysctlWrite{{}, Sysctl::somaxconn, text}));
  EXPECT_EQ(answer.ret, ret) << kernel.name << ": " << testing::PrintToString(text.substr(0, 40));
  EXPECT_EQ(answer.error, ret == refused ? Errno::einval : Errno::none);
  EXPECT_EQ(read_back(host, Sysctl::somaxconn), ret == refused ? before : std::to_string(value) + "\n");
}

TEST(LockfreeSysctlText, AnswersTheMeasuredTable) {
  for (const Row& row : table()) {
    check(releases::linux_2_6_32, row.text, row.old_ret, row.old_value);
    check(releases::linux_6_18, row.text, row.new_ret, row.new_value);
  }
}

TEST(LockfreeSysctlText, U8TakesTheWholeWriteAndNoSign) {
  Host host(releases::linux_6_18);
  const auto write = [&](const std::string& text) {
    return host.step(op::SysctlWrite{{}, Sysctl::tcp_syncookies, text});
  };
  EXPECT_EQ(write("7 junk"), Outcome{returned(6)});
  EXPECT_EQ(read_back(host, Sysctl::tcp_syncookies), "7\n");
  EXPECT_EQ(write("256"), Outcome{failed(Errno::einval)});
  EXPECT_EQ(write("-0"), Outcome{failed(Errno::einval)});
}

TEST(LockfreeSysctlText, LinesReadBackAsTheyWereStored) {
  for (const std::int32_t value :
       {0, 1, -1, 10, 4096, std::numeric_limits<std::int32_t>::max(), std::numeric_limits<std::int32_t>::min()})
    EXPECT_EQ(line_of(value), std::to_string(value) + "\n");
}

TEST(LockfreeSysctlFiles, StrictWritesElsewhereThanAtTheStartStoreNothing) {
  Host host(releases::linux_6_18);
  const auto at_one = [&](const std::string& text) {
    return host.step(op::SysctlWrite{{}, Sysctl::somaxconn, text, 1});
  };
  EXPECT_EQ(at_one("abc"), Outcome{returned(3)});
  EXPECT_EQ(read_back(host, Sysctl::somaxconn), "4096\n");
  host.step(op::SysctlWrite{{}, Sysctl::sysctl_writes_strict, "0"});
  EXPECT_EQ(at_one("abc"), Outcome{failed(Errno::einval)});
  EXPECT_EQ(at_one("5"), Outcome{returned(1)});
  EXPECT_EQ(read_back(host, Sysctl::somaxconn), "5\n");
}

TEST(LockfreeSysctlFiles, GlobalKnobsOutsideTheInitialNamespace) {
  for (const Profile* kernel : releases::all) {
    Host host(*kernel);
    host.step(op::Netns{});
    const Outcome read = host.step(op::SysctlRead{{1}, Sysctl::netdev_budget});
    const Outcome write = host.step(op::SysctlWrite{{1}, Sysctl::netdev_budget, "1"});
    const bool absent = kernel->globals_absent_in_netns;
    EXPECT_EQ(std::holds_alternative<outcome::ReadBack>(read), !absent);
    EXPECT_EQ(write, Outcome{failed(absent ? Errno::enoent : Errno::eacces)});
  }
}

TEST(LockfreeSysctlStore, TheRxWeightIsTheProductThatWraps) {
  SysctlStore store(releases::linux_6_18);
  EXPECT_EQ(store.dev_rx_weight(), 64);
  store.store(Sysctl::dev_weight, 65536);
  store.store(Sysctl::dev_weight_rx_bias, 65536);
  EXPECT_EQ(store.dev_rx_weight(), 0);
}

}  // namespace
}  // namespace weir::lockfree
