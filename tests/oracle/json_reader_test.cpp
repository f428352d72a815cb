// Every class of malformed trace is refused with its position and what was expected.
#include <gtest/gtest.h>

#include <ostream>
#include <string>
#include <vector>

#include "oracle/json/reader.hpp"
#include "oracle/text/malformed.hpp"
#include "tests/oracle/refused.hpp"

namespace weir::oracle {
namespace {

const std::string header = "{\"weir\":1,\"profile\":\"linux-6.18\"}\n";

std::vector<TraceLine> read_all(const std::string& text) {
  TraceReader reader(read_text(text), "t");
  std::vector<TraceLine> lines;
  for (TraceLine line; reader.next(line);) lines.push_back(line);
  return lines;
}

struct Bad {
  std::string name;
  std::string text;  ///< the whole trace
  std::uint64_t line;
  std::uint64_t column;
  std::string expected;  ///< part of the message
};

class Refuses : public testing::TestWithParam<Bad> {};

TEST_P(Refuses, WithPosition) {
  const Bad& bad = GetParam();
  const std::string message = refusal([&] { read_all(bad.text); }, bad.line, bad.column);
  EXPECT_NE(message.find(bad.expected), std::string::npos) << bad.text << ": " << message;
}

const std::vector<Bad> bad_headers{
    {"EmptyFile", "", 1, 1, "expected the header"},
    {"NoHeader", "{\"op\":\"tick\"}\n", 1, 2, "expected the header"},
    {"UnknownProfile", "{\"weir\":1,\"profile\":\"linux-9.9\"}", 1, 21, "linux-2.6.32"},
    {"UnknownVersion", "{\"weir\":2,\"profile\":\"linux-6.18\"}", 1, 9, "from 1 to 1"},
    {"UnknownField", "{\"weir\":1,\"cpu\":2}", 1, 11, "weir, profile, cpus, sysctl, thread_backlog_napi"},
    {"MissingProfile", "{\"weir\":1}", 1, 11, "\"profile\""},
    {"NoCpu", "{\"weir\":1,\"profile\":\"linux-6.18\",\"cpus\":0}", 1, 41, "from 1 to 64"},
    {"UnknownSysctl", "{\"weir\":1,\"profile\":\"linux-6.18\",\"sysctl\":{\"net.core.some\":1}}", 1, 44,
     "net.core.somaxconn"},
    {"SysctlTwice",
     "{\"weir\":1,\"profile\":\"linux-6.18\",\"sysctl\":{\"net.core.somaxconn\":1,\"net.core.somaxconn\":1}}", 1, 67,
     "each field once"},
    {"SecondHeader", header + header, 2, 2, "the header stands once"},
};

Bad in_line(std::string name, std::string line, std::uint64_t column, std::string expected) {
  return {std::move(name), header + line + "\n", 2, column, std::move(expected)};
}

const std::vector<Bad> bad_lines{
    in_line("UnknownOperation", "{\"op\":\"lissten\",\"fd\":3}", 7, "listen, connect"),
    in_line("EndWithoutPort", "{\"op\":\"segment\",\"from\":\"192.0.2.1\"}", 24, "a colon and a port"),
    in_line("EndWithAPortTooHigh", "{\"op\":\"segment\",\"from\":\"192.0.2.1:65536\"}", 24, "a colon and a port"),
    in_line("EndOfALeadingZero", "{\"op\":\"segment\",\"from\":\"192.0.2.1:080\"}", 24, "a colon and a port"),
    in_line("EndOfAnAbstractName", "{\"op\":\"segment\",\"from\":\"@:80\"}", 24, "a colon and a port"),
    in_line("SentIsNoList", "{\"op\":\"advance\",\"ms\":1,\"sent\":3}", 31, "a list of segments"),
    in_line("SentHoldsNoObject", "{\"op\":\"advance\",\"ms\":1,\"sent\":[3]}", 32, "an object"),
    in_line("SentLacksAField", "{\"op\":\"advance\",\"ms\":1,\"sent\":[{\"flags\":\"SA\"}]}", 32, "to, flags"),
    in_line("SentHasAnUnknownField", "{\"op\":\"advance\",\"ms\":1,\"sent\":[{\"flag\":\"SA\"}]}", 33, "to, flags"),
    in_line("MissingOperation", "{\"fd\":3}", 1, "\"op\""),
    in_line("UnknownField", "{\"op\":\"listen\",\"fd\":3,\"back\":5}", 23, "fd, backlog"),
    in_line("MissingField", "{\"op\":\"listen\",\"fd\":3}", 23, "\"backlog\""),
    in_line("FieldTwice", "{\"op\":\"listen\",\"fd\":3,\"fd\":3,\"backlog\":5}", 23, "each field once"),
    in_line("OperationTwice", "{\"op\":\"tick\",\"op\":\"tick\"}", 14, "each field once"),
    in_line("ResultTwice", "{\"op\":\"tick\",\"ret\":-1,\"ret\":-1}", 23, "each field once"),
    in_line("WrongType", "{\"op\":\"listen\",\"fd\":\"3\",\"backlog\":5}", 21, "a whole number"),
    in_line("Fraction", "{\"op\":\"listen\",\"fd\":3.5,\"backlog\":5}", 21, "a whole number"),
    in_line("Int32", "{\"op\":\"listen\",\"fd\":3,\"backlog\":2147483648}", 33, "from -2147483648 to 2147483647"),
    in_line("Uint32", "{\"op\":\"netif_rx\",\"cpu\":0,\"skb\":-1}", 32, "from 0 to 4294967295"),
    in_line("Port", "{\"op\":\"bind\",\"fd\":3,\"addr\":\"\",\"port\":65536}", 38, "from 0 to 65535"),
    in_line("Cpu", "{\"op\":\"softnet_stat\",\"cpu\":2}", 28, "from 0 to 1"),
    in_line("Descriptor", "{\"op\":\"accept\",\"fd\":3,\"ret\":1048576}", 29, "below 1048576"),
    in_line("ResultBelowMinusOne", "{\"op\":\"close\",\"fd\":3,\"ret\":-2}", 28, "-1 or a result of 0 or more"),
    in_line("ResultThatBeginsAsMinusOne", "{\"op\":\"close\",\"fd\":3,\"ret\":-12}", 28, "a result of 0 or more"),
    in_line("ResultOfReadingBelowMinusOne",
            "{\"op\":\"sysctl_read\",\"ns\":0,\"name\":\"net.core.somaxconn\",\"ret\":-2}", 62,
            "-1 or a result of 0 or more"),
    in_line("Address", "{\"op\":\"bind\",\"fd\":3,\"addr\":\"127.1\",\"port\":1}", 28, "an address"),
    in_line("EnumName", "{\"op\":\"shutdown\",\"fd\":3,\"how\":\"both\"}", 31, "rd, wr, rdwr"),
    in_line("ErrorName", "{\"op\":\"close\",\"fd\":3,\"errno\":\"EWHAT\"}", 30, "name of an error"),
    in_line("SysctlName", "{\"op\":\"sysctl_read\",\"ns\":0,\"name\":\"somaxconn\"}", 35, "net.core.somaxconn"),
    in_line("Boolean", "{\"op\":\"process_backlog\",\"cpu\":0,\"quota\":1,\"complete\":1}", 54, "true or false"),
    in_line("List", "{\"op\":\"net_rx_action\",\"cpu\":0,\"delivered\":[1,true]}", 46, "from 0 to 4294967295"),
    in_line("ResultOfBothKinds",
            "{\"op\":\"getsockopt\",\"fd\":3,\"name\":\"SO_REUSEADDR\",\"errno\":\"EBADF\",\"value\":1}", 73,
            "either the error"),
    in_line("ResultThatIsNone", "{\"op\":\"tcp_info\",\"fd\":3,\"ret\":0}", 31, "-1"),
    in_line("EmptyLine", "", 1, "empty line"),
    in_line("NotAnObject", "[1]", 1, "an object"),
    in_line("MoreBehind", "{\"op\":\"tick\"} {}", 15, "end of the line"),
    in_line("NoComma", "{\"op\":\"listen\" \"fd\":3}", 16, "JSON"),
    in_line("Unclosed", "{\"op\":\"listen\",\"fd\":3", 22, "rest of the object"),
    in_line("BadUtf8", "{\"op\":\"ti\xff\"}", 10, "UTF-8"),
    in_line("BadEscape", "{\"op\":\"ti\\qck\"}", 7, "escapes"),
    in_line("ControlCharacter", "{\"op\":\"ti\tck\"}", 10, "control characters"),
    in_line("NotAByte", "{\"op\":\"sysctl_write\",\"ns\":0,\"name\":\"net.core.somaxconn\",\"data\":\"\xc4\x80\"}", 64,
            "U+0000 to U+00FF"),
};

void PrintTo(const Bad& bad, std::ostream* out) { *out << bad.text; }
std::string name_of_case(const testing::TestParamInfo<Bad>& each) { return each.param.name; }
INSTANTIATE_TEST_SUITE_P(Header, Refuses, testing::ValuesIn(bad_headers), name_of_case);
INSTANTIATE_TEST_SUITE_P(Line, Refuses, testing::ValuesIn(bad_lines), name_of_case);

TEST(TraceReader, RefusesAFileCutOffInsideALine) {
  try {
    read_all(header + "{\"op\":\"listen\",\"fd\":3");
    FAIL();
  } catch (const Malformed& malformed) {
    EXPECT_EQ(malformed.column(), 22U);
    EXPECT_NE(malformed.message().find("cut off"), std::string::npos);
  }
}

TEST(TraceReader, RefusesALineOverOneMebibyteAndTakesOneJustBelow) {
  const std::string start = "{\"op\":\"sysctl_write\",\"ns\":0,\"name\":\"net.core.somaxconn\",\"data\":\"";
  const auto line = [&](std::size_t length) { return start + std::string(length - start.size() - 2, '7') + "\"}"; };
  EXPECT_EQ(read_all(header + line(max_line) + "\n").size(), 1U);
  try {
    read_all(header + line(max_line + 1) + "\n");
    FAIL();
  } catch (const Malformed& malformed) {
    EXPECT_EQ(malformed.line(), 2U);
    EXPECT_NE(malformed.message().find("1 MiB"), std::string::npos);
  }
}

TEST(TraceReader, TakesFieldsInAnyOrderAndALastLineWithoutNewline) {
  const auto lines = read_all(header + "{\"ret\":0,\"backlog\":5,\"fd\":3,\"op\":\"listen\"}");
  ASSERT_EQ(lines.size(), 1U);
  EXPECT_EQ(lines[0].operation, Op(op::Listen{Fd{3}, 5}));
  EXPECT_EQ(lines[0].seen, (Observation{returned(0), 1}));
}

TEST(TraceReader, KnowsPartialObservations) {
  const auto lines = read_all(header +
                              "{\"op\":\"close\",\"fd\":3,\"ret\":-1}\n{\"op\":\"tcp_info\",\"fd\":3,\"unacked\":2}\n"
                              "{\"op\":\"softnet_stat\",\"cpu\":0,\"backlog_len\":null}\n{\"op\":\"tick\"}\n");
  ASSERT_EQ(lines.size(), 4U);
  EXPECT_TRUE(agrees(lines[0].seen, failed(Errno::ebadf)));
  EXPECT_FALSE(agrees(lines[0].seen, returned(0)));
  EXPECT_TRUE(agrees(lines[1].seen, outcome::Info{TcpState::listen, 2, 7}));
  EXPECT_FALSE(agrees(lines[1].seen, outcome::Info{TcpState::listen, 3, 7}));
  EXPECT_FALSE(agrees(lines[1].seen, failed(Errno::ebadf)));
  EXPECT_TRUE(agrees(lines[2].seen, outcome::SoftnetRow{}));
  EXPECT_FALSE(agrees(lines[2].seen, outcome::SoftnetRow{0, 0, 0, 0, 0}));
  EXPECT_TRUE(agrees(lines[3].seen, outcome::Done{}));
}

TEST(TraceReader, ReadsAByteACodePoint) {
  const auto lines = read_all(
      header +
      "{\"op\":\"sysctl_write\",\"ns\":0,\"name\":\"net.core.somaxconn\",\"data\":\"\\u00005\xc2\xa0\\u00ff\"}");
  ASSERT_EQ(lines.size(), 1U);
  EXPECT_EQ(std::get<op::SysctlWrite>(lines[0].operation).data, std::string("\0005\xa0\xff", 4));
}

}  // namespace
}  // namespace weir::oracle
