// libweir used as its header says.
#include "tests/c/library.hpp"

#include <thread>

namespace weir::c {
namespace {

using Host = Library;
using Judge = Library;

std::uint32_t number_of(const char* clause) {
  auto info = sized<weir_clause_info>();
  EXPECT_EQ(weir_clause_named(clause, &info), WEIR_OK) << weir_error_message();
  return info.number;
}

TEST_F(Host, AnswersAsTheProfileDoesAndSaysWhy) {
  line(a_socket);
  auto op = sized<weir_op>();
  op.kind = WEIR_OP_LISTEN;
  op.as.listen.fd = 3;
  op.as.listen.backlog = 100000;
  Answer answer;
  ASSERT_EQ(weir_host_apply(host_, &op, &answer.outcome), WEIR_OK);
  EXPECT_EQ(answer.outcome.kind, std::uint32_t{WEIR_OUTCOME_RETURNED});
  EXPECT_EQ(answer.outcome.as.returned.ret, 0);
  EXPECT_TRUE(weir_clauses_have(&answer.outcome.clauses, number_of("LISTEN.CLAMP")));
  EXPECT_FALSE(weir_clauses_have(&answer.outcome.clauses, number_of("LISTEN.BACKLOG")));
  EXPECT_TRUE(has(line(R"({"op":"tcp_info","fd":3})"), "\"sacked\":4096"));
}

TEST_F(Host, SettingsAndOverridesHold) {
  const weir_setting somaxconn{WEIR_SYSCTL_NET_CORE_SOMAXCONN, 65536};
  auto options = sized<weir_host_options>();
  options.settings = &somaxconn;
  options.setting_count = 1;
  for (const auto& [profile, stored] :
       {std::pair("linux-2.6.32", "\"sacked\":0"), std::pair("linux-2.6.32+backlog_is_u16=no", "\"sacked\":65536")}) {
    weir_host* host = nullptr;
    ASSERT_EQ(weir_host_create(profile, &options, &host), WEIR_OK) << weir_error_message();
    line(host, a_socket);
    line(host, R"({"op":"listen","fd":3,"backlog":65536})");
    EXPECT_TRUE(has(line(host, R"({"op":"tcp_info","fd":3})"), stored)) << profile;
    weir_host_destroy(host);
  }
}

TEST_F(Host, ASnapshotIsAValue) {
  line(a_socket);
  weir_host* before = nullptr;
  ASSERT_EQ(weir_host_snapshot(host_, &before), WEIR_OK);
  line(R"({"op":"listen","fd":3,"backlog":5})");
  EXPECT_TRUE(has(line(before, R"({"op":"tcp_info","fd":3})"), "CLOSE")) << "what came after is not in it";
  ASSERT_EQ(weir_host_restore(host_, before), WEIR_OK);
  line(before, R"({"op":"close","fd":3})");
  EXPECT_TRUE(has(line(R"({"op":"tcp_info","fd":3})"), "CLOSE")) << "nor does it go with the snapshot";
  ASSERT_EQ(weir_host_restore(host_, host_), WEIR_OK);
  weir_host_destroy(before);
}

TEST_F(Host, ADescriptorCanBeNamed) {
  ASSERT_EQ(weir_host_name_next_fd(host_, 17), WEIR_OK);
  EXPECT_TRUE(has(line(a_socket), "\"ret\":17"));
  EXPECT_TRUE(has(line(R"({"op":"socket","family":"inet","type":"stream","ret":9})"), "\"ret\":9"));
}

TEST_F(Host, ShowsItsState) {
  line(a_socket);
  line(R"({"op":"bind","fd":3,"addr":"","port":80})");
  line(R"({"op":"listen","fd":3,"backlog":5})");
  line(R"({"op":"segment","from":"192.0.2.10:1000","to":"192.0.2.1:80","flags":"S"})");
  line(R"({"op":"netif_rx","cpu":1,"skb":7})");
  const std::string state = text_of([&](char* buffer, std::size_t size, std::size_t* needed) {
    return weir_host_state_json(host_, buffer, size, needed);
  });
  EXPECT_TRUE(has(state, "\"profile\":\"linux-6.18\"")) << state;
  EXPECT_TRUE(has(state, "\"net.core.somaxconn\":\"4096\"")) << state;
  EXPECT_TRUE(has(state,
                  "{\"fd\":3,\"ns\":0,\"family\":\"inet\",\"type\":\"stream\",\"state\":\"LISTEN\",\"addr\":"
                  "\"\",\"port\":80,\"sk_ack_backlog\":0,\"sk_max_ack_backlog\":5,\"qlen\":1"))
      << state;
  EXPECT_TRUE(has(state,
                  "{\"cpu\":1,\"processed\":0,\"dropped\":0,\"time_squeeze\":0,\"received_rps\":0,"
                  "\"backlog_len\":1"))
      << state;
}

TEST_F(Host, ACrashIsAnAnswerAndAState) {
  // Until 3.18 a poll of weight 0 that completes has the softirq move a node that is deleted.
  constexpr std::string_view header = R"({"weir":1,"profile":"linux-3.18","sysctl":{"net.core.dev_weight":0}})";
  weir_host* host = nullptr;
  ASSERT_EQ(weir_host_create_json(header.data(), header.size(), &host), WEIR_OK) << weir_error_message();
  line(host, R"({"op":"netif_rx","cpu":0,"skb":1})");
  line(host, R"({"op":"process_backlog","cpu":0,"quota":1})");
  EXPECT_TRUE(has(line(host, R"({"op":"net_rx_action","cpu":0})"), "\"oops\":true"));
  const std::string state = text_of([&](char* buffer, std::size_t size, std::size_t* needed) {
    return weir_host_state_json(host, buffer, size, needed);
  });
  EXPECT_TRUE(has(state, "\"crashed\":true}")) << state;
  weir_host_destroy(host);
}

TEST_F(Judge, KeepsAllStatesThatExplainWhatWasSeen) {
  // Two listeners share a port: which of them has the SYN is the kernel's secret until one of them is looked at.
  for (const int fd : {3, 4}) {
    const std::string number = std::to_string(fd);
    ASSERT_EQ(observe(a_socket), WEIR_OK);
    ASSERT_EQ(observe("{\"op\":\"setsockopt\",\"fd\":" + number + ",\"name\":\"SO_REUSEPORT\",\"value\":1}"), WEIR_OK);
    ASSERT_EQ(observe("{\"op\":\"bind\",\"fd\":" + number + ",\"addr\":\"127.0.0.1\",\"port\":80}"), WEIR_OK);
    ASSERT_EQ(observe("{\"op\":\"listen\",\"fd\":" + number + ",\"backlog\":5}"), WEIR_OK);
  }
  ASSERT_EQ(observe(a_socket), WEIR_OK);
  ASSERT_EQ(observe(R"({"op":"connect","fd":5,"addr":"127.0.0.1","port":80})"), WEIR_OK);
  weir_judge* picked = nullptr;
  ASSERT_EQ(weir_judge_snapshot(judge_, &picked), WEIR_OK);
  EXPECT_EQ(observe(R"({"op":"tcp_info","fd":3,"unacked":1})"), WEIR_OK);
  EXPECT_EQ(observe(R"({"op":"tcp_info","fd":4,"unacked":1})"), WEIR_DIVERGED) << "the first has it";
  ASSERT_EQ(weir_judge_restore(judge_, picked), WEIR_OK);
  EXPECT_EQ(observe(R"({"op":"tcp_info","fd":4,"unacked":1})"), WEIR_OK);
  EXPECT_EQ(observe(R"({"op":"tcp_info","fd":3,"unacked":1})"), WEIR_DIVERGED);
  weir_judge_destroy(picked);
}

TEST_F(Judge, SaysWhyAndGoesOnAsIfItHadNotBeen) {
  ASSERT_EQ(observe(a_socket), WEIR_OK);
  ASSERT_EQ(observe(R"({"op":"listen","fd":3,"backlog":5,"ret":-1,"errno":"EINVAL"})"), WEIR_DIVERGED);
  const auto why = [&] {
    return text_of([&](char* buffer, std::size_t size, std::size_t* needed) {
      return weir_judge_why(judge_, buffer, size, needed);
    });
  };
  EXPECT_TRUE(has(why(), "does not answer so")) << why();
  EXPECT_TRUE(has(why(), "allowed   \"ret\":0")) << why();
  EXPECT_TRUE(has(why(), "LISTEN.START in inet_csk_listen_start")) << why();
  Answer answer;
  ASSERT_EQ(weir_judge_answer(judge_, &answer.outcome), WEIR_OK);
  EXPECT_EQ(answer.outcome.as.returned.ret, 0);
  EXPECT_TRUE(weir_clauses_have(&answer.outcome.clauses, number_of("LISTEN.START")));
  EXPECT_EQ(observe(R"({"op":"tcp_info","fd":3,"state":"CLOSE"})"), WEIR_OK) << "it does not listen";
  EXPECT_TRUE(has(why(), "linux-6.18 answers so")) << why();
}

TEST_F(Judge, LooksAtTheFieldsThatWereSeen) {
  ASSERT_EQ(observe(a_socket), WEIR_OK);
  ASSERT_EQ(observe(R"({"op":"listen","fd":3,"backlog":5})"), WEIR_OK);
  auto op = sized<weir_op>();
  op.kind = WEIR_OP_TCP_INFO;
  op.as.tcp_info.fd = 3;
  auto seen = sized<weir_outcome>();
  seen.kind = WEIR_OUTCOME_INFO;
  seen.as.info.state = WEIR_TCP_STATE_LISTEN;
  seen.as.info.sacked = 9;
  seen.observed = 1;  // the state alone
  EXPECT_EQ(weir_judge_observe(judge_, &op, &seen), WEIR_OK) << weir_error_message();
  seen.observed = 1 | 4;
  EXPECT_EQ(weir_judge_observe(judge_, &op, &seen), WEIR_DIVERGED);
  EXPECT_EQ(weir_judge_observe(judge_, &op, nullptr), WEIR_OK);
}

TEST(Traces, AreRunAndChecked) {
  const std::string text = std::string(R"({"weir":1,"profile":"linux-6.18"})") + "\n" + std::string(a_socket) + "\n" +
                           R"({"op":"listen","fd":3,"backlog":5})" + "\n";
  auto trace = sized<weir_trace>();
  trace.text = text.data();
  trace.length = text.size();
  std::string done = text_of([&](char* buffer, std::size_t size, std::size_t* needed) {
    return weir_run_trace(&trace, buffer, size, needed);
  });
  EXPECT_TRUE(has(done, R"({"op":"listen","fd":3,"backlog":5,"ret":0})")) << done;
  trace.text = done.data();
  trace.length = done.size();
  auto report = sized<weir_report>();
  EXPECT_EQ(weir_check_trace(&trace, &report, nullptr, 0, nullptr), WEIR_OK);
  EXPECT_EQ(report.operations, 2U);
  EXPECT_EQ(report.compared, 2U);

  done.replace(done.rfind("\"ret\":0"), 7, "\"ret\":-1,\"errno\":\"EINVAL\"");
  trace.text = done.data();
  trace.length = done.size();
  trace.file = "mine.jsonl";
  std::string said(4096, '\0');
  EXPECT_EQ(weir_check_trace(&trace, &report, said.data(), said.size(), nullptr), WEIR_DIVERGED);
  EXPECT_EQ(report.divergences, 1U);
  EXPECT_TRUE(has(said, "mine.jsonl:3: linux-6.18 does not answer so")) << said;
}

TEST(Traces, ALogOfStraceIsChecked) {
  const std::string log =
      "socket(AF_INET, SOCK_STREAM, IPPROTO_IP) = 3\n"
      "listen(3, 5) = -1 EINVAL (Invalid argument)\n";
  auto trace = sized<weir_trace>();
  trace.text = log.data();
  trace.length = log.size();
  auto report = sized<weir_report>();
  EXPECT_EQ(weir_check_trace(&trace, &report, nullptr, 0, nullptr), WEIR_DIVERGED) << weir_error_message();
  EXPECT_EQ(report.divergences, 1U);
  EXPECT_EQ(weir_run_trace(&trace, nullptr, 0, nullptr), WEIR_MALFORMED);
}

TEST(Names, AreThere) {
  ASSERT_GE(weir_profile_count(), 56U);
  EXPECT_STREQ(weir_profile_name(0), "linux-2.6.32");
  EXPECT_EQ(weir_profile_name(weir_profile_count()), nullptr);
  EXPECT_STREQ(weir_op_name(WEIR_OP_LISTEN), "listen");
  EXPECT_EQ(weir_op_name(0), nullptr);
  EXPECT_EQ(weir_abi(), std::uint32_t{WEIR_ABI});
  for (std::uint32_t i = 0; i < weir_clause_count(); ++i) {
    auto info = sized<weir_clause_info>();
    ASSERT_EQ(weir_clause_at(i, &info), WEIR_OK);
    auto again = sized<weir_clause_info>();
    ASSERT_EQ(weir_clause_named(info.name, &again), WEIR_OK);
    EXPECT_EQ(again.number, i);
    EXPECT_STRNE(info.sentence, "");
  }
}

TEST(Threads, HaveHandlesAndMessagesOfTheirOwn) {
  EXPECT_EQ(weir_host_apply(nullptr, nullptr, nullptr), WEIR_MISUSE);
  const std::string mine = weir_error_message();
  std::vector<std::jthread> threads;
  for (int i = 0; i < 4; ++i)
    threads.emplace_back([i] {
      EXPECT_STREQ(weir_error_message(), "");
      weir_host* host = nullptr;
      ASSERT_EQ(weir_host_create("linux-5.4", nullptr, &host), WEIR_OK);
      auto op = sized<weir_op>();
      op.kind = WEIR_OP_SOCKET;
      for (int calls = 0; calls < 200 * (i + 1); ++calls) ASSERT_EQ(weir_host_apply(host, &op, nullptr), WEIR_OK);
      Answer answer;
      ASSERT_EQ(weir_host_last(host, &answer.outcome), WEIR_OK);
      EXPECT_EQ(answer.outcome.as.returned.ret, 2 + 200 * (i + 1));
      weir_host_destroy(host);
    });
  threads.clear();
  EXPECT_EQ(weir_error_message(), mine);
}

}  // namespace
}  // namespace weir::c
