#include "oracle/targets/program.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <system_error>
#include <utility>

namespace weir::oracle {
namespace {

constexpr int not_found = 127;

struct Pipe {
  OwnedFd read, write;
};

Pipe new_pipe() {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) throw std::system_error(errno, std::generic_category(), "pipe2");
  return {OwnedFd(ends[0]), OwnedFd(ends[1])};
}

/// In the child: its own process group, so that it can be ended with all that it starts.
[[noreturn]] void become(char* const* arguments, int in, int out, int complaints) {
  ::setpgid(0, 0);
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  ::signal(SIGPIPE, SIG_DFL);
  ::dup2(in, STDIN_FILENO);
  ::dup2(out, STDOUT_FILENO);
  ::dup2(complaints, STDERR_FILENO);
  ::execvp(arguments[0], arguments);
  ::_exit(not_found);
}

}  // namespace

Program::Program(const std::vector<std::string>& command) {
  Pipe to = new_pipe();
  Pipe from = new_pipe();
  complaints_ = OwnedFd(::memfd_create("complaints", MFD_CLOEXEC));
  std::vector<char*> arguments;
  for (const std::string& each : command) arguments.push_back(const_cast<char*>(each.c_str()));
  arguments.push_back(nullptr);
  process_ = ::fork();
  if (process_ < 0) throw std::system_error(errno, std::generic_category(), "fork");
  if (process_ == 0) become(arguments.data(), to.read.get(), from.write.get(), complaints_.get());
  ::setpgid(process_, process_);  // whichever of the two comes first
  in_ = std::move(to.write);
  out_ = std::move(from.read);
}

Program::~Program() {
  if (process_ < 0) return;
  ::kill(-process_, SIGKILL);
  ::waitpid(process_, nullptr, 0);
}

/// SIGPIPE is kept off: a program that has ended is told by the result.
bool Program::send(std::string_view bytes) {
  sigset_t pipe_only, before;
  sigemptyset(&pipe_only);
  sigaddset(&pipe_only, SIGPIPE);
  ::pthread_sigmask(SIG_BLOCK, &pipe_only, &before);
  bool sent = true;
  while (sent && !bytes.empty()) {
    const ssize_t count = ::write(in_.get(), bytes.data(), bytes.size());
    if (count < 0 && errno == EINTR) continue;
    sent = count > 0;
    if (sent) bytes.remove_prefix(static_cast<std::size_t>(count));
  }
  const timespec now{};
  if (!sent) ::sigtimedwait(&pipe_only, nullptr, &now);  // takes away the one that is waiting
  ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
  return sent;
}

Program::Answer Program::receive(std::string& line, std::chrono::milliseconds patience) {
  const auto deadline = std::chrono::steady_clock::now() + patience;
  for (;;) {
    if (const auto end = received_.find('\n'); end != std::string::npos) {
      line.assign(received_, 0, end);
      received_.erase(0, end + 1);
      return Answer::line;
    }
    const auto left =
        std::chrono::duration_cast<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
    if (const Answer more = receive_more(std::max(left, std::chrono::milliseconds{0})); more != Answer::line)
      return more;
  }
}

/// `line` stands for "something".
Program::Answer Program::receive_more(std::chrono::milliseconds patience) {
  for (;;) {
    pollfd waiting{out_.get(), POLLIN, 0};
    const int ready = ::poll(&waiting, 1, static_cast<int>(patience.count()));
    if (ready < 0 && errno == EINTR) continue;
    if (ready <= 0) return Answer::silent;
    std::array<char, 1U << 14> bytes;
    const ssize_t count = ::read(out_.get(), bytes.data(), bytes.size());
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return Answer::ended;
    received_.append(bytes.data(), static_cast<std::size_t>(count));
    return Answer::line;
  }
}

std::string Program::receive(std::size_t most, std::chrono::milliseconds patience) {
  if (received_.empty()) receive_more(patience.count() == 0 ? std::chrono::milliseconds{-1} : patience);
  std::string bytes = received_.substr(0, most);
  received_.erase(0, bytes.size());
  return bytes;
}

std::string Program::end() {
  int status = 0;
  in_ = OwnedFd();
  ::waitpid(std::exchange(process_, -1), &status, 0);
  if (WIFSIGNALED(status)) return "was killed by signal " + std::to_string(WTERMSIG(status)) + last_complaint();
  if (WEXITSTATUS(status) == not_found) return "could not be run" + last_complaint();
  return "ended with status " + std::to_string(WEXITSTATUS(status)) + last_complaint();
}

std::string Program::end_or_kill() {
  constexpr std::chrono::milliseconds about_to_end{200};
  if (receive_more(about_to_end) == Answer::ended) return end();
  ::kill(-process_, SIGKILL);
  ::waitpid(std::exchange(process_, -1), nullptr, 0);
  return "is silent" + last_complaint();
}

/// Of what it wrote to standard error the last line, if there is one; of a guest, the one that says why it has ended.
std::string Program::last_complaint() const {
  constexpr off_t most = 4096;
  const off_t size = ::lseek(complaints_.get(), 0, SEEK_END);
  std::string text(static_cast<std::size_t>(std::clamp<off_t>(size, 0, most)), ' ');
  const ssize_t count = ::pread(complaints_.get(), text.data(), text.size(), std::max<off_t>(0, size - most));
  text.resize(static_cast<std::size_t>(std::max<ssize_t>(0, count)));
  while (!text.empty() && text.back() == '\n') text.pop_back();
  for (const char* each : {"weir-guest: ", "Kernel panic"})
    if (const auto at = text.rfind(each); at != std::string::npos)
      return ": " + text.substr(at, text.find_first_of("\r\n", at) - at);
  return text.empty() ? text : ": " + text.substr(text.rfind('\n') + 1);
}

}  // namespace weir::oracle
