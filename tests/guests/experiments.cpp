// The first process of a guest that makes one experiment (docs/PREDICTIONS.md), WEIR_EXPERIMENT in its environment,
// says on WEIR_CHANNEL what it saw, a line each, and powers the machine off.
#include <arpa/inet.h>
#include <fcntl.h>
#include <linux/tcp.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <vector>

#include "oracle/targets/guest_modules.hpp"

namespace {

int channel = -1;

void say(const std::string& line) {
  const std::string text = line + "\n";
  (void)!::write(channel, text.data(), text.size());
}

bool write_file(const char* path, const std::string& text) {
  const int file = ::open(path, O_WRONLY);
  const bool written = file >= 0 && ::write(file, text.data(), text.size()) == static_cast<ssize_t>(text.size());
  if (!written) say(std::string("cannot write ") + path);
  if (file >= 0) ::close(file);
  return written;
}

std::string read_file(const char* path) {
  std::string text;
  const int file = ::open(path, O_RDONLY);
  std::array<char, 4096> bytes;
  for (ssize_t count = 0; file >= 0 && (count = ::read(file, bytes.data(), bytes.size())) > 0;)
    text.append(bytes.data(), static_cast<std::size_t>(count));
  if (file >= 0) ::close(file);
  return text;
}

void run_on(int cpu) {
  cpu_set_t set;
  CPU_ZERO(&set);
  CPU_SET(cpu, &set);
  ::sched_setaffinity(0, sizeof set, &set);
}

sockaddr_in loopback(std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

void bring_loopback_up() {
  ifreq request{};
  std::strcpy(request.ifr_name, "lo");
  request.ifr_flags = IFF_UP | IFF_RUNNING;
  const int socket = ::socket(AF_INET, SOCK_DGRAM, 0);
  if (::ioctl(socket, SIOCSIFFLAGS, &request) != 0) say("lo stays down");
  ::close(socket);
}

int udp_to_discard() {
  const int sender = ::socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0);
  const sockaddr_in address = loopback(9);
  ::connect(sender, reinterpret_cast<const sockaddr*>(&address), sizeof address);
  return sender;
}

int udp_discard() {
  const int receiver = ::socket(AF_INET, SOCK_DGRAM, 0);
  const sockaddr_in address = loopback(9);
  ::bind(receiver, reinterpret_cast<const sockaddr*>(&address), sizeof address);
  const int small = 1;
  ::setsockopt(receiver, SOL_SOCKET, SO_RCVBUF, &small, sizeof small);
  return receiver;
}

/// dev_weight and its bias each pass their range, their product is 0.
void weight() {
  udp_discard();
  const int sender = udp_to_discard();
  if (!write_file("/proc/sys/net/core/dev_weight", "65536") ||
      !write_file("/proc/sys/net/core/dev_weight_rx_bias", "65536"))
    return;
  say("weight and bias are stored: " + read_file("/proc/sys/net/core/dev_weight") +
      read_file("/proc/sys/net/core/dev_weight_rx_bias"));
  for (int i = 0; i < 100; ++i) {
    (void)!::send(sender, "x", 1, 0);
    say("packet " + std::to_string(i));
  }
  say("nothing happened");
}

/// Column `number` of a CPU's line of softnet_stat.
unsigned column(int cpu, int number) {
  std::string text = read_file("/proc/net/softnet_stat");
  for (; cpu > 0; --cpu) text.erase(0, text.find('\n') + 1);
  for (; number > 0; --number) text.erase(0, text.find(' ') + 1);
  return static_cast<unsigned>(std::strtoul(text.c_str(), nullptr, 16));
}

/// Packets that CPU 0 sends are steered to CPU 1, where each costs so much that CPU 0 is the faster one.
void held() {
  constexpr int listeners = 150;
  constexpr unsigned max = 20;
  const rlimit files{4096, 4096};
  ::setrlimit(RLIMIT_NOFILE, &files);
  udp_discard();
  for (int i = 0; i < listeners; ++i) {
    const int each = ::socket(AF_PACKET, SOCK_RAW, htons(ETH_P_IP));
    const int small = 1;
    ::setsockopt(each, SOL_SOCKET, SO_RCVBUF, &small, sizeof small);
  }
  write_file("/sys/class/net/lo/queues/rx-0/rps_cpus", "2");
  write_file("/proc/sys/net/core/netdev_max_backlog", std::to_string(max));
  const int sender = udp_to_discard();
  unsigned most = 0, most_in_input = 0, input_then = 0, process_then = 0;
  for (int i = 0; i < 1000; ++i) {
    (void)!::send(sender, "x", 1, 0);
    const unsigned input = column(1, 13), process = column(1, 14);
    most_in_input = std::max(most_in_input, input);
    if (input + process <= most) continue;
    most = input + process;
    input_then = input;
    process_then = process;
  }
  say("netdev_max_backlog " + std::to_string(max));
  say("most in input_pkt_queue " + std::to_string(most_in_input));
  say("most held " + std::to_string(most) + " = " + std::to_string(input_then) + " + " + std::to_string(process_then));
  say("dropped " + std::to_string(column(1, 1)));
}

/// Connects to the listener and goes, again and again; what it sees most in the accept queue.
unsigned connect_and_look(int listener, std::uint16_t port, int rounds) {
  unsigned most = 0;
  const sockaddr_in address = loopback(port);
  const linger reset{1, 0};
  for (int i = 0; i < rounds; ++i) {
    const int client = ::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    ::setsockopt(client, SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
    ::connect(client, reinterpret_cast<const sockaddr*>(&address), sizeof address);
    tcp_info info{};
    socklen_t length = sizeof info;
    ::getsockopt(listener, IPPROTO_TCP, TCP_INFO, &info, &length);
    most = std::max(most, info.tcpi_unacked);
    const int child = ::accept4(listener, nullptr, nullptr, SOCK_NONBLOCK);
    if (child >= 0) ::setsockopt(child, SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
    if (child >= 0) ::close(child);
    ::close(client);
  }
  return most;
}

/// Two CPUs complete handshakes with one listener that has room for one. Between the look at the queue and the place in
/// it a probe dawdles, so that the other CPU has its turn there now and then.
void overshoot() {
  constexpr std::uint16_t port = 80;
  constexpr int rounds = 400;
  ::mount("tracefs", "/sys/kernel/tracing", "tracefs", 0, nullptr);
  write_file("/sys/kernel/tracing/kprobe_events", "p:made tcp_create_openreq_child\n");
  for (int i = 0; i < 1; ++i) write_file("/sys/kernel/tracing/events/kprobes/made/trigger", "stacktrace");
  write_file("/sys/kernel/tracing/events/kprobes/made/enable", "1");
  const int listener = ::socket(AF_INET, SOCK_STREAM, 0);
  const sockaddr_in address = loopback(port);
  ::bind(listener, reinterpret_cast<const sockaddr*>(&address), sizeof address);
  ::listen(listener, 0);
  const pid_t other = ::fork();
  run_on(other == 0 ? 1 : 0);
  const unsigned most = connect_and_look(listener, port, rounds);
  if (other == 0) ::_exit(static_cast<int>(most));
  int status = 0;
  ::waitpid(other, &status, 0);
  say("backlog 0, two CPUs: most in the accept queue " +
      std::to_string(std::max(most, static_cast<unsigned>(WEXITSTATUS(status)))));
}

}  // namespace

int main() {
  if (::getpid() != 1) return 2;
  ::mount("proc", "/proc", "proc", 0, nullptr);
  ::mount("sysfs", "/sys", "sysfs", 0, nullptr);
  ::mount("devtmpfs", "/dev", "devtmpfs", 0, nullptr);
  weir::oracle::load_modules();
  channel = ::open(std::getenv("WEIR_CHANNEL"), O_RDWR);
  run_on(0);
  bring_loopback_up();
  const char* const what = std::getenv("WEIR_EXPERIMENT");
  const std::string experiment = what == nullptr ? "" : what;
  if (experiment == "weight") weight();
  if (experiment == "held") held();
  if (experiment == "overshoot") overshoot();
  say("end");
  ::reboot(RB_POWER_OFF);
}
