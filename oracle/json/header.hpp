// The first line of a trace.
#pragma once
#include "model/profile.hpp"
#include "model/vocabulary/host_options.hpp"

namespace weir::oracle {

struct Header {
  const Profile* profile = &releases::linux_6_18;
  HostOptions options;
};

inline constexpr std::int64_t trace_version = 1;
inline constexpr std::uint32_t max_cpus = 64;
inline constexpr std::uint64_t latest_time = (std::uint64_t{1} << 63) - 1;  ///< of a start or an end

}  // namespace weir::oracle
