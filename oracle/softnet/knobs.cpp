#include "oracle/softnet/knobs.hpp"

#include <fcntl.h>
#include <signal.h>
#include <sys/file.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <cstring>
#include <optional>
#include <stdexcept>
#include <thread>

namespace weir::oracle {
namespace {

constexpr auto patience = std::chrono::seconds(20);

/// A plain decimal number: what is_harmless can judge without being a second parser.
std::optional<std::int32_t> plain_number(std::string_view text) {
  std::int32_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  const bool leading_zero = text.size() > 1 && text[text.front() == '-' ? 1 : 0] == '0';
  if (error != std::errc{} || end != text.data() + text.size() || leading_zero) return std::nullopt;
  return value;
}

/// Another weir has the knobs for as long as it or its guardian lives.
void have_for_oneself(int file) {
  const auto deadline = std::chrono::steady_clock::now() + patience;
  while (::flock(file, LOCK_EX | LOCK_NB) != 0) {
    if (std::chrono::steady_clock::now() > deadline)
      throw std::runtime_error("another process holds the sysctls of net.core");
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
}

std::string text_of(int file) {
  std::array<char, 256> buffer{};
  const ssize_t length = ::pread(file, buffer.data(), buffer.size(), 0);
  return {buffer.data(), length > 0 ? static_cast<std::size_t>(length) : 0};
}

}  // namespace

SoftnetKnobs::SoftnetKnobs(bool machine) {
  for (const Sysctl each : softnet_knobs) {
    const std::string path = sysctl_path(name_of_enum(each));
    OwnedFd file(::open(path.c_str(), O_RDWR | O_CLOEXEC));
    if (file.get() < 0) throw std::runtime_error(path + ": " + std::strerror(errno));
    if (knobs_.empty() && !machine) have_for_oneself(file.get());
    std::string initial = text_of(file.get());
    knobs_.push_back({each, std::move(file), std::move(initial)});
  }
  if (!machine) start_guardian();
}

SoftnetKnobs::~SoftnetKnobs() {
  restore();
  if (guardian_ < 0) return;
  alive_ = OwnedFd();
  // What it waits for is the end of the pipe, which a process forked meanwhile may hold as well.
  ::kill(guardian_, SIGTERM);
  ::waitpid(guardian_, nullptr, 0);
}

bool SoftnetKnobs::is_harmless(const op::SysctlWrite& write) {
  if (write.ns.id != 0 || write.pos != 0 || write.cred != Cred::root) return false;
  if (write.sysctl == Sysctl::flow_limit_cpu_bitmap) return write.data.size() < 256;
  const auto number = plain_number(write.data);
  if (!number) return false;
  switch (write.sysctl) {
    case Sysctl::netdev_max_backlog:
    case Sysctl::netdev_budget:
      return true;
    case Sysctl::dev_weight:
    case Sysctl::dev_weight_rx_bias:
      return *number <= 1024;  // so that the product stays an int, and a poll short
    case Sysctl::netdev_budget_usecs:
      return *number <= 1'000'000;
    case Sysctl::flow_limit_table_len:
      return *number > 1 && *number <= 8192;
    default:
      return false;
  }
}

const SoftnetKnobs::Knob& SoftnetKnobs::knob(Sysctl id) const {
  const auto found = std::find_if(knobs_.begin(), knobs_.end(), [&](const Knob& each) { return each.id == id; });
  if (found == knobs_.end()) throw std::logic_error("no knob of the softirq: " + std::string(name_of_enum(id)));
  return *found;
}

Outcome SoftnetKnobs::write(Sysctl id, std::string_view text) {
  const ssize_t written = ::pwrite(knob(id).file.get(), text.data(), text.size(), 0);
  return written < 0 ? failed(static_cast<Errno>(errno)) : returned(written);
}

Outcome SoftnetKnobs::read(Sysctl id, std::size_t length, std::int64_t position) const {
  std::string text(length, '\0');
  const ssize_t count = ::pread(knob(id).file.get(), text.data(), length, position);
  if (count < 0) return failed(static_cast<Errno>(errno));
  text.resize(static_cast<std::size_t>(count));
  return outcome::ReadBack{count, std::move(text)};
}

void SoftnetKnobs::restore() const {
  for (const Knob& each : knobs_)
    if (::pwrite(each.file.get(), each.initial.data(), each.initial.size(), 0) < 0) continue;  // none to tell it to
}

void SoftnetKnobs::start_guardian() {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) throw std::runtime_error(std::string("pipe2: ") + std::strerror(errno));
  OwnedFd gone(ends[0]);
  alive_ = OwnedFd(ends[1]);
  guardian_ = ::fork();
  if (guardian_ < 0) throw std::runtime_error(std::string("fork: ") + std::strerror(errno));
  if (guardian_ == 0) guard(gone.get());
}

/// The life of the guardian. It holds nothing of its parent's but the knobs, and no signal of the terminal reaches it.
void SoftnetKnobs::guard(int gone) const {
  ::setsid();
  ::close(alive_.get());
  std::array<int, softnet_knobs.size() + 1> kept{};
  std::transform(knobs_.begin(), knobs_.end(), kept.begin(), [](const Knob& each) { return each.file.get(); });
  kept.back() = gone;
  std::sort(kept.begin(), kept.end());
  unsigned next = 0;
  for (const int each : kept) {
    if (static_cast<unsigned>(each) > next) ::close_range(next, static_cast<unsigned>(each) - 1, 0);
    next = static_cast<unsigned>(each) + 1;
  }
  ::close_range(next, ~0U, 0);
  char nothing = 0;
  while (::read(gone, &nothing, 1) < 0 && errno == EINTR) continue;
  restore();
  ::_exit(0);
}

}  // namespace weir::oracle
