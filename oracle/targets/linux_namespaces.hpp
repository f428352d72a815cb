// The namespaces that a live target's driver works in.
#pragma once
#include <array>
#include <bitset>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "model/vocabulary/names.hpp"

namespace weir::oracle {

/// A descriptor that closes itself.
class OwnedFd {
 public:
  OwnedFd() = default;
  explicit OwnedFd(int fd) : fd_(fd) {}
  ~OwnedFd();
  OwnedFd(OwnedFd&& other) noexcept : fd_(other.fd_) { other.fd_ = -1; }
  OwnedFd& operator=(OwnedFd&& other) noexcept;
  int get() const { return fd_; }

 private:
  int fd_ = -1;
};

/// The file of a sysctl, by its dotted name.
std::string sysctl_path(std::string_view name);

/// Throws std::system_error unless the whole text is taken.
void write_file(const std::string& path, std::string_view text);

/// Makes the calling process root of a new user namespace that owns a new network namespace, as an ordinary user may.
/// The process must have one thread. Throws std::system_error naming the step that was refused.
/// \return whether the namespace has `other_user` beside root, which it takes root outside to map
bool enter_user_namespace();

/// Network namespaces for cases, used again and again, since making one takes a millisecond. Each has its loopback up
/// and, when handed out, the sysctls of a new namespace in the profile of this kernel.
class NamespacePool {
 public:
  NamespacePool();

  /// Hands out one more namespace to the case at hand; its index counts from 0. Throws std::system_error.
  std::size_t acquire();
  std::size_t acquired() const { return acquired_; }

  /// The same, but made now, by a process of the case's first one. \param as_made  what it takes over from others,
  /// which stays as the kernel has made it. The case's namespaces are not to be used again: renew() follows.
  std::size_t acquire_new(const std::vector<Sysctl>& as_made);

  /// Makes it the calling thread's network namespace.
  void enter(std::size_t index);

  /// The calling thread has gone elsewhere by itself.
  void left();

  /// A sysctl's file, opened by root and kept open, since opening it costs as much as ten writes. To be used by root
  /// only: whoever opened the file decides who may. \return -1, and errno, where it does not open
  int sysctl(std::size_t index, Sysctl sysctl, bool for_writing);

  /// /proc/net/netstat, kept open. Throws std::system_error.
  int netstat(std::size_t index);

  /// The case has written that sysctl there: its value is restored before the namespace is handed out again.
  void mark_changed(std::size_t index, Sysctl sysctl) { pool_[index].changed.set(static_cast<std::size_t>(sysctl)); }

  /// Takes back what the case held.
  void end_case() { acquired_ = 0; }

  /// Gives up every namespace, with all that lingers in it (TIME_WAIT, orphans).
  void renew();

 private:
  static constexpr std::size_t sysctls = names<Sysctl>.size();
  struct Namespace {
    OwnedFd fd;
    std::bitset<sysctls> changed;
    std::array<std::array<OwnedFd, 2>, sysctls> files = {};  ///< by sysctl; for reading, for writing
    OwnedFd netstat = {};
  };

  void make();
  void restore(std::size_t index);

  std::vector<Namespace> pool_;
  std::size_t acquired_ = 0;
  std::size_t entered_;
};

}  // namespace weir::oracle
