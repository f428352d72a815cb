#include "oracle/targets/this_kernel.hpp"

#include <sys/utsname.h>

namespace weir::oracle {

std::string running_release() {
  utsname name{};
  ::uname(&name);
  return name.release;
}

const Profile* running_profile() {
  std::string name = "linux-" + running_release();
  const std::size_t number = name.find_first_not_of("0123456789.", name.find('-') + 1);
  if (number != std::string::npos) name.resize(number);
  return profile_from(name);
}

}  // namespace weir::oracle
