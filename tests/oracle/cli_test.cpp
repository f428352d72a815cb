// The commands end to end: what they print and the exit codes they end with.
#include <gtest/gtest.h>
#include <sys/wait.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

namespace {

struct Ended {
  int code = -1;
  std::string out;  ///< standard output and standard error
};

class Cli : public testing::Test {
 protected:
  void SetUp() override {
    char name[] = "/tmp/weir-cli-test-XXXXXX";
    ASSERT_NE(::mkdtemp(name), nullptr);
    folder_ = name;
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  std::string file(const std::string& name, const std::string& text) {
    const auto path = folder_ / name;
    std::ofstream(path) << text;
    return path.string();
  }

  static Ended weir(const std::string& arguments) {
    Ended ended;
    FILE* const pipe = ::popen((WEIR_BINARY " " + arguments + " 2>&1").c_str(), "r");
    for (int c = 0; (c = std::fgetc(pipe)) != EOF;) ended.out += static_cast<char>(c);
    const int status = ::pclose(pipe);
    ended.code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    return ended;
  }

  static bool has(const Ended& ended, const std::string& text) { return ended.out.find(text) != std::string::npos; }

  const std::string header_ = "{\"weir\":1,\"profile\":\"linux-6.18\"}\n";
  const std::string script_ =
      "{\"op\":\"socket\",\"family\":\"inet\",\"type\":\"stream\",\"ret\":7}\n{\"op\":\"listen\",\"fd\":7,\"backlog\":"
      "5}\n"
      "{\"op\":\"tcp_info\",\"fd\":7}\n";
  std::filesystem::path folder_;
};

TEST_F(Cli, WhatRunWritesCheckAgreesWith) {
  const auto trace = file("t.jsonl", header_ + script_);
  const Ended ran = weir("run " + trace);
  EXPECT_EQ(ran.code, 0);
  EXPECT_TRUE(has(ran, "{\"op\":\"tcp_info\",\"fd\":7,\"state\":\"LISTEN\",\"unacked\":0,\"sacked\":5}\n")) << ran.out;
  EXPECT_EQ(weir("check " + file("done.jsonl", ran.out)).code, 0);
}

TEST_F(Cli, CheckNamesLineClauseAndAllowedResult) {
  const auto trace = file("t.jsonl", header_ + script_ +
                                         "{\"op\":\"listen\",\"fd\":7,\"backlog\":1,\"ret\":-1,\"errno\":\"EINVAL\"}\n"
                                         "{\"op\":\"tcp_info\",\"fd\":7,\"sacked\":9}\n");
  const Ended first = weir("check " + trace);
  EXPECT_EQ(first.code, 1);
  EXPECT_TRUE(has(first, ":5: ")) << first.out;
  EXPECT_TRUE(has(first, "allowed   \"ret\":0")) << first.out;
  EXPECT_TRUE(has(first, "LISTEN.RELISTEN")) << first.out;
  EXPECT_TRUE(has(first, "limit 5")) << first.out;
  EXPECT_FALSE(has(first, ":6: "));
  const Ended all = weir("check --all " + trace);
  EXPECT_EQ(all.code, 1);
  EXPECT_TRUE(has(all, ":6: ")) << all.out;
  EXPECT_TRUE(has(all, "2 divergences")) << all.out;
}

TEST_F(Cli, MalformedInputIsExitCode2WithAPosition) {
  const auto trace = file("t.jsonl", header_ + "{\"op\":\"listen\",\"fd\":\"x\"}\n");
  for (const std::string command : {"run ", "check "}) {
    const Ended ended = weir(command + trace);
    EXPECT_EQ(ended.code, 2);
    EXPECT_TRUE(has(ended, "t.jsonl:2:21: expected a whole number")) << ended.out;
  }
  const Ended served = weir("serve < " + trace);
  EXPECT_EQ(served.code, 2);
  EXPECT_TRUE(has(served, "{\"error\":\"expected a whole number")) << served.out;
  EXPECT_TRUE(has(served, "\"line\":2,\"column\":21}")) << served.out;
  EXPECT_EQ(weir("check " + trace + ".absent").code, 2);
  EXPECT_EQ(weir("check " + folder_.string()).code, 2);
}

TEST_F(Cli, ServeAnswersEachOperation) {
  const Ended served = weir("serve --clauses --profile linux-2.6.32 < " + file("t.jsonl", header_ + script_));
  EXPECT_EQ(served.code, 0);
  EXPECT_EQ(served.out.find("{\"op\":\"socket\""), 0U) << served.out;
  EXPECT_TRUE(has(served, "\"LISTEN.STORED_LAST\"")) << served.out;
}

TEST_F(Cli, CheckTellsLogsFromTraces) {
  const std::string log = "socket(AF_INET, SOCK_DGRAM, 0) = 3\nlisten(3, 1) = 0\n";
  const Ended ended = weir("check " + file("a.log", log));
  EXPECT_EQ(ended.code, 1);
  EXPECT_TRUE(has(ended, "a.log:2: ")) << ended.out;
  EXPECT_TRUE(has(ended, "-1 EOPNOTSUPP")) << ended.out;
  EXPECT_EQ(weir("check --format json " + file("b.log", log)).code, 2);
}

TEST_F(Cli, UsageErrorsAreExitCode2) {
  EXPECT_EQ(weir("").code, 2);
  EXPECT_EQ(weir("run --no-such-option").code, 2);
  EXPECT_EQ(weir("check --profile linux-0.01 x").code, 2);
  const Ended unknown = weir("chekc");
  EXPECT_EQ(unknown.code, 2);
  EXPECT_TRUE(has(unknown, "did you mean check")) << unknown.out;
}

TEST_F(Cli, ExplainAndProfiles) {
  const Ended clause = weir("explain listen.clamp");
  EXPECT_EQ(clause.code, 0);
  EXPECT_TRUE(has(clause, "__sys_listen")) << clause.out;
  const Ended misspelt = weir("explain LISTEN.CLAMB");
  EXPECT_EQ(misspelt.code, 2);
  EXPECT_TRUE(has(misspelt, "LISTEN.CLAMP")) << misspelt.out;
  EXPECT_TRUE(has(weir("profiles"), "linux-2.6.32"));
  EXPECT_TRUE(has(weir("profiles linux-2.6.32"), "backlog_is_u16"));
  EXPECT_EQ(weir("profiles linux-0.01").code, 2);
}

TEST_F(Cli, RunsOfTheDrainAreCompared) {
  const auto run = [&](const std::string& name, const std::string& samples) {
    return file(name,
                "{\"drain\":[{\"where\":\"same-core\",\"payload\":\"read\",\"burst\":8,\"quota\":64,"
                "\"ns_per_packet\":{\"lock-free\":[" +
                    samples + "]}}]}");
  };
  const auto before = run("before.json", "5.0,5.1,5.2,5.3,5.4,5.5,5.6,5.7,5.8");
  const auto as_fast = run("as_fast.json", "5.05,5.15,5.25,5.2,5.4,5.5,5.6,5.7,5.75");
  const auto slower = run("slower.json", "6.0,6.1,6.2,6.3,6.4,6.5,6.6,6.7,6.8");
  EXPECT_EQ(weir("bench compare " + before + " " + as_fast).code, 0);
  const Ended worse = weir("bench compare " + before + " " + slower);
  EXPECT_EQ(worse.code, 1);
  EXPECT_TRUE(has(worse, "0 of 1 cells faster, 1 slower")) << worse.out;
  EXPECT_EQ(weir("bench compare " + slower + " " + before).code, 0) << "faster is no complaint";
  EXPECT_EQ(weir("bench compare " + before + " " + file("none.json", "{}")).code, 2);
}

TEST_F(Cli, HelpVersionAndAClosedPipe) {
  for (const std::string command : {"", "run ", "check ", "serve ", "profiles ", "explain "}) {
    const Ended help = weir(command + "--help");
    EXPECT_EQ(help.code, 0);
    EXPECT_TRUE(has(help, "Example")) << help.out;
  }
  EXPECT_TRUE(has(weir("--version"), "weir "));
  EXPECT_FALSE(has(weir("explain | head -1"), "cannot write"));
}

}  // namespace
