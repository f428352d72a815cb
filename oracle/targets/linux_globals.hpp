// The sysctls that a machine has once, where the machine is a guest and all of it is the driver's.
#pragma once
#include <array>
#include <string>

#include "model/vocabulary/names.hpp"
#include "oracle/targets/linux_namespaces.hpp"

namespace weir::oracle {

/// Those of net.core decide what becomes of packets, and a case's sockets, which the model runs without them, must not
/// notice: their values are set aside while sockets are at work.
class GlobalSysctls {
 public:
  /// The calling thread is in the machine's first network namespace, and comes back there with enter(). What the files
  /// hold now they hold again after each case. Throws std::system_error.
  GlobalSysctls();

  bool has(Sysctl sysctl) const { return !rows_[static_cast<std::size_t>(sysctl)].initial.empty(); }

  /// The case is about to write one.
  void mark_changed(Sysctl sysctl);

  void enter_first_namespace() const;

  /// Before an operation on any sysctl, and before one on sockets. True if the calling thread has gone to the first
  /// namespace for that.
  bool bring_back();
  bool set_aside();

  /// As set_aside(), and what the case has written is forgotten.
  bool end_case();

 private:
  struct Row {
    std::string initial;  ///< what the file held at first; empty for one that is not there, or not global
    std::string aside;    ///< what the case has put there; empty while it is there
    bool changed = false;
  };

  OwnedFd first_;
  std::array<Row, sysctl_count> rows_;
  bool changed_ = false, aside_ = false;
};

}  // namespace weir::oracle
