// libweir used wrongly: every call says what it expected, changes nothing and does not crash.
#include "tests/c/library.hpp"

namespace weir::c {
namespace {

using Misuse = Library;

/// The call was refused, and the message has all the parts.
void refused(weir_status got, weir_status expected, std::initializer_list<std::string_view> parts) {
  EXPECT_EQ(got, expected) << weir_error_message();
  auto error = sized<weir_error>();
  ASSERT_EQ(weir_last_error(&error), WEIR_OK);
  EXPECT_EQ(error.status, static_cast<std::uint32_t>(expected));
  EXPECT_STREQ(error.message, weir_error_message());
  for (const std::string_view part : parts) EXPECT_TRUE(has(error.message, part)) << error.message;
}

weir_op listen_on_3() {
  auto op = sized<weir_op>();
  op.kind = WEIR_OP_LISTEN;
  op.as.listen.fd = 3;
  return op;
}

TEST_F(Misuse, NullIsToldApartByName) {
  const weir_op op = listen_on_3();
  weir_host* host = nullptr;
  refused(weir_host_create(nullptr, nullptr, &host), WEIR_MISUSE, {"weir_host_create", "a profile", "NULL"});
  refused(weir_host_create("linux-6.18", nullptr, nullptr), WEIR_MISUSE, {"a place for the host"});
  refused(weir_host_apply(nullptr, &op, nullptr), WEIR_MISUSE, {"weir_host_apply: expected a host, found NULL"});
  refused(weir_judge_observe(nullptr, &op, nullptr), WEIR_MISUSE, {"a judge, found NULL"});
  refused(weir_judge_observe(judge_, nullptr, nullptr), WEIR_MISUSE, {"a weir_op, found NULL"});
  refused(weir_judge_observe_json(judge_, nullptr, 5), WEIR_MISUSE, {"a line of 5 bytes, found NULL"});
  refused(weir_host_last(nullptr, nullptr), WEIR_MISUSE, {"a host"});
  refused(weir_host_snapshot(nullptr, nullptr), WEIR_MISUSE, {"found NULL"});
  refused(weir_host_restore(nullptr, nullptr), WEIR_MISUSE, {"found NULL"});
  refused(weir_run_trace(nullptr, nullptr, 0, nullptr), WEIR_MISUSE, {"a weir_trace"});
  refused(weir_check_trace(nullptr, nullptr, nullptr, 0, nullptr), WEIR_MISUSE, {"a weir_trace"});
  refused(weir_clause_named(nullptr, nullptr), WEIR_MISUSE, {"a name"});
  refused(weir_op_defaults(nullptr), WEIR_MISUSE, {"a weir_op"});
  EXPECT_EQ(weir_last_error(nullptr), WEIR_MISUSE);
  weir_host_destroy(nullptr);
  weir_judge_destroy(nullptr);
}

TEST_F(Misuse, AFailedCreateLeavesNoHandle) {
  weir_host* host = host_;
  refused(weir_host_create("linux-9.9", nullptr, &host), WEIR_MALFORMED, {"no profile linux-9.9", "linux-2.6.32"});
  EXPECT_EQ(host, nullptr);
  refused(weir_host_create("linux-6.18+backlog_is_u61=yes", nullptr, &host), WEIR_MALFORMED,
          {"did you mean backlog_is_u16"});
  refused(weir_host_create_json("{\"weir\":2,\"profile\":\"linux-6.18\"}", 33, &host), WEIR_MALFORMED,
          {"header:1:9", "expected a whole number from 1 to 1"});
}

/// Refused is refused before the operation is done: the next socket is 3, not 4.
TEST_F(Misuse, RoomThatIsNoneIsRefusedBeforeAnythingHappens) {
  auto op = sized<weir_op>();
  op.kind = WEIR_OP_SOCKET;
  ASSERT_EQ(weir_op_defaults(&op), WEIR_OK);
  Answer answer;
  answer.outcome.buffer = reinterpret_cast<char*>(answer.room.data()) + 1;
  refused(weir_host_apply(host_, &op, &answer.outcome), WEIR_MISUSE, {"outcome.buffer", "aligned"});
  answer.outcome.buffer = nullptr;
  refused(weir_host_apply(host_, &op, &answer.outcome), WEIR_MISUSE, {"outcome.buffer", "found NULL"});
  const std::string_view text = R"({"op":"socket"})";
  refused(weir_host_apply_json(host_, text.data(), text.size(), nullptr, 5, nullptr), WEIR_MISUSE,
          {"a buffer of 5 bytes, found NULL"});
  refused(weir_host_last(host_, &answer.outcome), WEIR_MISUSE, {"been asked"});
  auto outcome = sized<weir_outcome>();
  ASSERT_EQ(weir_host_apply(host_, &op, &outcome), WEIR_OK);
  EXPECT_EQ(outcome.as.returned.ret, 3);
}

TEST_F(Misuse, WhatWasNotObservedMayHoldAnything) {
  auto op = sized<weir_op>();
  op.kind = WEIR_OP_SOCKET;
  ASSERT_EQ(weir_op_defaults(&op), WEIR_OK);
  auto seen = sized<weir_outcome>();
  seen.kind = WEIR_OUTCOME_RETURNED;
  seen.observed = 1;
  seen.as.returned.ret = 3;
  seen.as.returned.error = 0xffffffff;
  EXPECT_EQ(weir_judge_observe(judge_, &op, &seen), WEIR_OK) << weir_error_message();
  seen.as.returned.ret = 4;
  seen.observed = 3;
  refused(weir_judge_observe(judge_, &op, &seen), WEIR_MISUSE, {"the number of an error"});
  seen.observed = 1;
  seen.reserved = 1;
  refused(weir_judge_observe(judge_, &op, &seen), WEIR_MISUSE, {"outcome.reserved: expected 0"});
}

TEST_F(Misuse, SizesAreLookedAt) {
  weir_op op = listen_on_3();
  op.size = 0;
  refused(weir_host_apply(host_, &op, nullptr), WEIR_MISUSE, {"a weir_op of size 136, found size 0"});
  op.size = sizeof op - 1;
  refused(weir_host_apply(host_, &op, nullptr), WEIR_MISUSE, {"found size 135"});
  auto outcome = sized<weir_outcome>();
  outcome.size = 8;
  op = listen_on_3();
  refused(weir_host_apply(host_, &op, &outcome), WEIR_MISUSE, {"a weir_outcome"});
  refused(weir_host_last(host_, &outcome), WEIR_MISUSE, {"been asked"});
  auto options = sized<weir_host_options>();
  options.size = 4;
  weir_host* host = nullptr;
  refused(weir_host_create("linux-6.18", &options, &host), WEIR_MISUSE, {"weir_host_options"});
  auto report = sized<weir_report>();
  report.size = 1;
  auto trace = sized<weir_trace>();
  refused(weir_check_trace(&trace, &report, nullptr, 0, nullptr), WEIR_MISUSE, {"a weir_report"});
  auto info = sized<weir_clause_info>();
  info.size = 3;
  refused(weir_clause_at(0, &info), WEIR_MISUSE, {"a weir_clause_info"});
}

TEST_F(Misuse, AStructOfALaterHeaderIsTakenIfNothingNewIsSet) {
  struct Later {
    weir_op op;
    std::uint64_t news;
  } later{listen_on_3(), 0};
  later.op.size = sizeof later;
  EXPECT_EQ(weir_host_apply(host_, &later.op, nullptr), WEIR_OK) << weir_error_message();
  later.news = 1;
  refused(weir_host_apply(host_, &later.op, nullptr), WEIR_MISUSE, {"does not know"});
  later.op.size = 0xffffffff;
  refused(weir_host_apply(host_, &later.op, nullptr), WEIR_MISUSE, {"found size 4294967295"});
}

TEST_F(Misuse, NumbersOutsideTheirEnumeration) {
  auto op = sized<weir_op>();
  refused(weir_host_apply(host_, &op, nullptr), WEIR_MISUSE, {"op.kind", "1 to 21, found 0"});
  op.kind = 22;
  refused(weir_host_apply(host_, &op, nullptr), WEIR_MISUSE, {"op.kind", "found 22"});
  op.kind = WEIR_OP_SOCKET;
  op.as.socket.family = 77;
  refused(weir_host_apply(host_, &op, nullptr), WEIR_MISUSE, {"socket.family: expected", "inet6", "found 77"});
  op.kind = WEIR_OP_NETIF_RX;
  op.as.netif_rx = {2, 1, {0, 0}, 0, 1};
  refused(weir_host_apply(host_, &op, nullptr), WEIR_MISUSE, {"netif_rx.cpu: expected a CPU, 0 to 1, found 2"});
  op.as.netif_rx = {0, 1, {2, 0}, 0, 1};
  refused(weir_host_apply(host_, &op, nullptr), WEIR_MISUSE, {"netif_rx.to: expected present 0 or 1"});
  op.as.netif_rx = {0, 1, {0, 0}, 0, 3};
  refused(weir_host_apply(host_, &op, nullptr), WEIR_MISUSE, {"netif_rx.running: expected 0 or 1"});
  op = sized<weir_op>();
  op.kind = WEIR_OP_BIND;
  op.as.bind.addr = {WEIR_ADDRESS_ANY, 1};
  refused(weir_host_apply(host_, &op, nullptr), WEIR_MISUSE, {"bind.addr"});
  op.as.bind.addr = {9, 0};
  refused(weir_host_apply(host_, &op, nullptr), WEIR_MISUSE, {"a kind of address"});
  op.kind = WEIR_OP_SYSCTL_WRITE;
  op.as.sysctl_write = {0, 0, {nullptr, 3}, 0, 0};
  refused(weir_host_apply(host_, &op, nullptr), WEIR_MISUSE, {"sysctl_write.data: expected data, or a size of 0"});
  op.as.sysctl_write = {0, 0, {"", ~std::size_t{0}}, 0, 0};
  refused(weir_host_apply(host_, &op, nullptr), WEIR_MISUSE, {"sysctl_write.data"});
  auto info = sized<weir_clause_info>();
  refused(weir_clause_at(weir_clause_count(), &info), WEIR_MISUSE, {"the number of a clause"});
  refused(weir_clause_named("LISTEN.CLAMB", &info), WEIR_MALFORMED, {"did you mean LISTEN.CLAMP"});
  refused(weir_host_name_next_fd(host_, -1), WEIR_MISUSE, {"a descriptor"});
}

TEST_F(Misuse, OptionsOutOfRange) {
  weir_host* host = nullptr;
  auto options = sized<weir_host_options>();
  options.cpus = 65;
  refused(weir_host_create("linux-6.18", &options, &host), WEIR_MISUSE, {"options.cpus", "found 65"});
  options.cpus = 1;
  options.setting_count = 2;
  refused(weir_host_create("linux-6.18", &options, &host), WEIR_MISUSE, {"options.setting_count"});
  const weir_setting twice[] = {{0, 1}, {0, 2}}, unknown[] = {{0, 1}, {99, 2}};
  options.settings = twice;
  refused(weir_host_create("linux-6.18", &options, &host), WEIR_MISUSE, {"options.settings: expected each name once"});
  options.settings = unknown;
  refused(weir_host_create("linux-6.18", &options, &host), WEIR_MISUSE, {"options.settings", "found 99"});
}

TEST_F(Misuse, OutcomesThatAnOperationCannotHave) {
  const weir_op op = listen_on_3();
  auto seen = sized<weir_outcome>();
  seen.observed = WEIR_ALL_FIELDS;
  refused(weir_judge_observe(judge_, &op, &seen), WEIR_MISUSE, {"outcome.kind", "an answer of listen"});
  seen.kind = WEIR_OUTCOME_INFO;
  refused(weir_judge_observe(judge_, &op, &seen), WEIR_MISUSE, {"outcome.kind", "found 4"});
  seen.kind = WEIR_OUTCOME_RETURNED;
  seen.as.returned.error = 7;
  refused(weir_judge_observe(judge_, &op, &seen), WEIR_MISUSE, {"listen.errno", "found 7"});
  Answer answer;
  refused(weir_judge_answer(judge_, &answer.outcome), WEIR_MISUSE, {"observed something"});
}

TEST_F(Misuse, TextThatCannotBeRead) {
  const auto apply = [&](std::string_view text) {
    return weir_host_apply_json(host_, text.data(), text.size(), nullptr, 0, nullptr);
  };
  refused(apply(R"({"op":"listen","fd":"x","backlog":5})"), WEIR_MALFORMED, {"line:1:21", "a whole number"});
  auto error = sized<weir_error>();
  ASSERT_EQ(weir_last_error(&error), WEIR_OK);
  EXPECT_EQ(error.line, 1U);
  EXPECT_EQ(error.column, 21U);
  refused(apply(""), WEIR_MALFORMED, {"empty line"});
  refused(apply("{\"op\":\"tick\"}\n{\"op\":\"tick\"}"), WEIR_MALFORMED, {"line:1:14", "expected one line"});
  refused(apply(R"({"op":"lisden"})"), WEIR_MALFORMED, {"one of the operations"});
  refused(apply(R"({"op":"tick","start":1})"), WEIR_MALFORMED, {"no start"});
  refused(apply(std::string((1 << 20) + 1, ' ')), WEIR_MALFORMED, {"at most 1 MiB"});
  refused(apply(std::string_view("{\"op\":\"\0\"}", 10)), WEIR_MALFORMED, {"line:1:"});
  refused(weir_host_last_json(host_, nullptr, 0, nullptr), WEIR_MISUSE, {"been asked"});
  EXPECT_TRUE(has(line("{\"op\":\"tick\"}\n"), "tick")) << "and the next is read as ever";

  auto trace = sized<weir_trace>();
  trace.text = "{\"weir\":1}\n";
  trace.length = 11;
  refused(weir_run_trace(&trace, nullptr, 0, nullptr), WEIR_MALFORMED, {"trace:1:11", "profile"});
  trace.format = 3;
  refused(weir_run_trace(&trace, nullptr, 0, nullptr), WEIR_MISUSE, {"trace.format"});
  trace.format = 0;
  trace.flags = 4;
  refused(weir_run_trace(&trace, nullptr, 0, nullptr), WEIR_MISUSE, {"trace.flags"});
  trace.flags = 0;
  trace.profile = "linux-0";
  refused(weir_check_trace(&trace, nullptr, nullptr, 0, nullptr), WEIR_MALFORMED, {"weir_check_trace", "trace:1:"});
}

TEST_F(Misuse, ShortBuffersSayWhatTheyNeedAndLoseNothing) {
  char small[4] = "abc";
  std::size_t needed = 0;
  refused(weir_host_apply_json(host_, a_socket.data(), a_socket.size(), small, sizeof small, &needed),
          WEIR_SHORT_BUFFER, {"at least"});
  EXPECT_STREQ(small, "");
  std::string whole(needed, '?');
  ASSERT_EQ(weir_host_last_json(host_, whole.data(), whole.size(), nullptr), WEIR_OK);
  EXPECT_TRUE(has(whole, "\"ret\":3")) << whole;
  refused(weir_host_last_json(host_, whole.data(), whole.size() - 1, nullptr), WEIR_SHORT_BUFFER, {"at least"});
  refused(weir_host_last_json(host_, nullptr, 9, nullptr), WEIR_MISUSE, {"a buffer of 9 bytes, found NULL"});

  auto op = sized<weir_op>();
  op.kind = WEIR_OP_SYSCTL_READ;
  ASSERT_EQ(weir_op_defaults(&op), WEIR_OK);
  auto outcome = sized<weir_outcome>();
  refused(weir_host_apply(host_, &op, &outcome), WEIR_SHORT_BUFFER, {"at least 5 bytes, found 0"});
  EXPECT_EQ(outcome.buffer_needed, 5U);
  EXPECT_EQ(outcome.as.read_back.ret, 5);
  EXPECT_EQ(outcome.as.read_back.data.data, nullptr);
  char bytes[5];
  outcome.buffer = bytes;
  outcome.buffer_size = sizeof bytes;
  ASSERT_EQ(weir_host_last(host_, &outcome), WEIR_OK);
  EXPECT_EQ(std::string_view(outcome.as.read_back.data.data, 5), "4096\n");

  op.kind = WEIR_OP_NETIF_RX;
  op.as.netif_rx = {0, 1, {0, 0}, 0, 1};
  ASSERT_EQ(weir_host_apply(host_, &op, nullptr), WEIR_OK);
  op.kind = WEIR_OP_NET_RX_ACTION;
  op.as.net_rx_action = {0, {0, 0}};
  std::uint64_t room[2];
  outcome.buffer = reinterpret_cast<char*>(room) + 1;
  outcome.buffer_size = 8;
  refused(weir_host_apply(host_, &op, &outcome), WEIR_MISUSE, {"aligned"});
}

/// What is refused must not show in the last operation either.
TEST_F(Misuse, ARefusedOperationIsNotTheLast) {
  line(a_socket);
  auto op = sized<weir_op>();
  op.kind = WEIR_OP_SOCKET;
  op.as.socket.type = 99;
  refused(weir_host_apply(host_, &op, nullptr), WEIR_MISUSE, {"socket.type"});
  std::string last(4096, '\0');
  ASSERT_EQ(weir_host_last_json(host_, last.data(), last.size(), nullptr), WEIR_OK);
  EXPECT_TRUE(has(last, "\"type\":\"stream\",\"ret\":3")) << last;
}

}  // namespace
}  // namespace weir::c
