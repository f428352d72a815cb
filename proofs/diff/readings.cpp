#include "proofs/diff/readings.hpp"

#include <algorithm>

namespace weir::proofs::diff {
namespace {

struct Touched {
  std::vector<Sysctl> sysctls;
  std::vector<SockOpt> options;
  std::uint32_t namespaces = 1;
  std::int32_t sockets = 0;
  bool packets = false;

  void add(const op::SysctlWrite& op) {
    if (std::find(sysctls.begin(), sysctls.end(), op.sysctl) == sysctls.end()) sysctls.push_back(op.sysctl);
  }
  void add(const op::Setsockopt& op) { options.push_back(op.opt); }
  void add(const op::Netns&) { ++namespaces; }
  void add(const op::Socket&) { ++sockets; }
  void add(const op::Accept&) { ++sockets; }
  void add(const op::NetifRx&) { packets = true; }
  template <class Other>
  void add(const Other&) {}

  /// An option that somebody set, or any of a socket that stands alone.
  bool is_worth_reading(SockOpt option) const {
    return sockets == 1 || std::find(options.begin(), options.end(), option) != options.end();
  }
};

/// Of many sockets that were made alike, the first and the last say enough.
bool is_worth_reading(std::int32_t socket, std::int32_t sockets) { return socket < 3 || socket + 2 >= sockets; }

}  // namespace

std::vector<Op> readings_after(const std::vector<Op>& ops) {
  Touched touched;
  for (const Op& each : ops) std::visit([&](const auto& operation) { touched.add(operation); }, each);
  std::vector<Op> readings;
  if (touched.packets) readings.push_back(op::SoftnetStat{});
  if (touched.sockets > 0) readings.push_back(op::Netstat{});
  for (std::int32_t socket = 0; socket < touched.sockets; ++socket) {
    if (!is_worth_reading(socket, touched.sockets)) continue;
    readings.push_back(op::TcpInfo{Fd{3 + socket}});
    for (const auto& option : names<SockOpt>)
      if (touched.is_worth_reading(option.value)) readings.push_back(op::Getsockopt{Fd{3 + socket}, option.value});
  }
  if (touched.sockets > 0 || touched.packets) return readings;
  for (const Sysctl id : touched.sysctls)
    for (std::uint32_t ns = 0; ns < touched.namespaces; ++ns) readings.push_back(op::SysctlRead{NsId{ns}, id});
  return readings;
}

}  // namespace weir::proofs::diff
