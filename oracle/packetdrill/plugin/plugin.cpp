// libweir-packetdrill.so: what packetdrill calls. Arguments become operations of the model, answers errno.
//
//   packetdrill --so_filename=libweir-packetdrill.so --so_flags=linux-4.19,net.ipv4.tcp_syncookies=0 SCRIPT.pkt
//
// The flags are a profile and settings of sysctls: the commands of a script would change those of the kernel below.
// Time is the stack's own and passes when packetdrill sleeps, waits for a packet or looks at the clock (a microsecond
// each time, since packetdrill also waits by looking). Thread safety: one lock, since packetdrill makes calls that wait
// in a thread.
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <condition_variable>
#include <cstdarg>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <mutex>
#include <set>

#include "oracle/packetdrill/plugin/stack.hpp"
#include "oracle/packetdrill/plugin/table.hpp"
#include "oracle/profile/names.hpp"

namespace weir::oracle::packetdrill {
namespace {

constexpr std::int64_t packet_patience = 1000LL * 1000 * 1000;  ///< microseconds of the stack's time
constexpr auto accept_patience = std::chrono::seconds(10);

/// What `self` is.
struct Plugin {
  explicit Plugin(const Profile& profile) : stack(profile) {}
  std::mutex lock;
  std::condition_variable arrived;
  Stack stack;
  std::set<int> nonblocking;
};

Plugin& of(void* self) { return *static_cast<Plugin*>(self); }

int fail(int error) {
  errno = error;
  return -1;
}

template <class... Arguments>
int unknown(void*, Arguments...) {
  return fail(EOPNOTSUPP);
}

template <class... Arguments>
ssize_t unknown_data(void*, Arguments...) {
  return fail(EOPNOTSUPP);
}

/// The return value, with errno set.
int result_of(const Outcome& answer) {
  const auto* const ret = std::get_if<outcome::Returned>(&answer);
  if (ret == nullptr) return std::holds_alternative<outcome::Oops>(answer) ? fail(EIO) : 0;
  return ret->ret == -1 ? fail(static_cast<int>(ret->error)) : static_cast<int>(ret->ret);
}

int run(void* self, const Op& operation) {
  const std::lock_guard guard(of(self).lock);
  return result_of(of(self).stack.call(operation));
}

int do_socket(void* self, int family, int type, int protocol) {
  const int kind = type & ~(SOCK_NONBLOCK | SOCK_CLOEXEC);
  const bool plain = protocol == 0 || (kind == SOCK_STREAM && protocol == IPPROTO_TCP) ||
                     (kind == SOCK_DGRAM && protocol == IPPROTO_UDP);
  if ((family != AF_INET && family != AF_INET6) || (kind != SOCK_STREAM && kind != SOCK_DGRAM) || !plain)
    return fail(EOPNOTSUPP);
  const int fd = run(self, op::Socket{NsId{0}, family == AF_INET ? Family::inet : Family::inet6,
                                      kind == SOCK_STREAM ? SockType::stream : SockType::dgram});
  const std::lock_guard guard(of(self).lock);
  if (fd >= 0 && (type & SOCK_NONBLOCK) != 0) of(self).nonblocking.insert(fd);
  return fd;
}

struct Place {
  Address address;
  std::uint16_t port = 0;
};

/// Every address of the host that is not loopback is the wildcard: that is where the model's peers reach it.
std::optional<Place> place_of(const sockaddr* address, socklen_t length) {
  if (address == nullptr) return std::nullopt;
  if (address->sa_family == AF_INET && length >= sizeof(sockaddr_in)) {
    sockaddr_in in{};
    std::memcpy(&in, address, sizeof in);
    const std::uint32_t host_order = ntohl(in.sin_addr.s_addr);
    return Place{host_order >> 24 == 127 ? v4_address(host_order) : any_address, ntohs(in.sin_port)};
  }
  if (address->sa_family != AF_INET6 || length < sizeof(sockaddr_in6)) return std::nullopt;
  sockaddr_in6 in{};
  std::memcpy(&in, address, sizeof in);
  return Place{IN6_IS_ADDR_LOOPBACK(&in.sin6_addr) ? loopback6 : any_address, ntohs(in.sin6_port)};
}

int do_bind(void* self, int fd, const sockaddr* address, socklen_t length) {
  const auto place = place_of(address, length);
  return place ? run(self, op::Bind{Fd{fd}, place->address, place->port}) : fail(EINVAL);
}

int do_listen(void* self, int fd, int backlog) { return run(self, op::Listen{Fd{fd}, backlog}); }

int do_connect(void* self, int fd, const sockaddr* address, socklen_t length) {
  const auto place = place_of(address, length);
  if (!place) return fail(EINVAL);
  const bool remote = place->address == any_address;
  // An address of documentation: what the model says to a destination without a route.
  const Address to = remote ? v4_address(0xc6336401) : place->address;
  return run(self, op::Connect{Fd{fd}, to, place->port});
}

int do_accept(void* self, int fd, sockaddr* address, socklen_t* length) {
  Plugin& plugin = of(self);
  std::unique_lock guard(plugin.lock);
  int accepted = result_of(plugin.stack.call(op::Accept{Fd{fd}}));
  const auto until = std::chrono::steady_clock::now() + accept_patience;
  while (accepted == -1 && errno == EAGAIN && !plugin.nonblocking.contains(fd)) {
    if (plugin.arrived.wait_until(guard, until) == std::cv_status::timeout) return fail(EAGAIN);
    accepted = result_of(plugin.stack.call(op::Accept{Fd{fd}}));
  }
  const auto peer = accepted < 0 ? std::nullopt : plugin.stack.peer_of(accepted);
  if (peer && address != nullptr && length != nullptr) {
    sockaddr_in in{};
    in.sin_family = AF_INET;
    in.sin_port = htons(peer->port);
    in.sin_addr.s_addr = htonl(peer->v4);
    std::memcpy(address, &in, std::min<std::size_t>(*length, sizeof in));
    *length = sizeof in;
  }
  return accepted;
}

int do_close(void* self, int fd) {
  const int closed = run(self, op::Close{Fd{fd}});
  const std::lock_guard guard(of(self).lock);
  if (closed == 0) of(self).nonblocking.erase(fd);
  return closed;
}

int do_shutdown(void* self, int fd, int how) {
  if (how < SHUT_RD || how > SHUT_RDWR) return fail(EINVAL);
  return run(self, op::Shutdown{Fd{fd}, how == SHUT_RD ? How::rd : how == SHUT_WR ? How::wr : How::rdwr});
}

int do_fcntl(void* self, int fd, int command, ...) {
  Plugin& plugin = of(self);
  const std::lock_guard guard(plugin.lock);
  if (command == F_GETFL) return O_RDWR | (plugin.nonblocking.contains(fd) ? O_NONBLOCK : 0);
  if (command != F_SETFL) return fail(EOPNOTSUPP);
  va_list rest;
  va_start(rest, command);
  const int flags = va_arg(rest, int);
  va_end(rest);
  if ((flags & O_NONBLOCK) != 0)
    plugin.nonblocking.insert(fd);
  else
    plugin.nonblocking.erase(fd);
  return 0;
}

int do_ioctl(void*, int, unsigned long, ...) { return fail(EOPNOTSUPP); }

std::optional<SockOpt> option_of(int level, int name) {
  if (level == IPPROTO_TCP && name == TCP_DEFER_ACCEPT) return SockOpt::tcp_defer_accept;
  if (level == IPPROTO_TCP && name == TCP_FASTOPEN) return SockOpt::tcp_fastopen;
  if (level != SOL_SOCKET) return std::nullopt;
  if (name == SO_REUSEADDR) return SockOpt::so_reuseaddr;
  if (name == SO_REUSEPORT) return SockOpt::so_reuseport;
  return name == SO_ACCEPTCONN ? std::optional(SockOpt::so_acceptconn) : std::nullopt;
}

int do_setsockopt(void* self, int fd, int level, int name, const void* value, socklen_t length) {
  const auto option = option_of(level, name);
  if (!option) return fail(EOPNOTSUPP);
  std::int32_t number = 0;
  if (length < sizeof number) return fail(EINVAL);
  std::memcpy(&number, value, sizeof number);
  return run(self, op::Setsockopt{Fd{fd}, *option, number});
}

/// TCP_INFO has the state and the two counts of the accept queue; the rest is 0.
int do_getsockopt(void* self, int fd, int level, int name, void* value, socklen_t* length) {
  const std::lock_guard guard(of(self).lock);
  const auto give = [&](const void* from, std::size_t size) {
    const std::size_t room = std::min<std::size_t>(*length, size);
    std::memcpy(value, from, room);
    *length = static_cast<socklen_t>(room);
    return 0;
  };
  if (level == IPPROTO_TCP && name == TCP_INFO) {
    const Outcome answer = of(self).stack.call(op::TcpInfo{Fd{fd}});
    const auto* const found = std::get_if<outcome::Info>(&answer);
    if (found == nullptr) return result_of(answer);
    tcp_info info{};
    info.tcpi_state = static_cast<std::uint8_t>(found->state);
    info.tcpi_unacked = found->unacked;
    info.tcpi_sacked = found->sacked;
    return give(&info, sizeof info);
  }
  const auto option = option_of(level, name);
  if (!option) return fail(EOPNOTSUPP);
  const Outcome answer = of(self).stack.call(op::Getsockopt{Fd{fd}, *option});
  const auto* const found = std::get_if<outcome::OptionValue>(&answer);
  return found == nullptr ? result_of(answer) : give(&found->value, sizeof found->value);
}

int do_netdev_send(void* self, const void* packet, std::size_t length) {
  Plugin& plugin = of(self);
  const std::lock_guard guard(plugin.lock);
  if (!plugin.stack.arrive({static_cast<const char*>(packet), length})) return fail(EPROTO);
  plugin.arrived.notify_all();
  return 0;
}

int do_netdev_receive(void* self, void* packet, std::size_t* length, long long* microseconds) {
  const std::lock_guard guard(of(self).lock);
  const std::size_t room = *length;
  *length = 0;
  const auto sent = of(self).stack.next_sent(packet_patience);
  if (!sent) return 0;
  if (sent->packet.size() > room) return fail(ENOBUFS);
  std::memcpy(packet, sent->packet.data(), sent->packet.size());
  *length = sent->packet.size();
  *microseconds = sent->at;
  return 0;
}

int do_usleep(void* self, useconds_t microseconds) {
  const std::lock_guard guard(of(self).lock);
  of(self).stack.pass(microseconds);
  return 0;
}

int do_gettimeofday(void* self, timeval* time, struct timezone*) {
  const std::lock_guard guard(of(self).lock);
  of(self).stack.pass(1);
  const std::int64_t now = of(self).stack.now();
  time->tv_sec = now / 1000000;
  time->tv_usec = now % 1000000;
  return 0;
}

void release(void* self) { delete static_cast<Plugin*>(self); }

/// packetdrill asks for no result: what cannot be read ends the program, as its own wrong options do.
[[noreturn]] void refuse(const std::string& why) {
  std::fprintf(stderr, "libweir-packetdrill: --so_flags: %s\n", why.c_str());
  std::exit(2);
}

/// "linux-4.19,net.core.somaxconn=8": a profile, or nothing, and settings.
Plugin* make(std::string_view flags) {
  const auto profile = flags.substr(0, flags.find(','));
  const ProfileChoice chosen = profile_named(profile.empty() ? "linux-6.18" : profile);
  if (chosen.profile == nullptr) refuse(chosen.error);
  auto plugin = std::make_unique<Plugin>(*chosen.profile);
  while (flags.find(',') != std::string_view::npos) {
    flags.remove_prefix(flags.find(',') + 1);
    const auto setting = flags.substr(0, flags.find(','));
    const std::size_t equals = setting.find('=');
    const auto id = enum_from<Sysctl>(setting.substr(0, equals));
    if (!id || equals == std::string_view::npos) refuse("expected NAME=VALUE, not " + std::string(setting));
    const Op write = op::SysctlWrite{NsId{0}, *id, std::string(setting.substr(equals + 1)) + "\n"};
    if (is_failure(plugin->stack.call(write))) refuse("that kernel refuses " + std::string(setting));
  }
  return plugin.release();
}

}  // namespace
}  // namespace weir::oracle::packetdrill

extern "C" __attribute__((visibility("default"))) void packetdrill_interface_init(
    const char* flags, weir::oracle::packetdrill::Table* table) {
  using namespace weir::oracle::packetdrill;
  *table = Table{.self = make(flags == nullptr ? "" : flags),
                 .release = release,
                 .socket = do_socket,
                 .bind = do_bind,
                 .listen = do_listen,
                 .accept = do_accept,
                 .connect = do_connect,
                 .read = unknown_data,
                 .readv = unknown_data,
                 .recv = unknown_data,
                 .recvfrom = unknown_data,
                 .recvmsg = unknown_data,
                 .write = unknown_data,
                 .writev = unknown_data,
                 .send = unknown_data,
                 .sendto = unknown_data,
                 .sendmsg = unknown_data,
                 .fcntl = do_fcntl,
                 .ioctl = do_ioctl,
                 .close = do_close,
                 .shutdown = do_shutdown,
                 .getsockopt = do_getsockopt,
                 .setsockopt = do_setsockopt,
                 .poll = unknown,
                 .netdev_send = do_netdev_send,
                 .netdev_receive = do_netdev_receive,
                 .usleep = do_usleep,
                 .gettimeofday = do_gettimeofday,
                 .epoll_create = unknown,
                 .epoll_ctl = unknown,
                 .epoll_wait = unknown,
                 .pipe = unknown,
                 .splice = unknown};
}
