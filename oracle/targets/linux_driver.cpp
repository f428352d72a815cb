#include "oracle/targets/linux_driver.hpp"

#include <fcntl.h>
#include <linux/tcp.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <ctime>
#include <stdexcept>
#include <system_error>
#include <utility>

#include "oracle/targets/linux_address.hpp"
#include "oracle/targets/linux_counters.hpp"
#include "oracle/targets/linux_credentials.hpp"
#include "oracle/targets/this_kernel.hpp"

namespace weir::oracle {
namespace {

using std::chrono::milliseconds;
using std::chrono::nanoseconds;
using std::chrono::steady_clock;

/// Labels 0, 1 and 2 are open from the start and no sockets.
constexpr std::size_t first_label = 3;

Outcome returned_by_call(ssize_t result) {
  return result < 0 ? Outcome(failed(static_cast<Errno>(errno))) : Outcome(returned(result));
}

int level_of(SockOpt option) {
  return option == SockOpt::tcp_defer_accept || option == SockOpt::tcp_fastopen ? IPPROTO_TCP : SOL_SOCKET;
}

int number_of(SockOpt option) {
  switch (option) {
    case SockOpt::tcp_defer_accept:
      return TCP_DEFER_ACCEPT;
    case SockOpt::so_reuseaddr:
      return SO_REUSEADDR;
    case SockOpt::so_reuseport:
      return SO_REUSEPORT;
    case SockOpt::so_acceptconn:
      return SO_ACCEPTCONN;
    case SockOpt::tcp_fastopen:
      return TCP_FASTOPEN;
  }
  return -1;
}

int number_of(Family family) {
  switch (family) {
    case Family::inet:
      return AF_INET;
    case Family::inet6:
      return AF_INET6;
    case Family::unix_:
      return AF_UNIX;
    case Family::netlink:
      return AF_NETLINK;
  }
  return -1;
}

int number_of(SockType type) {
  switch (type) {
    case SockType::stream:
      return SOCK_STREAM;
    case SockType::dgram:
      return SOCK_DGRAM;
    case SockType::seqpacket:
      return SOCK_SEQPACKET;
  }
  return -1;
}

int number_of(How how) {
  switch (how) {
    case How::rd:
      return SHUT_RD;
    case How::wr:
      return SHUT_WR;
    case How::rdwr:
      return SHUT_RDWR;
  }
  return -1;
}

/// The kernel may wake a poll late by a thousandth of what it waits for.
constexpr milliseconds longest_wait{500};

timespec to_timespec(nanoseconds span) {
  constexpr nanoseconds::rep second = 1'000'000'000;
  return {static_cast<std::time_t>(span.count() / second), static_cast<long>(span.count() % second)};
}

int open_null() { return ::open("/dev/null", O_RDWR | O_CLOEXEC); }

}  // namespace

std::uint16_t PortMap::operator()(std::uint16_t named) {
  if (named == 0) return 0;
  for (const auto& [from, to] : mapped_)
    if (from == named) return to;
  mapped_.emplace_back(named, static_cast<std::uint16_t>(next_));
  return static_cast<std::uint16_t>(next_++);
}

LinuxDriver::LinuxDriver(bool machine)
    : globals_(machine ? std::make_unique<GlobalSysctls>() : nullptr), descriptors_(first_label) {}

void LinuxDriver::run_case(std::span<const Op> ops, std::vector<Outcome>& outcomes) {
  begin_case(ops);
  outcomes.clear();
  for (const Op& operation : ops) {
    const bool on_sysctl = std::visit(
        [](const auto& each) {
          return requires { each.sysctl; };
        },
        operation);
    if (globals_ && (on_sysctl ? globals_->bring_back() : globals_->set_aside())) namespaces_.left();
    outcomes.push_back(std::visit([this](const auto& each) { return perform(each); }, operation));
  }
  end_case();
}

void LinuxDriver::begin_case(std::span<const Op> ops) {
  if (ports_.exhausted(ops.size())) {
    peers_.clear();
    namespaces_.renew();
    ports_.reset();
  }
  ports_.begin_case();
  baselines_.clear();
  counters_wanted_ =
      std::any_of(ops.begin(), ops.end(), [](const Op& each) { return std::holds_alternative<op::Netstat>(each); });
  for (std::size_t i = 0; i < first_label; ++i)
    if (descriptors_[i].fd < 0) descriptors_[i].fd = open_null();
  add_namespace();
}

/// Connections are reset rather than closed, so that nothing of them lingers.
void LinuxDriver::end_case() {
  for (std::size_t i = first_label; i < descriptors_.size(); ++i) {
    if (descriptors_[i].fd < 0) continue;
    const linger reset{1, 0};
    if (descriptors_[i].tcp) ::setsockopt(descriptors_[i].fd, SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
    ::close(descriptors_[i].fd);
  }
  descriptors_.resize(first_label);
  for (const auto& each : peers_)
    if (each != nullptr) each->end_case();
  if (globals_ && globals_->end_case()) namespaces_.left();
  namespaces_.end_case();
  if (!std::exchange(handed_on_, false)) return;
  peers_.clear();
  namespaces_.renew();
}

LinuxDriver::Descriptor LinuxDriver::find(Fd fd) const {
  const auto label = static_cast<std::size_t>(fd.label);
  return fd.label >= 0 && label < descriptors_.size() ? descriptors_[label] : Descriptor{};
}

/// Under the lowest free label.
Outcome LinuxDriver::label(Descriptor descriptor) {
  std::size_t lowest = first_label;
  while (lowest < descriptors_.size() && descriptors_[lowest].fd >= 0) ++lowest;
  if (lowest == descriptors_.size()) descriptors_.emplace_back();
  descriptors_[lowest] = descriptor;
  return returned(static_cast<std::int64_t>(lowest));
}

/// Whether its file is the machine's one and only.
bool LinuxDriver::is_of_the_machine(NsId ns, Sysctl sysctl) const {
  return ns.id == 0 && globals_ && globals_->has(sysctl);
}

/// To where its file is that of the case.
void LinuxDriver::go_to_sysctl(NsId ns, Sysctl sysctl) {
  if (!is_of_the_machine(ns, sysctl)) return namespaces_.enter(ns.id);
  globals_->enter_first_namespace();
  namespaces_.left();
}

/// A machine that is not ours is not asked (linux_abilities.hpp).
void LinuxDriver::note_handed_on(NsId ns, Sysctl sysctl) {
  const SysctlSpec* const spec = spec_of(profile_of_running_kernel(), sysctl);
  const bool from_first = spec != nullptr && spec->from_first;
  handed_on_ = handed_on_ || (globals_ && ns.id == 0 && (from_first || sysctl == Sysctl::tcp_child_ehash_entries));
}

/// After a write of what it takes over: it is made now. The case's first namespace stands for the machine's, which is
/// given the value that is taken from there.
std::size_t LinuxDriver::make_namespace() {
  const auto text_of = [&](Sysctl sysctl) {
    std::array<char, 64> text{};
    const ssize_t length = ::pread(namespaces_.sysctl(0, sysctl, false), text.data(), text.size(), 0);
    return std::string(text.data(), static_cast<std::size_t>(std::max<ssize_t>(length, 0)));
  };
  const std::string wmem = text_of(Sysctl::tcp_wmem), own_hash = text_of(Sysctl::tcp_child_ehash_entries);
  globals_->enter_first_namespace();
  namespaces_.left();
  write_file(sysctl_path(name_of_enum(Sysctl::tcp_wmem)), wmem);
  std::vector<Sysctl> as_made{Sysctl::tcp_wmem};
  if (own_hash != "0\n" && !own_hash.empty()) as_made.push_back(Sysctl::tcp_max_syn_backlog);
  peers_.resize(std::min(peers_.size(), namespaces_.acquired()));
  return namespaces_.acquire_new(as_made);
}

std::size_t LinuxDriver::add_namespace() {
  const std::size_t index = handed_on_ ? make_namespace() : namespaces_.acquire();
  if (counters_wanted_) baselines_.push_back(read_counters(namespaces_.netstat(index)));
  return index;
}

Outcome LinuxDriver::perform(const op::Netns&) { return returned(static_cast<std::int64_t>(add_namespace())); }

Outcome LinuxDriver::perform(const op::SysctlWrite& operation) {
  if (operation.ns.id >= namespaces_.acquired()) return failed(Errno::enoent);
  const auto write_to = [&](int file) {
    if (file < 0) return returned_by_call(-1);
    namespaces_.mark_changed(operation.ns.id, operation.sysctl);
    note_handed_on(operation.ns, operation.sysctl);
    if (globals_ && globals_->has(operation.sysctl)) globals_->mark_changed(operation.sysctl);
    return returned_by_call(::pwrite(file, operation.data.data(), operation.data.size(), operation.pos));
  };
  if (operation.cred == Cred::root && !is_of_the_machine(operation.ns, operation.sysctl))
    return write_to(namespaces_.sysctl(operation.ns.id, operation.sysctl, true));
  go_to_sysctl(operation.ns, operation.sysctl);
  const ActingAs user(operation.cred);
  const OwnedFd file(::open(sysctl_path(name_of_enum(operation.sysctl)).c_str(), O_WRONLY | O_CLOEXEC));
  return write_to(file.get());
}

Outcome LinuxDriver::perform(const op::SysctlRead& operation) {
  if (operation.ns.id >= namespaces_.acquired()) return failed(Errno::enoent);
  OwnedFd opened;
  int file = -1;
  if (is_of_the_machine(operation.ns, operation.sysctl)) {
    go_to_sysctl(operation.ns, operation.sysctl);
    opened = OwnedFd(::open(sysctl_path(name_of_enum(operation.sysctl)).c_str(), O_RDONLY | O_CLOEXEC));
    file = opened.get();
  } else {
    file = namespaces_.sysctl(operation.ns.id, operation.sysctl, false);
  }
  if (file < 0) return returned_by_call(-1);
  buffer_.resize(operation.len);
  const ssize_t length = ::pread(file, buffer_.data(), buffer_.size(), operation.pos);
  if (length < 0) return returned_by_call(-1);
  return outcome::ReadBack{length, buffer_.substr(0, static_cast<std::size_t>(length))};
}

Outcome LinuxDriver::perform(const op::Socket& operation) {
  if (operation.ns.id >= namespaces_.acquired()) return failed(Errno::enoent);
  namespaces_.enter(operation.ns.id);
  const int type = number_of(operation.type) | SOCK_NONBLOCK | SOCK_CLOEXEC;
  const int fd = ::socket(number_of(operation.family), type, 0);
  if (fd < 0) return returned_by_call(-1);
  const bool inet = operation.family == Family::inet || operation.family == Family::inet6;
  return label({fd, operation.family, inet && operation.type == SockType::stream});
}

Outcome LinuxDriver::perform(const op::Bind& operation) {
  const Descriptor socket = find(operation.fd);
  const auto address = socket_address(socket.family, operation.addr, ports_(operation.port));
  return returned_by_call(::bind(socket.fd, address.get(), address.length));
}

Outcome LinuxDriver::perform(const op::Setsockopt& operation) {
  const int value = operation.value;
  return returned_by_call(
      ::setsockopt(find(operation.fd).fd, level_of(operation.opt), number_of(operation.opt), &value, sizeof value));
}

Outcome LinuxDriver::perform(const op::Getsockopt& operation) {
  int value = 0;
  socklen_t length = sizeof value;
  if (::getsockopt(find(operation.fd).fd, level_of(operation.opt), number_of(operation.opt), &value, &length) != 0)
    return returned_by_call(-1);
  return outcome::OptionValue{0, value};
}

Outcome LinuxDriver::perform(const op::Listen& operation) {
  return returned_by_call(::listen(find(operation.fd).fd, operation.backlog));
}

Outcome LinuxDriver::perform(const op::Connect& operation) {
  const Descriptor socket = find(operation.fd);
  const auto address = socket_address(socket.family, operation.addr, ports_(operation.port));
  return returned_by_call(::connect(socket.fd, address.get(), address.length));
}

Outcome LinuxDriver::perform(const op::Accept& operation) {
  const Descriptor listener = find(operation.fd);
  const int fd = ::accept4(listener.fd, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
  return fd < 0 ? returned_by_call(-1) : label({fd, listener.family, listener.tcp});
}

Outcome LinuxDriver::perform(const op::Shutdown& operation) {
  return returned_by_call(::shutdown(find(operation.fd).fd, number_of(operation.how)));
}

Outcome LinuxDriver::perform(const op::Close& operation) {
  const Descriptor socket = find(operation.fd);
  if (socket.fd >= 0) descriptors_[static_cast<std::size_t>(operation.fd.label)].fd = -1;
  return returned_by_call(::close(socket.fd));
}

Outcome LinuxDriver::perform(const op::TcpInfo& operation) {
  tcp_info info{};
  socklen_t length = sizeof info;
  if (::getsockopt(find(operation.fd).fd, IPPROTO_TCP, TCP_INFO, &info, &length) != 0) return returned_by_call(-1);
  return outcome::Info{static_cast<TcpState>(info.tcpi_state), info.tcpi_unacked, info.tcpi_sacked};
}

Outcome LinuxDriver::perform(const op::Netstat& operation) {
  if (operation.ns.id >= namespaces_.acquired()) return failed(Errno::enoent);
  return since(baselines_[operation.ns.id], read_counters(namespaces_.netstat(operation.ns.id)));
}

Outcome LinuxDriver::perform(const op::Segment& operation) {
  const std::size_t ns = operation.ns.id;
  if (ns >= namespaces_.acquired()) return failed(Errno::enoent);
  if (ns >= peers_.size()) peers_.resize(ns + 1);
  namespaces_.enter(ns);
  if (peers_[ns] == nullptr) peers_[ns] = std::make_unique<RemotePeers>();
  return outcome::Replied{peers_[ns]->send(operation, ports_(operation.to.port))};
}

/// Sleeps, but for reading what timers send: the order between the wires of namespaces is told by when it comes.
Outcome LinuxDriver::perform(const op::Advance& operation) {
  const auto end = steady_clock::now() + milliseconds(operation.ms.count);
  outcome::Passed passed;
  std::vector<pollfd> wires;
  std::vector<RemotePeers*> behind;
  for (const auto& each : peers_) {
    if (each == nullptr) continue;
    wires.push_back({each->wire(), POLLIN, 0});
    behind.push_back(each.get());
  }
  for (auto now = steady_clock::now(); now < end; now = steady_clock::now()) {
    const timespec left = to_timespec(std::min<nanoseconds>(end - now, longest_wait));
    if (::ppoll(wires.data(), wires.size(), &left, nullptr) < 0 && errno != EINTR)
      throw std::system_error(errno, std::generic_category(), "ppoll");
    for (std::size_t i = 0; i < wires.size(); ++i)
      if (wires[i].revents != 0) behind[i]->hear_timers(passed.sent);
  }
  for (RemotePeers* each : behind) each->hear_timers(passed.sent);
  return passed;
}

template <class Unsupported>
Outcome LinuxDriver::perform(const Unsupported&) {
  throw std::logic_error("asked for " + std::string(Unsupported::name));
}

}  // namespace weir::oracle
