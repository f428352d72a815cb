#include "oracle/targets/stacks.hpp"

#include <unistd.h>

namespace weir::oracle {
namespace {

/// gVisor's kernel in user space (Debian's package runsc), with no network but its own loopback, and of all files the
/// drivers alone. Its own files are on a /run that nobody else sees, and gone with it however it ends. The two ends of
/// a connection talk there while the caller goes on.
std::vector<std::string> gvisor(const std::filesystem::path& drivers) {
  const bool is_root = ::geteuid() == 0;
  std::vector<std::string> command{"unshare",
                                   is_root ? "-m" : "-Urm",
                                   "sh",
                                   "-c",
                                   "mount -t tmpfs none /run && export TMPDIR=/run && exec \"$@\"",
                                   "sh",
                                   "runsc"};
  if (!is_root) command.emplace_back("--rootless");
  for (const char* each : {"--platform=ptrace", "--network=none", "--ignore-cgroups", "do"}) command.emplace_back(each);
  command.push_back("-root=" + drivers.string());
  for (const char* each : {"/weir-driver", "gVisor", "400", "here"}) command.emplace_back(each);
  return command;
}

/// lwIP (Debian's liblwip-dev), in a process of its own.
std::vector<std::string> lwip(const std::filesystem::path& drivers) {
  return {(drivers / "weir-driver-lwip").string(), "lwIP"};
}

}  // namespace

const std::array<StackChoice, 2> stacks{{{"gvisor", gvisor}, {"lwip", lwip}}};

}  // namespace weir::oracle
