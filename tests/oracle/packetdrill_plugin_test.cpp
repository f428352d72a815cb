// A host program for libweir-packetdrill.so: loads it as packetdrill does and drives a script's steps through the
// table. packetdrill itself is not in Debian 12.
#include <dlfcn.h>
#include <fcntl.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <netinet/tcp.h>

#include <cerrno>
#include <memory>
#include <optional>
#include <string>
#include <thread>

#include "oracle/packetdrill/plugin/table.hpp"
#include "oracle/targets/packets.hpp"

namespace weir::oracle::packetdrill {
namespace {

constexpr std::uint32_t host_address = 0xc0a80001, peer_address = 0xc0000201;

class Plugin : public testing::Test {
 protected:
  void SetUp() override {
    handle_ = ::dlopen(WEIR_PLUGIN, RTLD_NOW | RTLD_LOCAL);
    ASSERT_NE(handle_, nullptr) << ::dlerror();
  }
  void TearDown() override {
    if (table_.self != nullptr) table_.release(table_.self);
    if (handle_ != nullptr) ::dlclose(handle_);
  }

  void start(const char* flags) {
    auto* const init = reinterpret_cast<InterfaceInit*>(::dlsym(handle_, "packetdrill_interface_init"));
    ASSERT_NE(init, nullptr);
    init(flags, &table_);
  }

  int listener(int backlog) {
    const int fd = table_.socket(table_.self, AF_INET, SOCK_STREAM | SOCK_NONBLOCK, IPPROTO_TCP);
    sockaddr_in in{};
    in.sin_family = AF_INET;
    in.sin_port = htons(8080);
    in.sin_addr.s_addr = htonl(host_address);
    EXPECT_EQ(table_.bind(table_.self, fd, reinterpret_cast<const sockaddr*>(&in), sizeof in), 0);
    EXPECT_EQ(table_.listen(table_.self, fd, backlog), 0);
    return fd;
  }

  int arrives(std::uint16_t port, Flags flags, std::uint32_t seq, std::uint32_t ack = 0, std::uint32_t len = 0) {
    const std::string packet = to_packet({{peer_address, port}, {host_address, 8080}, seq, ack, flags, len});
    return table_.netdev_send(table_.self, packet.data(), packet.size());
  }

  /// The next packet out, if there is one in a thousand seconds of the stack's time.
  std::optional<TcpSegment> leaves() {
    std::string bytes(2048, '\0');
    std::size_t length = bytes.size();
    if (table_.netdev_receive(table_.self, bytes.data(), &length, &at_) != 0 || length == 0) return std::nullopt;
    return tcp_segment_of(bytes.substr(0, length));
  }

  /// A whole handshake. \return what the host says next
  std::uint32_t handshake(std::uint16_t port) {
    EXPECT_EQ(arrives(port, Flags::s, 100), 0);
    const auto answer = leaves();
    EXPECT_TRUE(answer && answer->flags == Flags::sa && answer->to.port == port && answer->ack == 101);
    if (!answer) return 0;
    EXPECT_EQ(arrives(port, Flags::a, 101, answer->seq + 1), 0);
    return answer->seq + 1;
  }

  int accept(int fd) { return table_.accept(table_.self, fd, nullptr, nullptr); }

  void* handle_ = nullptr;
  Table table_{};
  long long at_ = 0;
};

TEST_F(Plugin, EveryFunctionIsThere) {
  start("");
  const auto* const functions = reinterpret_cast<void* const*>(&table_);
  for (std::size_t i = 0; i < sizeof(Table) / sizeof(void*); ++i) EXPECT_NE(functions[i], nullptr) << i;
}

TEST_F(Plugin, AHandshakeIsAcceptedAndEndsInOrder) {
  start("linux-6.18");
  const int fd = listener(5);
  EXPECT_EQ(accept(fd), -1);
  EXPECT_EQ(errno, EAGAIN);
  const std::uint32_t host_next = handshake(1001);
  sockaddr_in in{};
  socklen_t length = sizeof in;
  const int child = table_.accept(table_.self, fd, reinterpret_cast<sockaddr*>(&in), &length);
  ASSERT_GE(child, 0);
  EXPECT_EQ(ntohs(in.sin_port), 1001);
  EXPECT_EQ(ntohl(in.sin_addr.s_addr), peer_address);
  EXPECT_EQ(table_.close(table_.self, child), 0);
  const auto fin = leaves();
  ASSERT_TRUE(fin.has_value());
  EXPECT_TRUE(fin->flags == Flags::fa && fin->seq == host_next && fin->ack == 101);
  EXPECT_EQ(arrives(1001, Flags::fa, 101, host_next + 1), 0);
  const auto last = leaves();
  ASSERT_TRUE(last.has_value());
  EXPECT_TRUE(last->flags == Flags::a && last->ack == 102);
}

/// Its twin is the handshake above, which ends with FIN.
TEST_F(Plugin, DataThatNobodyHasReadEndWithAReset) {
  start("linux-6.18");
  const int fd = listener(5);
  const std::uint32_t host_next = handshake(1001);
  EXPECT_EQ(arrives(1001, Flags::pa, 101, host_next, 10), 0);
  const int child = accept(fd);
  ASSERT_GE(child, 0);
  EXPECT_EQ(table_.close(table_.self, child), 0);
  std::optional<TcpSegment> last;
  while (const auto next = leaves()) last = next;
  ASSERT_TRUE(last.has_value());
  EXPECT_TRUE(has_rst(last->flags) && last->seq == host_next);
}

/// listen(1) holds two. Whether a third SYN is answered depends on the release: the one is the other's twin.
TEST_F(Plugin, AFullAcceptQueueDropsTheSyn) {
  start("linux-4.19,net.ipv4.tcp_syncookies=0");
  const int fd = listener(1);
  handshake(1001);
  handshake(1002);
  EXPECT_EQ(arrives(1003, Flags::s, 100), 0);
  EXPECT_FALSE(leaves().has_value());
  EXPECT_GE(accept(fd), 0);
  EXPECT_EQ(arrives(1003, Flags::s, 100), 0);
  EXPECT_TRUE(leaves().has_value());
}

TEST_F(Plugin, AnOlderKernelAnswersIt) {
  start("linux-4.4,net.ipv4.tcp_syncookies=0");
  listener(1);
  handshake(1001);
  handshake(1002);
  EXPECT_EQ(arrives(1003, Flags::s, 100), 0);
  const auto answer = leaves();
  EXPECT_TRUE(answer && answer->flags == Flags::sa);
}

TEST_F(Plugin, TimersRunInTheStacksTime) {
  start("linux-6.18");
  listener(5);
  EXPECT_EQ(arrives(1001, Flags::s, 100), 0);
  ASSERT_TRUE(leaves().has_value());
  EXPECT_EQ(at_, 0);
  EXPECT_EQ(table_.usleep(table_.self, 500000), 0);
  const auto again = leaves();
  ASSERT_TRUE(again.has_value());
  EXPECT_EQ(again->flags, Flags::sa);
  EXPECT_EQ(at_, 1000000);
  timeval now{};
  EXPECT_EQ(table_.gettimeofday(table_.self, &now, nullptr), 0);
  EXPECT_EQ(now.tv_sec, 1);
}

TEST_F(Plugin, AnAbortedOverflowIsReset) {
  start("linux-6.18,net.ipv4.tcp_abort_on_overflow=1");
  listener(1);
  handshake(1001);
  std::uint32_t host_next = 0;
  for (const std::uint16_t port : {std::uint16_t{1002}, std::uint16_t{1003}}) {
    EXPECT_EQ(arrives(port, Flags::s, 100), 0);
    const auto answer = leaves();
    ASSERT_TRUE(answer.has_value());
    host_next = answer->seq + 1;
  }
  EXPECT_EQ(arrives(1002, Flags::a, 101, host_next), 0);
  EXPECT_EQ(arrives(1003, Flags::a, 101, host_next), 0);
  const auto reset = leaves();
  ASSERT_TRUE(reset.has_value());
  EXPECT_TRUE(reset->flags == Flags::r && reset->seq == host_next && reset->to.port == 1003);
}

TEST_F(Plugin, AStrayAckIsReset) {
  start("linux-6.18");
  listener(1);
  EXPECT_EQ(arrives(1002, Flags::a, 7, 9), 0);
  const auto stray = leaves();
  ASSERT_TRUE(stray.has_value());
  EXPECT_TRUE(stray->flags == Flags::r && stray->seq == 9);
}

TEST_F(Plugin, RefusesNumbersThatTheModelHasNoRuleFor) {
  start("linux-6.18");
  listener(5);
  const std::uint32_t host_next = handshake(1001);
  EXPECT_EQ(arrives(1001, Flags::a, 150, host_next), -1);
  EXPECT_EQ(arrives(1001, Flags::a, 101, host_next + 1), -1);
  EXPECT_EQ(table_.netdev_send(table_.self, "no packet", 9), -1);
  EXPECT_EQ(arrives(1001, Flags::a, 101, host_next), 0);
}

TEST_F(Plugin, OptionsAndStateReadBack) {
  start("linux-6.18,net.core.somaxconn=3");
  const int fd = listener(7);
  handshake(1001);
  tcp_info info{};
  socklen_t length = sizeof info;
  EXPECT_EQ(table_.getsockopt(table_.self, fd, IPPROTO_TCP, TCP_INFO, &info, &length), 0);
  EXPECT_EQ(info.tcpi_state, TCP_LISTEN);
  EXPECT_EQ(info.tcpi_unacked, 1U);
  EXPECT_EQ(info.tcpi_sacked, 3U);
  int value = 5;
  EXPECT_EQ(table_.setsockopt(table_.self, fd, IPPROTO_TCP, TCP_DEFER_ACCEPT, &value, sizeof value), 0);
  length = sizeof value;
  EXPECT_EQ(table_.getsockopt(table_.self, fd, IPPROTO_TCP, TCP_DEFER_ACCEPT, &value, &length), 0);
  EXPECT_EQ(value, 7);
  EXPECT_EQ(table_.write(table_.self, fd, "x", 1), -1);
  EXPECT_EQ(errno, EOPNOTSUPP);
}

TEST_F(Plugin, AcceptWaitsWhereTheSocketDoes) {
  start("linux-6.18");
  const int fd = listener(5);
  EXPECT_EQ(table_.fcntl(table_.self, fd, F_GETFL), O_RDWR | O_NONBLOCK);
  EXPECT_EQ(table_.fcntl(table_.self, fd, F_SETFL, O_RDWR), 0);
  int accepted = -1;
  std::thread waits([&] { accepted = accept(fd); });
  handshake(1001);
  waits.join();
  EXPECT_GE(accepted, 0);
}

TEST_F(Plugin, UnreadableFlagsEndTheProgram) {
  EXPECT_EXIT(start("linux-6.18,net.ipv4.no_such=1"), testing::ExitedWithCode(2), "expected NAME=VALUE");
  EXPECT_EXIT(start("windows"), testing::ExitedWithCode(2), "so_flags");
}

}  // namespace
}  // namespace weir::oracle::packetdrill
