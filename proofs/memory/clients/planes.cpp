// Clients of the softnet plane: packets come in on any CPU while the CPUs' owners drain them.
#include <array>
#include <functional>
#include <memory>
#include <utility>
#include <variant>

#include "lockfree/softnet.hpp"
#include "proofs/memory/clients/client.hpp"

namespace weir::proofs::memory {
namespace {

struct Step {
  enum class Do : std::uint8_t { receive, steer, action, poll, limit, weight, tick } what = Do::receive;
  std::uint32_t cpu = 0;
  std::int32_t value = 0;
};
struct Script {
  std::string_view kernel = "linux-6.18";
  std::uint32_t cpus = 1;
  std::vector<std::vector<Step>> threads;
};

/// Thread i owns CPU i, if there is one. Packets are numbered by thread and step.
class PlaneWorld {
 public:
  PlaneWorld(const Script& script, Judgements&)
      : script_(script),
        kernel_(*profile_from(script.kernel)),
        options_(options_of(script)),
        store_(kernel_, options_),
        plane_(kernel_, options_, store_) {}

  void run(unsigned thread) {
    std::uint32_t packet = thread * 8;
    for (const Step& step : script_.threads[thread]) perform(step, thread, packet++);
  }

  void finish() {
    // Nobody else is told any more: who was told of what waits has to see to all of it.
    for (unsigned round = 0; round < 3; ++round)
      for (std::uint32_t cpu = 0; cpu < script_.cpus; ++cpu) act(cpu, cpu);
    std::uint32_t refused = 0, dropped = 0;
    for (std::size_t i = 0; i < received_.size(); ++i) {
      require(delivered_[i] == (received_[i] == Fate::queued ? 1 : 0), "no wake-up is lost, and no packet");
      refused += received_[i] == Fate::refused ? 1 : 0;
    }
    for (std::uint32_t cpu = 0; cpu < script_.cpus; ++cpu) {
      const Outcome row = plane_.softnet_stat({Cpu{cpu}});
      dropped += std::get<outcome::SoftnetRow>(row).dropped;
    }
    require(dropped == refused, "each refusal is counted");
  }

 private:
  enum class Fate : std::uint8_t { none, queued, refused };

  static HostOptions options_of(const Script& script) {
    HostOptions options;
    options.cpus = script.cpus;
    return options;
  }

  void perform(const Step& step, unsigned thread, std::uint32_t packet) {
    switch (step.what) {
      case Step::Do::receive:
        return receive({.cpu = Cpu{step.cpu}, .skb = Skb{packet}});
      case Step::Do::steer:
        return receive({.cpu = Cpu{step.cpu}, .skb = Skb{packet}, .to = Cpu{static_cast<std::uint32_t>(step.value)}});
      case Step::Do::action:
        return act(step.cpu, thread);
      case Step::Do::poll: {
        const Outcome polled = plane_.process_backlog({.cpu = Cpu{step.cpu}, .quota = step.value, .tick_after = {}});
        require(std::holds_alternative<outcome::Polled>(polled), "the kernel does not crash");
        return take(std::get<outcome::Polled>(polled).delivered);
      }
      case Step::Do::limit:
        return store_.store(Sysctl::netdev_max_backlog, step.value);
      case Step::Do::weight:
        return store_.store(Sysctl::dev_weight, step.value);
      case Step::Do::tick:
        return plane_.tick();
    }
  }

  void receive(const op::NetifRx& rx) {
    const Outcome received = plane_.netif_rx(rx);
    require(std::holds_alternative<outcome::Received>(received), "the kernel does not crash");
    received_[rx.skb.id] = std::get<outcome::Received>(received).ret == NetRx::success ? Fate::queued : Fate::refused;
  }
  void act(std::uint32_t cpu, unsigned) {
    const Outcome ran = plane_.net_rx_action({.cpu = Cpu{cpu}, .tick_after = {}});
    require(std::holds_alternative<outcome::ActionRan>(ran), "the kernel does not crash");
    take(std::get<outcome::ActionRan>(ran).delivered);
  }
  void take(const std::vector<Skb>& delivered) {
    for (const Skb skb : delivered) {
      require(skb.id < delivered_.size(), "what is delivered came in");
      ++delivered_[skb.id];
      require(delivered_[skb.id] == 1, "nothing is delivered twice");
    }
  }

  const Script& script_;
  const Profile& kernel_;
  const HostOptions options_;
  lockfree::BasicSysctlStore<Modelled> store_;
  lockfree::BasicSoftnet<Modelled> plane_;
  std::array<Fate, max_threads * 8> received_{};
  std::array<std::uint8_t, max_threads * 8> delivered_{};
};

constexpr Step receive(std::uint32_t cpu) { return {Step::Do::receive, cpu, 0}; }
constexpr Step steer(std::uint32_t cpu, std::int32_t to) { return {Step::Do::steer, cpu, to}; }
constexpr Step action(std::uint32_t cpu) { return {Step::Do::action, cpu, 0}; }
constexpr Step poll(std::uint32_t cpu, std::int32_t quota) { return {Step::Do::poll, cpu, quota}; }
constexpr Step limit(std::int32_t value) { return {Step::Do::limit, 0, value}; }
constexpr Step tick() { return {Step::Do::tick, 0, 0}; }

Client client(std::string name, std::string sentence, const Script& script) {
  const auto threads = static_cast<unsigned>(script.threads.size());
  return {"softnet." + std::move(name),
          std::move(sentence),
          threads,
          [=] { return std::make_unique<ClientProgram<PlaneWorld, Script>>(script, threads); },
          {.spurious = 0}};
}

}  // namespace

std::vector<Client> plane_clients() {
  return {
      client("last_packet", "a packet comes in while the poll that takes the last one completes",
             {.threads = {{receive(0), action(0)}, {receive(0)}}}),
      client("two_packets", "two packets come in while the CPU's owner runs twice",
             {.threads = {{action(0), action(0)}, {receive(0), receive(0)}}}),
      client("two_sources", "two threads bring a packet each while the CPU's owner runs",
             {.threads = {{action(0)}, {receive(0)}, {receive(0)}}}),
      client("limit_changes", "the limit falls while a packet comes in and the owner polls",
             {.threads = {{receive(0), poll(0, 64)}, {receive(0)}, {limit(0)}}}),
      client("quota", "a quota of one ends each poll while a packet comes in",
             {.threads = {{receive(0), poll(0, 1), poll(0, 1)}, {receive(0)}}}),
      client("clock", "the clock moves while the owner polls, in a release whose polls it ends",
             {.kernel = "linux-2.6.32", .threads = {{receive(0), action(0)}, {receive(0)}, {tick()}}}),
      client("steered", "a packet is steered to another CPU and interrupts it",
             {.cpus = 2, .threads = {{action(0)}, {steer(1, 0), action(1)}}}),
      client("steered_twice", "two CPUs steer a packet each to a third",
             {.cpus = 3, .threads = {{action(0)}, {steer(1, 0), action(1)}, {steer(2, 0), action(2)}}}),
      client("steered_by_another", "a third thread steers a packet, for which one CPU interrupts the other",
             {.cpus = 2, .threads = {{action(0)}, {action(1)}, {steer(1, 0)}}}),
      client("steered_and_own", "a steered packet and the CPU's own race to schedule it",
             {.cpus = 2, .threads = {{receive(0), action(0)}, {steer(1, 0), action(1)}}}),
  };
}

}  // namespace weir::proofs::memory
