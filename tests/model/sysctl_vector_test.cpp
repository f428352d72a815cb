// Vectors of ints and single unsigned ints: net.ipv4.tcp_wmem by release, and proc_douintvec called directly.
#include "tests/model/script.hpp"

namespace weir::testing {
namespace {

/// "RETURN VALUES" of a write to tcp_wmem.
std::string write_wmem(std::string_view release, const std::string& text) {
  Script host(release);
  const std::string ret = host.write(Sysctl::tcp_wmem, text);
  return ret + " " + host.read(Sysctl::tcp_wmem);
}

TEST(SysctlVector, ValuesAreStoredFromTheFirstOn) {
  for (const char* release : {"linux-2.6.32", "linux-3.8", "linux-6.18"}) {
    EXPECT_EQ(write_wmem(release, "5"), "1 5\t16384\t4194304\n") << release;
    EXPECT_EQ(write_wmem(release, "5 6"), "3 5\t6\t4194304\n") << release;
    EXPECT_EQ(write_wmem(release, "5\t6\n7\n"), "6 5\t6\t7\n") << release;
    EXPECT_EQ(write_wmem(release, "5 6 7 8"), "6 5\t6\t7\n") << release << ": the fourth is left for another write";
    EXPECT_EQ(write_wmem(release, "x 6"), "EINVAL 4096\t16384\t4194304\n") << release;
  }
}

/// The write fails, or is short, and what came before the bad value stands.
TEST(SysctlVector, ABadValueBehindAGoodOne) {
  EXPECT_EQ(write_wmem("linux-2.6.34", "7 8 x"), "4 7\t8\t4194304\n");
  EXPECT_EQ(write_wmem("linux-2.6.35", "7 8 x"), "EINVAL 7\t8\t4194304\n");
  EXPECT_EQ(write_wmem("linux-6.18", "7 8 x"), "EINVAL 7\t8\t4194304\n");
}

/// A number of more than 20 digits is two values of a vector.
TEST(SysctlVector, ASplitTokenFillsTwoPlaces) {
  EXPECT_EQ(write_wmem("linux-2.6.34", "0000000000000000000123"), "22 1\t23\t4194304\n");
  EXPECT_EQ(write_wmem("linux-2.6.35", "0000000000000000000123"), "EINVAL 4096\t16384\t4194304\n");
}

TEST(SysctlVector, TheMinimumComesWith310) {
  EXPECT_EQ(write_wmem("linux-3.9", "7 0 -1"), "6 7\t0\t-1\n");
  EXPECT_EQ(write_wmem("linux-3.10", "7 0 -1"), "EINVAL 7\t16384\t4194304\n");
}

TEST(SysctlVector, ReadsAreCutAnywhere) {
  Script host(linux_6_18);
  EXPECT_EQ(host.read(Sysctl::tcp_wmem, 0, 6), "4096\t1");
  EXPECT_EQ(host.read(Sysctl::tcp_wmem, 0, 4096, 6), "");
}

/// "RETURN VALUE" of a write to an unsigned int of 77.
std::string write_unsigned(model::UintRange range, std::string_view text, std::int64_t pos = 0) {
  std::uint32_t value = 77;
  const std::vector<std::uint8_t> bytes(text.begin(), text.end());
  model::Transfer io{bytes.size(), pos};
  const Errno error =
      model::proc_douintvec_write<Concrete>(releases::linux_6_18, range, value, Bytes<Concrete>(bytes), io, 1);
  const std::string ret = error == Errno::none ? std::to_string(io.count) : std::string(name_of(error));
  return ret + " " + std::to_string(value);
}

/// proc_douintvec has no limits but those of its type. No sysctl of the operations uses it as it is.
TEST(SysctlUnsigned, PlainTablesTakeEveryUnsignedInt) {
  EXPECT_EQ(write_unsigned({}, "4294967295"), "10 4294967295");
  EXPECT_EQ(write_unsigned({}, "4294967296"), "EINVAL 77");
  EXPECT_EQ(write_unsigned({}, "-1"), "EINVAL 77");
  EXPECT_EQ(write_unsigned({}, "-0"), "EINVAL 77");
  EXPECT_EQ(write_unsigned({}, "5 6"), "3 5") << "the whole count";
  EXPECT_EQ(write_unsigned({}, ""), "0 77");
  EXPECT_EQ(write_unsigned({}, " \n"), "EINVAL 77");
  EXPECT_EQ(write_unsigned({}, "abc", 1), "3 77") << "strict";
}

TEST(SysctlUnsigned, LimitsAreHeldAgainstTheUnsignedValue) {
  constexpr model::UintRange range{5, 4000000000U};
  EXPECT_EQ(write_unsigned(range, "4"), "EINVAL 77");
  EXPECT_EQ(write_unsigned(range, "5"), "1 5");
  EXPECT_EQ(write_unsigned(range, "4000000000"), "10 4000000000");
  EXPECT_EQ(write_unsigned(range, "4000000001"), "EINVAL 77");
}

TEST(SysctlUnsigned, ReadsShowNoSign) {
  model::Transfer whole{100, 0}, cut{3, 0}, later{100, 1};
  const auto text = [](const std::vector<std::uint8_t>& bytes) { return std::string(bytes.begin(), bytes.end()); };
  EXPECT_EQ(text(model::proc_douintvec_read<Concrete>(4294967295U, whole)), "4294967295\n");
  EXPECT_EQ(text(model::proc_douintvec_read<Concrete>(4294967295U, cut)), "429");
  EXPECT_EQ(text(model::proc_douintvec_read<Concrete>(4294967295U, later)), "");
}

}  // namespace
}  // namespace weir::testing
