#include "proofs/recheck.hpp"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <sstream>
#include <thread>

#include "proofs/pool.hpp"
#include "proofs/record.hpp"

extern char** environ;

namespace weir::proofs {
namespace {

/// Some ten times what the hardest obligation takes.
constexpr const char* cvc5_budget = "--rlimit=10000000";

bool is_executable(const std::filesystem::path& path) { return ::access(path.c_str(), X_OK) == 0; }

/// What the program prints, up to the end of its first line.
std::string first_line_of(const std::string& solver, const std::filesystem::path& file) {
  std::vector<std::string> words{solver};
  if (std::filesystem::path(solver).filename() == "cvc5") words.insert(words.end(), {"--lang=smt2", "-q", cvc5_budget});
  words.push_back(file.string());
  std::vector<char*> arguments;
  for (std::string& each : words) arguments.push_back(each.data());
  arguments.push_back(nullptr);
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) return "";
  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
  pid_t process = 0;
  const int error = ::posix_spawnp(&process, solver.c_str(), &actions, nullptr, arguments.data(), environ);
  ::posix_spawn_file_actions_destroy(&actions);
  ::close(ends[1]);
  std::string text;
  char bytes[256];
  for (ssize_t got; error == 0 && (got = ::read(ends[0], bytes, sizeof bytes)) > 0;)
    text.append(bytes, static_cast<std::size_t>(got));
  ::close(ends[0]);
  if (error == 0) ::waitpid(process, nullptr, 0);
  return text.substr(0, text.find('\n'));
}

}  // namespace

std::size_t Recheck::count(Opinion which) const {
  return static_cast<std::size_t>(
      std::count_if(all.begin(), all.end(), [&](const Rechecked& each) { return each.opinion == which; }));
}

Opinion opinion_of(std::string_view answer, Verdict verdict) {
  if (answer == "unknown" || answer.find("timeout") != answer.npos || answer.find("resource") != answer.npos)
    return Opinion::gave_up;
  if (answer != "sat" && answer != "unsat") return Opinion::failed;
  if (verdict != Verdict::proved && verdict != Verdict::counterexample) return Opinion::gave_up;
  return (answer == "unsat") == (verdict == Verdict::proved) ? Opinion::agrees : Opinion::disagrees;
}

bool is_program(const std::string& solver) {
  if (solver.find('/') != solver.npos) return is_executable(solver);
  const char* const path = std::getenv("PATH");
  std::istringstream folders(path != nullptr ? path : "");
  for (std::string folder; std::getline(folders, folder, ':');)
    if (is_executable(std::filesystem::path(folder) / solver)) return true;
  return false;
}

Recheck recheck(const Summary& summary, const std::string& solver, unsigned processes,
                const std::function<void(const Rechecked&)>& on_result) {
  using Clock = std::chrono::steady_clock;
  const auto since = [](Clock::time_point start) {
    return std::chrono::duration<double>(Clock::now() - start).count();
  };
  const auto start = Clock::now();
  Recheck recheck;
  for (const Result& each : summary.results) recheck.all.push_back({each.name(), {}, Opinion::failed, 0});
  run_in_processes(
      summary.results.size(), processes != 0 ? processes : std::max(1U, std::thread::hardware_concurrency()),
      [&](std::size_t job) {
        const auto began = Clock::now();
        RecordWriter answer;
        answer.put(std::string_view(first_line_of(solver, summary.results[job].smt2)));
        answer.put(since(began));
        return answer.take();
      },
      [&](std::size_t job, const std::optional<std::string>& answer) {
        Rechecked& result = recheck.all[job];
        if (answer) {
          RecordReader reader(*answer);
          result.answer = reader.get_text();
          result.seconds = reader.get<double>();
          result.opinion = opinion_of(result.answer, summary.results[job].verdict);
        }
        if (on_result) on_result(result);
      });
  recheck.seconds = since(start);
  return recheck;
}

}  // namespace weir::proofs
