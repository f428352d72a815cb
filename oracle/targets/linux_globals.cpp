#include "oracle/targets/linux_globals.hpp"

#include <fcntl.h>
#include <sched.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

#include "oracle/targets/this_kernel.hpp"

namespace weir::oracle {
namespace {

std::string path_of(std::size_t row) { return sysctl_path(name_of_enum(static_cast<Sysctl>(row))); }

/// "" where this kernel was built without it.
std::string read_file(const std::string& path) {
  const OwnedFd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  std::array<char, 256> bytes;
  if (file.get() < 0 && errno == ENOENT) return {};
  const ssize_t length = file.get() < 0 ? -1 : ::read(file.get(), bytes.data(), bytes.size());
  if (length < 0) throw std::system_error(errno, std::generic_category(), path);
  return {bytes.data(), static_cast<std::size_t>(length)};
}

}  // namespace

GlobalSysctls::GlobalSysctls() : first_(::open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC)) {
  for (const SysctlSpec& each : profile_of_running_kernel().sysctls) {
    const auto row = static_cast<std::size_t>(each.id);
    if (each.scope == Scope::global) rows_[row].initial = read_file(path_of(row));
  }
}

void GlobalSysctls::enter_first_namespace() const {
  if (::setns(first_.get(), CLONE_NEWNET) != 0) throw std::system_error(errno, std::generic_category(), "setns");
}

void GlobalSysctls::mark_changed(Sysctl sysctl) { changed_ = rows_[static_cast<std::size_t>(sysctl)].changed = true; }

bool GlobalSysctls::bring_back() {
  if (!aside_) return false;
  enter_first_namespace();
  for (std::size_t row = 0; row < rows_.size(); ++row)
    if (rows_[row].changed) write_file(path_of(row), rows_[row].aside);
  aside_ = false;
  return true;
}

bool GlobalSysctls::set_aside() {
  if (!changed_ || aside_) return false;
  enter_first_namespace();
  for (std::size_t row = 0; row < rows_.size(); ++row) {
    if (!rows_[row].changed) continue;
    rows_[row].aside = read_file(path_of(row));
    write_file(path_of(row), rows_[row].initial);
  }
  aside_ = true;
  return true;
}

bool GlobalSysctls::end_case() {
  const bool moved = set_aside();
  for (Row& each : rows_) each.changed = false;
  changed_ = aside_ = false;
  return moved;
}

}  // namespace weir::oracle
