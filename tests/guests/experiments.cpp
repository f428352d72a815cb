// The first process of a guest that makes one experiment (docs/PREDICTIONS.md), WEIR_EXPERIMENT in its environment,
// says on WEIR_CHANNEL what it saw, a line each, and powers the machine off.
#include <arpa/inet.h>
#include <fcntl.h>
#include <linux/tcp.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <map>
#include <new>
#include <string>

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

/// What CPUs that race have in common.
struct Race {
  std::atomic<unsigned> arrived = 0;  ///< at all the lines so far, taken together
};

/// Nobody goes on before all of them are there.
void line_up(Race& race, unsigned cpus, unsigned& lines) {
  race.arrived.fetch_add(1);
  ++lines;
  while (race.arrived.load() < cpus * lines) asm volatile("pause");
}

const linger reset{1, 0};

int connecting_to(std::uint16_t port) {
  const sockaddr_in address = loopback(port);
  const int client = ::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
  ::setsockopt(client, SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
  ::connect(client, reinterpret_cast<const sockaddr*>(&address), sizeof address);
  return client;
}

tcp_info info_of(int socket) {
  tcp_info info{};
  socklen_t length = sizeof info;
  ::getsockopt(socket, IPPROTO_TCP, TCP_INFO, &info, &length);
  return info;
}

void empty(int listener) {
  for (int child = 0; (child = ::accept4(listener, nullptr, nullptr, SOCK_NONBLOCK)) >= 0; ::close(child))
    ::setsockopt(child, SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
}

/// Between the look at the accept queue and the place in it a probe takes notes, so that a CPU is there for longer.
void dawdle_before_the_place() {
  ::mount("tracefs", "/sys/kernel/tracing", "tracefs", 0, nullptr);
  write_file("/sys/kernel/tracing/kprobe_events", "p:made tcp_create_openreq_child\n");
  write_file("/sys/kernel/tracing/events/kprobes/made/trigger", "stacktrace");
  write_file("/sys/kernel/tracing/events/kprobes/made/enable", "1");
}

/// Every CPU completes a handshake with a listener that has room for one more, at the same time: each may look at the
/// queue before any other has taken its place in it.
void overshoot() {
  dawdle_before_the_place();
  constexpr std::uint16_t port = 80;
  constexpr int rounds = 100, backlog = 0;
  const auto cpus = static_cast<unsigned>(::sysconf(_SC_NPROCESSORS_ONLN));
  auto& race = *new (::mmap(nullptr, sizeof(Race), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0)) Race;
  const int listener = ::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
  const sockaddr_in address = loopback(port);
  ::bind(listener, reinterpret_cast<const sockaddr*>(&address), sizeof address);
  ::listen(listener, backlog);
  unsigned cpu = 0;
  while (cpu + 1 < cpus && ::fork() == 0) ++cpu;  // each is the parent of the next
  run_on(static_cast<int>(cpu));
  std::map<unsigned, int> seen;
  unsigned lines = 0;
  for (int i = 0; i < rounds; ++i) {
    line_up(race, cpus, lines);
    const int client = connecting_to(port);
    line_up(race, cpus, lines);
    if (cpu == 0) ++seen[info_of(listener).tcpi_unacked];
    if (cpu == 0) empty(listener);
    line_up(race, cpus, lines);
    ::close(client);
  }
  if (cpu > 0) ::_exit(0);
  say("backlog " + std::to_string(info_of(listener).tcpi_sacked) + ", " + std::to_string(cpus) + " CPUs");
  for (const auto& [queued, times] : seen)
    say("queued " + std::to_string(queued) + ": " + std::to_string(times) + " times");
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
  if (experiment == "overshoot") overshoot();
  say("end");
  ::reboot(RB_POWER_OFF);
}
