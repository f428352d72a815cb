// What listen(2) does about TCP Fast Open, by release: the length that TCP_FASTOPEN then reads back.
#include "tests/model/script.hpp"

namespace weir::testing {
namespace {

/// After listen(7), then listen(9) on the same socket: "7 7".
std::string lengths(std::string_view release, const std::string& tcp_fastopen) {
  Script host(release);
  host.write(Sysctl::tcp_fastopen, tcp_fastopen);
  host.socket();
  host.listen(3, 7);
  const std::string first = host.get(3, SockOpt::tcp_fastopen);
  host.listen(3, 9);
  return first + " " + host.get(3, SockOpt::tcp_fastopen);
}

TEST(Fastopen, BothFlagsMakeAQueueOfTheBacklog) {
  for (const char* release : {"linux-3.7", "linux-4.1", "linux-4.4", "linux-4.9", "linux-6.18"}) {
    EXPECT_EQ(lengths(release, "0x402"), "7 7") << release;
    EXPECT_EQ(lengths(release, "0x403"), "7 7") << release;
    for (const char* none : {"0", "0x1", "0x2", "0x3", "0x400", "0x800"})
      EXPECT_EQ(lengths(release, none), "0 0") << release << " " << none;
  }
  EXPECT_EQ(lengths("linux-3.5", "0x402"), "ENOPROTOOPT ENOPROTOOPT");
}

TEST(Fastopen, TheUpperHalfIsALengthUntil48) {
  EXPECT_EQ(lengths("linux-3.7", "0x50802"), "5 5");
  EXPECT_EQ(lengths("linux-4.6", "0x50802"), "5 5");
  EXPECT_EQ(lengths("linux-4.9", "0x50802"), "0 0");
  EXPECT_EQ(lengths("linux-4.6", "0x50c02"), "7 7") << "0x400 comes first";
}

TEST(Fastopen, SomaxconnLimitsItFrom44) {
  EXPECT_EQ(lengths("linux-4.1", "0x10000802"), "4096 4096");
  EXPECT_EQ(lengths("linux-4.4", "0x10000802"), "128 128");
  for (const auto& [release, length] : {std::pair{"linux-4.1", "1000"}, {"linux-4.4", "128"}}) {
    Script host(release);
    host.socket();
    EXPECT_EQ(host.set(3, SockOpt::tcp_fastopen, 1000), "0");
    EXPECT_EQ(host.get(3, SockOpt::tcp_fastopen), length) << release;
  }
}

/// Until 4.3 a queue that was asked for stays as it is; later one of length 0 is as none.
TEST(Fastopen, AQueueOfLengthZero) {
  for (const auto& [release, length] : {std::pair{"linux-4.1", "0"}, {"linux-4.4", "7"}, {"linux-6.18", "7"}}) {
    Script host(release);
    host.write(Sysctl::tcp_fastopen, "0x402");
    host.socket();
    host.set(3, SockOpt::tcp_fastopen, 0);
    host.listen(3, 7);
    EXPECT_EQ(host.get(3, SockOpt::tcp_fastopen), length) << release;
  }
}

TEST(Fastopen, ItOutlivesAShutdownAndAFailure) {
  Script host(linux_6_18);
  host.write(Sysctl::tcp_fastopen, "0x402");
  host.socket();
  host.listen(3, 7);
  host.shutdown(3, How::rd);
  host.listen(3, 9);
  EXPECT_EQ(host.get(3, SockOpt::tcp_fastopen), "7");
  for (const char* label : {"4", "5"}) {
    EXPECT_EQ(host.socket(), label);
    host.set(std::stoi(label), SockOpt::so_reuseaddr, 1);
    host.bind(std::stoi(label), 80);
  }
  host.listen(4, 2);
  EXPECT_EQ(host.listen(5, 3), "EADDRINUSE");
  EXPECT_EQ(host.get(5, SockOpt::tcp_fastopen), "3");
}

TEST(Fastopen, TheSysctlsOwnHistory) {
  EXPECT_EQ(Script("linux-3.5").read(Sysctl::tcp_fastopen), "ENOENT");
  EXPECT_EQ(Script("linux-3.7").read(Sysctl::tcp_fastopen), "0\n");
  EXPECT_EQ(Script("linux-3.13").read(Sysctl::tcp_fastopen), "1\n");
  EXPECT_EQ(Script("linux-6.18").write(Sysctl::tcp_fastopen, "-1"), "2") << "plain proc_dointvec, to this day";
}

}  // namespace
}  // namespace weir::testing
