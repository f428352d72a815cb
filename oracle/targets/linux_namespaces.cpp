#include "oracle/targets/linux_namespaces.hpp"

#include <fcntl.h>
#include <net/if.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <limits>
#include <system_error>

#include "oracle/targets/linux_credentials.hpp"
#include "oracle/targets/this_kernel.hpp"

namespace weir::oracle {
namespace {

constexpr std::size_t none = std::numeric_limits<std::size_t>::max();

[[noreturn]] void refused(const std::string& what) { throw std::system_error(errno, std::generic_category(), what); }

void bring_loopback_up() {
  const OwnedFd socket(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  ifreq request{};
  std::strcpy(request.ifr_name, "lo");
  request.ifr_flags = IFF_UP | IFF_RUNNING;
  if (socket.get() < 0 || ::ioctl(socket.get(), SIOCSIFFLAGS, &request) != 0) refused("bringing lo up");
}

/// A process that stays outside the new user namespace, where the privilege is to map more users than oneself. There is
/// none unless root asks.
class Mapper {
 public:
  Mapper() {
    if (::geteuid() != 0 || ::pipe2(ready_, O_CLOEXEC) != 0) return;
    process_ = ::fork();
    if (process_ == 0) map_parent();
  }
  ~Mapper() {
    for (const int end : ready_)
      if (end >= 0) ::close(end);  // a mapper that was never told to ends by this
    if (process_ > 0) ::waitpid(process_, nullptr, 0);
  }
  Mapper(const Mapper&) = delete;
  Mapper& operator=(const Mapper&) = delete;

  /// Root, and `other_user`. False where that could not be done; nothing is mapped then.
  bool map_users() {
    if (process_ < 0 || ::write(ready_[1], "", 1) != 1) return false;
    int status = 0;
    ::waitpid(process_, &status, 0);
    process_ = -1;
    return WIFEXITED(status) && WEXITSTATUS(status) == 0;
  }

 private:
  [[noreturn]] void map_parent() const {
    const std::string path = "/proc/" + std::to_string(::getppid()) + "/uid_map";
    ::close(ready_[1]);
    char told = 0;
    if (::read(ready_[0], &told, 1) != 1) ::_exit(1);
    const std::string user = std::to_string(other_user);
    const std::string map = "0 0 1\n" + user + " " + user + " 1\n";
    const int file = ::open(path.c_str(), O_WRONLY | O_CLOEXEC);
    const bool written = file >= 0 && ::write(file, map.data(), map.size()) == static_cast<ssize_t>(map.size());
    ::_exit(written ? 0 : 1);
  }

  int ready_[2] = {-1, -1};
  pid_t process_ = -1;
};

std::string initial_text(const SysctlSpec& spec) {
  std::string text = std::to_string(spec.initial);
  for (std::size_t i = 1; i < spec.elements; ++i) text += " " + std::to_string(spec.more_initial[i - 1]);
  return text + "\n";
}

/// What a new namespace has of each, and nothing of those that are not its own.
const std::array<std::string, names<Sysctl>.size()>& initial_texts() {
  static const auto all = [] {
    std::array<std::string, names<Sysctl>.size()> texts;
    for (const SysctlSpec& each : profile_of_running_kernel().sysctls)
      if (each.scope == Scope::per_netns) texts[static_cast<std::size_t>(each.id)] = initial_text(each);
    return texts;
  }();
  return all;
}

}  // namespace

OwnedFd::~OwnedFd() {
  if (fd_ >= 0) ::close(fd_);
}

OwnedFd& OwnedFd::operator=(OwnedFd&& other) noexcept {
  std::swap(fd_, other.fd_);
  return *this;
}

std::string sysctl_path(std::string_view name) {
  std::string path = "/proc/sys/";
  for (const char each : name) path += each == '.' ? '/' : each;
  return path;
}

void write_file(const std::string& path, std::string_view text) {
  const OwnedFd file(::open(path.c_str(), O_WRONLY | O_CLOEXEC));
  if (file.get() < 0 || ::write(file.get(), text.data(), text.size()) != static_cast<ssize_t>(text.size()))
    refused(path);
}

bool enter_user_namespace() {
  const std::string user = std::to_string(::geteuid());
  const std::string group = std::to_string(::getegid());
  Mapper mapper;
  if (::unshare(CLONE_NEWUSER | CLONE_NEWNET) != 0) refused("unshare(CLONE_NEWUSER | CLONE_NEWNET)");
  const bool both = mapper.map_users();
  if (!both) write_file("/proc/self/uid_map", "0 " + user + " 1");
  write_file("/proc/self/setgroups", "deny");
  write_file("/proc/self/gid_map", "0 " + group + " 1");
  return both;
}

NamespacePool::NamespacePool() : entered_(none) {}

std::size_t NamespacePool::acquire() {
  const std::size_t index = acquired_++;
  if (index == pool_.size()) make();
  if (pool_[index].changed.any()) restore(index);
  return index;
}

std::size_t NamespacePool::acquire_new(const std::vector<Sysctl>& as_made) {
  while (pool_.size() > acquired_) pool_.pop_back();
  if (entered_ >= pool_.size()) entered_ = none;
  make();
  for (const Sysctl each : as_made) pool_.back().changed.reset(static_cast<std::size_t>(each));
  return acquire();
}

void NamespacePool::restore(std::size_t index) {
  for (std::size_t i = 0; i < sysctls; ++i) {
    const std::string& text = initial_texts()[i];
    if (!pool_[index].changed[i] || text.empty()) continue;
    const auto id = static_cast<Sysctl>(i);
    if (::pwrite(sysctl(index, id, true), text.data(), text.size(), 0) != static_cast<ssize_t>(text.size()))
      refused(std::string(name_of_enum(id)));
  }
  pool_[index].changed.reset();
}

int NamespacePool::sysctl(std::size_t index, Sysctl sysctl, bool for_writing) {
  OwnedFd& file = pool_[index].files[static_cast<std::size_t>(sysctl)][for_writing ? 1 : 0];
  if (file.get() >= 0) return file.get();
  enter(index);
  const int flags = (for_writing ? O_WRONLY : O_RDONLY) | O_CLOEXEC;
  file = OwnedFd(::open(sysctl_path(name_of_enum(sysctl)).c_str(), flags));
  return file.get();
}

int NamespacePool::netstat(std::size_t index) {
  OwnedFd& file = pool_[index].netstat;
  if (file.get() >= 0) return file.get();
  enter(index);
  file = OwnedFd(::open("/proc/self/net/netstat", O_RDONLY | O_CLOEXEC));
  if (file.get() < 0) refused("/proc/self/net/netstat");
  return file.get();
}

void NamespacePool::enter(std::size_t index) {
  if (entered_ == index) return;
  if (::setns(pool_[index].fd.get(), CLONE_NEWNET) != 0) refused("setns(CLONE_NEWNET)");
  entered_ = index;
}

void NamespacePool::left() { entered_ = none; }

void NamespacePool::renew() {
  pool_.clear();
  acquired_ = 0;
  entered_ = none;
}

/// By a process of the first one, as `netns` says. Of what that one hands on the last user may have left anything.
void NamespacePool::make() {
  if (!pool_.empty()) enter(0);
  if (::unshare(CLONE_NEWNET) != 0) refused("unshare(CLONE_NEWNET)");
  bring_loopback_up();
  // The kernel's own choice of ports keeps clear of those that cases name (see PortMap), and the loopback peer never
  // counts as proven: which connections an earlier case has closed must not matter.
  write_file("/proc/sys/net/ipv4/ip_local_port_range", "40000 65535");
  write_file("/proc/sys/net/ipv4/tcp_no_metrics_save", "1");
  // Many cases a second leave many a TIME_WAIT; beyond the limit there is none.
  write_file("/proc/sys/net/ipv4/tcp_max_tw_buckets", "1000000000");
  OwnedFd fd(::open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC));
  if (fd.get() < 0) refused("/proc/self/ns/net");
  pool_.push_back({std::move(fd), std::bitset<sysctls>().set()});
  entered_ = pool_.size() - 1;
}

}  // namespace weir::oracle
