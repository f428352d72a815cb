#include "oracle/targets/linux.hpp"

#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <ctime>
#include <exception>
#include <stdexcept>
#include <system_error>
#include <utility>

#include "model/profile.hpp"
#include "oracle/targets/linux_channel.hpp"
#include "oracle/targets/linux_credentials.hpp"
#include "oracle/targets/linux_driver.hpp"
#include "oracle/targets/linux_tun.hpp"
#include "oracle/targets/this_kernel.hpp"
#include "oracle/targets/wire.hpp"

namespace weir::oracle {
namespace {

using std::chrono::nanoseconds;
using std::chrono::steady_clock;

/// What every reply of the driver begins with; text follows unless it is `fine`.
enum class Reply : std::uint8_t { fine, trouble };

std::string trouble(const std::exception& error) {
  std::string reply;
  wire::Writer out(reply);
  out.put(Reply::trouble);
  out.put(std::string(error.what()));
  return reply;
}

/// How long the case lets time pass.
std::chrono::milliseconds sleeps_of(std::span<const Op> ops) {
  std::chrono::milliseconds sum{0};
  for (const Op& each : ops)
    if (const auto* advance = std::get_if<op::Advance>(&each)) sum += std::chrono::milliseconds(advance->ms.count);
  return sum;
}

std::string run_request(LinuxDriver& driver, const std::string& request, std::vector<Op>& ops,
                        std::vector<Outcome>& outcomes) {
  wire::Reader(request).get(ops);
  const auto began = steady_clock::now();
  driver.run_case(ops, outcomes);
  const nanoseconds took = steady_clock::now() - began - sleeps_of(ops);
  std::string reply;
  wire::Writer out(reply);
  out.put(Reply::fine);
  out.put(took.count());
  out.put(outcomes);
  return reply;
}

void serve(int channel) {
  LinuxDriver driver;
  std::string request;
  std::vector<Op> ops;
  std::vector<Outcome> outcomes;
  while (receive_message(channel, request, std::chrono::milliseconds{0}))
    if (!send_message(channel, run_request(driver, request, ops, outcomes))) return;
}

/// The whole life of the driver process. Only the channel stays open of what it inherits, beside standard error.
[[noreturn]] void live(int inherited) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  constexpr int channel = 3;
  const int null = ::open("/dev/null", O_RDWR);
  ::dup2(null, STDIN_FILENO);
  ::dup2(null, STDOUT_FILENO);
  ::dup2(inherited, channel);
  ::close_range(channel + 1, ~0U, 0);
  try {
    enter_user_namespace();
    NamespacePool().acquire();
    if (send_message(channel, std::string(1, static_cast<char>(Reply::fine)))) serve(channel);
  } catch (const std::exception& error) {
    send_message(channel, trouble(error));
  }
  ::_exit(0);
}

}  // namespace

class LinuxTarget::Driver {
 public:
  Driver() {
    profile_of_running_kernel();  // throws where there is none: the driver could not set up a namespace
    int ends[2];
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
      throw std::system_error(errno, std::generic_category(), "socketpair");
    channel_ = OwnedFd(ends[0]);
    const OwnedFd other(ends[1]);
    process_ = ::fork();
    if (process_ < 0) throw std::system_error(errno, std::generic_category(), "fork");
    if (process_ == 0) live(other.get());
  }

  ~Driver() {
    ::kill(process_, SIGKILL);
    ::waitpid(process_, nullptr, 0);
  }
  Driver(const Driver&) = delete;
  Driver& operator=(const Driver&) = delete;

  bool send(const std::string& request) { return send_message(channel_.get(), request); }
  bool receive(std::string& reply, std::chrono::milliseconds patience = hung_after) {
    return receive_message(channel_.get(), reply, patience);
  }
  int channel() const { return channel_.get(); }

  nanoseconds time() const {
    clockid_t clock = 0;
    timespec used{};
    if (::clock_getcpuclockid(process_, &clock) != 0 || ::clock_gettime(clock, &used) != 0) return {};
    return std::chrono::seconds(used.tv_sec) + nanoseconds(used.tv_nsec);
  }

  /// The reason why it is of no use, or "".
  std::string trouble() {
    std::string reply;
    if (!receive(reply)) return "the driver ended before it began";
    return trouble_of(reply);
  }

  static std::string trouble_of(const std::string& reply) {
    wire::Reader in(reply);
    std::string text;
    if (in.get<Reply>() == Reply::fine && in.ok()) return text;
    in.get(text);
    return in.ok() ? text : "the driver does not make sense";
  }

 private:
  OwnedFd channel_;
  pid_t process_ = -1;
};

Availability LinuxTarget::probe() {
  try {
    std::string reason = Driver().trouble();
    return {reason.empty(), std::move(reason)};
  } catch (const std::runtime_error& error) {  // std::system_error among them
    return {false, error.what()};
  }
}

LinuxTarget::LinuxTarget() : driver_(std::make_unique<Driver>()) {
  if (const std::string reason = driver_->trouble(); !reason.empty()) throw std::runtime_error(reason);
}
LinuxTarget::~LinuxTarget() = default;
LinuxTarget::LinuxTarget(LinuxTarget&&) noexcept = default;
LinuxTarget& LinuxTarget::operator=(LinuxTarget&&) noexcept = default;

LinuxTarget::Run LinuxTarget::run(std::span<const Op> ops) {
  start(ops);
  return finish();
}

bool LinuxTarget::start(std::span<const Op> ops) {
  std::string bytes;
  wire::Writer(bytes).put(std::vector<Op>(ops.begin(), ops.end()));
  sleeps_ = sleeps_of(ops);
  if (driver_ == nullptr) *this = LinuxTarget();
  if (driver_->send(bytes)) return true;
  driver_.reset();
  return false;
}

LinuxTarget::Run LinuxTarget::finish() {
  Run ran;
  std::string bytes;
  if (driver_ == nullptr || !driver_->receive(bytes, hung_after + sleeps_)) {
    driver_.reset();
    ran.error = "the driver died or hung";
    return ran;
  }
  ran.error = Driver::trouble_of(bytes);
  if (!ran.error.empty()) {
    driver_.reset();
    return ran;
  }
  wire::Reader in(bytes);
  in.get<Reply>();
  ran.took = nanoseconds(in.get<nanoseconds::rep>());
  in.get(ran.outcomes);
  const auto limit = sleeps_.count() == 0 ? late_after : slowly_late_after;
  ran.status = ran.took > limit ? Status::late : Status::answered;
  return ran;
}

nanoseconds LinuxTarget::driver_time() const { return driver_ == nullptr ? nanoseconds{} : driver_->time(); }

int LinuxTarget::channel() const { return driver_ == nullptr ? -1 : driver_->channel(); }

namespace {

/// The machine's own settings: not there in the namespaces of cases, or not ours to change.
bool is_global(Sysctl sysctl) {
  const Profile* const kernel = running_profile();
  const SysctlSpec* const spec = kernel == nullptr ? nullptr : spec_of(*kernel, sysctl);
  return spec == nullptr || spec->scope == Scope::global;
}

/// What a new namespace takes from the first one: namespaces of cases are used again and again, so that they cannot.
bool is_handed_on(Sysctl sysctl) {
  const SysctlSpec* spec = spec_of(*running_profile(), sysctl);
  return sysctl == Sysctl::tcp_child_ehash_entries || (spec != nullptr && spec->from_first);
}

bool can_ask(const op::SysctlWrite& operation) {
  if (operation.sysctl == Sysctl::sysctl_writes_strict) return false;
  if (operation.cred != Cred::root && !can_act_as_others()) return false;
  return operation.ns.id != 0 || !(is_global(operation.sysctl) || is_handed_on(operation.sysctl));
}
bool can_ask(const op::SysctlRead& operation) { return operation.ns.id != 0 || !is_global(operation.sysctl); }

/// What fits into a packet.
bool can_ask(const op::Segment& operation) { return operation.len <= 1400 && static_cast<bool>(LinuxTarget::peers()); }

/// The receive softirq cannot be stepped from outside, and time cannot be hurried.
template <class T>
bool can_ask(const T&) {
  constexpr bool of_a_cpu = requires(T each) { each.cpu; };
  return !of_a_cpu && !std::is_same_v<T, op::Advance> && !std::is_same_v<T, op::Tick>;
}

}  // namespace

Availability LinuxTarget::peers() {
  static const std::string reason = Tun::refused();
  return {reason.empty(), reason};
}

bool LinuxTarget::supported(const Op& operation) {
  return std::visit([](const auto& each) { return can_ask(each); }, operation);
}

bool LinuxTarget::supported_slowly(const Op& operation) {
  return std::holds_alternative<op::Advance>(operation) || supported(operation);
}

}  // namespace weir::oracle
