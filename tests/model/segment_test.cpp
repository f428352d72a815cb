// Remote peers: segments and the time between them. What one release does was asked of a running kernel (6.18) in
// tests/data/segments; here are the rules one by one, and those that changed.
#include "tests/model/script.hpp"

namespace weir::testing {
namespace {

class Remote : public ::testing::Test {
 protected:
  /// A listener on 3, reached at 192.0.2.1:8080.
  void listen_on(std::string_view profile, std::int32_t backlog, std::int32_t cookies = 0, std::int32_t defer = 0) {
    host.emplace(profile);
    host->write(Sysctl::tcp_syncookies, std::to_string(cookies));
    host->socket();
    host->bind(3, 8080, any_address);
    host->set(3, SockOpt::tcp_defer_accept, defer);
    host->listen(3, backlog);
  }

  std::string seg(std::uint16_t port, Flags flags, std::uint32_t len = 0) { return host->seg(port, flags, len); }
  std::string advance(std::uint32_t ms) { return host->advance(ms); }

  std::optional<Script> host;
};

TEST_F(Remote, TheHandshakeFillsTheAcceptQueue) {
  listen_on(linux_6_18, 1);
  EXPECT_EQ(seg(1, Flags::s), "SA");
  EXPECT_EQ(host->info(3), "LISTEN 0 1");
  EXPECT_EQ(seg(1, Flags::a), "");
  EXPECT_EQ(host->info(3), "LISTEN 1 1");
  EXPECT_EQ(host->accept(3), "4");
  EXPECT_EQ(host->info(4), "ESTABLISHED 0 0");
}

TEST_F(Remote, WhatNobodyWaitsForIsReset) {
  listen_on(linux_6_18, 1);
  for (const Flags each : {Flags::a, Flags::pa, Flags::fa, Flags::sa}) EXPECT_EQ(seg(1, each), "R");
  for (const Flags each : {Flags::none, Flags::f, Flags::r, Flags::ra}) EXPECT_EQ(seg(1, each), "");
  host->close(3);
  for (const Flags each : {Flags::none, Flags::s, Flags::a, Flags::f}) EXPECT_EQ(seg(1, each), "R");
  for (const Flags each : {Flags::r, Flags::ra}) EXPECT_EQ(seg(1, each), "");
}

TEST_F(Remote, MartiansAreDropped) {
  listen_on(linux_6_18, 1);
  const auto reply = [&](std::uint32_t from, std::uint32_t to) {
    return std::get<outcome::Replied>(host->step(op::Segment{{0}, {from, 1}, {to, 9}, Flags::s, 0})).reply;
  };
  EXPECT_EQ(reply(0xc000020a, 0xc0000201), Flags::r);
  EXPECT_EQ(reply(0xc0000201, 0xc0000201), Flags::none);
  for (const std::uint32_t each : {0x7f000001U, 0x00010203U, 0xe0000001U, 0xffffffffU}) {
    EXPECT_EQ(reply(each, 0xc0000201), Flags::none);
    EXPECT_EQ(reply(0xc000020a, each), Flags::none);
  }
  EXPECT_EQ(std::get<outcome::Returned>(host->step(op::Segment{{7}, {1, 1}, {1, 1}, Flags::s, 0})).error,
            Errno::enoent);
}

TEST_F(Remote, ARequestEndsByReset) {
  listen_on(linux_6_18, 5);
  seg(1, Flags::s);
  EXPECT_EQ(seg(1, Flags::f), "");
  EXPECT_EQ(seg(1, Flags::r), "");
  EXPECT_EQ(seg(1, Flags::a), "R") << "it is gone";
  seg(1, Flags::s);
  EXPECT_EQ(seg(1, Flags::sa), "A") << "out of order";
  EXPECT_EQ(seg(1, Flags::s), "") << "too soon after that";
  EXPECT_EQ(seg(1, Flags::ra), "");
  EXPECT_EQ(host->netstat().EmbryonicRsts, 2U);
}

TEST_F(Remote, FullSynQueueWithoutCookies) {
  for (const auto& [profile, backlog, fit] :
       {std::tuple{"linux-6.18", 1, 2}, std::tuple{"linux-6.12", 1, 1}, std::tuple{"linux-6.12", 0, 0},
        std::tuple{"linux-6.18", 0, 1}, std::tuple{"linux-3.16", 1, 16}}) {
    listen_on(profile, backlog);
    int taken = 0;
    for (std::uint16_t port = 1; port < 40; ++port) taken += seg(port, Flags::s) == "SA" ? 1 : 0;
    EXPECT_EQ(taken, fit) << profile << " listen(" << backlog << ")";
  }
}

TEST_F(Remote, TheSynAckTimerDoublesAndGivesUp) {
  listen_on(linux_6_18, 64);
  seg(1, Flags::s);
  EXPECT_EQ(advance(999), "");
  EXPECT_EQ(advance(1), "1");
  EXPECT_EQ(advance(1999), "");
  EXPECT_EQ(advance(28001), "1 1 1 1") << "at 3, 7, 15 and 31 s";
  EXPECT_EQ(seg(1, Flags::s), "SA") << "still there";
  EXPECT_EQ(advance(31999), "");
  EXPECT_EQ(seg(1, Flags::a), "") << "still there";
  seg(2, Flags::s);
  EXPECT_EQ(advance(63000), "2 2 2 2 2");
  EXPECT_EQ(seg(2, Flags::a), "R") << "given up after tcp_synack_retries";
}

TEST_F(Remote, TheFirstSynAckTimeoutWas3Seconds) {
  listen_on("linux-3.0", 64);
  seg(1, Flags::s);
  EXPECT_EQ(advance(2999), "");
  EXPECT_EQ(advance(1), "1");
  EXPECT_EQ(advance(5999), "");
  EXPECT_EQ(advance(1), "1");
}

TEST_F(Remote, SynackRetriesIsRespectedEvenBelowZero) {
  listen_on(linux_2_6_32, 64);
  host->write(Sysctl::tcp_synack_retries, "-1");
  seg(1, Flags::s);
  EXPECT_EQ(advance(3000), "");
  EXPECT_EQ(seg(1, Flags::a), "R");
}

TEST_F(Remote, ManyOldRequestsGetFewerRetransmissions) {
  listen_on(linux_6_18, 16);
  for (std::uint16_t port = 1; port <= 9; ++port) seg(port, Flags::s);
  EXPECT_EQ(advance(1000), "9 8 7 6 5 4 3 2 1") << "all young";
  EXPECT_EQ(advance(2000), "1 2 3 4 5 6 7 8 9") << "9 of 16, none young: 2 retransmissions are left";
  EXPECT_EQ(advance(4000), "8 7 6 5 4 3 2 1") << "the first is given up, which leaves half of the queue in use";
}

TEST_F(Remote, DeferredAcceptWaitsForData) {
  listen_on(linux_6_18, 64, 0, 5);  // 3 retransmissions: 7 s
  seg(1, Flags::s);
  EXPECT_EQ(seg(1, Flags::a), "");
  EXPECT_EQ(host->info(3), "LISTEN 0 64");
  EXPECT_EQ(host->netstat().TCPDeferAcceptDrop, 1U);
  EXPECT_EQ(seg(1, Flags::pa, 10), "A");
  EXPECT_EQ(host->info(3), "LISTEN 1 64");
}

TEST_F(Remote, DeferredAcceptAsksAgainWhenItsTimeIsNearlyUp) {
  listen_on(linux_6_18, 64, 0, 5);
  seg(1, Flags::s);
  seg(1, Flags::a);
  seg(2, Flags::s);
  EXPECT_EQ(advance(6999), "2 2") << "at 1 and 3 s; the other peer has acknowledged";
  EXPECT_EQ(seg(1, Flags::a), "") << "deferred still";
  EXPECT_EQ(host->info(3), "LISTEN 0 64");
  EXPECT_EQ(advance(1), "2 1");
  EXPECT_EQ(seg(1, Flags::a), "");
  EXPECT_EQ(host->info(3), "LISTEN 1 64") << "accepted without data";
}

TEST_F(Remote, ARepeatedSynIsAnsweredOnceInHalfASecondFrom4_0) {
  for (const auto& [profile, limited] : {std::pair{"linux-3.19", false}, std::pair{"linux-4.0", true}}) {
    listen_on(profile, 64);
    seg(1, Flags::s);
    EXPECT_EQ(seg(1, Flags::s), "SA");
    EXPECT_EQ(seg(1, Flags::s), limited ? "" : "SA");
    advance(499);
    EXPECT_EQ(seg(1, Flags::s), limited ? "" : "SA");
    advance(1);
    EXPECT_EQ(seg(1, Flags::s), "SA");
    seg(1, Flags::a);
    EXPECT_EQ(seg(1, Flags::s), "A") << "the connection counts anew";
    EXPECT_EQ(seg(1, Flags::s), limited ? "" : "A");
  }
}

TEST_F(Remote, ARepeatedSynRestartsTheTimerFrom3_13) {
  for (const auto& [profile, restarts] : {std::pair{"linux-3.11", false}, std::pair{"linux-3.13", true}}) {
    listen_on(profile, 64);
    seg(1, Flags::s);
    advance(600);
    seg(1, Flags::s);
    EXPECT_EQ(advance(400), restarts ? "" : "1");
    EXPECT_EQ(advance(600), restarts ? "1" : "");
  }
}

TEST_F(Remote, ThirdAckWithAFullAcceptQueue) {
  listen_on(linux_6_18, 0, 1);
  seg(1, Flags::s);
  seg(2, Flags::s);  // a cookie: the SYN queue is full
  EXPECT_EQ(seg(1, Flags::a), "");
  EXPECT_EQ(seg(2, Flags::a), "");
  EXPECT_EQ(host->info(3), "LISTEN 1 0");
  EXPECT_EQ(host->netstat().ListenOverflows, 1U);
  host->accept(3);
  EXPECT_EQ(seg(2, Flags::a), "") << "the cookie is still good";
  EXPECT_EQ(host->info(3), "LISTEN 1 0");
}

TEST_F(Remote, AbortOnOverflowResetsTheRequest) {
  listen_on("linux-4.9", 1);  // a SYN gets past a full accept queue while at most one request is young
  host->write(Sysctl::tcp_abort_on_overflow, "1");
  for (std::uint16_t port = 1; port <= 2; ++port) {
    seg(port, Flags::s);
    seg(port, Flags::a);
  }
  EXPECT_EQ(seg(3, Flags::s), "SA");
  EXPECT_EQ(seg(3, Flags::a), "R");
  EXPECT_EQ(host->netstat().EmbryonicRsts, 1U);
  host->write(Sysctl::tcp_abort_on_overflow, "0");
  EXPECT_EQ(seg(4, Flags::s), "SA");
  EXPECT_EQ(seg(4, Flags::a), "");
  host->accept(3);
  EXPECT_EQ(advance(1000), "4") << "kept, and asked again";
  EXPECT_EQ(seg(4, Flags::a), "");
  EXPECT_EQ(host->info(3), "LISTEN 2 1");
}

TEST_F(Remote, CookiesGrowOld) {
  struct Case {
    const char* profile;
    std::uint32_t ms;
    const char* reply;
  };
  for (const Case& each : {Case{"linux-3.13", 3000, ""}, Case{"linux-3.13", 3001, "R"}, Case{"linux-4.2", 3001, ""},
                           Case{"linux-6.18", 119999, ""}, Case{"linux-6.18", 120000, "R"}}) {
    listen_on(each.profile, 64, 2);
    EXPECT_EQ(seg(1, Flags::s), "SA");
    EXPECT_EQ(advance(each.ms), "");
    EXPECT_EQ(seg(1, Flags::a), each.reply) << each.profile << " after " << each.ms << " ms";
  }
}

TEST_F(Remote, CookiesNeedAnOverflowOfThisListener) {
  listen_on(linux_6_18, 64, 2);
  seg(1, Flags::s);
  host->shutdown(3, How::rd);
  host->listen(3, 64);
  EXPECT_EQ(seg(1, Flags::a), "R");
  EXPECT_TRUE(host->passed(Clause::COOKIE_NO_OVERFLOW));
  seg(1, Flags::s);
  host->write(Sysctl::tcp_syncookies, "0");
  EXPECT_EQ(seg(1, Flags::a), "R");
  host->write(Sysctl::tcp_syncookies, "1");
  EXPECT_EQ(seg(2, Flags::a), "R") << "no cookie was sent there";
  EXPECT_EQ(seg(1, Flags::a), "");
}

TEST_F(Remote, ActiveCloseGoesThroughTimeWait) {
  listen_on(linux_6_18, 4);
  seg(1, Flags::s);
  seg(1, Flags::a);
  host->accept(3);
  host->close(3);
  host->shutdown(4, How::wr);
  EXPECT_EQ(host->info(4), "FIN_WAIT1 1 0");
  EXPECT_EQ(seg(1, Flags::a), "");
  EXPECT_EQ(host->info(4), "FIN_WAIT2 0 0");
  EXPECT_EQ(seg(1, Flags::fa), "A");
  EXPECT_EQ(host->info(4), "CLOSE 0 0");
  EXPECT_EQ(seg(1, Flags::s), "A") << "nobody listens";
  host->close(4);
  host->socket();
  EXPECT_EQ(host->bind(3, 8080, any_address), "EADDRINUSE");
  advance(59999);
  EXPECT_EQ(host->bind(3, 8080, any_address), "EADDRINUSE");
  advance(1);
  EXPECT_EQ(host->bind(3, 8080, any_address), "0");
}

TEST_F(Remote, ARenewalIsSparedTheSynQueue) {
  listen_on(linux_6_18, 0);
  seg(1, Flags::s);
  seg(1, Flags::a);
  host->accept(3);
  host->close(4);
  EXPECT_EQ(seg(1, Flags::fa), "A");
  seg(2, Flags::s);
  EXPECT_EQ(seg(3, Flags::s), "") << "full";
  EXPECT_EQ(seg(1, Flags::s), "SA");
}

TEST_F(Remote, UnreadDataMakesCloseAReset) {
  listen_on(linux_6_18, 4);
  seg(1, Flags::s);
  seg(1, Flags::pa, 1);
  host->accept(3);
  host->close(4);
  EXPECT_EQ(seg(1, Flags::a), "R");
}

TEST_F(Remote, RequestsOfAListenerThatIsGone) {
  for (const char* profile : {"linux-3.16", "linux-6.18"}) {
    listen_on(profile, 64);
    seg(1, Flags::s);
    host->shutdown(3, How::rd);
    EXPECT_EQ(seg(1, Flags::a), "R") << profile;
    EXPECT_EQ(host->passed(Clause::REQUEST_ORPHANED), profile == std::string_view(linux_6_18));
    host->listen(3, 64);
    seg(2, Flags::s);
    host->shutdown(3, How::rd);
    EXPECT_EQ(advance(1000), "") << profile;
    EXPECT_EQ(host->passed(Clause::TIMER_ORPHANED), profile == std::string_view(linux_6_18));
  }
}

}  // namespace
}  // namespace weir::testing
