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

}  // namespace
}  // namespace weir::oracle
