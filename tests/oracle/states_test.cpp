// What the kernel picks by what no operation shows: a check keeps all states that explain what was seen.
#include <gtest/gtest.h>

#include "oracle/check/check.hpp"
#include "oracle/check/machine.hpp"
#include "tests/oracle/files.hpp"

namespace weir::oracle {
namespace {

/// Two listeners, fd 3 and 4, on one port with SO_REUSEPORT.
const std::string two_listeners = R"({"weir":1,"profile":"linux-6.18"}
{"op":"socket","family":"inet","type":"stream","ret":3}
{"op":"socket","family":"inet","type":"stream","ret":4}
{"op":"setsockopt","fd":3,"name":"SO_REUSEPORT","value":1,"ret":0}
{"op":"setsockopt","fd":4,"name":"SO_REUSEPORT","value":1,"ret":0}
{"op":"bind","fd":3,"addr":"127.0.0.1","port":80,"ret":0}
{"op":"bind","fd":4,"addr":"127.0.0.1","port":80,"ret":0}
{"op":"listen","fd":3,"backlog":20,"ret":0}
{"op":"listen","fd":4,"backlog":20,"ret":0}
)";

std::string clients(int count, int first_fd = 5) {
  std::string lines;
  for (int fd = first_fd; fd < first_fd + count; ++fd) {
    const std::string label = std::to_string(fd);
    lines += R"({"op":"socket","family":"inet","type":"stream","ret":)" + label + "}\n";
    lines += R"({"op":"connect","fd":)" + label + R"(,"addr":"127.0.0.1","port":80})" + "\n";
  }
  return lines;
}

struct Checked {
  CheckResult result;
  std::vector<Divergence> found;
};

Checked check_of(const std::string& lines, bool all = false) {
  TraceReader trace(read_text(two_listeners + lines), "t");
  Checked checked;
  checked.result = check(trace, {.all = all}, [&](const Divergence& each) { checked.found.push_back(each); });
  return checked;
}

const std::string from_3 = R"({"op":"accept","fd":3,"ret":8})"
                           "\n";
const std::string from_4 = R"({"op":"accept","fd":4,"ret":9})"
                           "\n";

TEST(States, EitherListenerMayHaveTheClient) {
  EXPECT_TRUE(check_of(clients(1) + from_3).result.agrees());
  EXPECT_TRUE(check_of(clients(1) + from_4).result.agrees());
}

TEST(States, NotBoth) {
  const Checked checked = check_of(clients(1) + from_3 + from_4);
  ASSERT_EQ(checked.found.size(), 1U);
  EXPECT_EQ(checked.found[0].line, 13U);
  EXPECT_EQ(checked.found[0].allowed, R"("ret":-1,"errno":"EAGAIN")");
  EXPECT_FALSE(checked.result.undecided.has_value());
}

TEST(States, EverythingThatIsAllowedIsSaid) {
  const Checked checked = check_of(clients(1) + R"({"op":"tcp_info","fd":4,"unacked":7})"
                                                "\n");
  ASSERT_EQ(checked.found.size(), 1U);
  EXPECT_NE(checked.found[0].allowed.find(R"("unacked":0)"), std::string::npos) << checked.found[0].allowed;
  EXPECT_NE(checked.found[0].allowed.find(R"( or "state":"LISTEN","unacked":1)"), std::string::npos);
}

TEST(States, WhatWasSeenOfOneSaysWhatTheOtherHas) {
  const std::string seen = clients(3) + R"({"op":"tcp_info","fd":3,"unacked":1})"
                                        "\n";
  EXPECT_TRUE(check_of(seen + R"({"op":"tcp_info","fd":4,"unacked":2})"
                              "\n")
                  .result.agrees());
  EXPECT_FALSE(check_of(seen + R"({"op":"tcp_info","fd":4,"unacked":1})"
                               "\n")
                   .result.agrees());
}

TEST(States, ACheckGoesOnBehindADivergence) {
  const Checked checked = check_of(clients(1) + from_3 +
                                       R"({"op":"tcp_info","fd":4,"unacked":7})"
                                       "\n" +
                                       R"({"op":"tcp_info","fd":3,"unacked":0})"
                                       "\n",
                                   true);
  EXPECT_EQ(checked.found.size(), 1U);
  EXPECT_FALSE(checked.result.stopped);
}

TEST(States, ACallThatWasSeenToFailIsTakenBack) {
  const Checked checked = check_of(clients(1) +
                                       R"({"op":"listen","fd":4,"backlog":1,"ret":-1,"errno":"EINVAL"})"
                                       "\n" +
                                       R"({"op":"tcp_info","fd":4,"sacked":20})"
                                       "\n" +
                                       from_4,
                                   true);
  EXPECT_EQ(checked.found.size(), 1U);
}

/// 2^9 states after nine clients of whom nothing was seen: not all are kept.
TEST(States, TooManyAreUndecidedAndNeverADivergence) {
  const Checked impossible = check_of(clients(9) + R"({"op":"tcp_info","fd":3,"unacked":10})"
                                                   "\n");
  EXPECT_TRUE(impossible.result.undecided.has_value());
  EXPECT_TRUE(impossible.found.empty());
  const Checked possible = check_of(clients(9) + R"({"op":"tcp_info","fd":3,"unacked":9})"
                                                 "\n");
  EXPECT_FALSE(possible.result.undecided.has_value());
  EXPECT_TRUE(possible.result.agrees());
}

TEST(States, OneStateGoesOnAsIfItHadAlwaysBeenTheOnly) {
  std::string lines = clients(1) + from_4;
  for (int i = 0; i < 3000; ++i)
    lines += R"({"op":"listen","fd":3,"backlog":)" + std::to_string(i % 7) + ",\"ret\":0}\n";
  EXPECT_TRUE(check_of(lines + R"({"op":"accept","fd":3,"ret":-1,"errno":"EAGAIN"})"
                               "\n")
                  .result.agrees());
  EXPECT_FALSE(check_of(lines + from_3).result.agrees());
}

TEST(States, AllAnswersAtOnceOrNot) {
  TraceReader trace(read_text(two_listeners + clients(1) + from_4), "t");
  const Header header = trace.header();
  std::vector<Op> operations;
  std::vector<Outcome> answers;
  Host host(*header.profile, header.options);
  for (TraceLine line; trace.next(line);) {
    operations.push_back(line.operation);
    answers.push_back(host.step(line.operation));
  }
  EXPECT_EQ(answers.back(), Outcome(failed(Errno::eagain))) << "fd 3 is the older";
  EXPECT_EQ(allows(header, operations, answers), true);
  answers.back() = returned(6);
  EXPECT_EQ(allows(header, operations, answers), true);
  operations.push_back(op::Accept{Fd{3}});
  answers.push_back(returned(7));
  EXPECT_EQ(allows(header, operations, answers), false);
}

}  // namespace
}  // namespace weir::oracle
