// Clauses that a campaign against a guest does not reach, each with the reason: a guest is its driver's own, so that
// less is out of reach than on this machine.
#pragma once
#include <algorithm>

#include "fuzz/linux_unreached.hpp"

namespace weir::fuzz {

namespace guest_reason {
inline constexpr std::string_view owner =
    "takes a namespace that another user namespace owns, which a guest has none of";
inline constexpr std::string_view time =
    "its time is that of this machine, where nothing else would be asked meanwhile";
inline constexpr std::string_view softirq = "the receive softirq cannot be recorded in it";
}  // namespace guest_reason

/// Timers, and what depends on them.
inline constexpr auto clauses_of_time = std::to_array<Clause>({
#define CLAUSE(id, name, function, since, until, sentence) Clause::id,
#include "model/clauses/time.def"
#undef CLAUSE
    Clause::COOKIE_OLD,
    Clause::COOKIE_NO_OVERFLOW,
    Clause::REQUEST_SYN_RESTARTS,
    Clause::CONNECT_STALE_REQUEST,
    Clause::CONNECT_STALE_PEER,
    Clause::CONNECT_OLD_YIELDS,
});

/// Empty for a clause that a campaign should reach where time costs nothing and the softirq is recorded.
constexpr std::string_view why_not_in_guest(Clause clause) {
  if (clause == Clause::SYSCTL_FOREIGN_ROOT) return guest_reason::owner;
  if (clause == Clause::DOINTVEC_OFFSET_LEGACY || clause == Clause::NETNS_OWN_HASH) return {};
  const auto reason = why_not_live(clause);
  return reason == linux_reason::time ? std::string_view() : reason;
}

/// The same where it is not recorded.
constexpr std::string_view why_not_in_guest_without_softirq(Clause clause) {
  if (const auto reason = why_not_in_guest(clause); !reason.empty()) return reason;
  const bool softirq = std::find(softnet_clauses.begin(), softnet_clauses.end(), clause) != softnet_clauses.end();
  return softirq ? guest_reason::softirq : std::string_view();
}

/// The same where no time passes, either.
constexpr std::string_view why_not_in_guest_at_once(Clause clause) {
  const bool time = std::find(clauses_of_time.begin(), clauses_of_time.end(), clause) != clauses_of_time.end();
  return time ? guest_reason::time : why_not_in_guest_without_softirq(clause);
}

}  // namespace weir::fuzz
