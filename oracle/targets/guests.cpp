#include "oracle/targets/guests.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <iterator>
#include <stdexcept>

#include "oracle/profile/names.hpp"
#include "oracle/targets/initramfs.hpp"
#include "oracle/targets/this_kernel.hpp"

namespace weir::oracle {
namespace {

using std::filesystem::path;

std::string contents(const path& file) {
  std::ifstream stream(file, std::ios::binary);
  if (!stream) throw std::runtime_error("cannot read " + file.string());
  return {std::istreambuf_iterator<char>(stream), {}};
}

/// Where PATH finds it. \param package  of Debian, for people
std::string program(std::string_view name, std::string_view package) {
  const char* const all = ::getenv("PATH");
  std::string_view left = all == nullptr ? "" : all;
  while (!left.empty()) {
    const std::string_view folder = left.substr(0, left.find(':'));
    left.remove_prefix(std::min(folder.size() + 1, left.size()));
    const path candidate = path(folder) / name;
    if (::access(candidate.c_str(), X_OK) == 0) return candidate;
  }
  throw std::runtime_error(std::string(name) + " is not installed (Debian's " + std::string(package) + ")");
}

/// Modules are loaded in the order in which they are given.
std::string initramfs_of(const GuestFiles& files, const std::vector<path>& modules) {
  Initramfs archive;
  for (const char* each : {"dev", "proc", "sys", "modules"}) archive.add_folder(each);
  archive.add_device("dev/console", 5, 1);
  archive.add_program("init", contents(files.first_process));
  constexpr int first_number = 10;  // so that the order of names is that of numbers
  for (std::size_t i = 0; i < modules.size(); ++i)
    archive.add_program("modules/" + std::to_string(first_number + i) + "-" + modules[i].filename().string(),
                        contents(modules[i]));
  return archive.archive();
}

/// Those of the names that the folder has: what is missing is built in, or the guest says what it lacks.
std::vector<path> modules_in(const path& folder, std::initializer_list<const char*> names) {
  std::vector<path> found;
  for (const char* each : names)
    if (exists(folder / each)) found.push_back(folder / each);
  return found;
}

/// Whether a kernel is of that release; settings do not matter.
bool is_of(const std::string& kernel, const Profile& release) {
  const Profile* const own = profile_of_release(kernel);
  return own != nullptr && own->release == release.release;
}

constexpr const char* uml_modules = "/usr/lib/uml/modules";

/// Until 6.4 a kernel that begins waits for its second CPU without a pause, in which QEMU (before 8.1, with -icount)
/// never gives that one a turn: weir-guest wakes it.
const char* cpus_to_begin_with(const Profile& release) { return release.release == "6.1" ? " maxcpus=1" : ""; }

}  // namespace

GuestFiles guest_files() {
  const path programs = std::filesystem::read_symlink("/proc/self/exe").parent_path();
  return {programs / "weir-guest", programs.parent_path().parent_path() / "kernels"};
}

GuestCommand uml_guest(const GuestFiles& files) {
  const std::string linux_uml = program("linux.uml", "user-mode-linux");
  std::vector<path> modules;
  if (std::filesystem::is_directory(uml_modules))
    for (const auto& each : std::filesystem::directory_iterator(uml_modules))
      modules = modules_in(each.path() / "kernel", {"drivers/net/tun.ko", "lib/crc-ccitt.ko", "net/ipv6/ipv6.ko"});
  // In a process namespace of its own, since helpers of it would outlive it; not as its first process, which cannot
  // abort. Its folder (uml_dir) would outlive it, too: where none can be made it does without.
  std::vector<std::string> words{"unshare", "--pid", "--fork", "--kill-child"};
  if (::geteuid() != 0) words.insert(words.end(), {"--user", "--map-root-user"});
  words.insert(words.end(),
               {"sh", "-c", "\"$@\"; exit $?", "sh", linux_uml, "mem=128M", "initrd=@", "uml_dir=/dev/null", "con=null",
                "con0=null,fd:2", "ssl=null", "ssl0=fd:0,fd:1", "WEIR_CHANNEL=/dev/ttyS0", "quiet", "lsm=", "panic=1"});
  return {words, initramfs_of(files, modules)};
}

GuestCommand qemu_guest(const GuestFiles& files, const Profile& release) {
  const std::string qemu = program("qemu-system-x86_64", "qemu-system-x86");
  path kernel;
  if (std::filesystem::is_directory(files.kernels))
    for (const auto& each : std::filesystem::directory_iterator(files.kernels))
      if (is_of(each.path().filename().string(), release)) kernel = each.path();
  if (kernel.empty())
    throw std::runtime_error("no kernel of " + std::string(release.release) + " is in " + files.kernels.string());
  const auto modules = modules_in(kernel, {"virtio_ring.ko", "virtio.ko", "virtio_mmio.ko", "virtio_console.ko",
                                           "tun.ko", "inet_diag.ko", "tcp_diag.ko"});
  // Without cmpxchg16b, whose flags QEMU 7.2 gets wrong now and then: 6.12 died of a flag that was a pointer.
  // Time is what the guest has executed (icount), and idle time is skipped: a busy machine does not show. The tick
  // stops while nothing is to be done, so that to sleep is free: if the timer goes on in deep sleep (arat), and nobody
  // has to watch over the clock (tsc=reliable).
  return {{qemu,
           "-nodefaults",
           "-no-user-config",
           "-no-reboot",
           "-display",
           "none",
           "-M",
           "microvm",
           "-accel",
           "tcg,thread=single",
           "-icount",
           "shift=0,sleep=off",
           "-cpu",
           "qemu64,-cx16,+arat",
           "-smp",
           "2",
           "-m",
           "192",
           "-kernel",
           kernel / "vmlinuz",
           "-initrd",
           "@",
           "-append",
           std::string("console=ttyS0 quiet lsm= panic=-1 reboot=t mitigations=off tsc=reliable "
                       "WEIR_CHANNEL=/dev/vport0p1") +
               cpus_to_begin_with(release),
           "-chardev",
           "file,id=console,path=/dev/stderr",
           "-serial",
           "chardev:console",
           "-chardev",
           "stdio,id=weir,signal=off",
           "-device",
           "virtio-serial-device",
           "-device",
           "virtserialport,chardev=weir"},
          initramfs_of(files, modules)};
}

namespace {

/// What a series of point releases has taken over from later releases, and from which on.
struct Backport {
  std::string_view series;
  int from;
  std::string_view setting;  ///< {} stands for two jiffies in microseconds
};

/// In the order of what later releases have: 5b0af621c3f6, 3479c7549fb1, d1f9f79fa2af and c180188ec022.
constexpr auto backports = std::to_array<Backport>({
    {"6.1", 124, "reuseport_inet_only=yes"},
    {"6.12", 9, "reuseport_inet_only=yes"},
    {"6.1", 125, "syn_queue=max_ack_above"},
    {"6.12", 10, "syn_queue=max_ack_above"},
    {"6.1", 129, "net.core.dev_weight.minimum=1"},
    {"6.12", 13, "net.core.dev_weight.minimum=1"},
    {"6.1", 129, "net.core.dev_weight_rx_bias.minimum=1"},
    {"6.12", 13, "net.core.dev_weight_rx_bias.minimum=1"},
    {"6.1", 129, "net.core.dev_weight_tx_bias.minimum=1"},
    {"6.12", 13, "net.core.dev_weight_tx_bias.minimum=1"},
    {"6.1", 129, "net.core.netdev_budget_usecs.minimum={}"},
    {"6.12", 13, "net.core.netdev_budget_usecs.minimum={}"},
});

/// Of "6.1.0-56-cloud-amd64" with version "… Debian 6.1.192-2 …" 192: Debian's releases do not name it.
int point_release(const LinuxAbilities& abilities) {
  constexpr std::string_view mark = "Debian ";
  const auto at = abilities.version.find(mark);
  std::string text = at == std::string::npos ? abilities.release : abilities.version.substr(at + mark.size());
  text.resize(std::min(text.size(), text.find_first_not_of("0123456789.")));
  const auto dot = text.find('.', text.find('.') + 1);
  return dot == std::string::npos ? 0 : std::atoi(text.c_str() + dot + 1);
}

}  // namespace

const Profile* profile_of_guest(const LinuxAbilities& abilities) {
  const Profile* const release = profile_of_release(abilities.release);
  if (release == nullptr) return nullptr;
  std::string name(release->name);
  const int point = point_release(abilities);
  const std::uint32_t two_jiffies = 2'000'000 / std::max(abilities.hz, 1U);
  if (abilities.hz != release->hz)
    name += fmt::format("+hz={}+net.core.netdev_budget_usecs.initial={}", abilities.hz, two_jiffies);
  for (const Backport& each : backports)
    if (each.series == release->release && point >= each.from)
      name += "+" + fmt::format(fmt::runtime(each.setting), two_jiffies);
  return profile_named(name).profile;
}

}  // namespace weir::oracle
