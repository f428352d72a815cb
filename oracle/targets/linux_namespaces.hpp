// The namespaces that a live target's driver works in.
#pragma once
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace weir::oracle {

/// A descriptor that closes itself.
class OwnedFd {
 public:
  explicit OwnedFd(int fd = -1) : fd_(fd) {}
  ~OwnedFd();
  OwnedFd(OwnedFd&& other) noexcept : fd_(other.fd_) { other.fd_ = -1; }
  OwnedFd& operator=(OwnedFd&& other) noexcept;
  int get() const { return fd_; }

 private:
  int fd_;
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

  /// Makes it the calling thread's network namespace.
  void enter(std::size_t index);

  /// The calling thread has gone elsewhere by itself.
  void left();

  /// The case has written a sysctl there: its values are restored before it is handed out again.
  void mark_changed(std::size_t index) { pool_[index].changed = true; }

  /// Takes back what the case held.
  void end_case() { acquired_ = 0; }

  /// Gives up every namespace, with all that lingers in it (TIME_WAIT, orphans).
  void renew();

 private:
  struct Namespace {
    OwnedFd fd;
    bool changed = true;
  };

  void make();

  std::vector<Namespace> pool_;
  std::size_t acquired_ = 0;
  std::size_t entered_;
};

}  // namespace weir::oracle
