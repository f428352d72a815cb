#include "oracle/targets/guest_modules.hpp"

#include <fcntl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <set>
#include <string>
#include <system_error>

#include "oracle/targets/linux_namespaces.hpp"

namespace weir::oracle {

void load_modules() {
  if (!std::filesystem::exists("/modules")) return;
  std::set<std::string> paths;
  for (const auto& each : std::filesystem::directory_iterator("/modules")) paths.insert(each.path());
  for (const std::string& each : paths) {
    const OwnedFd file(::open(each.c_str(), O_RDONLY | O_CLOEXEC));
    if (::syscall(SYS_finit_module, file.get(), "", 0) != 0 && errno != EEXIST)
      throw std::system_error(errno, std::generic_category(), each);
  }
}

}  // namespace weir::oracle
