// How fast the oracle is from outside: lines a second of `check` over a trace of a million lines, questions a second
// that `weir serve` answers over a pipe when they come many at once, and inputs a second of the comparison that a
// campaign of the lock-free implementation consists of.
//
// The traces are the model's own answers to work that never ends: connections that come, are accepted and go; packets
// in bursts; sysctls that are written and read. `serve` is the command that lies beside this program.
#include <benchmark/benchmark.h>
#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

#include "fuzz/generator.hpp"
#include "fuzz/targets.hpp"
#include "oracle/check/check.hpp"
#include "oracle/check/run.hpp"
#include "oracle/json/writer.hpp"

namespace weir::bench {
namespace {

constexpr std::size_t lines_of_a_trace = 1'000'000;

std::vector<Op> connections() {
  constexpr Fd listener{3}, client{4}, child{5};
  std::vector<Op> ops{op::Socket{{}, Family::inet, SockType::stream}, op::Bind{listener, any_address, 80},
                      op::Listen{listener, 8}};
  for (std::uint16_t port = 1000; ops.size() < lines_of_a_trace; port = port % 60000 + 1) {
    const auto segment = [&](Flags flags) { return op::Segment{{}, {0x0a010001, port}, {0x0a000001, 80}, flags, 0}; };
    ops.insert(ops.end(),
               {op::Socket{{}, Family::inet, SockType::stream}, op::Connect{client, loopback, 80}, op::Accept{listener},
                op::TcpInfo{listener}, op::Close{client}, op::Close{child}, segment(Flags::s), segment(Flags::r)});
  }
  return ops;
}

std::vector<Op> packets() {
  std::vector<Op> ops;
  while (ops.size() < lines_of_a_trace) {
    for (std::uint32_t i = 0; i < 15; ++i) ops.emplace_back(op::NetifRx{{}, Skb{i}});
    ops.emplace_back(op::ProcessBacklog{{}, 64, {}});
  }
  return ops;
}

std::vector<Op> sysctls() {
  std::vector<Op> ops;
  for (std::uint32_t value = 0; ops.size() < lines_of_a_trace; value = (value + 7919) % 70000) {
    ops.emplace_back(op::SysctlWrite{{}, Sysctl::somaxconn, std::to_string(value) + "\n"});
    ops.emplace_back(op::SysctlRead{{}, Sysctl::somaxconn});
  }
  return ops;
}

/// The questions alone.
std::string asked(const std::vector<Op>& ops) {
  std::string text = oracle::to_json(oracle::Header{}) + '\n';
  for (const Op& each : ops) oracle::append_json(text, each), text += '\n';
  return text;
}

/// With the model's answers.
std::string answered(const std::vector<Op>& ops) {
  std::string text = oracle::to_json(oracle::Header{}) + '\n';
  oracle::TraceReader trace(oracle::read_text(asked(ops)), "asked");
  oracle::run(trace, {}, [&](std::string_view line) { text += line, text += '\n'; });
  return text;
}

void check(benchmark::State& state, std::vector<Op> (*work)()) {
  const std::string text = answered(work());
  for (auto _ : state) {
    std::size_t at = 0;
    const auto read = [&](std::span<char> into) {
      const std::size_t length = text.copy(into.data(), into.size(), at);
      at += length;
      return length;
    };
    oracle::TraceReader trace(read, "a million lines");
    const auto result = oracle::check(trace, {}, [](const auto&) {});
    if (!result.agrees() || result.operations < lines_of_a_trace) state.SkipWithError("the trace is not checked");
  }
  state.SetItemsProcessed(state.iterations() * std::int64_t{lines_of_a_trace});
}
BENCHMARK_CAPTURE(check, listen, connections)->Name("check listen")->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(check, softnet, packets)->Name("check softnet")->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(check, sysctl, sysctls)->Name("check sysctl")->Unit(benchmark::kMillisecond);

/// `weir serve`, with a pipe to it and one from it.
class Service {
 public:
  Service() {
    int in[2], out[2];
    if (::pipe2(in, O_CLOEXEC) != 0 || ::pipe2(out, O_CLOEXEC) != 0) std::abort();
    posix_spawn_file_actions_t actions;
    ::posix_spawn_file_actions_init(&actions);
    ::posix_spawn_file_actions_adddup2(&actions, in[0], STDIN_FILENO);
    ::posix_spawn_file_actions_adddup2(&actions, out[1], STDOUT_FILENO);
    const std::string program = (std::filesystem::read_symlink("/proc/self/exe").parent_path() / "weir").string();
    std::string serve = "serve";
    char* arguments[] = {const_cast<char*>(program.c_str()), serve.data(), nullptr};
    started_ = ::posix_spawn(&process_, program.c_str(), &actions, nullptr, arguments, environ) == 0;
    ::posix_spawn_file_actions_destroy(&actions);
    ::close(in[0]);
    ::close(out[1]);
    to_ = in[1];
    from_ = out[0];
  }
  ~Service() {
    ::close(to_);
    ::close(from_);
    if (started_) ::waitpid(process_, nullptr, 0);
  }
  Service(const Service&) = delete;
  Service& operator=(const Service&) = delete;

  bool started() const { return started_; }
  bool ask(std::string_view text) {
    while (!text.empty()) {
      const auto written = ::write(to_, text.data(), text.size());
      if (written <= 0) return false;
      text.remove_prefix(static_cast<std::size_t>(written));
    }
    return true;
  }
  bool take_answers(std::size_t lines) {
    static char buffer[1 << 16];
    while (lines > 0) {
      const auto length = ::read(from_, buffer, sizeof buffer);
      if (length <= 0) return false;
      lines -= static_cast<std::size_t>(std::count(buffer, buffer + length, '\n'));
    }
    return true;
  }

 private:
  pid_t process_ = 0;
  bool started_ = false;
  int to_ = -1, from_ = -1;
};

void serve(benchmark::State& state) {
  constexpr std::size_t batch = 256;  // what a pipe holds both ways
  const std::string text = asked(connections());
  Service service;
  std::size_t at = text.find('\n') + 1;
  bool well = service.started() && service.ask(std::string_view(text).substr(0, at));
  for (auto _ : state) {
    const std::size_t from = at;
    for (std::size_t i = 0; i < batch; ++i) at = text.find('\n', at) + 1;
    well = well && service.ask(std::string_view(text).substr(from, at - from)) && service.take_answers(batch);
    if (text.size() - at < 64 * batch) at = text.find('\n') + 1;  // questions of a process that goes on
  }
  if (!well) state.SkipWithError("weir serve does not answer");
  state.SetItemsProcessed(state.iterations() * std::int64_t{batch});
}
BENCHMARK(serve)->Name("serve")->UseRealTime();

void differential(benchmark::State& state) {
  constexpr std::size_t length = 32, different = 4096;
  fuzz::Generator generator(fuzz::GeneratorOptions{.length = length});
  fuzz::Rng rng(1);
  std::vector<fuzz::Input> inputs(different);
  for (fuzz::Input& each : inputs) {
    each.profile = releases::all[rng.below(static_cast<std::uint32_t>(releases::all.size()))];
    generator.fill(rng, each.ops);
    each.ops.resize(length);
  }
  const fuzz::Target target = fuzz::lockfree_target();
  fuzz::Effort effort;
  std::size_t at = 0;
  for (auto _ : state)
    if (target.run(inputs[at++ % different], effort)) state.SkipWithError("the implementations differ");
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(differential)->Name("diff inputs");

}  // namespace
}  // namespace weir::bench
