// A host: the three planes under one roof, and step(): one operation in, one outcome out.
//
//   weir::model::Host<weir::Concrete> host(*weir::profile_from("linux-6.18"));
//   weir::Outcome answer = host.step(weir::op::Socket{{}, weir::Family::inet, weir::SockType::stream});
//
// Copying a host is a snapshot. Not safe for concurrent use; distinct hosts are independent. With domain Recorded the
// clauses passed are noted in the set that a ClauseScope has installed.
#pragma once
#include "model/listen/plane.hpp"
#include "model/softnet/plane.hpp"

namespace weir::model {

template <Domain D>
class Host {
 public:
  explicit Host(const Profile& kernel, const HostOptions& options = {})
      : kernel_(&kernel),
        sysctls_(initial_sysctls<D>(kernel, options)),
        sockets_(kernel, sysctls_),
        softnet_(kernel, options, sysctls_) {}

  Host(const Host& other)
      : kernel_(other.kernel_),
        sysctls_(other.sysctls_),
        sockets_(other.sockets_),
        softnet_(other.softnet_),
        crashed_(other.crashed_) {
    sockets_.read_settings_from(sysctls_);
  }
  Host& operator=(const Host& other) {
    if (this == &other) return *this;
    kernel_ = other.kernel_;
    sysctls_ = other.sysctls_;
    sockets_ = other.sockets_;
    sockets_.read_settings_from(sysctls_);
    softnet_ = other.softnet_;
    crashed_ = other.crashed_;
    return *this;
  }

  /// Performs one operation. Once the kernel would have crashed every answer is Oops.
  Outcome step(const Op& operation) {
    return std::visit([this](const auto& each) { return this->answer(each); }, operation);
  }
  /// The same where the caller knows which operation it is.
  template <class Operation>
  Outcome answer(const Operation& operation) {
    // One object from the rule to the caller: outcomes own memory, and moving one costs as much as a short rule.
    Outcome answered = crashed_ ? Outcome(outcome::Oops{}) : perform(operation);
    crashed_ = std::holds_alternative<outcome::Oops>(answered);
    return answered;
  }

  /// The descriptor that the next successful socket or accept shall return, if it is free then; otherwise, and always
  /// after that, it is the lowest free one from 3 on. For checkers that follow a real host. \pre 0 <= label < max_fd
  void name_next_fd(std::int32_t label) { sockets_.name_next_fd(label); }

  /// What a TCP socket keeps of its last listen, shown by no operation outside LISTEN. Nothing for another descriptor.
  std::optional<U32<D>> stored_backlog(Fd fd) { return sockets_.stored_backlog(fd); }

  const Profile& kernel() const { return *kernel_; }

  /// For checkers that have to tell states apart.
  const SoftnetPlane<D>& softnet() const { return softnet_; }
  const SysctlPlane<D>& sysctls() const { return sysctls_; }
  const SocketPlane<D>& sockets() const { return sockets_; }

 private:
  Outcome perform(const op::Netns& op) {
    std::size_t id = 0;
    if (const Errno error = add_namespace(sysctls_, op.owner, id); error != Errno::none) return failed(error);
    sockets_.add_namespace();
    return returned(static_cast<std::int64_t>(id));
  }

  Outcome perform(const op::SysctlWrite& op) {
    if (op.sysctl == Sysctl::flow_limit_cpu_bitmap) return softnet_.flow_limit_cpu_write(sysctls_, op);
    const auto* const bytes = reinterpret_cast<const std::uint8_t*>(op.data.data());
    return sysctl_write<D>(sysctls_, op.ns.id, op.sysctl, Bytes<D>(bytes, op.data.size()), op.pos, op.cred);
  }

  Outcome perform(const op::SysctlRead& op) {
    if (op.sysctl == Sysctl::flow_limit_cpu_bitmap) return softnet_.flow_limit_cpu_read(sysctls_, op);
    std::vector<U8<D>> text;
    const Errno error = sysctl_read<D>(sysctls_, op.ns.id, op.sysctl, op.len, op.pos, text);
    if (error != Errno::none) return failed(error);
    return outcome::ReadBack{static_cast<std::int64_t>(text.size()), std::string(text.begin(), text.end())};
  }

  Outcome perform(const op::Tick&) { return softnet_.tick(); }
  Outcome perform(const op::NetifRx& op) { return softnet_.netif_rx(sysctls_, op); }
  Outcome perform(const op::ProcessBacklog& op) { return softnet_.process_backlog(sysctls_, op); }
  Outcome perform(const op::NetRxAction& op) { return softnet_.net_rx_action(sysctls_, op); }
  Outcome perform(const op::SoftnetStat& op) { return softnet_.softnet_stat(op); }

  /// Everything else is a system call on a socket.
  template <class Call>
  Outcome perform(const Call& op) {
    return sockets_.perform(op);
  }

  const Profile* kernel_;
  SysctlPlane<D> sysctls_;
  SocketPlane<D> sockets_;
  SoftnetPlane<D> softnet_;
  bool crashed_ = false;
};

}  // namespace weir::model
