// What a host is started with, beside its profile.
#pragma once
#include <cstdint>
#include <utility>
#include <vector>

#include "model/vocabulary/names.hpp"

namespace weir {

struct HostOptions {
  std::uint32_t cpus = 2;  ///< 1 .. 64
  /// Boot argument of 6.10 ..: a backlog that another CPU schedules is polled by a thread of its own. Kernels before
  /// that do not know it.
  bool thread_backlog_napi = false;
  /// Initial values that differ from the profile's; they hold for namespace 0 and, where the sysctl is per namespace,
  /// for namespaces created later. Not range-checked: what the trace says, holds.
  std::vector<std::pair<Sysctl, std::int32_t>> sysctl = {};
};

}  // namespace weir
