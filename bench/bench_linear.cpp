// How fast histories of calls that overlapped are judged (oracle/linear): operations a second, one core.
//
// The histories are those of four threads. At each tick of the clock one that is drawn at random goes one step on: from
// the beginning of its call to its effect, to its end, and then for three ticks it does something else; "dense" without
// these: each thread is always inside a call. So most calls overlap others, a dense one half a dozen, and the order in
// which they took effect is none that their beginnings or ends tell. The answers are those of the model. That each
// history is found legal is checked, and that its twin, in which one answer is wrong, is not.
#include <benchmark/benchmark.h>

#include <array>
#include <cstdlib>
#include <random>
#include <utility>
#include <vector>

#include "oracle/linear/history.hpp"
#include "oracle/linear/host_spec.hpp"
#include "oracle/linear/search.hpp"

namespace weir::bench {
namespace {

using oracle::Call;
using oracle::Linearizable;

constexpr std::size_t calls_each = 1000;
constexpr std::size_t threads = 4;

const oracle::Header header;  // of linux-6.18

using Draw = Op (*)(std::minstd_rand& random, std::uint32_t number, std::size_t thread);

std::uint32_t below(std::minstd_rand& random, std::uint32_t end) {
  return static_cast<std::uint32_t>(random() >> 4) % end;
}

/// Thread 0 owns the CPU and polls it packet by packet, the others bring packets.
Op packet_or_poll(std::minstd_rand& random, std::uint32_t number, std::size_t thread) {
  if (thread == 0) return op::ProcessBacklog{{}, 1, {}};
  if (below(random, 32) == 0) return op::SysctlWrite{{}, Sysctl::netdev_max_backlog, below(random, 2) ? "4" : "8"};
  return op::NetifRx{{}, {number}};
}

/// Two listeners, 3 and 4, and whoever else is there.
Op socket_call(std::minstd_rand& random, std::uint32_t, std::size_t) {
  const Fd listener{3 + static_cast<std::int32_t>(below(random, 2))};
  const Fd other{5 + static_cast<std::int32_t>(below(random, 8))};
  const auto port = static_cast<std::uint16_t>(80 + below(random, 2));
  switch (below(random, 8)) {
    case 0:
      return op::Socket{{}, Family::inet, SockType::stream};
    case 1:
    case 2:
      return op::Connect{other, v4_address(0x7f000001), port};
    case 3:
    case 4:
      return op::Accept{listener};
    case 5:
      return op::Close{other};
    case 6:
      return op::Listen{listener, static_cast<std::int32_t>(below(random, 4))};
    default:
      return op::TcpInfo{below(random, 2) ? listener : other};
  }
}

/// What has taken place before the threads begin.
std::vector<Op> before(Draw draw) {
  if (draw != socket_call) return {};
  std::vector<Op> ops;
  for (std::int32_t i = 0; i < 2; ++i) ops.emplace_back(op::Socket{{}, Family::inet, SockType::stream});
  for (std::int32_t i = 0; i < 2; ++i) {
    ops.emplace_back(op::Bind{{3 + i}, {}, static_cast<std::uint16_t>(80 + i)});
    ops.emplace_back(op::Listen{{3 + i}, 2});
  }
  return ops;
}

std::vector<Call> record(Draw draw, int pause, std::uint32_t seed) {
  std::minstd_rand random(seed);
  model::Host<Concrete> host(*header.profile);
  std::vector<Call> calls;
  std::uint64_t clock = 0;
  for (Op& each : before(draw)) {
    Outcome answer = host.step(each);
    calls.push_back({std::move(each), oracle::observed_in_full(std::move(answer)), clock, clock});
    ++clock;
  }
  enum class Next { begin, effect, end };
  struct Thread {
    Next next = Next::begin;
    std::size_t call = 0;
    int pause = 0;
  };
  std::array<Thread, threads> all;
  while (calls.size() < calls_each + threads) {
    const auto which = below(random, threads);
    Thread& thread = all[which];
    if (thread.pause > 0) {
      --thread.pause;
      continue;
    }
    Call* const call = thread.next == Next::begin ? nullptr : &calls[thread.call];
    switch (thread.next) {
      case Next::begin:
        thread = {Next::effect, calls.size(), 0};
        calls.push_back({draw(random, static_cast<std::uint32_t>(calls.size()), which), {}, clock});
        break;
      case Next::effect:
        call->seen = oracle::observed_in_full(host.step(call->operation));
        thread.next = Next::end;
        break;
      case Next::end:
        call->end = clock;
        thread.next = Next::begin;
        thread.pause = pause;
        break;
    }
    ++clock;
  }
  for (const Thread& each : all)  // what has not taken effect has not taken place
    if (each.next == Next::effect) calls[each.call].seen = {};
  return calls;
}

/// One of the first answers is another.
std::vector<Call> spoilt(std::vector<Call> calls) {
  for (Call& each : calls) {
    if (auto* const polled = std::get_if<outcome::Polled>(&each.seen.outcome); polled && polled->work != 0) {
      ++polled->delivered.front().id;
      return calls;
    }
    if (auto* const info = std::get_if<outcome::Info>(&each.seen.outcome)) {
      ++info->sacked;
      return calls;
    }
  }
  std::abort();
}

template <class Spec, Draw draw, int pause>
void judge(benchmark::State& state) {
  std::vector<std::vector<Call>> histories;
  for (std::uint32_t seed = 1; seed <= 16; ++seed) histories.push_back(record(draw, pause, seed));
  for (auto& each : histories) oracle::order_packets(each);
  const Spec fresh(header);
  if (linearize(fresh, spoilt(histories[0])).verdict == Linearizable::ok) state.SkipWithError("a wrong answer passes");
  std::uint64_t operations = 0, steps = 0;
  std::size_t next = 0;
  for (auto _ : state) {
    const oracle::Linear linear = linearize(fresh, histories[next]);
    if (linear.verdict != Linearizable::ok) state.SkipWithError("a history of the model is no history of the model");
    operations += histories[next].size();
    next = (next + 1) % histories.size();
    steps += linear.steps;
  }
  state.SetItemsProcessed(static_cast<std::int64_t>(operations));
  state.counters["steps"] = static_cast<double>(steps) / static_cast<double>(operations);
}

BENCHMARK(judge<oracle::SoftnetSpec, packet_or_poll, 3>)->Name("queue");
BENCHMARK(judge<oracle::HostSpec, socket_call, 3>)->Name("listen");
BENCHMARK(judge<oracle::SoftnetSpec, packet_or_poll, 0>)->Name("queue dense");
BENCHMARK(judge<oracle::HostSpec, socket_call, 0>)->Name("listen dense");

}  // namespace
}  // namespace weir::bench

BENCHMARK_MAIN();
