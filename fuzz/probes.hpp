// Comparing final states without looking inside: operations that make every part of a host's state observable.
//
//   Scope scope;                                  // what a case has touched
//   for each op: scope.note(op, outcome);
//   probe(scope, [&](const Op& op) -> const Outcome* { … run it, compare, nullptr to stop … });
//
// Probing changes the host (accept takes from the queue, net_rx_action drains): it is the last thing done to it.
#pragma once
#include <algorithm>
#include <array>
#include <cstdint>
#include <utility>
#include <variant>

#include "model/op.hpp"
#include "model/outcome.hpp"
#include "model/profile.hpp"

namespace weir::fuzz {

/// Which namespaces, descriptors and CPUs there are to look at.
struct Scope {
  std::uint32_t namespaces = 1;
  std::int32_t labels_end = 3;  ///< one past the highest label seen
  std::uint32_t cpus = 2;

  /// Takes note of what an operation has made.
  void note(const Op& operation, const Outcome& outcome) {
    const auto* returned = std::get_if<outcome::Returned>(&outcome);
    if (returned == nullptr || returned->ret < 0) return;
    if (std::holds_alternative<op::Netns>(operation))
      namespaces = std::max(namespaces, static_cast<std::uint32_t>(returned->ret) + 1);
    else if (std::holds_alternative<op::Socket>(operation) || std::holds_alternative<op::Accept>(operation))
      labels_end = std::max(labels_end, static_cast<std::int32_t>(returned->ret) + 1);
  }
};

namespace detail {

/// Runs that have not drained a CPU by then are compared as they are: a budget of 1 with a full queue is such a case.
inline constexpr int max_drain_runs = 8;

inline bool ok(const Outcome& outcome) {
  const auto* returned = std::get_if<outcome::Returned>(&outcome);
  return returned == nullptr || returned->ret >= 0;
}

/// Everything about one label; an accept queue is emptied, in order.
template <class Step>
bool probe_label(std::int32_t label, Step&& step) {
  const Outcome* info = step(Op{op::TcpInfo{{label}}});
  if (info == nullptr) return false;
  if (!ok(*info) && std::get<outcome::Returned>(*info).error == Errno::ebadf) return true;  // closed: nothing else
  for (const auto& option : names<SockOpt>)
    if (step(Op{op::Getsockopt{{label}, option.value}}) == nullptr) return false;
  for (;;) {
    const Outcome* accepted = step(Op{op::Accept{{label}}});
    if (accepted == nullptr) return false;
    const auto* returned = std::get_if<outcome::Returned>(accepted);
    if (returned == nullptr || returned->ret < 0) return true;
    const Fd child{static_cast<std::int32_t>(returned->ret)};
    if (step(Op{op::TcpInfo{child}}) == nullptr || step(Op{op::Close{child}}) == nullptr) return false;
  }
}

template <class Step>
bool probe_cpu(std::uint32_t cpu, Step&& step) {
  if (step(Op{op::SoftnetStat{{cpu}}}) == nullptr) return false;
  for (int run = 0; run < max_drain_runs; ++run) {
    const Outcome* ran = step(Op{op::NetRxAction{{cpu}, std::nullopt}});
    if (ran == nullptr) return false;
    const auto* action = std::get_if<outcome::ActionRan>(ran);
    if (action == nullptr || !action->rescheduled) break;
  }
  return step(Op{op::SoftnetStat{{cpu}}}) != nullptr;
}

}  // namespace detail

/// Calls step(op) for one probing operation after another; step returns the outcome, which decides what comes next, or
/// nullptr to stop. False if it was stopped.
template <class Step>
bool probe(const Scope& scope, const Profile& profile, Step&& step) {
  for (std::uint32_t ns = 0; ns < scope.namespaces; ++ns) {
    for (const auto& spec : profile.sysctls)
      if (step(Op{op::SysctlRead{{ns}, spec.id}}) == nullptr) return false;
    if (step(Op{op::Netstat{{ns}}}) == nullptr) return false;
  }
  for (std::int32_t label = 3; label < scope.labels_end; ++label)
    if (!detail::probe_label(label, step)) return false;
  for (std::uint32_t cpu = 0; cpu < scope.cpus; ++cpu)
    if (!detail::probe_cpu(cpu, step)) return false;
  return true;
}

}  // namespace weir::fuzz
