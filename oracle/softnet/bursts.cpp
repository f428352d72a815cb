#include "oracle/softnet/bursts.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <linux/ethtool.h>
#include <linux/sockios.h>
#include <net/if.h>
#include <netinet/in.h>
#include <netinet/udp.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <exception>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>

namespace weir::oracle {
namespace {

constexpr std::uint16_t port = 9;

[[noreturn]] void refused(const std::string& what) { throw std::runtime_error(what + ": " + std::strerror(errno)); }

void ask_loopback(int socket, unsigned long request, ifreq& device) {
  std::strcpy(device.ifr_name, "lo");
  if (::ioctl(socket, request, &device) != 0) refused("setting up lo");
}

template <class T>
void ethtool(int socket, T& command) {
  ifreq device{};
  device.ifr_data = reinterpret_cast<char*>(&command);
  ask_loopback(socket, SIOCETHTOOL, device);
}

/// A command of ethtool with an array behind it.
template <class Command>
class WithArray {
 public:
  explicit WithArray(std::size_t bytes) : memory_(sizeof(Command) + bytes) {}
  Command* operator->() { return reinterpret_cast<Command*>(memory_.data()); }
  Command& operator*() { return *operator->(); }

 private:
  std::vector<char> memory_;
};

/// The number of a device feature among those that the kernel names.
std::uint32_t feature_number(int socket, std::string_view name) {
  WithArray<ethtool_sset_info> info(sizeof(std::uint32_t));
  info->cmd = ETHTOOL_GSSET_INFO;
  info->sset_mask = std::uint64_t{1} << ETH_SS_FEATURES;
  ethtool(socket, *info);
  const std::uint32_t count = info->data[0];
  WithArray<ethtool_gstrings> strings(std::size_t{count} * ETH_GSTRING_LEN);
  strings->cmd = ETHTOOL_GSTRINGS;
  strings->string_set = ETH_SS_FEATURES;
  strings->len = count;
  ethtool(socket, *strings);
  for (std::uint32_t i = 0; i < count; ++i)
    if (name == reinterpret_cast<const char*>(strings->data) + std::size_t{i} * ETH_GSTRING_LEN) return i;
  throw std::runtime_error("lo has no feature " + std::string(name));
}

void turn_off(int socket, std::string_view feature) {
  const std::uint32_t number = feature_number(socket, feature);
  const std::uint32_t blocks = number / 32 + 1;
  WithArray<ethtool_sfeatures> set(blocks * sizeof(ethtool_set_features_block));
  set->cmd = ETHTOOL_SFEATURES;
  set->size = blocks;
  set->features[number / 32].valid = 1U << number % 32;
  ethtool(socket, *set);
}

OwnedFd udp_socket() {
  OwnedFd fd(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (fd.get() < 0) refused("socket");
  return fd;
}

sockaddr_in discard() {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

/// The queue of lo in a sysfs of this network namespace, or none.
OwnedFd open_rps_cpus() {
  if (::unshare(CLONE_FS | CLONE_NEWNS) != 0 || ::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0 ||
      ::mount("sysfs", "/sys", "sysfs", 0, nullptr) != 0)
    return OwnedFd();
  return OwnedFd(::open("/sys/class/net/lo/queues/rx-0/rps_cpus", O_WRONLY | O_CLOEXEC));
}

}  // namespace

/// A thread makes the namespace and opens in it what is needed: the threads of who asks stay where they are.
LoopbackBursts::LoopbackBursts(std::uint32_t flows) {
  std::exception_ptr trouble;
  std::thread([&] {
    try {
      set_up(flows);
    } catch (const std::exception&) {
      trouble = std::current_exception();
    }
  }).join();
  if (trouble) std::rethrow_exception(trouble);
}

void LoopbackBursts::set_up(std::uint32_t flows) {
  if (::unshare(CLONE_NEWNET) != 0) refused("unshare(CLONE_NEWNET)");
  struct stat file {};
  if (::stat("/proc/thread-self/ns/net", &file) != 0) refused("/proc/thread-self/ns/net");
  network_namespace_ = static_cast<std::uint32_t>(file.st_ino);
  receiver_ = udp_socket();
  turn_off(receiver_.get(), "tx-udp-segmentation");
  ifreq up{};
  up.ifr_flags = IFF_UP | IFF_RUNNING;
  ask_loopback(receiver_.get(), SIOCSIFFLAGS, up);
  const sockaddr_in address = discard();
  const auto* const generic = reinterpret_cast<const sockaddr*>(&address);
  if (::bind(receiver_.get(), generic, sizeof address) != 0) refused("bind");
  nudge();
  for (std::uint32_t i = 0; i < flows; ++i) {
    senders_.push_back(udp_socket());
    if (::connect(senders_.back().get(), generic, sizeof address) != 0) refused("connect");
  }
  rps_cpus_ = open_rps_cpus();
}

bool LoopbackBursts::send(std::uint32_t packets, std::uint32_t flow) {
  const int sender = senders_[flow % senders_.size()].get();
  while (packets > 0) {
    const std::uint32_t now = std::min(packets, at_once_);
    if (send_at_once(sender, now)) {
      packets -= now;
      continue;
    }
    if (errno != EINVAL || at_once_ < most_at_once) return false;
    at_once_ = most_at_once / 2;
  }
  return true;
}

/// One byte a packet.
bool LoopbackBursts::send_at_once(int sender, std::uint32_t packets) {
  static constexpr std::array<char, most_at_once> bytes{};
  iovec data{const_cast<char*>(bytes.data()), packets};
  msghdr message{};
  message.msg_iov = &data;
  message.msg_iovlen = 1;
  alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(std::uint16_t))> control{};
  if (packets > 1) {
    message.msg_control = control.data();
    message.msg_controllen = control.size();
    cmsghdr* const header = CMSG_FIRSTHDR(&message);
    header->cmsg_level = IPPROTO_UDP;
    header->cmsg_type = UDP_SEGMENT;
    header->cmsg_len = CMSG_LEN(sizeof(std::uint16_t));
    const std::uint16_t size = 1;
    std::memcpy(CMSG_DATA(header), &size, sizeof size);
  }
  return ::sendmsg(sender, &message, MSG_DONTWAIT) == static_cast<ssize_t>(packets);
}

void LoopbackBursts::nudge() {
  const int small = 1;  // what the receiver has no room for is dropped behind the backlog, where nobody looks
  ::setsockopt(receiver_.get(), SOL_SOCKET, SO_RCVBUF, &small, sizeof small);
}

bool LoopbackBursts::steer(std::uint64_t cpus) {
  std::array<char, 40> text{};
  const int length = cpus >> 32 == 0 ? std::snprintf(text.data(), text.size(), "%x", static_cast<unsigned>(cpus))
                                     : std::snprintf(text.data(), text.size(), "%x,%08x",
                                                     static_cast<unsigned>(cpus >> 32), static_cast<unsigned>(cpus));
  return rps_cpus_.get() >= 0 && ::pwrite(rps_cpus_.get(), text.data(), static_cast<std::size_t>(length), 0) == length;
}

}  // namespace weir::oracle
