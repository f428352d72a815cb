#include "oracle/targets/linux_credentials.hpp"

#include <linux/capability.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <exception>
#include <system_error>

#include "oracle/targets/linux_namespaces.hpp"

namespace weir::oracle {
namespace {

/// Gives the thread that one capability, of those that it is permitted and has laid down.
void raise_capability(unsigned capability) {
  __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
  __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3]{};
  bool done = ::syscall(SYS_capget, &header, data) == 0;
  data[capability / 32].effective = std::uint32_t{1} << capability % 32;
  done = done && ::syscall(SYS_capset, &header, data) == 0;
  if (!done) throw std::system_error(errno, std::generic_category(), "capset");
}

}  // namespace

/// Leaving uid 0 lays down all capabilities, coming back takes them up again: they stay permitted, since the real uid
/// is 0 all along.
ActingAs::ActingAs(Cred cred) : changed_(cred != Cred::root) {
  if (!changed_) return;
  if (::seteuid(other_user) != 0) throw std::system_error(errno, std::generic_category(), "seteuid");
  if (cred == Cred::net_admin) raise_capability(CAP_NET_ADMIN);
}

ActingAs::~ActingAs() {
  if (changed_ && ::seteuid(0) != 0) std::terminate();
}

bool can_act_as_others() {
  static const bool can = [] {
    const pid_t process = ::fork();
    if (process == 0) {
      bool both = false;
      try {
        both = enter_user_namespace();
      } catch (const std::system_error&) {
        both = false;
      }
      ::_exit(both ? 0 : 1);
    }
    int status = 0;
    return process > 0 && ::waitpid(process, &status, 0) == process && WIFEXITED(status) && WEXITSTATUS(status) == 0;
  }();
  return can;
}

}  // namespace weir::oracle
