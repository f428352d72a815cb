// The lock-free sockets against what was measured on a live kernel, and against what 2.6.32 is known to do.
#include <gtest/gtest.h>

#include "lockfree/host.hpp"

namespace weir::lockfree {
namespace {

/// A host spoken to in short.
class Machine {
 public:
  explicit Machine(const Profile& kernel) : host_(kernel) {}

  std::int32_t socket(Family family = Family::inet, SockType type = SockType::stream) {
    return static_cast<std::int32_t>(std::get<outcome::Returned>(host_.step(op::Socket{{}, family, type})).ret);
  }
  Outcome bind(std::int32_t fd, std::uint16_t port, Address addr = loopback) {
    return host_.step(op::Bind{{fd}, addr, port});
  }
  Outcome listen(std::int32_t fd, std::int32_t backlog) { return host_.step(op::Listen{{fd}, backlog}); }
  Outcome connect(std::int32_t fd, std::uint16_t port, Address addr = loopback) {
    return host_.step(op::Connect{{fd}, addr, port});
  }
  Outcome accept(std::int32_t fd) { return host_.step(op::Accept{{fd}}); }
  Outcome shutdown(std::int32_t fd, How how) { return host_.step(op::Shutdown{{fd}, how}); }
  Outcome close(std::int32_t fd) { return host_.step(op::Close{{fd}}); }
  Outcome set(std::int32_t fd, SockOpt option, std::int32_t value) {
    return host_.step(op::Setsockopt{{fd}, option, value});
  }
  outcome::Info info(std::int32_t fd) { return std::get<outcome::Info>(host_.step(op::TcpInfo{{fd}})); }
  TcpState state(std::int32_t fd) { return info(fd).state; }
  void sysctl(Sysctl id, std::int32_t value) {
    const auto text = std::to_string(value);
    ASSERT_EQ(host_.step(op::SysctlWrite{{}, id, text}), Outcome{returned(static_cast<std::int64_t>(text.size()))});
  }
  outcome::Counters netstat() { return std::get<outcome::Counters>(host_.step(op::Netstat{})); }

  std::int32_t listener(std::uint16_t port, std::int32_t backlog) {
    const std::int32_t fd = socket();
    EXPECT_EQ(bind(fd, port), Outcome{returned(0)});
    EXPECT_EQ(listen(fd, backlog), Outcome{returned(0)});
    return fd;
  }
  std::int32_t client(std::uint16_t port) {
    const std::int32_t fd = socket();
    EXPECT_EQ(connect(fd, port), Outcome{failed(Errno::einprogress)});
    return fd;
  }

 private:
  Host host_;
};

TEST(LockfreeSockets, ABacklogOfNTakesNPlusOne) {
  for (const std::int32_t backlog : {0, 1, 2, 5}) {
    Machine machine(releases::linux_6_18);
    const std::int32_t listener = machine.listener(80, backlog);
    for (std::int32_t i = 0; i < backlog + 4; ++i)
      EXPECT_EQ(machine.state(machine.client(80)), i <= backlog ? TcpState::established : TcpState::syn_sent);
    EXPECT_EQ(machine.info(listener), (outcome::Info{TcpState::listen, static_cast<std::uint32_t>(backlog) + 1,
                                                     static_cast<std::uint32_t>(backlog)}));
    EXPECT_EQ(machine.netstat().ListenOverflows, 3u);
    EXPECT_EQ(machine.netstat().ListenDrops, 3u);
  }
}

TEST(LockfreeSockets, TheAcceptQueueIsFirstInFirstOut) {
  Machine machine(releases::linux_6_18);
  const std::int32_t listener = machine.listener(80, 5);
  const std::int32_t first = machine.client(80);
  const std::int32_t second = machine.client(80);
  EXPECT_EQ(machine.accept(listener), Outcome{returned(second + 1)});
  machine.shutdown(second + 1, How::wr);
  EXPECT_EQ(machine.state(first), TcpState::close_wait);
  EXPECT_EQ(machine.state(second), TcpState::established);
}

TEST(LockfreeSockets, SixteenBitsOfBacklogAreAllThatOldKernelsKeep) {
  Machine machine(releases::linux_2_6_32);
  machine.sysctl(Sysctl::somaxconn, 65536);
  EXPECT_EQ(machine.info(machine.listener(80, 65536)).sacked, 0u);
  machine.sysctl(Sysctl::somaxconn, -1);
  EXPECT_EQ(machine.info(machine.listener(81, 70000)).sacked, 4464u);
}

TEST(LockfreeSockets, AnOldListenerTakesASynThatItCannotServe) {
  Machine machine(releases::linux_2_6_32);
  machine.listener(80, 0);
  for (int i = 0; i < 3; ++i) EXPECT_EQ(machine.state(machine.client(80)), TcpState::established);
  EXPECT_EQ(machine.state(machine.client(80)), TcpState::syn_sent);
  EXPECT_EQ(machine.netstat().ListenOverflows, 2u);
}

TEST(LockfreeSockets, ADeferredRequestWaitsForMoreThanAnAck) {
  Machine machine(releases::linux_6_18);
  const std::int32_t listener = machine.listener(80, 5);
  machine.set(listener, SockOpt::tcp_defer_accept, 30);
  const std::int32_t client = machine.client(80);
  EXPECT_EQ(machine.state(client), TcpState::established);
  EXPECT_EQ(machine.accept(listener), Outcome{failed(Errno::eagain)});
  machine.shutdown(client, How::wr);
  EXPECT_EQ(machine.accept(listener), Outcome{returned(client + 1)});
  EXPECT_EQ(machine.state(client + 1), TcpState::close_wait);
  EXPECT_EQ(machine.state(client), TcpState::fin_wait1);
}

TEST(LockfreeSockets, ClosingAListenerResetsWhatWaitsInItsQueue) {
  Machine machine(releases::linux_6_18);
  const std::int32_t listener = machine.listener(80, 5);
  const std::int32_t client = machine.client(80);
  machine.close(listener);
  EXPECT_EQ(machine.state(client), TcpState::close);
  EXPECT_EQ(machine.connect(client, 80), Outcome{failed(Errno::econnreset)});
  EXPECT_EQ(machine.bind(machine.socket(), 80), Outcome{returned(0)});
}

TEST(LockfreeSockets, AFailedListenLeavesTheSocketClosed) {
  Machine machine(releases::linux_6_18);
  const std::int32_t one = machine.socket();
  const std::int32_t two = machine.socket();
  for (const std::int32_t fd : {one, two}) {
    machine.set(fd, SockOpt::so_reuseaddr, 1);
    EXPECT_EQ(machine.bind(fd, 80), Outcome{returned(0)});
  }
  EXPECT_EQ(machine.listen(one, 1), Outcome{returned(0)});
  EXPECT_EQ(machine.listen(two, 1), Outcome{failed(Errno::eaddrinuse)});
  EXPECT_EQ(machine.state(two), TcpState::close);
  machine.close(one);
  EXPECT_EQ(machine.listen(two, 1), Outcome{returned(0)});
}

TEST(LockfreeSockets, OnlyOldBucketsRememberThatAllOwnersYield) {
  for (const Profile* kernel : releases::all) {
    Machine machine(*kernel);
    const std::int32_t owner = machine.socket();
    machine.set(owner, SockOpt::so_reuseaddr, 1);
    machine.bind(owner, 80);
    machine.set(owner, SockOpt::so_reuseaddr, 0);
    const std::int32_t next = machine.socket();
    machine.set(next, SockOpt::so_reuseaddr, 1);
    EXPECT_EQ(machine.bind(next, 80),
              kernel->fastreuse_cached ? Outcome{returned(0)} : Outcome{failed(Errno::eaddrinuse)});
  }
}

TEST(LockfreeSockets, ABindThatAskedForAnAddressOnceKeepsItThroughADisconnect) {
  Machine machine(releases::linux_6_18);
  const std::int32_t fd = machine.socket();
  machine.bind(fd, 0);
  machine.connect(fd, 1);
  EXPECT_EQ(machine.bind(fd, 90, any_address), Outcome{returned(0)});
  machine.connect(fd, 1);
  EXPECT_EQ(machine.connect(fd, 1), Outcome{failed(Errno::einprogress)});
  EXPECT_EQ(machine.connect(fd, 1), Outcome{failed(Errno::econnrefused)});
  EXPECT_EQ(machine.bind(machine.socket(), 90, v4_address(0x7f000002)), Outcome{returned(0)});
}

TEST(LockfreeSockets, ASocketConnectsToItself) {
  Machine machine(releases::linux_6_18);
  const std::int32_t fd = machine.socket();
  machine.bind(fd, 80);
  EXPECT_EQ(machine.connect(fd, 80), Outcome{failed(Errno::einprogress)});
  EXPECT_EQ(machine.state(fd), TcpState::established);
  machine.shutdown(fd, How::wr);
  EXPECT_EQ(machine.state(fd), TcpState::close);
}

TEST(LockfreeSockets, DescriptorsThatAreNone) {
  Machine machine(releases::linux_6_18);
  EXPECT_EQ(machine.listen(-1, 1), Outcome{failed(Errno::ebadf)});
  EXPECT_EQ(machine.listen(9999, 1), Outcome{failed(Errno::ebadf)});
  EXPECT_EQ(machine.listen(max_fd, 1), Outcome{failed(Errno::ebadf)});
  EXPECT_EQ(machine.listen(1, 1), Outcome{failed(Errno::enotsock)});
}

TEST(LockfreeSockets, LabelsAreTheLowestFree) {
  Machine machine(releases::linux_6_18);
  for (std::int32_t label = 3; label < 200; ++label) EXPECT_EQ(machine.socket(), label);
  machine.close(70);
  machine.close(5);
  EXPECT_EQ(machine.socket(), 5);
  EXPECT_EQ(machine.socket(), 70);
  EXPECT_EQ(machine.socket(), 200);
}

TEST(LockfreeSockets, APortHeldByManyIsFreeWhenAllAreGone) {
  Machine machine(releases::linux_6_18);
  const std::int32_t listener = machine.listener(80, 4096);
  std::vector<std::int32_t> open;
  for (int i = 0; i < 100; ++i) {
    open.push_back(machine.client(80));
    open.push_back(static_cast<std::int32_t>(std::get<outcome::Returned>(machine.accept(listener)).ret));
  }
  machine.close(listener);
  const std::int32_t fd = machine.socket();
  EXPECT_EQ(machine.bind(fd, 80), Outcome{failed(Errno::eaddrinuse)});
  // The client's FIN first: then it is the client's port, a nameless one, that waits.
  for (const std::int32_t each : open) machine.close(each);
  EXPECT_EQ(machine.bind(fd, 80), Outcome{returned(0)});
}

}  // namespace
}  // namespace weir::lockfree
