#include "oracle/targets/initramfs.hpp"

#include <fmt/format.h>
#include <sys/stat.h>

namespace weir::oracle {
namespace {

/// Heads and contents begin at multiples of four.
void pad(std::string& bytes) { bytes.resize((bytes.size() + 3) / 4 * 4); }

}  // namespace

std::string Initramfs::to_bytes(const Entry& entry, std::uint32_t number) {
  const auto links = S_ISDIR(entry.mode) ? 2 : 1;
  // Number, mode, user, group, links, time, size, device of the file and device that it is, length of name, checksum.
  std::string bytes = fmt::format(
      "070701{:08x}{:08x}{:08x}{:08x}{:08x}{:08x}{:08x}{:08x}{:08x}{:08x}{:08x}{:08x}{:08x}", number, entry.mode, 0, 0,
      links, 0, entry.bytes.size(), 0, 0, entry.major, entry.minor, entry.path.size() + 1, 0);
  bytes += entry.path;
  bytes += '\0';
  pad(bytes);
  bytes += entry.bytes;
  pad(bytes);
  return bytes;
}

void Initramfs::add_folder(std::string_view path) {
  entries_ += to_bytes({.path = path, .mode = S_IFDIR | 0755}, ++count_);
}

void Initramfs::add_program(std::string_view path, std::string_view bytes) {
  entries_ += to_bytes({.path = path, .mode = S_IFREG | 0755, .bytes = bytes}, ++count_);
}

void Initramfs::add_device(std::string_view path, std::uint32_t major, std::uint32_t minor) {
  entries_ += to_bytes({.path = path, .mode = S_IFCHR | 0600, .major = major, .minor = minor}, ++count_);
}

std::string Initramfs::archive() const { return entries_ + to_bytes({.path = "TRAILER!!!"}, 0); }

}  // namespace weir::oracle
