// Histories of calls that overlapped: those that some order explains, and their twins, which none does.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "oracle/check/check.hpp"
#include "oracle/linear/history.hpp"
#include "oracle/linear/host_spec.hpp"
#include "oracle/text/malformed.hpp"

namespace weir::oracle {
namespace {

constexpr const char* header = "{\"weir\":1,\"profile\":\"linux-6.18\"}\n";

History history_of(const std::string& lines) {
  TraceReader reader(read_text(header + lines), "history");
  return read_history(reader);
}

Linearizable verdict_of(const std::string& lines, std::uint64_t max_steps = 1'000'000) {
  return check_history(history_of(lines), {max_steps}).verdict;
}

std::string rx(int cpu, int skb, int start, int end, const std::string& ret = "NET_RX_SUCCESS") {
  return R"({"op":"netif_rx","cpu":)" + std::to_string(cpu) + R"(,"skb":)" + std::to_string(skb) + R"(,"ret":")" + ret +
         R"(","start":)" + std::to_string(start) + R"(,"end":)" + std::to_string(end) + "}\n";
}
std::string poll(int cpu, const std::string& delivered, int start, int end) {
  const bool empty = delivered.empty();
  return R"({"op":"process_backlog","cpu":)" + std::to_string(cpu) + R"(,"quota":1,"work":)" + (empty ? "0" : "1") +
         R"(,"complete":)" + (empty ? "true" : "false") + R"(,"delivered":[)" + delivered + R"(],"start":)" +
         std::to_string(start) + R"(,"end":)" + std::to_string(end) + "}\n";
}
std::string limit(int packets, int start, int end) {
  const std::string text = std::to_string(packets);
  return R"({"op":"sysctl_write","ns":0,"name":"net.core.netdev_max_backlog","data":")" + text + R"(","ret":)" +
         std::to_string(text.size()) + R"(,"start":)" + std::to_string(start) + R"(,"end":)" + std::to_string(end) +
         "}\n";
}

TEST(Linear, PacketsThatOverlapMayHaveEitherOrder) {
  const std::string both = rx(0, 1, 1, 10) + rx(0, 2, 2, 9);
  EXPECT_EQ(verdict_of(both + poll(0, "1", 20, 21) + poll(0, "2", 22, 23)), Linearizable::ok);
  EXPECT_EQ(verdict_of(both + poll(0, "2", 20, 21) + poll(0, "1", 22, 23)), Linearizable::ok);
}

/// The twin: one had ended before the other began.
TEST(Linear, PacketsThatDoNotOverlapHaveOneOrder) {
  const std::string one_by_one = rx(0, 1, 1, 2) + rx(0, 2, 3, 4);
  EXPECT_EQ(verdict_of(one_by_one + poll(0, "1", 20, 21) + poll(0, "2", 22, 23)), Linearizable::ok);
  EXPECT_EQ(verdict_of(one_by_one + poll(0, "2", 20, 21) + poll(0, "1", 22, 23)), Linearizable::illegal);
}

TEST(Linear, APollMayDeliverWhatArrivesMeanwhile) {
  EXPECT_EQ(verdict_of(rx(0, 1, 1, 2) + poll(0, "1", 5, 6) + rx(0, 2, 7, 9) + poll(0, "2", 8, 12)), Linearizable::ok);
  EXPECT_EQ(verdict_of(rx(0, 1, 1, 2) + poll(0, "1", 5, 6) + poll(0, "2", 8, 12) + rx(0, 2, 13, 14)),
            Linearizable::illegal)
      << "delivered before it came";
}

/// Where a write of the limit overlaps a packet, the packet may have met either limit; afterwards it may not.
TEST(Linear, ALimitHoldsOnceItsWriteHasEnded) {
  const std::string two = rx(0, 1, 1, 2);
  EXPECT_EQ(verdict_of(two + limit(0, 3, 10) + rx(0, 2, 4, 5, "NET_RX_DROP")), Linearizable::ok);
  EXPECT_EQ(verdict_of(two + limit(0, 3, 10) + rx(0, 2, 4, 5)), Linearizable::ok);
  EXPECT_EQ(verdict_of(two + limit(0, 3, 10) + rx(0, 2, 11, 12, "NET_RX_DROP")), Linearizable::ok);
  EXPECT_EQ(verdict_of(two + limit(0, 3, 10) + rx(0, 2, 11, 12)), Linearizable::illegal);
}

TEST(Linear, WhatNeverReturnedMayHaveTakenEffectOrNot) {
  const std::string open = R"({"op":"netif_rx","cpu":0,"skb":1,"start":1})"
                           "\n";
  EXPECT_EQ(verdict_of(open + rx(0, 2, 2, 3) + poll(0, "1", 5, 6)), Linearizable::ok);
  EXPECT_EQ(verdict_of(open + rx(0, 2, 2, 3) + poll(0, "2", 5, 6)), Linearizable::ok);
  EXPECT_EQ(verdict_of(open + rx(0, 2, 2, 3) + poll(0, "3", 5, 6)), Linearizable::illegal);
}

/// Ten packets are refused, all at once: the orders are millions, the states few.
TEST(Linear, StatesAreNotLookedAtTwice) {
  std::string lines = limit(0, 1, 2) + rx(0, 0, 3, 4);
  for (int i = 1; i <= 10; ++i) lines += rx(0, i, 5, 1000, "NET_RX_DROP");
  const HistoryResult result = check_history(history_of(lines + poll(0, "1", 1001, 1002)), {});
  EXPECT_EQ(result.verdict, Linearizable::illegal);
  EXPECT_LT(result.steps, 20000U);
}

TEST(Linear, TheBudgetIsKept) {
  std::string lines;
  for (int i = 0; i < 30; ++i) lines += rx(0, i, 1, 1000);
  lines += poll(0, "31", 1001, 1002);
  EXPECT_EQ(verdict_of(lines, 1000), Linearizable::unknown);
}

TEST(Linear, CpusThatHaveNothingToDoWithEachOtherAreJudgedAlone) {
  const std::string apart = rx(0, 1, 1, 9) + rx(1, 2, 1, 9) + poll(0, "1", 10, 11) + poll(1, "2", 10, 11);
  EXPECT_EQ(parts_of(history_of(apart)).size(), 2U);
  EXPECT_EQ(verdict_of(apart), Linearizable::ok);
  const std::string steered = R"({"op":"netif_rx","cpu":0,"to":1,"skb":3,"start":1,"end":2})"
                              "\n";
  EXPECT_EQ(parts_of(history_of(apart + steered)).size(), 1U);
  EXPECT_EQ(parts_of(history_of(apart + limit(3, 1, 2))).size(), 1U);
  EXPECT_EQ(verdict_of(apart + rx(1, 5, 20, 21) + poll(1, "6", 22, 23)), Linearizable::illegal);
}

/// Packets of another CPU: the interrupt that makes the backlog be polled goes out with the sender's softirq.
TEST(Linear, ASteeredPacketIsPolledAfterTheInterrupt) {
  const std::string steered = R"({"op":"netif_rx","cpu":1,"to":0,"skb":1,"ret":"NET_RX_SUCCESS","start":1,"end":2})"
                              "\n";
  const std::string interrupt = R"({"op":"net_rx_action","cpu":1,"delivered":[],"start":3,"end":9})"
                                "\n";
  EXPECT_EQ(verdict_of(steered + interrupt + poll(0, "1", 5, 6)), Linearizable::ok);
  EXPECT_EQ(verdict_of(steered + poll(0, "1", 5, 6)), Linearizable::illegal);
}

/// Operations whose state cannot be told are searched all the same.
TEST(Linear, SocketsAreJudgedToo) {
  const std::string made = R"({"op":"listen","fd":9,"backlog":1,"ret":-1,"errno":"EBADF","start":1,"end":2})"
                           "\n";
  EXPECT_EQ(verdict_of(made), Linearizable::ok);
  const std::string wrong = R"({"op":"listen","fd":9,"backlog":1,"ret":0,"start":1,"end":2})"
                            "\n";
  EXPECT_EQ(verdict_of(wrong), Linearizable::illegal);
}

/// Nine threads look at once: the orders are 362,880, the states few.
TEST(Linear, StatesOfSocketsAreNotLookedAtTwice) {
  std::string lines;
  for (int i = 0; i < 9; ++i)
    lines += R"({"op":"netstat","ns":0,"ListenDrops":0,"start":1,"end":1000})"
             "\n";
  lines += R"({"op":"close","fd":3,"ret":0,"start":1001,"end":1002})"
           "\n";
  const HistoryResult result = check_history(history_of(lines), {});
  EXPECT_EQ(result.verdict, Linearizable::illegal);
  EXPECT_LT(result.steps, 40000U);
}

TEST(Linear, ACallMayComeAfterOneThatItOverlaps) {
  History history = history_of(rx(0, 1, 1, 10) + rx(0, 2, 1, 10) + poll(0, "2", 20, 21));
  EXPECT_EQ(linearize(SoftnetSpec(history.header), history.calls).verdict, Linearizable::ok);
  history.calls[1].after = 0;
  EXPECT_EQ(linearize(SoftnetSpec(history.header), history.calls).verdict, Linearizable::illegal);
  EXPECT_EQ(check_history(history, {}).verdict, Linearizable::illegal);
}

/// The twin of the order that is said beforehand: it must not explain away that a packet overtakes another.
TEST(Linear, PacketsAreSaidToComeInTheOrderOfTheirDelivery) {
  History history = history_of(rx(0, 1, 1, 30) + rx(0, 2, 2, 30) + poll(0, "2", 5, 6) + poll(0, "1", 7, 8));
  order_packets(history.calls);
  EXPECT_EQ(history.calls[0].after, 1U);
  EXPECT_EQ(history.calls[1].after, Call::nothing);
}

TEST(Linear, CheckTellsTheLineThatFitsNowhere) {
  const std::string text = header + rx(0, 1, 1, 2) + rx(0, 2, 3, 4) + poll(0, "2", 5, 6);
  TraceReader reader(read_text(text), "history");
  std::vector<Divergence> found;
  const CheckResult result = check(reader, {}, [&](const Divergence& each) { found.push_back(each); });
  EXPECT_FALSE(result.agrees());
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].line, 4U);
  EXPECT_NE(found[0].allowed.find("\"delivered\":[1]"), std::string::npos) << found[0].allowed;
  EXPECT_NE(found[0].note.find("2 of 3"), std::string::npos) << found[0].note;
  EXPECT_EQ(to_trace(history_of(rx(0, 1, 1, 2))), header + rx(0, 1, 1, 2)) << "what is written reads back";
}

TEST(Linear, HistoriesAndTracesAreNotMixed) {
  const std::string plain = R"({"op":"tick"})"
                            "\n";
  for (const std::string& text :
       {rx(0, 1, 1, 2) + plain, plain + rx(0, 1, 1, 2), rx(0, 1, 5, 2), std::string(R"({"op":"tick","end":2})")}) {
    TraceReader reader(read_text(header + text), "history");
    EXPECT_THROW(check(reader, {}, [](const Divergence&) {}), Malformed) << text;
  }
}

}  // namespace
}  // namespace weir::oracle
