// Both forms of an operation are one: structs and lines say the same, and so do their outcomes.
#include "oracle/c/put.hpp"
#include "oracle/json/writer.hpp"
#include "tests/c/library.hpp"
#include "tests/oracle/random_ops.hpp"

namespace weir::c {
namespace {

/// The model's operation as a struct. Bytes lie in `into`'s own memory.
struct COp {
  explicit COp(const Op& operation) : op(sized<weir_op>()), bytes(64) {
    weir_outcome room_for = sized<weir_outcome>();
    room_for.buffer = bytes.data();
    room_for.buffer_size = bytes.size() * sizeof bytes[0];
    Room room(room_for);
    std::visit(
        [&]<class T>(const T& each) {
          op.kind = Form<T>::kind;
          put_fields(each, op.as, room);
        },
        operation);
  }
  weir_op op;
  std::vector<std::uint64_t> bytes;
};

std::string json_of(const weir_op& op) {
  return text_of(
      [&](char* buffer, std::size_t size, std::size_t* needed) { return weir_op_to_json(&op, buffer, size, needed); });
}

using Forms = Library;

TEST_F(Forms, AStructSaysWhatTheLineSays) {
  oracle::RandomOps random(1);
  for (int i = 0; i < 5000; ++i) {
    const Op operation = random.operation();
    const COp form(operation);
    ASSERT_EQ(json_of(form.op), oracle::to_json(operation));
  }
}

TEST_F(Forms, AHostAnswersBothAlike) {
  oracle::RandomOps random(2);
  weir_host_options options = sized<weir_host_options>();
  options.cpus = oracle::max_cpus;
  weir_host *by_struct = nullptr, *by_line = nullptr;
  ASSERT_EQ(weir_host_create("linux-6.18", &options, &by_struct), WEIR_OK);
  ASSERT_EQ(weir_host_create("linux-6.18", &options, &by_line), WEIR_OK);
  std::size_t answered = 0;
  for (int i = 0; i < 5000; ++i) {
    const Op operation = random.operation();
    if (std::holds_alternative<op::Advance>(operation)) continue;  // weeks of time, in which timers fire by the million
    const COp form(operation);
    Answer answer;
    ASSERT_EQ(weir_host_apply(by_struct, &form.op, &answer.outcome), WEIR_OK) << weir_error_message();
    const std::string last = text_of([&](char* buffer, std::size_t size, std::size_t* needed) {
      return weir_host_last_json(by_struct, buffer, size, needed);
    });
    ASSERT_EQ(line(by_line, oracle::to_json(operation)), last);
    answered += answer.outcome.kind != WEIR_OUTCOME_RETURNED ? 1 : 0;
  }
  EXPECT_GT(answered, 100U);
  weir_host_destroy(by_struct);
  weir_host_destroy(by_line);
}

/// What a host answered, handed to a judge as it came, is allowed; a judge so reads back what hosts write.
TEST_F(Forms, AJudgeAllowsWhatAHostAnswers) {
  oracle::RandomOps random(3);
  for (int i = 0; i < 2000; ++i) {
    const Op operation = random.operation();
    if (std::holds_alternative<op::Advance>(operation)) continue;
    const COp form(operation);
    Answer answer;
    const weir_status status = weir_host_apply(host_, &form.op, &answer.outcome);
    if (status == WEIR_MISUSE) continue;  // a CPU that this host does not have
    ASSERT_EQ(status, WEIR_OK) << weir_error_message();
    ASSERT_EQ(weir_judge_observe(judge_, &form.op, &answer.outcome), WEIR_OK) << weir_error_message();
  }
}

TEST_F(Forms, ListsAndBytesComeBack) {
  for (int skb = 1; skb <= 3; ++skb) line("{\"op\":\"netif_rx\",\"cpu\":1,\"skb\":" + std::to_string(skb * 7) + "}");
  auto op = sized<weir_op>();
  op.kind = WEIR_OP_PROCESS_BACKLOG;
  op.as.process_backlog.cpu = 1;
  op.as.process_backlog.quota = 64;
  Answer answer;
  ASSERT_EQ(weir_host_apply(host_, &op, &answer.outcome), WEIR_OK);
  const weir_outcome_polled& polled = answer.outcome.as.polled;
  ASSERT_EQ(polled.delivered.size, 3U);
  EXPECT_EQ(polled.delivered.data[2], 21U);
  EXPECT_EQ(polled.work, 3);
  EXPECT_EQ(answer.outcome.buffer_needed, 12U);

  op.kind = WEIR_OP_SYSCTL_READ;
  ASSERT_EQ(weir_op_defaults(&op), WEIR_OK);
  EXPECT_EQ(op.as.sysctl_read.len, 4096U);
  op.as.sysctl_read.name = WEIR_SYSCTL_NET_CORE_SOMAXCONN;
  ASSERT_EQ(weir_host_apply(host_, &op, &answer.outcome), WEIR_OK);
  EXPECT_EQ(std::string_view(answer.outcome.as.read_back.data.data, answer.outcome.as.read_back.data.size), "4096\n");
}

TEST_F(Forms, DefaultsAreThoseOfATrace) {
  auto op = sized<weir_op>();
  op.kind = WEIR_OP_NETIF_RX;
  ASSERT_EQ(weir_op_defaults(&op), WEIR_OK);
  EXPECT_EQ(json_of(op), "{\"op\":\"netif_rx\",\"cpu\":0,\"skb\":0}");
  for (std::uint32_t kind = 1; weir_op_name(kind) != nullptr; ++kind) {
    op.kind = kind;
    EXPECT_EQ(weir_op_defaults(&op), WEIR_OK) << weir_op_name(kind);
  }
}

}  // namespace
}  // namespace weir::c
