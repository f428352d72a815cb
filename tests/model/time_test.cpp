// Time over loopback: what a running 6.18 was seen to do with real waiting (one CPU, a namespace of its own), at the
// times that the model gives it.
#include "tests/model/script.hpp"

namespace weir {
namespace {

using testing::linux_6_18;
using testing::Script;

constexpr std::uint16_t port = 8080;

void listener(Script& host, std::int32_t backlog) {
  host.socket();
  host.bind(3, port);
  host.listen(3, backlog);
}

void client(Script& host, int fd, std::uint16_t from = 0, bool defers = false) {
  host.socket();
  if (from != 0) host.bind(fd, from);
  if (defers) host.set(fd, SockOpt::tcp_defer_accept, 1);
  EXPECT_EQ(host.connect(fd, port), "EINPROGRESS");
}

/// Times, of 20 ms steps, at which `what` changed.
template <class What>
std::vector<std::uint32_t> changes(Script& host, std::uint32_t until, What what) {
  std::vector<std::uint32_t> times;
  auto last = what();
  for (std::uint32_t now = 20; now <= until; now += 20) {
    host.advance(20);
    const auto seen = what();
    if (seen != last) times.push_back(now);
    last = seen;
  }
  return times;
}

/// The numbers of the clients that wait in the accept queue, by the ports 1000 + number, in order.
std::string accepted(Script& host, int first_fd, int clients) {
  std::string order;
  for (int child = first_fd; host.accept(3) == std::to_string(child); ++child) {
    // Who it was shows when the child is reset: its client is then in CLOSE.
    for (int each = 0; each < clients; ++each) {
      if (host.info(4 + each) != "ESTABLISHED 0 0") continue;
      Script before = host;
      before.shutdown(child, How::wr);
      if (before.info(4 + each) == "CLOSE_WAIT 0 0") order += std::to_string(each);
    }
  }
  return order;
}

TEST(Time, SynsComeAgainTogetherAndMakeMoreClientsThanPlaces) {
  Script host(linux_6_18);
  listener(host, 1);
  for (int fd = 4; fd < 9; ++fd) client(host, fd);
  EXPECT_EQ(host.accept(3), "9");
  host.advance(1000);
  EXPECT_EQ(host.info(3), "LISTEN 2 1");
  for (int fd = 6; fd < 9; ++fd) EXPECT_EQ(host.info(fd), "ESTABLISHED 0 0");
  auto seen = host.netstat();
  EXPECT_EQ(seen.ListenOverflows, 5U) << "three SYNs at first, then two of three ACKs";
  EXPECT_EQ(seen.SyncookiesSent, 1U) << "to the SYN that found the SYN queue full";
  host.advance(1000);
  EXPECT_EQ(host.netstat().ListenOverflows, 6U) << "the ACK to the SYN-ACK that came again";
  host.advance(2000);
  EXPECT_EQ(host.netstat().ListenOverflows, 7U);
}

TEST(Time, ASynComesAgainFiveTimesASecondApartAndThenDoubles) {
  Script host(linux_6_18);
  listener(host, 0);
  client(host, 4);
  client(host, 5);
  const auto times = changes(host, 130980, [&] { return host.netstat().ListenDrops; });
  EXPECT_EQ(times, (std::vector<std::uint32_t>{1000, 2000, 3000, 4000, 5000, 7000, 11000, 19000, 35000, 67000}));
  host.advance(20);
  EXPECT_EQ(host.info(5), "CLOSE 0 0");
  EXPECT_EQ(host.connect(5, port), "ETIMEDOUT");
  EXPECT_EQ(host.connect(5, port), "EINPROGRESS");
}

TEST(Time, EachReleaseGivesASynUpAtItsTime) {
  const auto gives_up_after = [](const char* release, std::uint32_t ms) {
    Script host(release);
    listener(host, 0);
    for (int fd = 4; fd < 7; ++fd) client(host, fd);  // until 4.9 a SYN is dropped only if another is young
    host.set(3, SockOpt::tcp_defer_accept, 1);
    for (int fd = 7; fd < 9; ++fd) client(host, fd);
    int waits = 4;
    while (waits < 9 && host.info(waits) != "SYN_SENT 1 0") ++waits;
    if (waits == 9) return std::string("nobody waits");
    host.advance(ms - 1);
    const std::string before = host.info(waits);
    host.advance(1);
    return before + ", " + host.info(waits);
  };
  for (const auto& [release, ms] : std::initializer_list<std::pair<const char*, std::uint32_t>>{
           {"linux-4.10", 127000}, {"linux-6.4", 127000}, {"linux-6.5", 131000}})
    EXPECT_EQ(gives_up_after(release, ms), "SYN_SENT 1 0, CLOSE 0 0") << release;
}

TEST(Time, OfTimersThatAreDueTogetherTheNewestFiresFirst) {
  Script host(linux_6_18);
  host.write(Sysctl::tcp_syncookies, "0");
  listener(host, 1);
  for (int fd = 4; fd < 10; ++fd) client(host, fd);
  EXPECT_EQ(accepted(host, 10, 6), "01");
  host.advance(1000);
  EXPECT_EQ(accepted(host, 12, 6), "54");
  host.advance(1000);
  EXPECT_EQ(accepted(host, 14, 6), "23") << "they were set again in the order in which they had fired";
}

TEST(Time, SynAcksThatAreDueTogetherComeNewestFirst) {
  Script host(linux_6_18);
  host.write(Sysctl::tcp_syncookies, "0");
  listener(host, 2);
  for (int fd = 4; fd < 6; ++fd) client(host, fd);
  for (int fd = 6; fd < 9; ++fd) client(host, fd, 0, true);
  host.advance(200);
  EXPECT_EQ(host.netstat().ListenOverflows, 2U);
  EXPECT_EQ(accepted(host, 9, 5), "014");
  host.advance(800);
  EXPECT_EQ(accepted(host, 12, 5), "32");
}

TEST(Time, DeferredForThirtySecondsIsAcceptedAfterThirtyOne) {
  Script host(linux_6_18);
  host.socket();
  host.bind(3, port);
  host.set(3, SockOpt::tcp_defer_accept, 30);
  host.listen(3, 5);
  client(host, 4);
  host.advance(30999);
  EXPECT_EQ(host.accept(3), "EAGAIN");
  host.advance(1);
  EXPECT_EQ(host.accept(3), "5");
  EXPECT_EQ(host.netstat().TCPDeferAcceptDrop, 1U);
}

TEST(Time, AClientWithoutRoomAsksSixTimes) {
  Script host(linux_6_18);
  host.write(Sysctl::tcp_syncookies, "0");
  listener(host, 1);
  client(host, 4);
  client(host, 5, 0, true);
  client(host, 6, 0, true);
  const auto times = changes(host, 70000, [&] { return host.netstat().ListenOverflows; });
  EXPECT_EQ(times, (std::vector<std::uint32_t>{200, 1000, 3000, 7000, 15000, 31000}));
  EXPECT_EQ(host.info(5), "ESTABLISHED 0 0");
  host.shutdown(5, How::wr);
  EXPECT_EQ(host.info(5), "CLOSE 0 0") << "its request was given up after 63 s";
}

TEST(Time, AFinThatNobodyTakesComesAgain) {
  Script host(linux_6_18);
  host.write(Sysctl::tcp_syncookies, "2");
  listener(host, 0);
  client(host, 4, 0, true);
  client(host, 5);
  host.advance(400);
  EXPECT_EQ(host.netstat().ListenOverflows, 1U) << "its ACK has brought the cookie in vain";
  host.shutdown(4, How::wr);
  const auto times = changes(host, 120000, [&] { return host.netstat().ListenOverflows; });
  EXPECT_EQ(times, (std::vector<std::uint32_t>{220, 420, 820, 1640, 3280, 6540, 13060, 26120, 52240, 104460}));
  host.advance(120000);
  EXPECT_EQ(host.info(4), "CLOSE 0 0") << "the cookie is good no more";
}

TEST(Time, AFinIsAcknowledgedAtTheNextJiffyOrAfterFortyMilliseconds) {
  Script host(linux_6_18);
  listener(host, 5);
  client(host, 4);
  EXPECT_EQ(host.accept(3), "5");
  host.shutdown(4, How::wr);
  host.advance(4);
  EXPECT_EQ(host.info(4), "FIN_WAIT2 0 0");
  client(host, 6, 0, true);
  host.advance(200);
  EXPECT_EQ(host.accept(3), "7");
  host.shutdown(7, How::wr);
  host.advance(39);
  EXPECT_EQ(host.info(7), "FIN_WAIT1 1 0");
  host.advance(1);
  EXPECT_EQ(host.info(7), "FIN_WAIT2 0 0");
}

TEST(Time, TheEndsOfAConnectionAreFreeAfterAMinute) {
  Script host(linux_6_18);
  listener(host, 5);
  client(host, 4, 7001);
  EXPECT_EQ(host.accept(3), "5");
  host.close(4);
  host.advance(60003);
  host.socket();
  EXPECT_EQ(host.bind(4, 7001), "EADDRINUSE");
  host.advance(1);
  EXPECT_EQ(host.bind(4, 7001), "0");
  EXPECT_EQ(host.info(5), "CLOSE_WAIT 0 0");
  EXPECT_EQ(host.connect(4, port), "EINPROGRESS");
  EXPECT_EQ(host.info(4), "SYN_SENT 1 0") << "the other end of the first one answered";
  EXPECT_EQ(host.info(5), "CLOSE 0 0");
  host.advance(8);
  EXPECT_EQ(host.info(4), "ESTABLISHED 0 0");
}

TEST(Time, ARequestOfAClosedListenerIsInTheWayForASecond) {
  Script host(linux_6_18);
  host.socket();
  host.set(3, SockOpt::so_reuseaddr, 1);
  host.bind(3, port);
  host.set(3, SockOpt::tcp_defer_accept, 30);
  host.listen(3, 5);
  client(host, 4, 1000);
  host.close(3);
  host.socket();
  host.set(3, SockOpt::so_reuseaddr, 1);
  EXPECT_EQ(host.bind(3, port), "0");
  EXPECT_EQ(host.connect(3, 1000), "EADDRNOTAVAIL");
  host.advance(1000);
  EXPECT_EQ(host.connect(3, 1000), "EINPROGRESS");
  EXPECT_EQ(host.info(4), "CLOSE 0 0");
}

TEST(Time, WhatGoesOverLoopbackIsNotListed) {
  Script host(linux_6_18);
  listener(host, 0);
  client(host, 4);
  client(host, 5);
  EXPECT_EQ(host.advance(600000), "");
}

}  // namespace
}  // namespace weir
