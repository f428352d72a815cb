#include "oracle/softnet/machine.hpp"

#include <sched.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cinttypes>
#include <cstdio>
#include <fstream>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>

#include "oracle/json/header.hpp"
#include "oracle/softnet/bursts.hpp"
#include "oracle/softnet/knobs.hpp"
#include "oracle/softnet/probes.hpp"
#include "oracle/softnet/recorder.hpp"
#include "oracle/targets/this_kernel.hpp"

namespace weir::oracle {
namespace {

constexpr std::uint32_t flows = 8;

/// Until a backlog is empty, at the latest: a softirq that was put off is asked for again and again.
constexpr auto drained_within = std::chrono::seconds(2);

/// Keeps the calling thread on one CPU.
class Pinned {
 public:
  explicit Pinned(std::uint32_t cpu) {
    ::sched_getaffinity(0, sizeof before_, &before_);
    cpu_set_t only;
    CPU_ZERO(&only);
    CPU_SET(cpu, &only);
    if (::sched_setaffinity(0, sizeof only, &only) != 0) throw std::runtime_error("cannot stay on one CPU");
  }
  ~Pinned() { ::sched_setaffinity(0, sizeof before_, &before_); }
  Pinned(const Pinned&) = delete;
  Pinned& operator=(const Pinned&) = delete;

 private:
  cpu_set_t before_;
};

std::uint32_t cpus_of_machine() { return static_cast<std::uint32_t>(::sysconf(_SC_NPROCESSORS_CONF)); }

/// The second one, as the first has most to do; where this process may not use it, the last that it may.
std::uint32_t quiet_cpu(bool machine) {
  if (machine) return cpus_of_machine() > 1 ? 1 : 0;
  cpu_set_t allowed;
  CPU_ZERO(&allowed);
  ::sched_getaffinity(0, sizeof allowed, &allowed);
  if (CPU_ISSET(1, &allowed)) return 1;
  for (std::uint32_t cpu = most_probed_cpus - 1; cpu > 0; --cpu)
    if (CPU_ISSET(cpu, &allowed)) return cpu;
  return 0;
}

bool wants_steering(std::span<const Op> program) {
  for (const Op& each : program)
    if (const auto* const packet = std::get_if<op::NetifRx>(&each)) return packet->to.has_value();
  return false;
}

/// A CPU's row of /proc/net/softnet_stat. Throws std::runtime_error where there is none.
outcome::SoftnetRow row_of(std::uint32_t cpu) {
  std::ifstream file("/proc/net/softnet_stat");
  for (std::string line; std::getline(file, line);) {
    std::array<std::uint32_t, 15> column{};
    std::size_t count = 0;
    for (std::size_t at = 0; count < column.size() && at < line.size(); at += 9)
      column[count++] = static_cast<std::uint32_t>(std::stoul(line.substr(at, 8), nullptr, 16));
    constexpr std::size_t until_cpu_id = 13;  // 5.10 ..; the lengths of both queues came later
    if (count < until_cpu_id || column[12] != cpu) continue;
    outcome::SoftnetRow row{.processed = column[0],
                            .dropped = column[1],
                            .time_squeeze = column[2],
                            .received_rps = column[9],
                            .backlog_len = column[11],
                            .flow_limit = column[10],
                            .cpu_id = column[12]};
    if (count > 13) row.input_qlen = column[13];
    if (count > 14) row.process_qlen = column[14];
    return row;
  }
  throw std::runtime_error("/proc/net/softnet_stat has no row of CPU " + std::to_string(cpu));
}

/// The settings that every case begins with.
std::string initial_text(Sysctl knob) {
  const SysctlSpec* const spec = spec_of(profile_of_running_kernel(), knob);
  return std::to_string(spec == nullptr ? 0 : spec->initial);
}

class SoftnetMachine final : public SoftnetSource {
 public:
  explicit SoftnetMachine(bool machine)
      : cpu_(quiet_cpu(machine)), knobs_(machine), bursts_(flows), recorder_(bursts_.network_namespace()) {
    if (cpus_of_machine() > max_cpus) throw std::runtime_error("more CPUs than a trace can have");
    // What a kernel with another HZ takes as a budget of time, its profile does not.
    const Outcome usecs = knobs_.read(Sysctl::netdev_budget_usecs);
    if (std::get<outcome::ReadBack>(usecs).data != initial_text(Sysctl::netdev_budget_usecs) + "\n")
      throw std::runtime_error("netdev_budget_usecs is not " + initial_text(Sysctl::netdev_budget_usecs) +
                               ", which the profile begins with: another HZ, or somebody has changed it");
  }

  SoftnetPlace place() override {
    SoftnetPlace here{.cpus = cpus_of_machine(), .cpu = cpu_, .not_steered = {}};
    if (here.cpus < 2)
      here.not_steered = "there is one CPU";
    else if (!bursts_.steer(0))
      here.not_steered = "rps_cpus of lo cannot be written";
    return here;
  }

  SoftnetRecording record(std::span<const Op> program) override {
    const Pinned here(cpu_);
    settle();
    actions_.clear();
    packets_ = 0;
    recorder_.start({.cpus = std::uint64_t{1} << cpu_});
    recorder_.look(cpu_);
    const bool steered =
        bursts_.steer(wants_steering(program) ? std::uint64_t{1} << cpu_ : 0) && wants_steering(program);
    perform(program);
    drain(cpu_);
    if (steered) bursts_.steer(0);
    act(op::SoftnetStat{{cpu_}});
    recorder_.stop();
    knobs_.restore();
    SoftnetRecording recording = recorder_.take();
    recording.actions = std::move(actions_);
    recording.steered = steered;
    return recording;
  }

  /// Packets that arrive at this CPU go to the other's backlog while they are sent.
  SoftnetRecording record_steered(const SteeredBursts& bursts) override {
    const Pinned here(cpu_);
    const std::uint32_t to = SoftnetPlace{.cpu = cpu_, .not_steered = {}}.other_cpu();
    settle();
    settle_other(to);
    recorder_.start({.cpus = std::uint64_t{1} << cpu_ | std::uint64_t{1} << to});
    knobs_.write(Sysctl::netdev_max_backlog, std::to_string(bursts.netdev_max_backlog));
    recorder_.look(cpu_);
    recorder_.look(to);
    bursts_.steer(std::uint64_t{1} << to);
    recorder_.stop_deliveries(bursts.stopped);
    for (const std::uint32_t each : bursts.packets) {
      send(each, 0);
      if (bursts.stopped) wait_until(to, [](const SoftnetState& sd) { return sd.process_qlen > 0 || !sd.sched; });
    }
    recorder_.stop_deliveries(false);
    bursts_.steer(0);
    drain(cpu_);
    drain(to);
    recorder_.stop();
    knobs_.restore();
    return recorder_.take();
  }

 private:
  /// Initial settings; a packet makes them the backlog's own, and lets the recorder find it.
  void settle() {
    for (const Sysctl each : softnet_knobs) knobs_.write(each, initial_text(each));
    recorder_.start({.cpus = std::uint64_t{1} << cpu_});
    packets_ = 0;
    send(1, 0);
    drain(cpu_);
    recorder_.stop();
  }

  /// The recorder finds a backlog when it is polled.
  void settle_other(std::uint32_t to) {
    recorder_.start({.cpus = std::uint64_t{1} << to});
    bursts_.steer(std::uint64_t{1} << to);
    send(1, 0);
    bursts_.steer(0);
    drain(to);
    recorder_.stop();
  }

  void perform(std::span<const Op> program) {
    for (std::size_t i = 0; i < program.size();) {
      if (const auto* const first = std::get_if<op::NetifRx>(&program[i])) {
        const std::uint32_t flow = first->flow.value % flows;
        std::uint32_t count = 0;
        for (; i < program.size(); ++i, ++count) {
          const auto* const next = std::get_if<op::NetifRx>(&program[i]);
          if (next == nullptr || next->flow.value % flows != flow) break;
        }
        const auto* const run = i < program.size() ? std::get_if<op::NetRxAction>(&program[i]) : nullptr;
        recorder_.hold_after(run == nullptr ? 0 : run->tick_after.value_or(0));
        send(std::min(count, most_packets - packets_), flow);
      } else {
        act(program[i++]);
      }
    }
  }

  void send(std::uint32_t packets, std::uint32_t flow) {
    packets_ += packets;
    if (packets > 0 && !bursts_.send(packets, flow)) throw std::runtime_error("cannot send over lo");
  }

  void act(const Op& operation) {
    if (std::holds_alternative<op::NetRxAction>(operation)) return bursts_.nudge();
    SoftnetAction action;
    action.operation = operation;
    action.before = recorder_.look(cpu_).seq;
    if (const auto* const write = std::get_if<op::SysctlWrite>(&operation)) {
      if (!SoftnetKnobs::is_harmless(*write)) throw std::logic_error("a write that could do harm");
      action.seen = observed_in_full(knobs_.write(write->sysctl, write->data));
    } else if (const auto* const read = std::get_if<op::SysctlRead>(&operation)) {
      action.seen = observed_in_full(knobs_.read(read->sysctl, read->len, read->pos));
    } else if (auto* const row = std::get_if<op::SoftnetStat>(&action.operation)) {
      row->cpu = {cpu_};
      action.seen = observed_in_full(row_of(cpu_));
    } else {
      return;  // the others say nothing here
    }
    action.after = recorder_.look(cpu_).seq;
    actions_.push_back(std::move(action));
  }

  void drain(std::uint32_t cpu) {
    wait_until(cpu, [](const SoftnetState& sd) { return !sd.sched && sd.known; });
  }

  /// What the state of a CPU comes to by itself.
  template <class Reached>
  void wait_until(std::uint32_t cpu, Reached reached) {
    const auto deadline = std::chrono::steady_clock::now() + drained_within;
    while (!reached(recorder_.look(cpu).sd)) {
      if (std::chrono::steady_clock::now() > deadline) throw std::runtime_error("the backlog does not become empty");
      bursts_.nudge();
      if (cpu != cpu_) std::this_thread::sleep_for(std::chrono::microseconds(50));
    }
  }

  std::uint32_t cpu_;
  SoftnetKnobs knobs_;
  LoopbackBursts bursts_;
  SoftnetRecorder recorder_;
  std::vector<SoftnetAction> actions_;
  std::uint32_t packets_ = 0;
};

}  // namespace

std::unique_ptr<SoftnetSource> softnet_of_this_machine(bool machine) {
  return std::make_unique<SoftnetMachine>(machine);
}

}  // namespace weir::oracle
