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

#include "oracle/targets/linux_channel.hpp"
#include "oracle/targets/linux_namespaces.hpp"
#include "oracle/targets/linux_service.hpp"
#include "oracle/targets/this_kernel.hpp"
#include "oracle/targets/wire.hpp"

namespace weir::oracle {
namespace {

using std::chrono::milliseconds;
using std::chrono::nanoseconds;

/// What is recorded of this machine's softirq is recorded by weir itself.
std::unique_ptr<SoftnetSource> nothing_to_record() { throw std::runtime_error("only a guest's driver records"); }

/// The whole life of the driver process. Only the channel stays open of what it inherits, beside standard error.
[[noreturn]] void live(int inherited) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  constexpr int channel = 3;
  const int null = ::open("/dev/null", O_RDWR);
  ::dup2(null, STDIN_FILENO);
  ::dup2(null, STDOUT_FILENO);
  ::dup2(inherited, channel);
  ::close_range(channel + 1, ~0U, 0);
  FdStream stream(channel);
  try {
    const LinuxAbilities abilities = abilities_here(false);
    enter_user_namespace();
    NamespacePool().acquire();
    serve_cases(stream, abilities, nothing_to_record);
  } catch (const std::exception& error) {
    send_trouble(stream, error);
  }
  ::_exit(0);
}

}  // namespace

class LinuxTarget::Driver {
 public:
  virtual ~Driver() = default;
  Driver(const Driver&) = delete;
  Driver& operator=(const Driver&) = delete;

  bool send(const std::string& request) { return send_message(stream(), request, hung_after); }
  bool receive(std::string& reply, milliseconds patience) { return receive_message(stream(), reply, patience); }

  /// Readable where receive() would not wait; -1 if it has none.
  virtual int descriptor() const { return -1; }

  /// Of the processor that it has used; 0 where that is not known.
  virtual nanoseconds time() const { return {}; }

  virtual std::string why_it_is_silent() = 0;

 protected:
  Driver() = default;
  virtual ByteStream& stream() = 0;
};

/// A process of this machine, in namespaces of its own.
class LinuxTarget::Forked final : public Driver {
 public:
  Forked() {
    profile_of_running_kernel();  // throws where there is none: the driver could not set up a namespace
    int ends[2];
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
      throw std::system_error(errno, std::generic_category(), "socketpair");
    channel_ = OwnedFd(ends[0]);
    const OwnedFd other(ends[1]);
    process_ = ::fork();
    if (process_ < 0) throw std::system_error(errno, std::generic_category(), "fork");
    if (process_ == 0) live(other.get());
    stream_ = std::make_unique<FdStream>(channel_.get());
  }
  ~Forked() override {
    ::kill(process_, SIGKILL);
    ::waitpid(process_, nullptr, 0);
  }

  std::string why_it_is_silent() override { return "the driver died or hung"; }
  int descriptor() const override { return channel_.get(); }

  nanoseconds time() const override {
    clockid_t clock = 0;
    timespec used{};
    if (::clock_getcpuclockid(process_, &clock) != 0 || ::clock_gettime(clock, &used) != 0) return {};
    return std::chrono::seconds(used.tv_sec) + nanoseconds(used.tv_nsec);
  }

 protected:
  ByteStream& stream() override { return *stream_; }

 private:
  OwnedFd channel_;
  std::unique_ptr<FdStream> stream_;
  pid_t process_ = -1;
};

/// A machine of its own, whose first process the driver is.
class LinuxTarget::Guest final : public Driver {
 public:
  explicit Guest(const GuestCommand& guest) : program_(guest) {}

  /// What it has written last, in case it knew why.
  std::string why_it_is_silent() override { return "the guest " + program_.channel().end_or_kill(); }
  int descriptor() const override { return program_.channel().descriptor(); }

 protected:
  ByteStream& stream() override { return program_.channel(); }

 private:
  GuestProgram program_;
};

namespace {

/// What a driver begins a message with, or why it is of no use.
std::string trouble_in(wire::Reader& message) {
  std::string text;
  if (message.get<Reply>() == Reply::fine && message.ok()) return text;
  message.get(text);
  return message.ok() ? text : "the driver does not make sense";
}

}  // namespace

LinuxTarget::LinuxTarget() : make_([] { return std::make_unique<Forked>(); }) { begin(); }

LinuxTarget::LinuxTarget(const GuestCommand& guest)
    : started_within_(guest.started_within), make_([guest] { return std::make_unique<Guest>(guest); }) {
  begin();
}

LinuxTarget::~LinuxTarget() = default;
LinuxTarget::LinuxTarget(LinuxTarget&&) noexcept = default;
LinuxTarget& LinuxTarget::operator=(LinuxTarget&&) noexcept = default;

void LinuxTarget::begin() {
  auto driver = make_();
  std::string bytes;
  if (!driver->receive(bytes, started_within_)) throw std::runtime_error(driver->why_it_is_silent());
  wire::Reader in(bytes);
  if (const std::string reason = trouble_in(in); !reason.empty()) throw std::runtime_error(reason);
  in.get(abilities_);
  if (!in.ok()) throw std::runtime_error("the driver does not make sense");
  driver_ = std::move(driver);
}

Availability LinuxTarget::probe() {
  try {
    const LinuxTarget tried;
    return {true, ""};
  } catch (const std::runtime_error& error) {  // std::system_error among them
    return {false, error.what()};
  }
}

LinuxTarget::Run LinuxTarget::run(std::span<const Op> ops) {
  start(ops);
  return finish();
}

void LinuxTarget::start(std::span<const Op> ops) {
  std::string bytes;
  wire::Writer out(bytes);
  out.put(Request::run_case);
  out.put(std::vector<Op>(ops.begin(), ops.end()));
  sleeps_ = sleeps_of(ops);
  asked_ = ops.size();
  if (driver_ == nullptr) begin();
  sent_ = driver_->send(bytes);
}

LinuxTarget::Run LinuxTarget::finish() {
  Run ran;
  std::string bytes;
  if (!sent_ || !driver_->receive(bytes, hung_after + sleeps_)) {
    ran.error = driver_->why_it_is_silent();
    driver_.reset();
    return ran;
  }
  wire::Reader in(bytes);
  ran.error = trouble_in(in);
  if (!ran.error.empty()) {
    driver_.reset();
    return ran;
  }
  ran.took = nanoseconds(in.get<nanoseconds::rep>());
  in.get(ran.outcomes);
  if (!in.ok() || ran.outcomes.size() != asked_) {
    ran.error = "the driver does not make sense";
    driver_.reset();
    return ran;
  }
  const auto limit = sleeps_.count() == 0 ? late_after : slowly_late_after;
  ran.status = ran.took > limit ? Status::late : Status::answered;
  return ran;
}

std::string LinuxTarget::ask(Request request, const std::string& what, std::chrono::seconds patience) {
  std::string bytes;
  wire::Writer(bytes).put(request);
  bytes += what;
  if (driver_ == nullptr) begin();
  if (!driver_->send(bytes) || !driver_->receive(bytes, patience)) {
    const std::string reason = driver_->why_it_is_silent();
    driver_.reset();
    throw std::runtime_error(reason);
  }
  wire::Reader in(bytes);
  if (const std::string reason = trouble_in(in); !reason.empty()) throw std::runtime_error(reason);
  return bytes.substr(sizeof(Reply));
}

nanoseconds LinuxTarget::driver_time() const { return driver_ == nullptr ? nanoseconds{} : driver_->time(); }

int LinuxTarget::channel() const { return driver_ == nullptr ? -1 : driver_->descriptor(); }

namespace {

const LinuxAbilities& here() {
  static const LinuxAbilities abilities = abilities_here(false);
  return abilities;
}

}  // namespace

Availability LinuxTarget::peers() { return {here().no_peers.empty(), here().no_peers}; }

bool LinuxTarget::supported(const Op& operation) { return here().can_ask(profile_of_running_kernel(), operation); }

bool LinuxTarget::supported_slowly(const Op& operation) {
  return std::holds_alternative<op::Advance>(operation) || supported(operation);
}

}  // namespace weir::oracle
