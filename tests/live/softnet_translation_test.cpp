// Recorded events told as a trace: events written down here, and what must come of them.
#include "oracle/softnet/translation.hpp"

#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <utility>
#include <vector>

namespace weir::oracle {
namespace {

using Kind = SoftnetEventKind;
using Disturbance = SoftnetDisturbance;

constexpr std::int32_t cpu_backlog_reason = 71;

/// A recording in the making: events on CPU 1, jiffies standing still unless said.
class Tape {
 public:
  Tape() {
    recording.cpu_backlog = cpu_backlog_reason;
    add(Kind::marker);
  }

  SoftnetEvent& add(Kind kind, std::uint64_t packet = 0, std::int32_t first = 0, std::int32_t second = 0) {
    SoftnetEvent event;
    event.seq = recording.events.size() + 1;
    event.kind = kind;
    event.cpu = 1;
    event.jiffies = jiffies;
    event.packet = packet;
    event.first = first;
    event.second = second;
    event.flow = 7;
    event.sd = sd;
    return recording.events.emplace_back(event);
  }
  void arrives(std::uint64_t packet) {
    add(Kind::netif_rx, packet);
    ++sd.input_queue_tail;
    add(Kind::netif_rx_done, packet, 0);
  }
  void is_dropped(std::uint64_t packet, std::int32_t reason = cpu_backlog_reason) {
    add(Kind::netif_rx, packet);
    add(Kind::kfree_skb, packet, reason);
    add(Kind::netif_rx_done, packet, 1);
  }
  void softirq(const std::vector<std::uint64_t>& packets, bool squeezed = false, bool listed = false) {
    add(Kind::softirq_entry);
    for (const auto each : packets) add(Kind::receive, each);
    add(Kind::napi_poll, 0, static_cast<std::int32_t>(packets.size()), 64);
    sd.time_squeeze += squeezed ? 1 : 0;
    sd.input_queue_head += static_cast<std::uint32_t>(packets.size());
    sd.listed = sd.sched = listed;
    add(Kind::softirq_exit);
  }
  void acts(Op operation, Outcome seen) {
    const std::uint64_t before = add(Kind::marker).seq;
    const std::uint64_t after = add(Kind::marker).seq;
    recording.actions.push_back({before, after, std::move(operation), observed_in_full(std::move(seen))});
  }

  SoftnetRecording recording;
  SoftnetState sd{
      .processed = 1000, .dropped = 50, .time_squeeze = 9, .input_queue_head = 900, .input_queue_tail = 900};
  std::uint64_t jiffies = 5;
};

std::string told(const Tape& tape) {
  const SoftnetStory story = translate(tape.recording, 1, {});
  EXPECT_EQ(name_of_enum(story.disturbance), name_of_enum(Disturbance::none));
  const std::string text = to_trace(story);
  return text.substr(text.find('\n') + 1);
}

TEST(SoftnetTranslation, ABurstIsToldInItsOrder) {
  Tape tape;
  tape.arrives(0xa0);
  tape.arrives(0xb0);
  tape.is_dropped(0xc0);
  tape.softirq({0xa0, 0xb0}, true, true);
  EXPECT_EQ(told(tape),
            R"({"op":"netif_rx","cpu":1,"skb":1,"flow":7,"ret":"NET_RX_SUCCESS"}
{"op":"netif_rx","cpu":1,"skb":2,"flow":7,"ret":"NET_RX_SUCCESS"}
{"op":"netif_rx","cpu":1,"skb":3,"flow":7,"ret":"NET_RX_DROP","reason":"CPU_BACKLOG"}
{"op":"net_rx_action","cpu":1,"delivered":[1,2],"time_squeeze":true,"rescheduled":true}
)");
}

TEST(SoftnetTranslation, AnAddressUsedAgainIsAnotherPacket) {
  Tape tape;
  tape.arrives(0xa0);
  tape.softirq({0xa0});
  tape.arrives(0xa0);
  tape.softirq({0xa0});
  EXPECT_NE(told(tape).find("\"delivered\":[2]"), std::string::npos);
}

/// It is computed when the flow limit asks for it, and by then a dropped packet has been let go.
TEST(SoftnetTranslation, TheFlowIsTheOneThatTheLimitSaw) {
  Tape tape;
  tape.add(Kind::netif_rx, 0xa0).flow = 0;
  tape.add(Kind::netif_rx_done, 0xa0).flow = 11;
  tape.add(Kind::netif_rx, 0xb0).flow = 0;
  tape.add(Kind::kfree_skb, 0xb0, cpu_backlog_reason).flow = 12;
  tape.add(Kind::netif_rx_done, 0xb0, 1).flow = 99;
  const std::string text = told(tape);
  EXPECT_NE(text.find("\"skb\":1,\"flow\":11"), std::string::npos) << text;
  EXPECT_NE(text.find("\"skb\":2,\"flow\":12"), std::string::npos) << text;
}

TEST(SoftnetTranslation, CountersAreThoseSinceTheBeginning) {
  Tape tape;
  for (const std::uint64_t each : {1, 2, 3, 4}) tape.arrives(each);
  tape.softirq({1, 2, 3}, false, true);
  tape.acts(
      op::SoftnetStat{{1}},
      outcome::SoftnetRow{.processed = 1003, .dropped = 52, .time_squeeze = 9, .received_rps = 0, .backlog_len = 1});
  const std::string text = told(tape);
  EXPECT_NE(text.find("\"processed\":3,\"dropped\":2,\"time_squeeze\":0"), std::string::npos) << text;
  EXPECT_NE(text.find("\"input_queue_head\":3,\"input_queue_tail\":4"), std::string::npos) << text;
}

TEST(SoftnetTranslation, TimeIsToldByThePacketsAfterWhichItPassed) {
  Tape tape;
  for (const std::uint64_t each : {1, 2, 3, 4, 5, 6, 7}) tape.arrives(each);
  tape.add(Kind::softirq_entry);
  for (const std::uint64_t each : {1, 2, 3, 4, 5, 6, 7}) {
    tape.add(Kind::receive, each);
    if (each % 3 == 0) ++tape.jiffies;
  }
  tape.add(Kind::napi_poll, 0, 7, 64);
  tape.add(Kind::softirq_exit);
  EXPECT_NE(told(tape).find("\"tick_after\":3"), std::string::npos);
}

TEST(SoftnetTranslation, OtherCpusAndThreadsHaveNoPartInIt) {
  Tape tape;
  tape.add(Kind::netif_rx, 0xa0).cpu = 0;
  tape.add(Kind::receive, 0xb0).ours = false;  // by a thread
  tape.add(Kind::napi_poll, 0xc0, 1, 64).ours = false;
  EXPECT_EQ(told(tape), "");
}

struct Disturbed {
  Disturbance by;
  std::function<void(Tape&)> what;
};

/// Each spoils a recording that is in order without it.
const std::vector<Disturbed> disturbances{
    {Disturbance::lost, [](Tape& tape) { tape.recording.lost = 1; }},
    {Disturbance::lost,
     [](Tape& tape) {  // a packet came and went, and no event says so
       ++tape.sd.input_queue_tail;
       ++tape.sd.input_queue_head;
       tape.add(Kind::marker);
     }},
    {Disturbance::lost,
     [](Tape& tape) {  // a packet was delivered that was in no backlog
       tape.sd.processed += 100;
       tape.add(Kind::marker);
     }},
    {Disturbance::unsettled, [](Tape& tape) { tape.recording.events.front().sd.input_qlen = 1; }},
    {Disturbance::unsettled, [](Tape& tape) { tape.recording.events.front().sd.sched = true; }},
    {Disturbance::unsettled, [](Tape& tape) { tape.recording.events.front().sd.known = false; }},
    {Disturbance::foreign_packet, [](Tape& tape) { tape.add(Kind::netif_rx, 0xd0).ours = false; }},
    {Disturbance::foreign_packet,
     [](Tape& tape) {
       tape.add(Kind::softirq_entry);
       tape.add(Kind::receive, 0xd0).ours = false;
     }},
    {Disturbance::foreign_poll,
     [](Tape& tape) {
       tape.add(Kind::softirq_entry);
       tape.add(Kind::napi_poll, 0, 1, 64).ours = false;
     }},
    {Disturbance::nested,
     [](Tape& tape) {
       tape.add(Kind::softirq_entry);
       tape.arrives(0xd0);
     }},
    {Disturbance::raced,
     [](Tape& tape) {
       const std::uint64_t before = tape.add(Kind::marker).seq;
       tape.arrives(0xd0);
       const std::uint64_t after = tape.add(Kind::marker).seq;
       tape.recording.actions.push_back({before, after, op::SoftnetStat{{1}}, {}});
     }},
    {Disturbance::clock,
     [](Tape& tape) {
       tape.add(Kind::softirq_entry);
       ++tape.jiffies;
       tape.add(Kind::softirq_exit);
     }},
    {Disturbance::clock,
     [](Tape& tape) {
       tape.arrives(0xd0);
       tape.add(Kind::softirq_entry);
       tape.add(Kind::receive, 0xd0);
       tape.jiffies += 2;  // one packet cannot say that time moved twice
       tape.add(Kind::napi_poll, 0, 1, 64);
       tape.add(Kind::softirq_exit);
     }},
    {Disturbance::puzzling, [](Tape& tape) { tape.softirq({0xd0}); }},
    {Disturbance::puzzling, [](Tape& tape) { tape.add(Kind::softirq_entry); }},
    {Disturbance::puzzling, [](Tape& tape) { tape.add(Kind::softirq_exit); }},
    {Disturbance::puzzling, [](Tape& tape) { tape.add(Kind::netif_rx_done, 0xd0); }},
    {Disturbance::puzzling,
     [](Tape& tape) {
       tape.recording.actions.push_back({98, 99, op::Tick{}, {}});
     }},
    {Disturbance::puzzling, [](Tape& tape) { tape.recording.events.erase(tape.recording.events.begin()); }},
};

TEST(SoftnetTranslation, WhatIsNotCertainIsNotTold) {
  for (std::size_t i = 0; i < disturbances.size(); ++i) {
    Tape tape;
    tape.arrives(0xa0);
    tape.softirq({0xa0});
    disturbances[i].what(tape);
    const SoftnetStory story = translate(tape.recording, 1, {});
    EXPECT_EQ(name_of_enum(story.disturbance), name_of_enum(disturbances[i].by)) << i;
    EXPECT_TRUE(story.lines.empty()) << i;
  }
}

}  // namespace
}  // namespace weir::oracle
