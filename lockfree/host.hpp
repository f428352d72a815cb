// The optimised host: the operations of weir on atomics only. No mutex, no spin lock, nobody waits for anybody.
//
//   weir::lockfree::Host host(*weir::profile_from("linux-6.18"));
//   weir::Outcome answer = host.step(weir::op::Socket{{}, weir::Family::inet, weir::SockType::stream});
//
// It shares with the spec in model/ the vocabulary and the profiles, and nothing else: two independent readings of the
// same facts, held against each other by every campaign.
//
// Thread safety: step() may be called from several threads at once, but for process_backlog, net_rx_action and
// softnet_stat, which belong to the one thread that plays their CPU, and advance, which one thread at a time may call
// (beside any other call). Construction and destruction are not concurrent with anything.
// Descriptors are labels: socket and accept answer the lowest free one from 3 on; 0, 1 and 2 are open non-sockets.
// Errors come back as outcomes; step() itself throws only std::bad_alloc.
#pragma once
#include <atomic>
#include <variant>

#include "lockfree/bind_calls.hpp"
#include "lockfree/connect_calls.hpp"
#include "lockfree/handshake.hpp"
#include "lockfree/local_timers.hpp"
#include "lockfree/net_namespace.hpp"
#include "lockfree/requests.hpp"
#include "lockfree/segment_calls.hpp"
#include "lockfree/socket_calls.hpp"
#include "lockfree/softnet.hpp"
#include "lockfree/sysctl_files.hpp"
#include "lockfree/teardown.hpp"
#include "lockfree/timers.hpp"
#include "lockfree/unix_calls.hpp"
#include "model/op.hpp"
#include "model/outcome.hpp"
#include "model/profile.hpp"

namespace weir::lockfree {

class Host {
 public:
  /// `kernel` must outlive the host.
  explicit Host(const Profile& kernel, const HostOptions& options = {})
      : kernel_(kernel),
        globals_(kernel, options),
        spaces_(kernel, options),
        sockets_(kernel, globals_, spaces_),
        softnet_(kernel, options, globals_) {}
  Host(const Host&) = delete;
  Host& operator=(const Host&) = delete;

  /// Performs one operation. After an Oops every answer is Oops.
  Outcome step(const Op& operation) {
    return std::visit([this](const auto& each) { return answer(each); }, operation);
  }
  /// The same where the caller knows which operation it is.
  template <class Operation>
  Outcome answer(const Operation& operation) {
    // relaxed: a crash is only ever reported; an operation that raced with it may still answer.
    Outcome answered = crashed_.load(std::memory_order_relaxed) ? Outcome(outcome::Oops{}) : perform(operation);
    if (std::holds_alternative<outcome::Oops>(answered)) crashed_.store(true, std::memory_order_relaxed);
    return answered;
  }

 private:
  Outcome perform(const op::Netns& call) {
    if (call.owner == Owner::user && !kernel_.has_user_netns) return failed(Errno::einval);
    return returned(spaces_.create(call.owner));
  }
  Outcome perform(const op::SysctlWrite& call) {
    NetNamespace* const ns = spaces_.find(call.ns.id);
    if (ns == nullptr) return failed(Errno::enoent);
    SysctlFiles seen = files(*ns, call.ns);
    if (call.sysctl != Sysctl::flow_limit_cpu_bitmap) return seen.write(call);
    const Errno error = seen.may_write(call);
    return error != Errno::none ? failed(error) : softnet_.write_flow_limit_cpus(call.data);
  }
  Outcome perform(const op::SysctlRead& call) {
    NetNamespace* const ns = spaces_.find(call.ns.id);
    if (ns == nullptr) return failed(Errno::enoent);
    const SysctlFiles seen = files(*ns, call.ns);
    if (call.sysctl != Sysctl::flow_limit_cpu_bitmap) return seen.read(call);
    if (const Errno error = seen.may_read(call); error != Errno::none) return failed(error);
    std::string text = softnet_.read_flow_limit_cpus(call.pos == 0 ? call.len : 0);
    return outcome::ReadBack{static_cast<std::int64_t>(text.size()), std::move(text)};
  }
  Outcome perform(const op::Netstat& call) {
    const NetNamespace* const ns = spaces_.find(call.ns.id);
    if (ns == nullptr) return failed(Errno::enoent);
    return read_counters(kernel_, *ns);
  }

  Outcome perform(const op::Socket& call) { return sockets_.socket(call); }
  Outcome perform(const op::Bind& call) { return sockets_.bind(call); }
  Outcome perform(const op::Setsockopt& call) { return sockets_.setsockopt(call); }
  Outcome perform(const op::Getsockopt& call) { return sockets_.getsockopt(call); }
  Outcome perform(const op::Listen& call) { return sockets_.listen(call); }
  Outcome perform(const op::Connect& call) { return sockets_.connect(call); }
  Outcome perform(const op::Accept& call) { return sockets_.accept(call); }
  Outcome perform(const op::Shutdown& call) { return sockets_.shutdown(call); }
  Outcome perform(const op::Close& call) { return sockets_.close(call); }
  Outcome perform(const op::TcpInfo& call) { return sockets_.tcp_info(call); }
  Outcome perform(const op::Segment& call) { return sockets_.segment(call); }
  Outcome perform(const op::Advance& call) { return sockets_.advance(call); }

  Outcome perform(const op::Tick&) {
    softnet_.tick();
    return outcome::Done{};
  }
  Outcome perform(const op::NetifRx& call) { return softnet_.netif_rx(call); }
  Outcome perform(const op::ProcessBacklog& call) { return softnet_.process_backlog(call); }
  Outcome perform(const op::NetRxAction& call) { return softnet_.net_rx_action(call); }
  Outcome perform(const op::SoftnetStat& call) { return softnet_.softnet_stat(call); }

  SysctlFiles files(NetNamespace& ns, NsId id) { return {kernel_, globals_, ns.sysctls, id.id == 0, ns.foreign}; }

  const Profile& kernel_;
  SysctlStore globals_;
  NetNamespaces spaces_;
  SocketPlane sockets_;
  Softnet softnet_;
  HostAtomic<bool> crashed_{false};
};

}  // namespace weir::lockfree
