// Clauses that a campaign against this machine's kernel does not reach, each with the reason.
#pragma once
#include "fuzz/unreached.hpp"

namespace weir::fuzz {

namespace linux_reason {
inline constexpr std::string_view time = "comes after a minute or more, which a short campaign does not have";
inline constexpr std::string_view over_loopback =
    "takes time over loopback, of which a campaign's slow lane draws few cases";
inline constexpr std::string_view own = "takes a write of what is the machine's own: kernel.*, or net.core's globals";
inline constexpr std::string_view none_absent = "the kernels that can be asked have every sysctl";
inline constexpr std::string_view crash = "the kernel would crash, or write where it must not";
inline constexpr std::string_view thread = "takes a kernel that was booted with thread_backlog_napi";
inline constexpr std::string_view device = "takes a device that goes down between two steps of the kernel";
inline constexpr std::string_view poll = "the poll function is called by the kernel alone";
inline constexpr std::string_view handed_on =
    "takes a write of what new namespaces take over, and those of cases are used again";
}  // namespace linux_reason

inline constexpr auto linux_unreached = std::to_array<Unreached>({
    {Clause::COOKIE_OLD, linux_reason::time},
    {Clause::TIME_WAIT_OVER, linux_reason::time},
    {Clause::FIN_WAIT2_OVER, linux_reason::time},
    {Clause::CONNECT_STALE_PEER, linux_reason::over_loopback},
    {Clause::CONNECT_STALE_REQUEST, linux_reason::over_loopback},
    {Clause::CONNECT_OLD_YIELDS, linux_reason::over_loopback},
    {Clause::SYN_RETRANSMITTED, linux_reason::over_loopback},
    {Clause::SYN_TIMED_OUT, linux_reason::over_loopback},
    {Clause::SYN_HURRIED, linux_reason::over_loopback},
    {Clause::ACK_LEAVES, linux_reason::over_loopback},
    {Clause::ACK_NOBODY, linux_reason::over_loopback},
    {Clause::SYNACK_ANSWERED, linux_reason::over_loopback},
    {Clause::SYNACK_AFTER_FIN, linux_reason::over_loopback},
    {Clause::SYNACK_NO_CLIENT, linux_reason::over_loopback},
    {Clause::FIN_CROSSED, linux_reason::over_loopback},
    {Clause::FIN_PROBE, linux_reason::over_loopback},
    {Clause::FIN_RETRANSMITTED, linux_reason::over_loopback},
    {Clause::FIN_TIMED_OUT, linux_reason::over_loopback},
    {Clause::FIN_ACKED, linux_reason::over_loopback},
    {Clause::DOINTVEC_OFFSET_LEGACY, linux_reason::own},
    {Clause::SYSCTL_FOREIGN_ROOT, linux_reason::own},
    {Clause::SYSCTL_ABSENT, linux_reason::none_absent},
    {Clause::NETNS_OWN_HASH, linux_reason::handed_on},
    {Clause::ENQUEUE_DOUBLE_ADD, linux_reason::crash},
    {Clause::ENQUEUE_NOT_RUNNING, linux_reason::device},
    {Clause::DROP_DEV_READY, linux_reason::device},
    {Clause::FLOW_LIMIT_OUT_OF_TABLE, linux_reason::crash},
    {Clause::FLOW_LIMIT_NO_MEMORY, "takes a table of 4 MiB, at which the kernel logs a warning"},
    {Clause::RPS_IPI_AWAITED, linux_reason::poll},
    {Clause::RPS_IPI_DOUBLE_ADD, linux_reason::crash},
    {Clause::RPS_THREAD_WOKEN, linux_reason::thread},
    {Clause::BACKLOG_THREAD, linux_reason::thread},
    {Clause::BACKLOG_IDLE, linux_reason::poll},
    {Clause::NETRX_REPOLL_COMPLETED, linux_reason::crash},
});

/// What takes a write of a setting of the softirq, beside its own clauses.
inline constexpr auto softirq_settings = std::to_array<Clause>(
    {Clause::TABLE_LEN_POWER_OF_2, Clause::CPUMASK_STORED, Clause::CPUMASK_CHARACTER, Clause::CPUMASK_GROUP_LONG,
     Clause::CPUMASK_TOO_MANY, Clause::CPUMASK_NINTH, Clause::CPUMASK_READ_CUT});

/// The clauses of the receive softirq.
inline constexpr auto softnet_clauses = std::to_array<Clause>({
#define CLAUSE(id, name, function, since, until, sentence) Clause::id,
#include "model/clauses/softnet.def"
#undef CLAUSE
});

/// Empty for a clause that the campaign should reach.
constexpr std::string_view why_not_live(Clause clause) {
  if (const auto reason = why_unreached(clause); !reason.empty()) return reason;
  for (const Unreached& each : linux_unreached)
    if (each.clause == clause) return each.reason;
  return {};
}

/// The same where the softirq cannot be recorded.
constexpr std::string_view why_not_live_without_softirq(Clause clause) {
  if (const auto reason = why_not_live(clause); !reason.empty()) return reason;
  const auto among = [&](const auto& list) { return std::find(list.begin(), list.end(), clause) != list.end(); };
  if (among(softirq_settings)) return linux_reason::own;
  return among(softnet_clauses) ? "the receive softirq cannot be recorded here" : "";
}

}  // namespace weir::fuzz
