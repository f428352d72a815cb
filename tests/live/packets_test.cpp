// The packets that played peers send and read.
#include "oracle/targets/packets.hpp"

#include <gtest/gtest.h>

namespace weir::oracle {
namespace {

constexpr End peer{0xc6130002, 1000}, host{0xc6120001, 80};

/// The sum of 16-bit words, with the carries added: 0xffff where a checksum is among them and right.
std::uint32_t summed(std::string_view bytes, std::uint32_t sum = 0) {
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    const std::uint32_t byte = static_cast<unsigned char>(bytes[i]);
    sum += i % 2 == 0 ? byte << 8 : byte;
  }
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >> 16);
  return sum;
}

TEST(Packets, AreReadAsTheyWereWritten) {
  for (const auto& each : names<Flags>) {
    for (const std::uint32_t len : {0U, 1U, 7U, 1400U}) {
      const TcpSegment sent{peer, host, 0xfffffffe, 0x80000001, each.value, len};
      const auto read = tcp_segment_of(to_packet(sent));
      ASSERT_TRUE(read) << each.text;
      EXPECT_EQ(read->from, sent.from);
      EXPECT_EQ(read->to, sent.to);
      EXPECT_EQ(read->seq, sent.seq);
      EXPECT_EQ(read->ack, has_ack(sent.flags) ? sent.ack : 0);
      EXPECT_EQ(read->flags, sent.flags == Flags::ra ? Flags::r : sent.flags) << each.text;
      EXPECT_EQ(read->len, sent.len);
    }
  }
}

TEST(Packets, ChecksumsAddUp) {
  for (const std::uint32_t len : {0U, 1U, 2U, 999U}) {
    const std::string packet = to_packet({peer, host, 17, 4, Flags::pa, len});
    const std::string_view view(packet);
    EXPECT_EQ(summed(view.substr(0, 20)), 0xffffU);
    const auto length = static_cast<std::uint32_t>(view.size() - 20);
    EXPECT_EQ(summed(view.substr(20), summed(view.substr(12, 8)) + 6 + length), 0xffffU) << len;
  }
  const std::string echo = echo_request(peer.v4, host.v4, 5);
  EXPECT_EQ(summed(std::string_view(echo).substr(20)), 0xffffU);
}

TEST(Packets, SynAndFinTakeANumber) {
  EXPECT_EQ((TcpSegment{peer, host, 5, 0, Flags::s, 0}.end()), 6U);
  EXPECT_EQ((TcpSegment{peer, host, 5, 0, Flags::fa, 3}.end()), 9U);
  EXPECT_EQ((TcpSegment{peer, host, 0xffffffff, 0, Flags::pa, 2}.end()), 1U);
  EXPECT_EQ((TcpSegment{peer, host, 5, 0, Flags::ra, 0}.end()), 5U);
}

TEST(Packets, WhatIsCutOffOrSomethingElseIsNone) {
  const std::string whole = to_packet({peer, host, 1, 2, Flags::a, 0});
  for (std::size_t length = 0; length < whole.size(); ++length)
    EXPECT_FALSE(tcp_segment_of(whole.substr(0, length))) << length;
  std::string other = whole;
  other[0] = 0x65;  // IPv6
  EXPECT_FALSE(tcp_segment_of(other));
  other = whole;
  other[9] = 17;  // UDP
  EXPECT_FALSE(tcp_segment_of(other));
  other = whole;
  other[20 + 12] = static_cast<char>(0xf0);  // a header longer than the packet
  EXPECT_FALSE(tcp_segment_of(other));
  EXPECT_FALSE(tcp_segment_of(echo_request(peer.v4, host.v4, 5)));
}

TEST(Packets, AnEchoReplyIsKnownByItsNumber) {
  std::string reply = echo_request(host.v4, peer.v4, 513);
  EXPECT_FALSE(is_echo_reply(reply, 513));  // a request
  reply[20] = 0;
  EXPECT_TRUE(is_echo_reply(reply, 513));
  EXPECT_FALSE(is_echo_reply(reply, 514));
  EXPECT_FALSE(is_echo_reply(reply.substr(0, 27), 513));
  EXPECT_FALSE(is_echo_reply(to_packet({peer, host, 1, 2, Flags::a, 0}), 0));
}

}  // namespace
}  // namespace weir::oracle
