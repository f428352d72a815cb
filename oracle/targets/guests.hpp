// Throwaway machines whose kernels weir asks: which there are, and the command that starts each.
//
//   const GuestCommand command = uml_guest(guest_files());   // throws where it cannot be had
//   LinuxTarget kernel(command);
//
// A guest has no disk and no network. Its console goes to the standard error of its program, for who wants to know why
// it has ended.
#pragma once
#include <filesystem>
#include <string>
#include <vector>

#include "model/profile.hpp"
#include "oracle/targets/linux.hpp"

namespace weir::oracle {

/// Where a build of weir and its launcher put what guests are made of.
struct GuestFiles {
  std::filesystem::path first_process;  ///< of every guest: weir-guest
  std::filesystem::path kernels;        ///< one folder for each kernel, named by its release: vmlinuz, and *.ko
};

/// As they are beside the running program.
GuestFiles guest_files();

/// User-mode Linux (Debian's user-mode-linux, 6.1): an ordinary process.
GuestCommand uml_guest(const GuestFiles& files);

/// A kernel of that release in QEMU, interpreted, with the two CPUs that a case's host has.
GuestCommand qemu_guest(const GuestFiles& files, const Profile& release);

/// The profile that describes a guest: that of its release, with what its point release has taken over from later ones
/// ("linux-6.1+syn_queue=max_ack_above"). \return nullptr where there is none
const Profile* profile_of_guest(const LinuxAbilities& abilities);

}  // namespace weir::oracle
