#include "oracle/targets/guest_program.hpp"

#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

namespace weir::oracle {
namespace {

/// The guest's program inherits it.
OwnedFd file_of(const std::string& bytes) {
  OwnedFd file(::memfd_create("initramfs", 0));
  if (file.get() < 0 || ::write(file.get(), bytes.data(), bytes.size()) != static_cast<ssize_t>(bytes.size()))
    throw std::system_error(errno, std::generic_category(), "memfd_create");
  return file;
}

}  // namespace

GuestProgram::GuestProgram(const GuestCommand& guest) : initramfs_(file_of(guest.initramfs)) {
  std::vector<std::string> words = guest.words;
  const std::string path = "/proc/self/fd/" + std::to_string(initramfs_.get());
  for (std::string& each : words)
    if (each.ends_with('@')) each.replace(each.size() - 1, 1, path);
  program_ = std::make_unique<Program>(words);
}

}  // namespace weir::oracle
