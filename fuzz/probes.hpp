// Comparing final states without looking inside: operations that make every part of a host's state observable that a
// case can have changed.
//
//   Scope scope;                                  // what a case has touched
//   for each op: scope.note(op, outcome);
//   probe(scope, [&](const Op& op) -> Glimpse { … run it, compare … });
//
// A step that takes `const auto&` is called with the operation itself, and saves the choice that an Op stands for.
//
// Probing changes the host (accept takes from the queue, net_rx_action drains): it is the last thing done to it.
#pragma once
#include <algorithm>
#include <bit>
#include <cstdint>
#include <type_traits>
#include <utility>
#include <variant>

#include "model/op.hpp"
#include "model/outcome.hpp"

namespace weir::fuzz {

/// What a case has touched.
struct Scope {
  std::uint32_t namespaces = 1;
  std::int32_t labels_end = 3;  ///< one past the highest label seen
  std::uint64_t cpus = 0;       ///< bit i: CPU i
  std::uint32_t sysctls = 0;    ///< bit i: written, in whichever namespace; read back in all of them

  /// Takes note of what an operation has made or may have changed.
  void note(const Op& operation, const Outcome& outcome) {
    std::visit([&](const auto& each) { note(each, outcome); }, operation);
  }
  template <class Operation>
  void note(const Operation& operation, const Outcome& outcome) {
    if constexpr (std::is_same_v<Operation, op::SysctlWrite>)
      sysctls |= 1U << static_cast<unsigned>(operation.sysctl);
    else if constexpr (std::is_same_v<Operation, op::NetifRx>)
      cpus |= std::uint64_t{1} << operation.cpu.index % 64 | std::uint64_t{1}
                                                                 << operation.to.value_or(operation.cpu).index % 64;
    else if constexpr (std::is_same_v<Operation, op::Netns>)
      namespaces = std::max(namespaces, static_cast<std::uint32_t>(returned_by(outcome)) + 1);
    else if constexpr (std::is_same_v<Operation, op::Socket> || std::is_same_v<Operation, op::Accept>)
      labels_end = std::max(labels_end, static_cast<std::int32_t>(returned_by(outcome)) + 1);
  }

 private:
  /// -1 where it failed.
  static std::int64_t returned_by(const Outcome& outcome) {
    const auto* returned = std::get_if<outcome::Returned>(&outcome);
    return returned == nullptr || returned->ret < 0 ? -1 : returned->ret;
  }
};

/// As much of an outcome as decides which probe comes next.
struct Glimpse {
  bool go_on = true;  ///< false: stop probing
  std::int64_t ret = 0;
  Errno error = Errno::none;
  bool rescheduled = false;  ///< of net_rx_action

  static Glimpse of(const Outcome& outcome) {
    if (const auto* returned = std::get_if<outcome::Returned>(&outcome)) return {true, returned->ret, returned->error};
    if (const auto* ran = std::get_if<outcome::ActionRan>(&outcome)) return {.rescheduled = ran->rescheduled};
    return {.go_on = !std::holds_alternative<outcome::Oops>(outcome)};
  }
};

/// The probing operations, kept so that a probe is a change of a field.
class Prober {
 public:
  /// Calls step(operation) -> Glimpse for one probing operation after another, until one says stop.
  template <class Step>
  void run(const Scope& scope, Step&& step) {
    for (std::uint32_t ns = 0; ns < scope.namespaces; ++ns)
      if (!probe_namespace(ns, scope.sysctls, step)) return;
    for (std::int32_t label = 3; label < scope.labels_end; ++label)
      if (!probe_label(label, step)) return;
    for (auto cpus = scope.cpus; cpus != 0; cpus &= cpus - 1)
      if (!probe_cpu(static_cast<std::uint32_t>(std::countr_zero(cpus)), step)) return;
  }

  /// Everything about one label; an accept queue is emptied, in order. False: stopped.
  template <class Step>
  bool probe_label(std::int32_t label, Step&& step) {
    const Glimpse info = ask(tcp_info_, &op::TcpInfo::fd, {label}, step);
    if (!info.go_on) return false;
    if (info.error == Errno::ebadf) return true;  // closed: there is nothing else to see
    for (const auto& option : names<SockOpt>) {
      getsockopt_.opt = option.value;
      if (!ask(getsockopt_, &op::Getsockopt::fd, {label}, step).go_on) return false;
    }
    for (;;) {
      const Glimpse accepted = ask(accept_, &op::Accept::fd, {label}, step);
      if (!accepted.go_on || accepted.ret < 0) return accepted.go_on;
      const Fd child{static_cast<std::int32_t>(accepted.ret)};
      if (!ask(tcp_info_, &op::TcpInfo::fd, child, step).go_on) return false;
      if (!ask(close_, &op::Close::fd, child, step).go_on) return false;
    }
  }

 private:
  /// Runs that have not drained a CPU by then are compared as they are: a budget of 1 and a full queue is such a case.
  static constexpr int max_drain_runs = 8;

  template <class Operation, class T, class Step>
  static Glimpse ask(Operation& probe, T Operation::*field, std::type_identity_t<T> value, Step&& step) {
    probe.*field = value;
    return step(std::as_const(probe));
  }

  template <class Step>
  bool probe_namespace(std::uint32_t ns, std::uint32_t sysctls, Step&& step) {
    for (; sysctls != 0; sysctls &= sysctls - 1) {
      read_.sysctl = static_cast<Sysctl>(std::countr_zero(sysctls));
      if (!ask(read_, &op::SysctlRead::ns, {ns}, step).go_on) return false;
    }
    return ask(netstat_, &op::Netstat::ns, {ns}, step).go_on;
  }

  template <class Step>
  bool probe_cpu(std::uint32_t cpu, Step&& step) {
    for (int run = 0; run < max_drain_runs; ++run) {
      const Glimpse ran = ask(net_rx_action_, &op::NetRxAction::cpu, {cpu}, step);
      if (!ran.go_on) return false;
      if (!ran.rescheduled) break;
    }
    return ask(softnet_stat_, &op::SoftnetStat::cpu, {cpu}, step).go_on;
  }

  op::SysctlRead read_;
  op::Netstat netstat_;
  op::TcpInfo tcp_info_;
  op::Getsockopt getsockopt_;
  op::Accept accept_;
  op::Close close_;
  op::NetRxAction net_rx_action_;
  op::SoftnetStat softnet_stat_;
};

/// Probes once; step as in Prober::run.
template <class Step>
void probe(const Scope& scope, Step&& step) {
  thread_local Prober prober;
  prober.run(scope, step);
}

}  // namespace weir::fuzz
