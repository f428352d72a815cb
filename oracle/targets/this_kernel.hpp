// The kernel that is running, and the profile that describes it.
#pragma once
#include <string>

#include "model/profile.hpp"

namespace weir::oracle {

/// "6.18.44", as uname(2) says; vendors append to it.
std::string running_release();

/// nullptr where no profile describes that release.
const Profile* running_profile();

/// Of "6.12.95+deb12-cloud-amd64", as `uname -r` says, that of 6.12; nullptr where there is none.
const Profile* profile_of_release(const std::string& release);

/// The same. Throws std::runtime_error where there is none.
const Profile& profile_of_running_kernel();

}  // namespace weir::oracle
