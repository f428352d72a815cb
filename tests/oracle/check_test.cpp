// What a check says about a line that the model does not allow.
#include "oracle/check/check.hpp"

#include <gtest/gtest.h>

#include <vector>

#include "tests/oracle/files.hpp"

namespace weir::oracle {
namespace {

std::vector<Divergence> divergences(const std::string& text) {
  TraceReader trace(read_text(text), "t");
  std::vector<Divergence> found;
  check(trace, {}, [&](const Divergence& each) { found.push_back(each); });
  return found;
}

/// A client of a listener with backlog 0, without cookies, that is said to be ESTABLISHED.
std::string client_of_backlog_0(const std::string& release) {
  return "{\"weir\":1,\"profile\":\"" + release + R"("}
{"op":"sysctl_write","ns":0,"name":"net.ipv4.tcp_syncookies","data":"0"}
{"op":"socket","family":"inet","type":"stream","ret":3}
{"op":"bind","fd":3,"addr":"127.0.0.1","port":80,"ret":0}
{"op":"listen","fd":3,"backlog":0,"ret":0}
{"op":"socket","family":"inet","type":"stream","ret":4}
{"op":"connect","fd":4,"addr":"127.0.0.1","port":80}
{"op":"tcp_info","fd":4,"state":"ESTABLISHED"}
)";
}

TEST(Check, NamesTheLineBehindAStateThatOnlyALookShows) {
  EXPECT_TRUE(divergences(client_of_backlog_0("linux-6.13")).empty());
  const auto found = divergences(client_of_backlog_0("linux-6.12"));
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].line, 8U);
  ASSERT_TRUE(found[0].since);
  EXPECT_EQ(found[0].since->line, 7U);
  EXPECT_TRUE(found[0].since->clauses.contains(Clause::SYNQ_FULL_REACHED));
  const std::string text = to_text(found[0], "t", *profile_from("linux-6.12"));
  EXPECT_NE(text.find("line 7    SYNQ.FULL_REACHED"), std::string::npos) << text;
  EXPECT_NE(text.find("A backlog of 0 is full when it is empty."), std::string::npos) << text;
}

TEST(Check, ALabelThatWasClosedBelongsToTheNewSocket) {
  const auto found = divergences(R"({"weir":1,"profile":"linux-6.18"}
{"op":"socket","family":"inet","type":"stream","ret":3}
{"op":"close","fd":3,"ret":0}
{"op":"socket","family":"inet","type":"stream","ret":3}
{"op":"tcp_info","fd":3,"state":"LISTEN"}
)");
  ASSERT_EQ(found.size(), 1U);
  ASSERT_TRUE(found[0].since);
  EXPECT_EQ(found[0].since->line, 4U);
  EXPECT_TRUE(found[0].since->clauses.contains(Clause::SOCKET_CREATED));
}

/// What `check --all` makes of lines behind a header.
struct Checked {
  std::vector<Divergence> found;
  CheckResult result;
};

Checked check_all(const std::string& lines, const std::string& release = "linux-6.18", bool all = true) {
  TraceReader trace(read_text(R"({"weir":1,"profile":")" + release + "\"}\n" + lines), "t");
  Checked checked;
  checked.result =
      check(trace, {.profile = nullptr, .all = all}, [&](const Divergence& each) { checked.found.push_back(each); });
  return checked;
}

const std::string socket_3 = R"({"op":"socket","family":"inet","type":"stream","ret":3})"
                             "\n";

TEST(Check, StopsAtTheFirstUnlessItShallGoOn) {
  const std::string looks = socket_3 + R"({"op":"tcp_info","fd":3,"state":"LISTEN"}
{"op":"tcp_info","fd":3,"state":"ESTABLISHED"}
)";
  EXPECT_EQ(check_all(looks, "linux-6.18", false).found.size(), 1U);
  EXPECT_TRUE(check_all(looks, "linux-6.18", false).result.stopped);
  EXPECT_EQ(check_all(looks).found.size(), 2U);
  EXPECT_FALSE(check_all(looks).result.stopped);
}

TEST(Check, ACallThatWasSeenToFailDidNothing) {
  const auto checked =
      check_all(socket_3 + R"({"op":"bind","fd":3,"addr":"127.0.0.1","port":80,"ret":-1,"errno":"EADDRINUSE"}
{"op":"bind","fd":3,"addr":"127.0.0.1","port":81,"ret":0}
)");
  ASSERT_EQ(checked.found.size(), 1U);
  EXPECT_EQ(checked.found[0].line, 3U);
  EXPECT_FALSE(checked.found[0].since) << "a line that does something itself has nothing behind it";
}

TEST(Check, EachOfTwoThatFailedDidNothing) {
  const std::string refused = R"({"op":"bind","fd":3,"addr":"127.0.0.1","port":80,"ret":-1,"errno":"EADDRINUSE"})"
                              "\n";
  const auto checked =
      check_all(socket_3 + refused + refused + R"({"op":"bind","fd":3,"addr":"127.0.0.1","port":81,"ret":0}
)");
  EXPECT_EQ(checked.found.size(), 2U);
}

TEST(Check, RemembersMoreThanItKeeps) {
  std::string lines = socket_3 + R"({"op":"bind","fd":3,"addr":"127.0.0.1","port":80,"ret":0}
)";
  for (int i = 0; i < 5000; ++i) lines += "{\"op\":\"tick\"}\n";
  lines += R"({"op":"listen","fd":3,"backlog":1,"ret":-1,"errno":"EADDRINUSE"}
{"op":"bind","fd":3,"addr":"127.0.0.1","port":81,"ret":-1,"errno":"EINVAL"}
)";
  EXPECT_EQ(check_all(lines).found.size(), 1U);
}

TEST(Check, ACallThatFailsEitherWayDidWhatTheModelSays) {
  const auto checked =
      check_all(socket_3 + R"({"op":"connect","fd":3,"addr":"127.0.0.1","port":80,"ret":-1,"errno":"ENETUNREACH"}
{"op":"connect","fd":3,"addr":"127.0.0.1","port":80,"ret":-1,"errno":"ECONNREFUSED"}
)");
  ASSERT_EQ(checked.found.size(), 1U) << "the first was EINPROGRESS, and refused";
}

TEST(Check, CannotGoOnFromWhatTheModelDoesNotDo) {
  const auto checked = check_all(socket_3 + R"({"op":"listen","fd":9,"backlog":1,"ret":0}
{"op":"tcp_info","fd":3,"state":"LISTEN"}
)");
  ASSERT_EQ(checked.found.size(), 1U);
  EXPECT_TRUE(checked.result.stopped);
  EXPECT_NE(checked.found[0].note, "");
}

TEST(Check, CannotGoOnFromACrash) {
  const auto checked = check_all(R"({"op":"sysctl_write","ns":0,"name":"net.core.dev_weight","data":"0"}
{"op":"netif_rx","cpu":0,"skb":1}
{"op":"net_rx_action","cpu":0}
{"op":"netif_rx","cpu":0,"skb":2}
{"op":"net_rx_action","cpu":0}
{"op":"listen","fd":9,"backlog":1,"ret":-1,"errno":"EBADF"}
{"op":"listen","fd":9,"backlog":1,"ret":-1,"errno":"EBADF"}
)",
                                 "linux-2.6.32");
  ASSERT_EQ(checked.found.size(), 1U);
  EXPECT_EQ(checked.found[0].line, 7U) << "all that follows a crash crashes";
  EXPECT_TRUE(checked.result.stopped);
}

TEST(Check, CountsWhatItCompares) {
  const auto checked = check_all(socket_3 + R"({"op":"listen","fd":3,"backlog":1}
)");
  EXPECT_EQ(checked.result.operations, 2U);
  EXPECT_EQ(checked.result.compared, 1U);
  EXPECT_TRUE(checked.result.clauses.contains(Clause::SOCKET_CREATED));
  EXPECT_TRUE(checked.result.clauses.contains(Clause::LISTEN_START));
  EXPECT_FALSE(checked.result.clauses.contains(Clause::LISTEN_RELISTEN));
}

}  // namespace
}  // namespace weir::oracle
