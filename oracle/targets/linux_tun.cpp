#include "oracle/targets/linux_tun.hpp"

#include <fcntl.h>
#include <linux/if_tun.h>
#include <net/if.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <system_error>

namespace weir::oracle {
namespace {

constexpr const char* clone_device = "/dev/net/tun";
constexpr std::uint32_t host_net = 0xc6120000;  // 198.18.0.0/16

[[noreturn]] void refuse(const std::string& what) { throw std::system_error(errno, std::generic_category(), what); }

ifreq request_for(std::string_view device) {
  ifreq request{};
  device.copy(request.ifr_name, IFNAMSIZ - 1);
  return request;
}

/// Gives a device an address and brings it up.
void set_up(std::string_view device, std::uint32_t address, std::uint32_t net_mask) {
  const OwnedFd socket(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  const auto set = [&](unsigned long what, std::uint32_t value) {
    ifreq request = request_for(device);
    sockaddr_in in{};
    in.sin_family = AF_INET;
    in.sin_addr.s_addr = htonl(value);
    std::memcpy(&request.ifr_addr, &in, sizeof in);
    if (::ioctl(socket.get(), what, &request) != 0) refuse("an address for " + std::string(device));
  };
  set(SIOCSIFADDR, address);
  set(SIOCSIFNETMASK, net_mask);
  ifreq request = request_for(device);
  request.ifr_flags = IFF_UP | IFF_RUNNING;
  if (::ioctl(socket.get(), SIOCSIFFLAGS, &request) != 0) refuse("bringing up " + std::string(device));
}

/// The host would say hello to its neighbours.
void disable_ipv6(const std::string& device) {
  const OwnedFd file(::open(("/proc/sys/net/ipv6/conf/" + device + "/disable_ipv6").c_str(), O_WRONLY | O_CLOEXEC));
  if (file.get() >= 0 && ::write(file.get(), "1", 1) != 1) refuse("disable_ipv6 of " + device);
}

}  // namespace

std::string Tun::refused() {
  const OwnedFd device(::open(clone_device, O_RDWR | O_CLOEXEC));
  return device.get() >= 0 ? "" : std::string(clone_device) + ": " + std::strerror(errno);
}

Tun::Tun() : fd_(::open(clone_device, O_RDWR | O_NONBLOCK | O_CLOEXEC)) {
  ifreq request = request_for("peers");
  request.ifr_flags = IFF_TUN | IFF_NO_PI;
  if (fd_.get() < 0 || ::ioctl(fd_.get(), TUNSETIFF, &request) != 0) refuse(clone_device);
  disable_ipv6("peers");
  set_up("peers", peer_net + 1, 0xffff0000);
}

/// Not a net at once: the kernel knows its own addresses, as sources of what cannot be, only where a device has them.
/// Each is in a net of its own, which it has until its mask is set.
std::uint32_t Tun::host_address(std::size_t number) {
  const auto address = [](std::size_t i) { return host_net + 256 * static_cast<std::uint32_t>(i) + 1; };
  for (; host_addresses_ <= number; ++host_addresses_)
    set_up("lo:" + std::to_string(host_addresses_), address(host_addresses_), 0xffffffff);
  return address(number);
}

void Tun::write(const std::string& packet) {
  if (::write(fd_.get(), packet.data(), packet.size()) != static_cast<ssize_t>(packet.size()))
    refuse("writing a packet");
}

std::string_view Tun::read() {
  const ssize_t length = ::read(fd_.get(), packet_.data(), packet_.size());
  if (length < 0 && errno != EAGAIN) refuse("reading a packet");
  return {packet_.data(), static_cast<std::size_t>(std::max<ssize_t>(length, 0))};
}

std::string_view Tun::read_patiently() {
  pollfd waiting{fd_.get(), POLLIN, 0};
  ::poll(&waiting, 1, 100);
  return read();
}

}  // namespace weir::oracle
