// The initial file system of a guest: a cpio archive ("newc" of the kernel's Documentation/driver-api/early-userspace).
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

namespace weir::oracle {

class Initramfs {
 public:
  void add_folder(std::string_view path);
  void add_program(std::string_view path, std::string_view bytes);
  void add_device(std::string_view path, std::uint32_t major, std::uint32_t minor);

  /// With the end mark.
  std::string archive() const;

 private:
  struct Entry {
    std::string_view path;
    std::uint32_t mode = 0;
    std::uint32_t major = 0, minor = 0;
    std::string_view bytes = {};
  };
  static std::string to_bytes(const Entry& entry, std::uint32_t number);

  std::string entries_;
  std::uint32_t count_ = 0;
};

}  // namespace weir::oracle
