// Every text up to length 5 over nine symbols, written to one sysctl of each kind of parser.
//
// The symbols are one of each class that the parsers tell apart: 0 (prefix and digit), 1 (digit), 9 (not octal), x, a
// (hexadecimal only), '-', a blank that ends numbers everywhere, one that ends them only before 2.6.35, and NUL. Length
// 5 holds the longest prefix (blank, '-', "0x", one digit) or a number, a blank and another token.
#include <gtest/gtest.h>

#include <array>

#include "fuzz/canary.hpp"
#include "fuzz/report.hpp"
#include "fuzz/targets.hpp"
#include "oracle/json/writer.hpp"
#include "tests/sweep/sequences.hpp"

namespace weir::sweep {
namespace {

constexpr std::size_t longest = 5;
constexpr std::array<char, 9> symbols{'0', '1', '9', 'x', 'a', '-', ' ', '\r', '\0'};

/// One sysctl for each handler: dointvec, dointvec_minmax, dev_weight, dou8vec_minmax (all dointvec in 2.6.32),
/// douintvec_minmax where there is one; and the vector.
constexpr auto parsers =
    std::to_array<Sysctl>({Sysctl::netdev_max_backlog, Sysctl::somaxconn, Sysctl::dev_weight, Sysctl::tcp_syncookies,
                           Sysctl::tcp_child_ehash_entries, Sysctl::tcp_wmem});

/// Appends the operations that write each text, and read back what it left.
void append_texts(std::string& text, Sysctl id, std::vector<Op>& ops) {
  ops.emplace_back(op::SysctlWrite{{}, id, text});
  ops.emplace_back(op::SysctlRead{{}, id});
  if (text.size() == longest) return;
  for (const char each : symbols) {
    text.push_back(each);
    append_texts(text, id, ops);
    text.pop_back();
  }
}

/// Every text on one host, each going on from the value that the last one left. The first divergence, or "".
std::string first_divergence(const fuzz::Target& target, const Profile& kernel, Sysctl id) {
  fuzz::Input input{&kernel, {}, {}};
  std::string text;
  append_texts(text, id, input.ops);
  EXPECT_EQ(input.ops.size(), 2U * 66430U);  // 9^0 + … + 9^5 texts
  fuzz::Effort effort;
  const auto difference = target.run(input, effort);
  if (!difference) return "";
  return oracle::to_json(input.ops[difference->index & ~std::size_t{1}]) + " then " + fuzz::to_sentence(*difference);
}

TEST(SysctlSweep, EveryTextAgrees) {
  for (const Profile* kernel : eras(oracle::Plane::sysctl))
    for (const Sysctl id : parsers)
      EXPECT_EQ(first_divergence(fuzz::lockfree_target(), *kernel, id), "") << kernel->name;
}

TEST(SysctlSweepMustFail, NumbersInBaseTen) {
  for (const Profile* kernel : eras(oracle::Plane::sysctl))
    EXPECT_NE(first_divergence(fuzz::canary_decimal(), *kernel, Sysctl::somaxconn), "");
}

}  // namespace
}  // namespace weir::sweep
