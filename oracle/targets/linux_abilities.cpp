#include "oracle/targets/linux_abilities.hpp"

#include <sys/socket.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

#include <type_traits>
#include <variant>

#include "model/vocabulary/host_options.hpp"
#include "oracle/targets/linux_credentials.hpp"
#include "oracle/targets/linux_namespaces.hpp"
#include "oracle/targets/linux_tun.hpp"
#include "oracle/targets/this_kernel.hpp"

namespace weir::oracle {
namespace {

/// What the kernel is asked by `abilities`.
class Questions {
 public:
  Questions(const LinuxAbilities& abilities, const Profile& kernel) : abilities_(abilities), kernel_(kernel) {}

  bool can_ask(const op::SysctlWrite& operation) const {
    if (abilities_.machine && is_missing(operation.sysctl)) return false;
    if (operation.cred != Cred::root && !abilities_.others) return false;
    if (abilities_.machine)
      return !breaks_machine(operation.sysctl) && (!is_handed_on(operation) || has_room(operation));
    if (operation.sysctl == Sysctl::sysctl_writes_strict) return false;
    return operation.ns.id != 0 || !(is_global(operation.sysctl) || is_handed_on(operation));
  }
  bool can_ask(const op::SysctlRead& operation) const {
    if (abilities_.machine && is_missing(operation.sysctl)) return false;
    return abilities_.machine || operation.ns.id != 0 || !is_global(operation.sysctl);
  }

  /// Guests make namespaces as their own root.
  bool can_ask(const op::Netns& operation) const { return !abilities_.machine || operation.owner == Owner::init; }

  bool can_ask(const op::Socket& operation) const { return abilities_.inet6 || operation.family != Family::inet6; }

  /// What fits into a packet.
  bool can_ask(const op::Segment& operation) const { return operation.len <= 1400 && abilities_.no_peers.empty(); }

  /// The receive softirq cannot be stepped from outside, and time cannot be hurried.
  template <class T>
  bool can_ask(const T&) const {
    constexpr bool of_a_cpu = requires(T each) { each.cpu; };
    return !of_a_cpu && !std::is_same_v<T, op::Advance> && !std::is_same_v<T, op::Tick>;
  }

 private:
  /// So is a mask of CPUs, where these are not those of a case's host.
  bool is_missing(Sysctl sysctl) const {
    if (sysctl == Sysctl::flow_limit_cpu_bitmap && abilities_.cpus != HostOptions{}.cpus) return true;
    return (abilities_.missing >> static_cast<unsigned>(sysctl) & 1U) != 0;
  }

  /// The machine's own settings: not there in the namespaces of cases, or not ours to change.
  bool is_global(Sysctl sysctl) const {
    const SysctlSpec* const spec = spec_of(kernel_, sysctl);
    return spec == nullptr || spec->scope == Scope::global;
  }

  /// What a new namespace takes from the first one: on a machine that others use it cannot be written there.
  bool is_handed_on(const op::SysctlWrite& operation) const {
    const SysctlSpec* const spec = spec_of(kernel_, operation.sysctl);
    const bool handed_on = spec != nullptr && spec->from_first;
    return operation.ns.id == 0 && (handed_on || operation.sysctl == Sysctl::tcp_child_ehash_entries);
  }

  /// A guest is small: where there is no memory for a hash of its own, a new namespace goes without.
  static bool has_room(const op::SysctlWrite& operation) {
    constexpr std::size_t digits = 6;
    const bool number = operation.data.find_first_not_of("0123456789") == std::string::npos;
    return operation.sysctl != Sysctl::tcp_child_ehash_entries || (number && operation.data.size() <= digits);
  }

  /// A weight that is, or multiplied by its bias overflows to, 0 or less makes the kernel put a backlog that is done on
  /// its list once more.
  bool breaks_machine(Sysctl sysctl) const {
    if (sysctl == Sysctl::dev_weight_rx_bias || sysctl == Sysctl::dev_weight_tx_bias) return true;
    const SysctlSpec* const spec = spec_of(kernel_, sysctl);
    return sysctl == Sysctl::dev_weight && (spec == nullptr || spec->minimum < 1);
  }

  const LinuxAbilities& abilities_;
  const Profile& kernel_;
};

bool has_inet6() { return OwnedFd(::socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0)).get() >= 0; }

/// A coarse clock moves with the jiffies.
std::uint32_t hz_here() {
  timespec tick{};
  constexpr long second = 1'000'000'000;
  return ::clock_getres(CLOCK_MONOTONIC_COARSE, &tick) == 0 && tick.tv_nsec > 0
             ? static_cast<std::uint32_t>(second / tick.tv_nsec)
             : 0;
}

/// The caller is in the machine's first network namespace.
std::uint32_t missing_here() {
  std::uint32_t missing = 0;
  for (const SysctlSpec& each : profile_of_running_kernel().sysctls)
    if (::access(sysctl_path(name_of_enum(each.id)).c_str(), F_OK) != 0)
      missing |= std::uint32_t{1} << static_cast<unsigned>(each.id);
  return missing;
}

}  // namespace

bool LinuxAbilities::can_ask(const Profile& kernel, const Op& operation) const {
  const Questions questions(*this, kernel);
  return std::visit([&](const auto& each) { return questions.can_ask(each); }, operation);
}

LinuxAbilities abilities_here(bool machine) {
  utsname name{};
  ::uname(&name);
  LinuxAbilities here;
  here.release = name.release;
  here.version = name.version;
  here.no_peers = Tun::refused();
  here.inet6 = has_inet6();
  here.machine = machine;
  here.others = machine || can_act_as_others();
  here.cpus = static_cast<std::uint32_t>(::sysconf(_SC_NPROCESSORS_CONF));
  here.hz = hz_here();
  if (machine) here.missing = missing_here();
  return here;
}

}  // namespace weir::oracle
