// weir-guest: the first process of a guest, which is nothing but the driver of a live target (linux_service.hpp).
//
// Started by the kernel as /init, with the device that it speaks over in the environment (WEIR_CHANNEL, a serial line
// or a virtio port). It loads the modules that lie in /modules, by name in order, and powers the machine off when
// nobody speaks to it any more.
#include <fcntl.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <future>
#include <memory>
#include <stdexcept>
#include <string>
#include <system_error>
#include <thread>

#include "oracle/softnet/machine.hpp"
#include "oracle/targets/guest_modules.hpp"
#include "oracle/targets/linux_namespaces.hpp"
#include "oracle/targets/linux_service.hpp"

namespace weir::oracle {
namespace {

void mount_at(const char* kind, const char* folder) {
  if (::mount(kind, folder, kind, 0, nullptr) != 0 && errno != EBUSY)
    throw std::system_error(errno, std::generic_category(), folder);
}

/// A serial line takes bytes as they are; a virtio port always does.
OwnedFd open_channel() {
  const char* const path = std::getenv("WEIR_CHANNEL");
  if (path == nullptr) throw std::runtime_error("WEIR_CHANNEL is not set");
  constexpr int attempts = 100;  // a device may take a moment to appear
  for (int attempt = 0; ::access(path, F_OK) != 0 && attempt < attempts; ++attempt) ::usleep(20'000);
  OwnedFd channel(::open(path, O_RDWR | O_NOCTTY | O_CLOEXEC));
  if (channel.get() < 0) throw std::system_error(errno, std::generic_category(), path);
  termios line{};
  if (::tcgetattr(channel.get(), &line) == 0) {
    ::cfmakeraw(&line);
    ::tcsetattr(channel.get(), TCSANOW, &line);
  }
  return channel;
}

char read_byte(const std::string& path) {
  const OwnedFd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  char byte = 0;
  return ::read(file.get(), &byte, 1) == 1 ? byte : '\0';
}

/// What a packet over loopback does it does on the CPU that has sent it.
void stay_on_one_cpu() {
  cpu_set_t first;
  CPU_ZERO(&first);
  CPU_SET(0, &first);
  if (::sched_setaffinity(0, sizeof first, &first) != 0)
    throw std::system_error(errno, std::generic_category(), "sched_setaffinity");
}

/// CPUs that the kernel was told to leave alone (maxcpus=1), since its first CPU waits for another without a pause, and
/// QEMU never gives the other one a turn then (before 8.1, with -icount): a thread that pauses makes it.
void wake_other_cpus() {
  std::atomic<bool> done = false;
  std::thread pauses([&] {
    while (!done) asm volatile("pause");
  });
  for (int cpu = 1; cpu < ::sysconf(_SC_NPROCESSORS_CONF); ++cpu) {
    const std::string path = "/sys/devices/system/cpu/cpu" + std::to_string(cpu) + "/online";
    if (read_byte(path) == '0') write_file(path, "1");
  }
  done = true;
  pauses.join();
}

/// The softirq's settings are in the machine's first network namespace, while cases have the driver in others: a thread
/// goes there.
std::unique_ptr<SoftnetSource> softnet_in(int network_namespace) {
  return std::async(std::launch::async,
                    [network_namespace] {
                      if (::setns(network_namespace, CLONE_NEWNET) != 0)
                        throw std::system_error(errno, std::generic_category(), "setns");
                      return softnet_of_this_machine(true);
                    })
      .get();
}

void live() {
  stay_on_one_cpu();
  mount_at("proc", "/proc");
  mount_at("sysfs", "/sys");
  mount_at("devtmpfs", "/dev");
  wake_other_cpus();
  load_modules();
  const OwnedFd channel = open_channel();
  const OwnedFd first_namespace(::open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC));
  FdStream stream(channel.get());
  try {
    serve_cases(stream, abilities_here(true), [&] { return softnet_in(first_namespace.get()); });
  } catch (const std::exception& error) {
    send_trouble(stream, error);
  }
}

}  // namespace
}  // namespace weir::oracle

int main() {
  if (::getpid() != 1) {
    std::fputs("weir-guest is the first process of a guest, which weir campaign starts\n", stderr);
    return 2;
  }
  try {
    weir::oracle::live();
  } catch (const std::exception& error) {
    std::fprintf(stderr, "weir-guest: %s\n", error.what());
  }
  ::reboot(RB_POWER_OFF);
  return 1;
}
