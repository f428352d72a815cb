// What a live kernel can be asked: its driver says so when it begins.
#pragma once
#include <cstdint>
#include <string>
#include <tuple>

#include "model/op.hpp"
#include "model/profile.hpp"
#include "model/vocabulary/fields.hpp"

namespace weir::oracle {

struct LinuxAbilities {
  std::string release;   ///< as `uname -r` says
  std::string version;   ///< as `uname -v` says
  std::string no_peers;  ///< why no remote peers can be played; empty if they can
  bool inet6 = true;     ///< has IPv6 sockets
  bool others = false;   ///< the driver can act as somebody else than root
  bool machine = false;  ///< the whole machine is the driver's: a guest
  std::uint32_t cpus = 1;
  std::uint32_t hz = 0;       ///< its jiffies in a second
  std::uint32_t missing = 0;  ///< bit i: sysctl i, which its release has, was left out when it was built
  static constexpr auto fields =
      std::tuple{field("release", &LinuxAbilities::release),   field("version", &LinuxAbilities::version),
                 field("no_peers", &LinuxAbilities::no_peers), field("inet6", &LinuxAbilities::inet6),
                 field("others", &LinuxAbilities::others),     field("machine", &LinuxAbilities::machine),
                 field("cpus", &LinuxAbilities::cpus),         field("hz", &LinuxAbilities::hz),
                 field("missing", &LinuxAbilities::missing)};

  /// Whether it can be asked this at all. \param kernel  the profile that describes it
  bool can_ask(const Profile& kernel, const Op& operation) const;
};

/// Of the kernel that this process runs on. \param machine  the whole machine is ours
LinuxAbilities abilities_here(bool machine);

}  // namespace weir::oracle
