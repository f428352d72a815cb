// packetdrill scripts: the examples hold where they say so and are refused where they say so, every expectation in them
// that is altered is found, what lies outside the model is counted by kind and line, and what cannot be read is
// refused.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>
#include <string>
#include <vector>

#include "oracle/packetdrill/check.hpp"
#include "oracle/packetdrill/shell.hpp"
#include "oracle/profile/names.hpp"
#include "oracle/text/malformed.hpp"
#include "tests/oracle/refused.hpp"

namespace weir::oracle::packetdrill {
namespace {

struct Checked {
  Report report;
  std::vector<Divergence> divergences;
  std::string text;
};

Checked check_text(const std::string& text, const std::string& profile = "linux-6.18", bool all = false) {
  Checked checked;
  const Profile& kernel = *profile_named(profile).profile;
  checked.report = check(Lines(read_text(text), "script"), kernel, all, [&](const Divergence& found) {
    checked.divergences.push_back(found);
    checked.text += to_text(found, "script", kernel);
  });
  return checked;
}

std::string read(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

std::string joined(const std::vector<std::string>& lines) {
  std::string text;
  for (const auto& line : lines) text += line + "\n";
  return text;
}

std::vector<std::filesystem::path> examples() {
  std::vector<std::filesystem::path> found;
  for (const auto& each : std::filesystem::directory_iterator(WEIR_EXAMPLES))
    if (each.path().extension() == ".pkt") found.push_back(each.path());
  std::sort(found.begin(), found.end());
  return found;
}

/// What an example says of itself: `// holds: PROFILE…` and `// refused: PROFILE at LINE`.
struct Claims {
  std::vector<std::string> holds;
  std::vector<std::pair<std::string, std::uint64_t>> refused;
};

Claims claims_of(const std::string& text) {
  Claims claims;
  for (const auto& line : lines_of(text)) {
    std::istringstream words(line);
    std::string slashes, claim, word;
    words >> slashes >> claim;
    if (claim == "holds:")
      while (words >> word) claims.holds.push_back(word);
    std::uint64_t at = 0;
    if (claim == "refused:" && words >> word) {
      const std::string profile = word;
      words >> word >> at;
      claims.refused.emplace_back(profile, at);
    }
  }
  return claims;
}

class Example : public testing::TestWithParam<std::filesystem::path> {};

TEST_P(Example, HoldsWhereItSaysSo) {
  const std::string text = read(GetParam());
  const Claims claims = claims_of(text);
  ASSERT_FALSE(claims.holds.empty());
  for (const auto& profile : claims.holds) {
    const auto checked = check_text(text, profile);
    EXPECT_TRUE(checked.divergences.empty()) << checked.text;
    EXPECT_TRUE(checked.report.unawaited.empty()) << profile << ": " << checked.report.unawaited.texts()[0];
    EXPECT_GE(checked.report.checked.total(), 8U);
  }
}

TEST_P(Example, IsRefusedWhereItSaysSo) {
  const std::string text = read(GetParam());
  const Claims claims = claims_of(text);
  ASSERT_FALSE(claims.refused.empty());
  for (const auto& [profile, line] : claims.refused) {
    const auto checked = check_text(text, profile);
    ASSERT_EQ(checked.divergences.size(), 1U) << profile;
    EXPECT_EQ(checked.divergences[0].line, line) << checked.text;
    EXPECT_GE(checked.divergences[0].clauses.size(), 1U) << checked.text;
  }
}

/// The line with another expectation; "" where it has none, or one that any number satisfies.
std::string altered(const std::string& line) {
  if (line.empty() || line.starts_with("//") || line.starts_with('`') || line.find(" < ") != std::string::npos)
    return "";
  if (const std::size_t at = line.rfind(":"); line.find(" > ") != std::string::npos) {
    const std::size_t flags = line.rfind(' ', at) - 1;
    return line[flags] == 'R' ? line.substr(0, flags) + "S. 0:0(0) ack 1"
                              : line.substr(0, line.rfind(' ', flags)) + " R 1:1(0)";
  }
  const std::size_t equals = line.rfind("= ");
  const bool names_one = line.find("socket(") != std::string::npos || line.find("accept(") != std::string::npos;
  const bool failed = line.compare(equals + 2, 2, "-1") == 0;
  if (equals == std::string::npos || (names_one && !failed)) return "";
  return line.substr(0, equals) + (failed ? "= 7" : "= -1 EPERM");
}

TEST_P(Example, NoticesEveryExpectationThatIsAltered) {
  const auto lines = lines_of(read(GetParam()));
  const std::string profile = claims_of(joined(lines)).holds.at(0);
  std::size_t changes = 0;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    const std::string other = altered(lines[i]);
    if (other.empty()) continue;
    auto changed = lines;
    changed[i] = other;
    const auto checked = check_text(joined(changed), profile);
    ASSERT_EQ(checked.divergences.size(), 1U) << other;
    EXPECT_EQ(checked.divergences[0].line, i + 1) << checked.text;
    ++changes;
  }
  EXPECT_GE(changes, 4U);
}

INSTANTIATE_TEST_SUITE_P(Packetdrill, Example, testing::ValuesIn(examples()), [](const auto& each) {
  std::string name = each.param.stem().string();
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
});

const std::string listener =
    "0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3\n+0 bind(3, ..., ...) = 0\n+0 listen(3, 5) = 0\n";
const std::string connection =
    listener + "+0 < S 7:7(0) win 100 <mss 1000>\n+0 > S. 0:0(0) ack 8 <...>\n+0 < . 8:8(0) ack 1 win 100\n";

TEST(Packetdrill, ATimerIsNeitherEarlyNorLate) {
  const std::string syn = listener + "+0 < S 0:0(0) win 100\n+0 > S. 0:0(0) ack 1\n";
  EXPECT_TRUE(check_text(syn + "+1 > S. 0:0(0) ack 1\n").divergences.empty());
  EXPECT_TRUE(check_text(syn + "+1.12 > S. 0:0(0) ack 1\n").divergences.empty());
  EXPECT_TRUE(check_text(syn + "* > S. 0:0(0) ack 1\n+2 > S. 0:0(0) ack 1\n").divergences.empty());
  EXPECT_EQ(check_text(syn + "+0.9 > S. 0:0(0) ack 1\n").divergences.size(), 1U);
  EXPECT_EQ(check_text(syn + "+1.2 > S. 0:0(0) ack 1\n").divergences.size(), 1U);
  EXPECT_EQ(check_text(syn + "2~2.5 > S. 0:0(0) ack 1\n").divergences.size(), 1U);
  EXPECT_TRUE(check_text("--tolerance_usecs=100000\n" + syn + "+0.9 > S. 0:0(0) ack 1\n").divergences.empty());
}

TEST(Packetdrill, ACallThatWaitsIsTakenWhenItReturns) {
  const std::string early = listener + "+0...0.5 accept(3, ..., ...) = 4\n";
  const std::string handshake = "0.1 < S 0:0(0) win 100\n+0 > S. 0:0(0) ack 1\n0.5 < . 1:1(0) ack 1 win 100\n";
  const auto checked = check_text(early + handshake);
  EXPECT_TRUE(checked.divergences.empty()) << checked.text;
  EXPECT_EQ(check_text(listener + "+0 accept(3, ..., ...) = 4\n" + handshake).divergences.size(), 1U);
  EXPECT_EQ(check_text(early).divergences.size(), 1U);
}

TEST(Packetdrill, ACallThatWaitsReturnsBeforeTheNextCall) {
  const std::string early =
      listener + "+0...0.5 accept(3, ..., ...) = 4\n0.1 < S 0:0(0) win 100\n+0 > S. 0:0(0) ack 1\n";
  const std::string ack = "0.5 < . 1:1(0) ack 1 win 100\n";
  const auto checked = check_text(early + ack + "0.5 accept(3, ..., ...) = -1 EAGAIN\n0.5 close(4) = 0\n");
  EXPECT_TRUE(checked.divergences.empty()) << checked.text;
  EXPECT_EQ(check_text(early + "0.5 accept(3, ..., ...) = -1 EAGAIN\n" + ack).divergences.size(), 1U);
}

TEST(Packetdrill, CountsWhatIsOutsideTheModelByKindAndLine) {
  const auto checked =
      check_text("--mss=1000\n`./defaults.sh; sysctl -q net.ipv4.tcp_sack=0`\n" + connection +
                 "+0 accept(3, ..., ...) = 4\n+0 %{ assert tcpi_snd_cwnd == 10 }%\n+0 write(4, ..., 10) = 10\n"
                 "+0 > P. 1:11(10) ack 8\n+0 < udp (10)\n+0 fcntl(3, F_SETFL, O_RDWR) = 0\n");
  EXPECT_TRUE(checked.divergences.empty()) << checked.text;
  std::string all;
  for (const auto& each : checked.report.outside.texts()) all += each + "; ";
  for (const std::string expected :
       {"option --mss 1 (line 1)", "command defaults.sh 1 (line 2)", "sysctl net.ipv4.tcp_sack 1 (line 2)",
        "TCP options of an injected segment 1 (line 6)", "code block 1 (line 10)", "write 1 (line 11)",
        "segment of a connection after write 1 (line 12)", "udp packet 1 (line 13)", "fcntl 1 (line 14)"})
    EXPECT_NE(all.find(expected), std::string::npos) << expected << " in " << all;
}

TEST(Packetdrill, LeavesAlonePeersThatSayOtherNumbers) {
  const auto checked = check_text(connection + "+0 < . 9:9(0) ack 1 win 100\n+0 > . 1:1(0) ack 8\n");
  EXPECT_TRUE(checked.divergences.empty()) << checked.text;
  EXPECT_EQ(checked.report.outside.total(), 3U);
}

TEST(Packetdrill, ConnectionsEndAsTheModelSays) {
  EXPECT_TRUE(check_text(connection + "+0 < F. 8:8(0) ack 1 win 100\n+0 > . 1:1(0) ack 9\n+0 accept(3, ..., ...) = 4\n"
                                      "+0 close(4) = 0\n+0 > F. 1:1(0) ack 9\n+0 < . 9:9(0) ack 2 win 100\n")
                  .divergences.empty());
  EXPECT_EQ(check_text(connection + "+0 > . 1:1(0) ack 8\n").divergences.size(), 1U);
  EXPECT_EQ(check_text(connection + "+0 > F. 1:1(0) ack 8\n").divergences.size(), 1U);
  EXPECT_EQ(check_text(listener + "+0 < . 1:1(0) ack 1 win 9\n+0 > R 1:1(0)\n").divergences.size(), 0U);
}

TEST(Packetdrill, SaysUndecidedWhereAHashPicks) {
  const std::string shared = "+0 setsockopt(3, SOL_SOCKET, SO_REUSEPORT, [1], 4) = 0\n+0 bind(3, ..., ...) = 0\n";
  const std::string first = "0 socket(..., SOCK_STREAM, 0) = 3\n" + shared + "+0 listen(3, 5) = 0\n";
  std::string second = first;
  for (std::size_t at = 0; (at = second.find('3', at)) != std::string::npos;) second[at] = '4';
  EXPECT_FALSE(check_text(first + "+0 < S 0:0(0) win 9\n").report.undecided.has_value());
  EXPECT_TRUE(check_text(first + second + "+0 < S 0:0(0) win 9\n").report.undecided.has_value());
}

TEST(Packetdrill, ReadsShellLines) {
  const Shell shell = read_shell(
      "sysctl -q -w net.core.somaxconn=7 net/ipv4/tcp_wmem=\"1 2 3\"; /bin/echo -n 5 > /proc/sys/net/ipv4/x && ./a.py "
      "b\n"
      "sysctl net.core.somaxconn");
  ASSERT_EQ(shell.settings.size(), 3U);
  EXPECT_EQ(shell.settings[0].name + "=" + shell.settings[0].data, "net.core.somaxconn=7\n");
  EXPECT_EQ(shell.settings[1].name + "=" + shell.settings[1].data, "net.ipv4.tcp_wmem=1 2 3\n");
  EXPECT_EQ(shell.settings[2].name + "=" + shell.settings[2].data, "net.ipv4.x=5");
  EXPECT_EQ(shell.other, (std::vector<std::string>{"a.py", "sysctl"}));
  EXPECT_FALSE(shell.may_fail);
  EXPECT_TRUE(read_shell("sysctl -e -q a=1").may_fail);
}

TEST(Packetdrill, ASettingMustSucceedUnlessItMayFail) {
  EXPECT_EQ(check_text("`sysctl -q net.core.somaxconn=-1`\n").divergences.size(), 1U);
  EXPECT_EQ(check_text("`sysctl -q net.core.somaxconn=-1 || true`\n").divergences.size(), 0U);
}

struct Bad {
  std::string text;
  std::uint64_t line;
  std::uint64_t column;
};

TEST(Packetdrill, RefusesWhatIsNoScriptAndSaysWhere) {
  const std::vector<Bad> all{{"0 nonsense\n", 1, 11},
                             {"\n+0 < S 0:0\n", 2, 11},
                             {"+0 < S 0:9(1)\n", 1, 14},
                             {"/* never ends\n", 1, 1},
                             {"+0 listen(3, 5)\n", 1, 11},
                             {"+0 > Q 0:0(0)\n", 1, 7},
                             {"+0 listen(3, five) = 0\n", 1, 1},
                             {"0 `sysctl\n", 1, 10},
                             {"--bind_port=x\n", 1, 13},
                             {"9999999 close(3) = 0\n", 1, 8}};
  for (const Bad& bad : all) {
    SCOPED_TRACE(bad.text);
    const std::string message = refusal([&] { check_text(bad.text); }, bad.line, bad.column);
    EXPECT_TRUE(message.starts_with("expected ")) << message;
  }
}

}  // namespace
}  // namespace weir::oracle::packetdrill
