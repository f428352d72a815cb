// The driver of a live target: carries a case's operations out with system calls and tells what they returned.
#pragma once
#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "model/op.hpp"
#include "model/outcome.hpp"
#include "oracle/targets/linux_globals.hpp"
#include "oracle/targets/linux_namespaces.hpp"
#include "oracle/targets/linux_peers.hpp"

namespace weir::oracle {

/// Ports as a case names them to ports of the machine, one to one: distinct for consecutive cases, so that what lingers
/// of one (TIME_WAIT, orphans) is no concern of the next. 0 stays 0.
class PortMap {
 public:
  std::uint16_t operator()(std::uint16_t named);
  void begin_case() { mapped_.clear(); }

  /// No room is left for another case of `ports` ports: renew the namespaces, then reset().
  bool exhausted(std::size_t ports) const { return next_ + ports > end; }
  void reset() { next_ = begin; }

 private:
  static constexpr std::uint32_t begin = 1024;
  static constexpr std::uint32_t end = 40000;  ///< where the kernel's own choice begins
  std::vector<std::pair<std::uint16_t, std::uint16_t>> mapped_;
  std::uint32_t next_ = begin;
};

class LinuxDriver {
 public:
  /// \param machine  the whole machine is the driver's: so are the sysctls that it has once
  explicit LinuxDriver(bool machine);

  /// From a clean host to a clean host; one outcome an operation. Throws std::system_error where the machine refuses
  /// what has nothing to do with the operation (no more namespaces, say).
  void run_case(std::span<const Op> ops, std::vector<Outcome>& outcomes);

 private:
  /// What a label stands for.
  struct Descriptor {
    int fd = -1;  ///< -1: the label is free
    Family family = Family::inet;
    bool tcp = false;
  };

  void begin_case(std::span<const Op> ops);
  void end_case();
  std::size_t add_namespace();
  void note_handed_on(NsId ns, Sysctl sysctl);
  std::size_t make_namespace();

  Outcome perform(const op::Netns&);
  Outcome perform(const op::SysctlWrite&);
  Outcome perform(const op::SysctlRead&);
  Outcome perform(const op::Socket&);
  Outcome perform(const op::Bind&);
  Outcome perform(const op::Setsockopt&);
  Outcome perform(const op::Getsockopt&);
  Outcome perform(const op::Listen&);
  Outcome perform(const op::Connect&);
  Outcome perform(const op::Accept&);
  Outcome perform(const op::Shutdown&);
  Outcome perform(const op::Close&);
  Outcome perform(const op::TcpInfo&);
  Outcome perform(const op::Netstat&);
  Outcome perform(const op::Segment&);
  Outcome perform(const op::Advance&);
  template <class Unsupported>
  Outcome perform(const Unsupported&);

  bool is_of_the_machine(NsId ns, Sysctl sysctl) const;
  void go_to_sysctl(NsId ns, Sysctl sysctl);
  Descriptor find(Fd fd) const;
  Outcome label(Descriptor descriptor);

  NamespacePool namespaces_;
  std::unique_ptr<GlobalSysctls> globals_;  ///< null where they are not ours
  PortMap ports_;
  std::vector<std::unique_ptr<RemotePeers>> peers_;  ///< by namespace; made where a case first needs them
  std::vector<Descriptor> descriptors_;              ///< by label
  std::vector<outcome::Counters> baselines_;         ///< of the case's namespaces, when it began
  bool counters_wanted_ = false;
  bool handed_on_ = false;  ///< the case has written what namespaces that are made later take over
  std::string buffer_;
};

}  // namespace weir::oracle
