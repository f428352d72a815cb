// A lock-free host with remote peers, spoken to in short.
#pragma once
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "lockfree/host.hpp"

namespace weir::lockfree::testing {

inline constexpr std::uint32_t here = 0x0a000001;   // 10.0.0.1
inline constexpr std::uint32_t there = 0x0a000002;  // 10.0.0.2
inline constexpr End service{here, 80};
constexpr End peer(std::uint16_t port) { return {there, port}; }

using Ports = std::vector<std::uint16_t>;
using Times = std::vector<std::uint32_t>;

class RemoteMachine {
 public:
  explicit RemoteMachine(const Profile& kernel) : host_(kernel) {}

  template <class Operation>
  AnswerTo<Operation> ask(const Operation& operation) {
    return std::get<AnswerTo<Operation>>(host_.step(operation));
  }
  std::int32_t socket() { return static_cast<std::int32_t>(ask(op::Socket{{}, Family::inet, SockType::stream}).ret); }
  std::int32_t listener(std::int32_t backlog, std::uint16_t port = 80) {
    const std::int32_t fd = socket();
    EXPECT_EQ(ask(op::Bind{{fd}, any_address, port}), returned(0));
    EXPECT_EQ(ask(op::Listen{{fd}, backlog}), returned(0));
    return fd;
  }
  Flags send(std::uint16_t from, Flags flags, std::uint32_t len = 0, End to = service) {
    return ask(op::Segment{{}, peer(from), to, flags, len}).reply;
  }
  /// The whole handshake of a peer; the label of its child.
  std::int32_t accepted(std::int32_t listener, std::uint16_t from) {
    EXPECT_EQ(send(from, Flags::s), Flags::sa);
    EXPECT_EQ(send(from, Flags::a), Flags::none);
    return accept(listener);
  }
  std::int32_t accept(std::int32_t fd) { return static_cast<std::int32_t>(ask(op::Accept{{fd}}).ret); }
  outcome::Returned close(std::int32_t fd) { return ask(op::Close{{fd}}); }
  outcome::Returned shutdown(std::int32_t fd, How how) { return ask(op::Shutdown{{fd}, how}); }
  outcome::Returned listen(std::int32_t fd, std::int32_t backlog) { return ask(op::Listen{{fd}, backlog}); }
  outcome::Returned bind(std::uint16_t port) { return ask(op::Bind{{socket()}, any_address, port}); }
  void set(std::int32_t fd, SockOpt option, std::int32_t value) {
    EXPECT_EQ(ask(op::Setsockopt{{fd}, option, value}), returned(0));
  }
  void sysctl(Sysctl id, std::int32_t value) {
    const auto text = std::to_string(value);
    EXPECT_EQ(ask(op::SysctlWrite{{}, id, text}), returned(static_cast<std::int64_t>(text.size())));
  }
  outcome::Info info(std::int32_t fd) { return std::get<outcome::Info>(host_.step(op::TcpInfo{{fd}})); }
  TcpState state(std::int32_t fd) { return info(fd).state; }
  outcome::Counters netstat() { return ask(op::Netstat{}); }

  /// The peers to which SYN-ACKs were sent, by port.
  Ports advance(std::uint32_t ms) {
    Ports ports;
    for (const auto& [to, flags] : ask(op::Advance{{ms}}).sent) {
      EXPECT_EQ(flags, Flags::sa);
      EXPECT_EQ(to.v4, there);
      ports.push_back(to.port);
    }
    return ports;
  }
  /// The milliseconds after which the SYN-ACK of `from` is sent again, until `end`.
  Times resends(std::uint32_t end) {
    constexpr std::uint32_t step = 500;
    Times times;
    for (std::uint32_t time = step; time <= end; time += step)
      for (std::size_t count = advance(step).size(); count > 0; --count) times.push_back(time);
    return times;
  }

 private:
  Host host_;
};

}  // namespace weir::lockfree::testing
