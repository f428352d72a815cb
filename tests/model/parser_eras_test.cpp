// The five eras of the integer parser, on net.core.somaxconn: one row a text, one column an era. The last column was
// measured on Linux 6.18.44; the others follow from reading the parsers of those releases.
#include <gtest/gtest.h>

#include <array>
#include <string>
#include <vector>

#include "model/host.hpp"

namespace weir {
namespace {

constexpr std::array<std::string_view, 5> eras{"linux-2.6.34", "linux-3.10", "linux-4.0", "linux-5.0", "linux-6.18"};

/// "RETURN:VALUE", or "E" for EINVAL with the value as it was.
using Answers = std::array<std::string_view, eras.size()>;
struct Row {
  std::string text;
  Answers answers;
};

constexpr Answers all(std::string_view answer) { return {answer, answer, answer, answer, answer}; }
constexpr Answers before_2_6_35(std::string_view answer) { return {answer, "E", "E", "E", "E"}; }
constexpr Answers before_3_11(std::string_view answer) { return {answer, answer, "E", "E", "E"}; }
constexpr Answers before_5_1(std::string_view answer) { return {answer, answer, answer, answer, "E"}; }

std::string bytes(std::string_view text) { return std::string(text); }

std::vector<Row> blanks_and_ends() {
  using namespace std::string_view_literals;
  std::vector<Row> rows;
  for (const char blank : " \t\n\v\f\r\xa0"sv) rows.push_back({std::string{blank, '5'}, all("2:5")});
  for (const char end : "\r\v\f"sv) rows.push_back({std::string{'5', end}, before_2_6_35("2:5")});
  for (const auto text : {"5 "sv, "5\t"sv, "5\n"sv, "5\n\0"sv, "5 \0"sv, "5 6"sv, "5\n6\n"sv, "5\t6"sv, "5 abc"sv})
    rows.push_back({bytes(text), all("2:5")});
  for (const auto text :
       {"5,6"sv, "5abc"sv, "5.0"sv, "5e3"sv, "1_000"sv, "\n"sv,  " "sv,  "  \n"sv, "\0"sv,  "-"sv,    "--5"sv, "- 5"sv,
        "+5"sv,  "+0"sv,   "+"sv,   "0x"sv,  "0xg"sv,   "0x "sv, "08"sv, "09"sv,   "018"sv, "0b11"sv, "0o17"sv})
    rows.push_back({bytes(text), all("E")});
  for (const char odd : "\0\x85"sv) rows.push_back({std::string{odd, '5'}, all("E")});
  rows.push_back({"5\r\n", before_2_6_35("3:5")});
  rows.push_back({bytes("5\0"sv), before_2_6_35("1:5")});
  rows.push_back({bytes("5\0\n"sv), before_2_6_35("1:5")});
  return rows;
}

std::vector<Row> numbers() {
  return {
      {"5", all("1:5")},
      {"", all("0:100")},
      {"-0", all("2:0")},
      {"010", all("3:8")},
      {"0x10", all("4:16")},
      {"0X10", all("4:16")},
      {"65535", all("5:65535")},
      {"-1", before_3_11("2:-1")},
      {"-0x10", before_3_11("5:-16")},
      {"0xffffffff", before_3_11("10:-1")},
      {"4294967295", before_3_11("10:-1")},
      {"2147483648", before_3_11("10:-2147483648")},
      {"18446744073709551615", before_3_11("20:-1")},
      {"65536", {"5:65536", "5:65536", "E", "5:65536", "5:65536"}},
      {"2147483647", {"10:2147483647", "10:2147483647", "E", "10:2147483647", "10:2147483647"}},
      {"0x7fffffff", {"10:2147483647", "10:2147483647", "E", "10:2147483647", "10:2147483647"}},
      {"-2147483649", {"11:2147483647", "11:2147483647", "E", "11:2147483647", "E"}},
      {"99999999999999999999", {"20:1661992959", "20:1661992959", "E", "20:1661992959", "E"}},
      {"4294967296", before_5_1("10:0")},
      {"4294967301", before_5_1("10:5")},
      {"18446744073709551616", before_5_1("20:0")},
      {"18446744073709551621", before_5_1("20:5")},
  };
}

std::vector<Row> long_texts() {
  const auto run = [](std::size_t count, char c) { return std::string(count, c); };
  return {
      {run(19, '0') + "5", all("20:5")},
      {run(20, '0') + "5", before_2_6_35("20:0")},
      {"-" + run(19, '0'), all("20:0")},
      {"-" + run(20, '0'), before_2_6_35("20:0")},
      {run(20, '0') + "\n", all("21:0")},
      {run(4094, ' ') + "5", all("4095:5")},
      {run(4095, ' ') + "5", before_2_6_35("4096:5")},
      {run(4093, ' ') + "555", {"4096:555", "4096:55", "4096:55", "4096:55", "4096:55"}},
      {"5" + run(5000, ' ') + "garbage", {"5001:5", "5008:5", "5008:5", "5008:5", "5008:5"}},
      {run(4096, '7'), before_2_6_35("20:-138994575")},
  };
}

std::string answer_of(std::string_view release, const std::string& text) {
  model::Host<Concrete> host(*profile_from(release), {.sysctl = {{Sysctl::somaxconn, 100}}});
  const auto wrote = std::get<outcome::Returned>(host.step(op::SysctlWrite{{}, Sysctl::somaxconn, text}));
  auto value = std::get<outcome::ReadBack>(host.step(op::SysctlRead{{}, Sysctl::somaxconn})).data;
  value.pop_back();  // the newline
  if (wrote.error == Errno::einval && value == "100") return "E";
  return std::to_string(wrote.ret) + ":" + value;
}

TEST(ParserEras, EachReadsAsItsReleaseDid) {
  for (const auto& rows : {blanks_and_ends(), numbers(), long_texts()})
    for (const Row& row : rows)
      for (std::size_t era = 0; era < eras.size(); ++era)
        EXPECT_EQ(answer_of(eras[era], row.text), row.answers[era])
            << eras[era] << " \"" << row.text.substr(0, 30) << "\" of " << row.text.size() << " bytes";
}

}  // namespace
}  // namespace weir
