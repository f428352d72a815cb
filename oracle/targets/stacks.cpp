#include "oracle/targets/stacks.hpp"

#include <unistd.h>

namespace weir::oracle {
namespace {

/// gVisor's kernel in user space (Debian's package runsc), with no network but its own loopback, and of all files the
/// drivers alone. The two ends of a connection talk there while the caller goes on.
std::vector<std::string> gvisor(const std::filesystem::path& drivers) {
  const auto state = std::filesystem::temp_directory_path() / ("weir-gvisor-" + std::to_string(::getpid()));
  std::vector<std::string> command{"runsc"};
  if (::geteuid() != 0) command.emplace_back("--rootless");
  for (const std::string& each :
       {"--root=" + state.string(), std::string("--platform=ptrace"), std::string("--network=none"),
        std::string("--ignore-cgroups"), std::string("do"), "-root=" + drivers.string(), std::string("/weir-driver"),
        std::string("gVisor"), std::string("400"), std::string("here")})
    command.push_back(each);
  return command;
}

/// lwIP (Debian's liblwip-dev), in a process of its own.
std::vector<std::string> lwip(const std::filesystem::path& drivers) {
  return {(drivers / "weir-driver-lwip").string(), "lwIP"};
}

}  // namespace

const std::array<StackChoice, 2> stacks{{{"gvisor", gvisor}, {"lwip", lwip}}};

}  // namespace weir::oracle
