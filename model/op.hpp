// The closed set of operations: all that can be done to a host.
//
// Each operation is a plain struct whose `fields` name its inputs as the trace format does (docs/TRACE.md). The fuzz
// decoder, the generators, the JSON reader and writer and the drivers of live targets all walk these descriptions; to
// add an operation, add its struct here and its rule in host.hpp.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <variant>

#include "model/vocabulary/address.hpp"
#include "model/vocabulary/fields.hpp"
#include "model/vocabulary/names.hpp"

namespace weir {

/// A descriptor by its label: the number that `socket` or `accept` returned. 0, 1 and 2 are open from the start and are
/// not sockets. Range of usable labels: 0 .. max_fd - 1; any other number is EBADF.
struct Fd {
  std::int32_t label = -1;
  friend constexpr auto operator<=>(const Fd&, const Fd&) = default;
};
inline constexpr std::int32_t max_fd = 1 << 20;  ///< the kernel's own default for fs.nr_open

/// A network namespace; 0 exists from the start, `netns` makes 1, 2, …
struct NsId {
  std::uint32_t id = 0;
  friend constexpr auto operator<=>(const NsId&, const NsId&) = default;
};

struct Cpu {
  std::uint32_t index = 0;
  friend constexpr auto operator<=>(const Cpu&, const Cpu&) = default;
};

/// A packet, known by a number that the trace chooses.
struct Skb {
  std::uint32_t id = 0;
  friend constexpr auto operator<=>(const Skb&, const Skb&) = default;
};

/// A span of virtual time.
struct Millis {
  std::uint32_t count = 0;
  friend constexpr auto operator<=>(const Millis&, const Millis&) = default;
};

/// skb->hash: which flow a packet belongs to. 0 is what a packet without a flow has.
struct FlowHash {
  std::uint32_t value = 0;
  friend constexpr auto operator<=>(const FlowHash&, const FlowHash&) = default;
};

/// The CPU that RPS chose for a packet; absent: the one that received it.
using Steered = std::optional<Cpu>;

/// "jiffies advances after that many packets": the clock ticks once each time this many packets have been delivered
/// within the call. Absent or 0: time stands still.
using TickAfter = std::optional<std::uint32_t>;

namespace outcome {
struct ReadBack;
struct OptionValue;
struct Info;
struct Counters;
struct Replied;
struct Passed;
struct Done;
struct Received;
struct Polled;
struct ActionRan;
struct SoftnetRow;
}  // namespace outcome

/// An operation whose success answers more than a return value names what as `Answer` (see AnswerTo in outcome.hpp).
namespace op {

/// A new network namespace with its loopback device up, made by a process of namespace 0: unshare(2) with CLONE_NEWNET
/// where the initial user namespace shall own it, with CLONE_NEWUSER beside it where a new one shall.
struct Netns {
  Owner owner = Owner::init;
  static constexpr std::string_view name = "netns";
  static constexpr auto fields = std::tuple{optional_field("owner", &Netns::owner)};
  friend bool operator==(const Netns&, const Netns&) = default;
};

/// open(2), pwrite(2) at `pos`, close(2) on the file of a sysctl.
struct SysctlWrite {
  NsId ns;
  Sysctl sysctl{};
  std::string data;
  std::int64_t pos = 0;
  Cred cred = Cred::root;
  static constexpr std::string_view name = "sysctl_write";
  static constexpr auto fields =
      std::tuple{field("ns", &SysctlWrite::ns), field("name", &SysctlWrite::sysctl), field("data", &SysctlWrite::data),
                 optional_field("pos", &SysctlWrite::pos), optional_field("cred", &SysctlWrite::cred)};
  friend bool operator==(const SysctlWrite&, const SysctlWrite&) = default;
};

/// open(2), pread(2) of up to `len` bytes at `pos`, close(2) on the file of a sysctl.
struct SysctlRead {
  using Answer = outcome::ReadBack;
  NsId ns;
  Sysctl sysctl{};
  std::uint32_t len = 4096;
  std::int64_t pos = 0;
  static constexpr std::string_view name = "sysctl_read";
  static constexpr auto fields =
      std::tuple{field("ns", &SysctlRead::ns), field("name", &SysctlRead::sysctl),
                 optional_field("len", &SysctlRead::len), optional_field("pos", &SysctlRead::pos)};
  friend bool operator==(const SysctlRead&, const SysctlRead&) = default;
};

struct Socket {
  NsId ns;
  Family family{};
  SockType type{};
  static constexpr std::string_view name = "socket";
  static constexpr auto fields =
      std::tuple{optional_field("ns", &Socket::ns), field("family", &Socket::family), field("type", &Socket::type)};
  friend bool operator==(const Socket&, const Socket&) = default;
};

/// `port` 0 lets the kernel choose a free one. Ports it chooses never collide with ports that are named.
struct Bind {
  Fd fd;
  Address addr;
  std::uint16_t port = 0;
  static constexpr std::string_view name = "bind";
  static constexpr auto fields =
      std::tuple{field("fd", &Bind::fd), field("addr", &Bind::addr), field("port", &Bind::port)};
  friend bool operator==(const Bind&, const Bind&) = default;
};

struct Setsockopt {
  Fd fd;
  SockOpt opt{};
  std::int32_t value = 0;
  static constexpr std::string_view name = "setsockopt";
  static constexpr auto fields =
      std::tuple{field("fd", &Setsockopt::fd), field("name", &Setsockopt::opt), field("value", &Setsockopt::value)};
  friend bool operator==(const Setsockopt&, const Setsockopt&) = default;
};

struct Getsockopt {
  using Answer = outcome::OptionValue;
  Fd fd;
  SockOpt opt{};
  static constexpr std::string_view name = "getsockopt";
  static constexpr auto fields = std::tuple{field("fd", &Getsockopt::fd), field("name", &Getsockopt::opt)};
  friend bool operator==(const Getsockopt&, const Getsockopt&) = default;
};

struct Listen {
  Fd fd;
  std::int32_t backlog = 0;
  static constexpr std::string_view name = "listen";
  static constexpr auto fields = std::tuple{field("fd", &Listen::fd), field("backlog", &Listen::backlog)};
  friend bool operator==(const Listen&, const Listen&) = default;
};

/// Non-blocking. Over loopback the whole handshake has happened, as far as it can, when the call returns.
struct Connect {
  Fd fd;
  Address addr;
  std::uint16_t port = 0;
  static constexpr std::string_view name = "connect";
  static constexpr auto fields =
      std::tuple{field("fd", &Connect::fd), field("addr", &Connect::addr), field("port", &Connect::port)};
  friend bool operator==(const Connect&, const Connect&) = default;
};

/// Non-blocking.
struct Accept {
  Fd fd;
  static constexpr std::string_view name = "accept";
  static constexpr auto fields = std::tuple{field("fd", &Accept::fd)};
  friend bool operator==(const Accept&, const Accept&) = default;
};

struct Shutdown {
  Fd fd;
  How how{};
  static constexpr std::string_view name = "shutdown";
  static constexpr auto fields = std::tuple{field("fd", &Shutdown::fd), field("how", &Shutdown::how)};
  friend bool operator==(const Shutdown&, const Shutdown&) = default;
};

struct Close {
  Fd fd;
  static constexpr std::string_view name = "close";
  static constexpr auto fields = std::tuple{field("fd", &Close::fd)};
  friend bool operator==(const Close&, const Close&) = default;
};

struct TcpInfo {
  using Answer = outcome::Info;
  Fd fd;
  static constexpr std::string_view name = "tcp_info";
  static constexpr auto fields = std::tuple{field("fd", &TcpInfo::fd)};
  friend bool operator==(const TcpInfo&, const TcpInfo&) = default;
};

/// A segment arrives from a remote peer, whose sequence numbers are always the right ones: a SYN begins, or repeats,
/// the handshake; an ACK acknowledges all that this host has sent. `to` is one of the host's addresses, whichever it
/// is.
struct Segment {
  using Answer = outcome::Replied;
  NsId ns;
  End from, to;
  Flags flags = Flags::none;
  std::uint32_t len = 0;
  static constexpr std::string_view name = "segment";
  static constexpr auto fields =
      std::tuple{optional_field("ns", &Segment::ns), field("from", &Segment::from), field("to", &Segment::to),
                 field("flags", &Segment::flags), optional_field("len", &Segment::len)};
  friend bool operator==(const Segment&, const Segment&) = default;
};

/// Time passes, and what was to happen in it happens in its order. jiffies of the softnet plane do not move: see Tick.
struct Advance {
  using Answer = outcome::Passed;
  Millis ms;
  static constexpr std::string_view name = "advance";
  static constexpr auto fields = std::tuple{field("ms", &Advance::ms)};
  friend bool operator==(const Advance&, const Advance&) = default;
};

struct Netstat {
  using Answer = outcome::Counters;
  NsId ns;
  static constexpr std::string_view name = "netstat";
  static constexpr auto fields = std::tuple{field("ns", &Netstat::ns)};
  friend bool operator==(const Netstat&, const Netstat&) = default;
};

/// jiffies advances by one.
struct Tick {
  using Answer = outcome::Done;
  static constexpr std::string_view name = "tick";
  static constexpr std::tuple<> fields{};
  friend bool operator==(const Tick&, const Tick&) = default;
};

/// A packet arrives at `cpu`. `running`: whether its device is up.
struct NetifRx {
  using Answer = outcome::Received;
  Cpu cpu;
  Skb skb;
  Steered to = {};
  FlowHash flow = {};
  bool running = true;
  static constexpr std::string_view name = "netif_rx";
  static constexpr auto fields =
      std::tuple{field("cpu", &NetifRx::cpu), field("skb", &NetifRx::skb), optional_field("to", &NetifRx::to),
                 optional_field("flow", &NetifRx::flow), optional_field("running", &NetifRx::running)};
  friend bool operator==(const NetifRx&, const NetifRx&) = default;
};

/// One call of the backlog's poll function, as net_rx_action or the backlog's thread would make it. Where neither has
/// been told of it nothing would call it: work 0, complete false.
struct ProcessBacklog {
  using Answer = outcome::Polled;
  Cpu cpu;
  std::int32_t quota = 0;
  TickAfter tick_after;
  static constexpr std::string_view name = "process_backlog";
  static constexpr auto fields = std::tuple{field("cpu", &ProcessBacklog::cpu), field("quota", &ProcessBacklog::quota),
                                            optional_field("tick_after", &ProcessBacklog::tick_after)};
  friend bool operator==(const ProcessBacklog&, const ProcessBacklog&) = default;
};

/// One run of the receive softirq.
struct NetRxAction {
  using Answer = outcome::ActionRan;
  Cpu cpu;
  TickAfter tick_after;
  static constexpr std::string_view name = "net_rx_action";
  static constexpr auto fields =
      std::tuple{field("cpu", &NetRxAction::cpu), optional_field("tick_after", &NetRxAction::tick_after)};
  friend bool operator==(const NetRxAction&, const NetRxAction&) = default;
};

struct SoftnetStat {
  using Answer = outcome::SoftnetRow;
  Cpu cpu;
  static constexpr std::string_view name = "softnet_stat";
  static constexpr auto fields = std::tuple{field("cpu", &SoftnetStat::cpu)};
  friend bool operator==(const SoftnetStat&, const SoftnetStat&) = default;
};

}  // namespace op

using Op =
    std::variant<op::Netns, op::SysctlWrite, op::SysctlRead, op::Socket, op::Bind, op::Setsockopt, op::Getsockopt,
                 op::Listen, op::Connect, op::Accept, op::Shutdown, op::Close, op::TcpInfo, op::Segment, op::Advance,
                 op::Netstat, op::Tick, op::NetifRx, op::ProcessBacklog, op::NetRxAction, op::SoftnetStat>;

/// The operation's name in the trace format.
inline std::string_view name_of(const Op& operation) {
  return std::visit([](const auto& each) { return each.name; }, operation);
}

}  // namespace weir
