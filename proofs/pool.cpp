#include "proofs/pool.hpp"

#include <poll.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <list>
#include <system_error>
#include <vector>

namespace weir::proofs {
namespace {

[[noreturn]] void fail(const char* what) { throw std::system_error(errno, std::generic_category(), what); }

bool write_all(int fd, const void* from, std::size_t count) {
  const char* bytes = static_cast<const char*>(from);
  while (count > 0) {
    const ssize_t written = ::send(fd, bytes, count, MSG_NOSIGNAL);
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return false;
    bytes += written;
    count -= static_cast<std::size_t>(written);
  }
  return true;
}

bool read_all(int fd, void* into, std::size_t count) {
  char* bytes = static_cast<char*>(into);
  while (count > 0) {
    const ssize_t got = ::read(fd, bytes, count);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return false;
    bytes += got;
    count -= static_cast<std::size_t>(got);
  }
  return true;
}

/// Takes numbers of jobs and gives answers until there are no more.
[[noreturn]] void serve(int fd, const std::function<std::string(std::size_t)>& work) {
  std::size_t job = 0;
  while (read_all(fd, &job, sizeof job)) {
    const std::string answer = work(job);
    const std::size_t size = answer.size();
    if (!write_all(fd, &size, sizeof size) || !write_all(fd, answer.data(), size)) break;
  }
  ::_exit(0);  // nothing of the parent's is to be ended twice
}

class Worker {
 public:
  using Workers = std::list<Worker>;

  Worker(const Workers& others, const std::function<std::string(std::size_t)>& work) {
    int ends[2];
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) fail("socketpair");
    process_ = ::fork();
    if (process_ < 0) fail("fork");
    if (process_ == 0) {
      ::close(ends[0]);
      for (const Worker& each : others) ::close(each.fd_);  // or they would never see the end of their jobs
      serve(ends[1], work);
    }
    ::close(ends[1]);
    fd_ = ends[0];
  }
  ~Worker() {
    ::close(fd_);
    while (::waitpid(process_, nullptr, 0) < 0 && errno == EINTR) {
    }
  }
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;

  int fd() const { return fd_; }
  std::optional<std::size_t> job() const { return job_; }
  void start(std::size_t job) {
    job_ = job;
    write_all(fd_, &job, sizeof job);  // a worker that is gone is noticed when its answer is read
  }
  /// Nothing where the worker has died.
  std::optional<std::string> answer() {
    std::size_t size = 0;
    std::string bytes;
    if (!read_all(fd_, &size, sizeof size)) return std::nullopt;
    bytes.resize(size);
    if (!read_all(fd_, bytes.data(), size)) return std::nullopt;
    job_.reset();
    return bytes;
  }

 private:
  pid_t process_;
  int fd_;
  std::optional<std::size_t> job_;
};

/// One of the workers that have something to say.
Worker::Workers::iterator wait_for_one(Worker::Workers& workers) {
  std::vector<pollfd> waiting;
  for (const Worker& each : workers) waiting.push_back({each.fd(), static_cast<short>(each.job() ? POLLIN : 0), 0});
  for (;;) {
    if (::poll(waiting.data(), waiting.size(), -1) < 0 && errno != EINTR) fail("poll");
    auto worker = workers.begin();
    for (const pollfd& each : waiting) {
      if (worker->job() && each.revents != 0) return worker;
      ++worker;
    }
  }
}

}  // namespace

void run_in_processes(std::size_t jobs, unsigned processes, const std::function<std::string(std::size_t)>& work,
                      const std::function<void(std::size_t, std::optional<std::string>)>& done) {
  Worker::Workers workers;
  std::size_t next = 0;
  const auto hire = [&] {
    workers.emplace_back(workers, work);
    workers.back().start(next++);
  };
  while (next < jobs && next < processes) hire();
  for (std::size_t ended = 0; ended < jobs; ++ended) {
    const auto worker = wait_for_one(workers);
    const std::size_t job = *worker->job();
    auto answer = worker->answer();
    if (!answer) workers.erase(worker);
    const bool idle = answer.has_value();
    done(job, std::move(answer));
    if (next == jobs) continue;
    idle ? worker->start(next++) : hire();
  }
}

}  // namespace weir::proofs
