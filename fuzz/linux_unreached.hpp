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
    {Clause::TIMER_NEWEST_FIRST, linux_reason::over_loopback},
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
    {Clause::TABLE_LEN_POWER_OF_2, linux_reason::own},
    {Clause::CPUMASK_STORED, linux_reason::own},
    {Clause::CPUMASK_CHARACTER, linux_reason::own},
    {Clause::CPUMASK_GROUP_LONG, linux_reason::own},
    {Clause::CPUMASK_TOO_MANY, linux_reason::own},
    {Clause::CPUMASK_NINTH, linux_reason::own},
    {Clause::CPUMASK_READ_CUT, linux_reason::own},
    {Clause::SYSCTL_ABSENT, linux_reason::none_absent},
    {Clause::NETNS_OWN_HASH, linux_reason::handed_on},
});

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
  const bool softnet = std::find(softnet_clauses.begin(), softnet_clauses.end(), clause) != softnet_clauses.end();
  return softnet ? "the receive softirq cannot be stepped from outside" : "";
}

}  // namespace weir::fuzz
