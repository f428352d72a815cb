// CPU masks: how flow_limit_cpu_bitmap is read and written. The answers of 5.6 and later were asked of a running 6.18
// with two CPUs, on a file of a namespace that has the same reader (net.core.rps_default_mask); the others are read
// from the sources.
#include <cstring>

#include "tests/model/script.hpp"

namespace weir::testing {
namespace {

struct Row {
  std::string_view text;
  const char* modern;  ///< the mask as it is read back, or the name of the error
  const char* old;
};

constexpr Row rows[] = {
    {"1", "1\n", "1\n"},
    {"2\n", "2\n", "2\n"},
    {"3", "3\n", "3\n"},
    {"4", "EOVERFLOW", "EOVERFLOW"},
    {"ff", "EOVERFLOW", "EOVERFLOW"},
    {"A", "EOVERFLOW", "EOVERFLOW"},
    {"", "0\n", "EINVAL"},
    {"\n", "0\n", "EINVAL"},
    {" ", "0\n", "EINVAL"},
    {",", "0\n", "EINVAL"},
    {",,,", "0\n", "EINVAL"},
    {std::string_view("\0", 1), "0\n", "EINVAL"},
    {",1", "1\n", "EINVAL"},
    {"1,", "1\n", "1\n"},
    {"1, ", "1\n", "EINVAL"},
    {"1 ,", "1\n", "EINVAL"},
    {"1,,0", "EOVERFLOW", "EINVAL"},
    {"1,00000002", "EOVERFLOW", "EOVERFLOW"},
    {"0,00000002", "EOVERFLOW", "2\n"},
    {"0,0,0,0,0,0,0,1", "EOVERFLOW", "1\n"},
    {"00000001", "1\n", "1\n"},
    {"000000001", "EOVERFLOW", "1\n"},
    {"100000000", "EOVERFLOW", "EOVERFLOW"},
    {"g00000001", "1\n", "EINVAL"},
    {"x00000001", "1\n", "EINVAL"},
    {"gg00000001", "EOVERFLOW", "EINVAL"},
    {"g00000001,1", "EOVERFLOW", "EINVAL"},
    {"g1", "EINVAL", "EINVAL"},
    {"1g", "EINVAL", "EINVAL"},
    {"0x1", "EINVAL", "EINVAL"},
    {"1;2", "EINVAL", "EINVAL"},
    {"-1", "EINVAL", "EINVAL"},
    {"+1", "EINVAL", "EINVAL"},
    {"1 2", "EOVERFLOW", "EINVAL"},
    {"2 ", "2\n", "2\n"},
    {" 1", "1\n", "1\n"},
    {"\xa0"
     "1",
     "1\n", "1\n"},
    {"1\xa0", "1\n", "1\n"},
    {"1\r", "1\n", "1\n"},
    {"1\n\n", "1\n", "1\n"},
    {"1\n2", "1\n", "EINVAL"},
    {std::string_view("1\0g", 3), "1\n", "1\n"},
};

std::string after_writing(const char* profile, std::string_view text) {
  Script host(profile);
  const std::string wrote = host.write(Sysctl::flow_limit_cpu_bitmap, std::string(text));
  const std::string mask = host.read(Sysctl::flow_limit_cpu_bitmap);
  if (wrote == std::to_string(text.size())) return mask;
  EXPECT_EQ(mask, "0\n") << "a refused write changes nothing";
  return wrote;
}

TEST(CpuMask, AsMeasuredOn618) {
  for (const char* profile : {"linux-5.6", "linux-6.18", "linux-7.1"})
    for (const Row& row : rows) EXPECT_EQ(after_writing(profile, row.text), row.modern) << profile << " " << row.text;
}

TEST(CpuMask, StrictlyUntil55) {
  for (const char* profile : {"linux-3.11", "linux-5.5"})
    for (const Row& row : rows) EXPECT_EQ(after_writing(profile, row.text), row.old) << profile << " " << row.text;
}

TEST(CpuMask, AtAnyOffset) {
  Script host(linux_6_18);
  EXPECT_EQ(host.write(Sysctl::flow_limit_cpu_bitmap, "2", 3), "1") << "sysctl_writes_strict is not asked";
  EXPECT_EQ(host.read(Sysctl::flow_limit_cpu_bitmap), "2\n");
  EXPECT_EQ(host.read(Sysctl::flow_limit_cpu_bitmap, 0, 5, 1), "");
}

TEST(CpuMask, ReadsAreCutBeforeTheNewline) {
  for (const auto& [cpus, text] :
       {std::pair{2U, "1\n"}, {5U, "01\n"}, {33U, "0,00000001\n"}, {64U, "00000000,00000001\n"}}) {
    Script host(linux_6_18, {.cpus = cpus});
    host.write(Sysctl::flow_limit_cpu_bitmap, "1");
    EXPECT_EQ(host.read(Sysctl::flow_limit_cpu_bitmap), text) << cpus;
  }
  Script host(linux_6_18, {.cpus = 33});
  for (const auto& [room, text] : {std::pair{0U, ""}, {1U, ""}, {2U, "0\n"}, {3U, "0,\n"}, {10U, "0,0000000\n"}})
    EXPECT_EQ(host.read(Sysctl::flow_limit_cpu_bitmap, 0, room), text) << room;
}

TEST(CpuMask, SixtyFourCpus) {
  for (const char* profile : {"linux-5.5", "linux-5.6"}) {
    Script host(profile, {.cpus = 64});
    host.write(Sysctl::flow_limit_cpu_bitmap, "80000000,00000001");
    EXPECT_EQ(host.read(Sysctl::flow_limit_cpu_bitmap), "80000000,00000001\n") << profile;
    EXPECT_EQ(host.write(Sysctl::flow_limit_cpu_bitmap, "1,0,0"), "EOVERFLOW") << profile;
  }
}

TEST(CpuMask, TheFileIsGlobalAndAppearsIn311) {
  Script host(linux_6_18);
  host.netns();
  EXPECT_EQ(host.write(Sysctl::flow_limit_cpu_bitmap, "1", 0, 1), "ENOENT");
  EXPECT_EQ(host.write(Sysctl::flow_limit_cpu_bitmap, "1", 0, 0, Cred::user), "EACCES");
  EXPECT_EQ(host.write(Sysctl::flow_limit_cpu_bitmap, "1", -1), "EINVAL");
  EXPECT_EQ(Script("linux-3.10").write(Sysctl::flow_limit_cpu_bitmap, "1"), "ENOENT");
  EXPECT_EQ(Script("linux-3.10").read(Sysctl::flow_limit_cpu_bitmap), "ENOENT");
}

TEST(TableLen, PowersOfTwo) {
  Script host(linux_6_18);
  EXPECT_EQ(host.read(Sysctl::flow_limit_table_len), "4096\n");
  for (const char* good : {"1", "8192", "2147483648"})
    EXPECT_EQ(host.write(Sysctl::flow_limit_table_len, good),
              good[0] == '2' ? "EINVAL" : std::to_string(std::strlen(good)));
  EXPECT_EQ(host.write(Sysctl::flow_limit_table_len, "-2147483648"), "11") << "2^31 as unsigned";
  for (const char* bad : {"0", "3", "-1", "-2"}) EXPECT_EQ(host.write(Sysctl::flow_limit_table_len, bad), "EINVAL");
  EXPECT_EQ(host.read(Sysctl::flow_limit_table_len), "-2147483648\n");
  EXPECT_EQ(Script("linux-4.0").write(Sysctl::flow_limit_table_len, "2147483648"), "10") << "cut to 32 bits";
}

}  // namespace
}  // namespace weir::testing
