#include "oracle/targets/this_kernel.hpp"

#include <sys/utsname.h>

#include <stdexcept>

namespace weir::oracle {

std::string running_release() {
  utsname name{};
  ::uname(&name);
  return name.release;
}

const Profile* profile_of_release(const std::string& release) {
  std::string name = "linux-" + release;
  const std::size_t number = name.find_first_not_of("0123456789.", name.find('-') + 1);
  if (number != std::string::npos) name.resize(number);
  return profile_from(name);
}

const Profile* running_profile() {
  static const Profile* const profile = profile_of_release(running_release());
  return profile;
}

const Profile& profile_of_running_kernel() {
  const Profile* const profile = running_profile();
  if (profile == nullptr) throw std::runtime_error("no profile describes Linux " + running_release());
  return *profile;
}

}  // namespace weir::oracle
