// A guest as a program that runs: the machine, with its initial file system in memory, so that nothing is left of it.
#pragma once
#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "oracle/targets/linux_namespaces.hpp"
#include "oracle/targets/program.hpp"

namespace weir::oracle {

/// A guest's machine, and what its first process has with it.
struct GuestCommand {
  std::vector<std::string> words;  ///< of the command; "@" at the end of one is the path of the initial file system
  std::string initramfs;           ///< that file system, as a cpio archive
  std::chrono::seconds started_within{120};
};

class GuestProgram {
 public:
  /// Throws std::system_error where no process or no memory can be had.
  explicit GuestProgram(const GuestCommand& guest);

  /// What its first process reads and writes.
  Program& channel() { return *program_; }
  const Program& channel() const { return *program_; }

 private:
  OwnedFd initramfs_;
  std::unique_ptr<Program> program_;
};

}  // namespace weir::oracle
