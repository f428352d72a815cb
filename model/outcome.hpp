// What an operation answers. Like op.hpp, a description: the text forms and comparisons derive from `fields`.
//
// Any operation may also answer Returned with ret -1 (it failed, `error` says how) or Oops (the kernel would have
// crashed here; nothing that follows is defined).
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <tuple>
#include <variant>
#include <vector>

#include "model/errno.hpp"
#include "model/op.hpp"

namespace weir {
namespace outcome {

/// What a system call returned: ret >= 0 and error none, or ret -1 and an error.
struct Returned {
  std::int64_t ret = 0;
  Errno error = Errno::none;
  static constexpr auto fields = std::tuple{field("ret", &Returned::ret), optional_field("errno", &Returned::error)};
  friend bool operator==(const Returned&, const Returned&) = default;
};

/// A successful sysctl_read; ret == data.size().
struct ReadBack {
  std::int64_t ret = 0;
  std::string data;
  static constexpr auto fields = std::tuple{field("ret", &ReadBack::ret), field("data", &ReadBack::data)};
  friend bool operator==(const ReadBack&, const ReadBack&) = default;
};

/// A successful getsockopt.
struct OptionValue {
  std::int64_t ret = 0;
  std::int32_t value = 0;
  static constexpr auto fields = std::tuple{field("ret", &OptionValue::ret), field("value", &OptionValue::value)};
  friend bool operator==(const OptionValue&, const OptionValue&) = default;
};

/// A successful tcp_info. On a listener unacked is sk_ack_backlog and sacked is sk_max_ack_backlog.
struct Info {
  TcpState state = TcpState::close;
  std::uint32_t unacked = 0;
  std::uint32_t sacked = 0;
  static constexpr auto fields =
      std::tuple{field("state", &Info::state), field("unacked", &Info::unacked), field("sacked", &Info::sacked)};
  friend bool operator==(const Info&, const Info&) = default;
};

/// segment: what was sent back before anything else happened; "" is nothing.
struct Replied {
  Flags reply = Flags::none;
  static constexpr auto fields = std::tuple{field("reply", &Replied::reply)};
  friend bool operator==(const Replied&, const Replied&) = default;
};

struct SentSegment {
  End to;
  Flags flags = Flags::none;
  static constexpr auto fields = std::tuple{field("to", &SentSegment::to), field("flags", &SentSegment::flags)};
  friend bool operator==(const SentSegment&, const SentSegment&) = default;
};

/// advance: the SYN-ACKs that timers sent to remote peers, in the order of their times; of one time, the older
/// request's first.
struct Passed {
  std::vector<SentSegment> sent;
  static constexpr auto fields = std::tuple{field("sent", &Passed::sent)};
  friend bool operator==(const Passed&, const Passed&) = default;
};

/// Nothing to observe (tick).
struct Done {
  static constexpr std::tuple<> fields{};
  friend bool operator==(const Done&, const Done&) = default;
};

/// netif_rx. `reason`: why it was dropped; absent where it was not, or where the kernel gives no reasons.
struct Received {
  NetRx ret = NetRx::success;
  std::optional<DropReason> reason = {};
  static constexpr auto fields = std::tuple{field("ret", &Received::ret), optional_field("reason", &Received::reason)};
  friend bool operator==(const Received&, const Received&) = default;
};

/// process_backlog. `complete`: NAPI_STATE_SCHED was cleared by this call.
struct Polled {
  std::int32_t work = 0;
  bool complete = false;
  std::vector<Skb> delivered;
  static constexpr auto fields = std::tuple{field("work", &Polled::work), field("complete", &Polled::complete),
                                            field("delivered", &Polled::delivered)};
  friend bool operator==(const Polled&, const Polled&) = default;
};

/// net_rx_action. `rescheduled`: NET_RX_SOFTIRQ was raised again before it returned.
struct ActionRan {
  std::vector<Skb> delivered;
  bool time_squeeze = false;
  bool rescheduled = false;
  static constexpr auto fields =
      std::tuple{field("delivered", &ActionRan::delivered), field("time_squeeze", &ActionRan::time_squeeze),
                 field("rescheduled", &ActionRan::rescheduled)};
  friend bool operator==(const ActionRan&, const ActionRan&) = default;
};

/// The columns of /proc/net/softnet_stat; absent where the profile's file has no such column. The last two are no
/// columns: RFS counts with them, and a packet has left when `input_queue_head` has reached what `input_queue_tail` was
/// when the packet had joined (as a signed difference).
struct SoftnetRow {
  std::uint32_t processed = 0;
  std::uint32_t dropped = 0;
  std::uint32_t time_squeeze = 0;
  std::optional<std::uint32_t> received_rps = {};
  std::optional<std::uint32_t> backlog_len = {};
  std::optional<std::uint32_t> cpu_collision = {};
  std::optional<std::uint32_t> flow_limit = {};
  std::optional<std::uint32_t> cpu_id = {};  ///< `cpu` is the operation's input
  std::optional<std::uint32_t> input_qlen = {};
  std::optional<std::uint32_t> process_qlen = {};
  std::optional<std::uint32_t> input_queue_head = {};
  std::optional<std::uint32_t> input_queue_tail = {};
  static constexpr auto fields = std::tuple{field("processed", &SoftnetRow::processed),
                                            field("dropped", &SoftnetRow::dropped),
                                            field("time_squeeze", &SoftnetRow::time_squeeze),
                                            field("received_rps", &SoftnetRow::received_rps),
                                            field("backlog_len", &SoftnetRow::backlog_len),
                                            field("cpu_collision", &SoftnetRow::cpu_collision),
                                            field("flow_limit", &SoftnetRow::flow_limit),
                                            field("cpu_id", &SoftnetRow::cpu_id),
                                            field("input_qlen", &SoftnetRow::input_qlen),
                                            field("process_qlen", &SoftnetRow::process_qlen),
                                            field("input_queue_head", &SoftnetRow::input_queue_head),
                                            field("input_queue_tail", &SoftnetRow::input_queue_tail)};
  friend bool operator==(const SoftnetRow&, const SoftnetRow&) = default;
};

/// Counters of /proc/net/netstat since the namespace began; absent where the profile does not have them.
struct Counters {
  std::uint64_t ListenOverflows = 0;
  std::uint64_t ListenDrops = 0;
  std::uint64_t SyncookiesSent = 0;
  std::uint64_t EmbryonicRsts = 0;
  std::optional<std::uint64_t> TCPDeferAcceptDrop;
  std::optional<std::uint64_t> TCPReqQFullDoCookies;
  std::optional<std::uint64_t> TCPReqQFullDrop;
  static constexpr auto fields = std::tuple{field("ListenOverflows", &Counters::ListenOverflows),
                                            field("ListenDrops", &Counters::ListenDrops),
                                            field("SyncookiesSent", &Counters::SyncookiesSent),
                                            field("EmbryonicRsts", &Counters::EmbryonicRsts),
                                            field("TCPDeferAcceptDrop", &Counters::TCPDeferAcceptDrop),
                                            field("TCPReqQFullDoCookies", &Counters::TCPReqQFullDoCookies),
                                            field("TCPReqQFullDrop", &Counters::TCPReqQFullDrop)};
  friend bool operator==(const Counters&, const Counters&) = default;
};

/// The kernel would have crashed in this operation, or had crashed before it.
struct Oops {
  bool oops = true;
  static constexpr auto fields = std::tuple{field("oops", &Oops::oops)};
  friend bool operator==(const Oops&, const Oops&) = default;
};

}  // namespace outcome

using Outcome = std::variant<outcome::Returned, outcome::ReadBack, outcome::OptionValue, outcome::Info,
                             outcome::Replied, outcome::Passed, outcome::Done, outcome::Received, outcome::Polled,
                             outcome::ActionRan, outcome::SoftnetRow, outcome::Counters, outcome::Oops>;

namespace detail {
template <class Operation>
struct AnswerTo {
  using type = outcome::Returned;
};
template <class Operation>
requires requires { typename Operation::Answer; }
struct AnswerTo<Operation> {
  using type = typename Operation::Answer;
};
}  // namespace detail

/// What an operation answers when it succeeds.
template <class Operation>
using AnswerTo = typename detail::AnswerTo<Operation>::type;

constexpr outcome::Returned returned(std::int64_t ret) { return {ret, Errno::none}; }
constexpr outcome::Returned failed(Errno error) { return {-1, error}; }

}  // namespace weir
