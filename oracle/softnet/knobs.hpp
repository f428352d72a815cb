// The machine's own settings of the receive softirq: changed for a moment, and put back whatever happens.
//
//   SoftnetKnobs knobs;                        // throws std::runtime_error where they cannot be written
//   knobs.write(Sysctl::dev_weight, "3");
//   knobs.restore();
//
// They exist once a machine. A process of their own, the guardian, has the values that were there at first: it waits
// until this process is gone, killed or not, and writes them back. As long as either lives no other weir can have the
// knobs. One thread.
#pragma once
#include <sys/types.h>

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "model/op.hpp"
#include "model/outcome.hpp"
#include "oracle/targets/linux_namespaces.hpp"

namespace weir::oracle {

/// Those that a case may change, in the order in which they are put back.
inline constexpr auto softnet_knobs = std::to_array<Sysctl>(
    {Sysctl::netdev_max_backlog, Sysctl::dev_weight, Sysctl::dev_weight_rx_bias, Sysctl::netdev_budget,
     Sysctl::netdev_budget_usecs, Sysctl::flow_limit_cpu_bitmap, Sysctl::flow_limit_table_len});

class SoftnetKnobs {
 public:
  /// \param machine  the whole machine is ours and needs no guardian
  explicit SoftnetKnobs(bool machine = false);
  ~SoftnetKnobs();
  SoftnetKnobs(const SoftnetKnobs&) = delete;
  SoftnetKnobs& operator=(const SoftnetKnobs&) = delete;

  /// Whether the machine bears the write: a weight is small, a budget of time short, a table has more than one bucket
  /// (FLOW_LIMIT.OUT_OF_TABLE). Whether the kernel takes it is another question.
  static bool is_harmless(const op::SysctlWrite& write);

  /// \pre is_harmless
  Outcome write(Sysctl knob, std::string_view text);
  Outcome read(Sysctl knob, std::size_t length = 4096, std::int64_t position = 0) const;

  void restore() const;

 private:
  struct Knob {
    Sysctl id;
    OwnedFd file;
    std::string initial;
  };

  void start_guardian();
  [[noreturn]] void guard(int gone) const;
  const Knob& knob(Sysctl id) const;

  std::vector<Knob> knobs_;
  OwnedFd alive_;  ///< the guardian reads the other end
  pid_t guardian_ = -1;
};

}  // namespace weir::oracle
