// Before a contender is timed it has to answer like the spec: random operations, each answer compared with
// model::Host of the kernel that the contender is shaped after.
#pragma once
#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <variant>
#include <vector>

#include "bench/peers/contender.hpp"
#include "model/host.hpp"

namespace weir::bench {

enum class Way : std::uint8_t { shared, owner, bursts, bursts_of_owner };

/// One random history of `length` operations; the first difference in words, if there is one.
template <Contender C>
class Conformance {
 public:
  Conformance(std::uint32_t seed, Way way) : random_(seed), way_(way), limit_(limits[random_() % std::size(limits)]) {}

  std::optional<std::string> run(std::uint32_t length) {
    for (std::uint32_t step = 0; step < length; ++step) {
      const bool same = random_() % 3 == 0 ? same_poll() : in_bursts() ? same_burst() : same_enqueue();
      if (!same || contender_->dropped() != reference_dropped())
        return std::string(C::name) + " differs from the spec in step " + std::to_string(step) + " with limit " +
               std::to_string(limit_);
    }
    return std::nullopt;
  }

 private:
  // The edges of the comparison (0, 1), a few that random histories reach, one out of reach, and the two that only an
  // unsigned reading takes for "no limit".
  static constexpr std::int32_t limits[] = {0, 1, 2, 5, 16, 1000, -1, std::numeric_limits<std::int32_t>::min()};
  static constexpr std::uint32_t longest_burst = 20;
  static constexpr std::int32_t quotas[] = {-1, 0, 1, 2, 3, 16, 64};

  bool same_enqueue() {
    Packet& packet = *packets_.emplace_back(std::make_unique<Packet>());
    packet.id = static_cast<std::uint32_t>(packets_.size());
    const auto limit = static_cast<std::uint32_t>(limit_);
    const Enqueued got =
        way_ == Way::owner ? contender_->enqueue_on_owner(packet, limit) : contender_->enqueue(packet, limit);
    const bool admitted =
        reference_.step(op::NetifRx{Cpu{}, Skb{packet.id}}) == Outcome(outcome::Received{NetRx::success});
    const bool wakes = admitted && !awake_;
    awake_ = awake_ || admitted;
    return got.admitted == admitted && got.scheduled == wakes;
  }

  bool in_bursts() const { return way_ == Way::bursts || way_ == Way::bursts_of_owner; }
  /// Of a burst as of its packets, one by one.
  bool same_burst() {
    std::vector<Packet*> burst(1 + random_() % longest_burst);
    EnqueuedBurst expected;
    for (Packet*& each : burst) {
      each = packets_.emplace_back(std::make_unique<Packet>()).get();
      each->id = static_cast<std::uint32_t>(packets_.size());
      const bool admitted =
          reference_.step(op::NetifRx{Cpu{}, Skb{each->id}}) == Outcome(outcome::Received{NetRx::success});
      expected.admitted += admitted ? 1 : 0;
      expected.scheduled = expected.scheduled || (admitted && !awake_);
      awake_ = awake_ || admitted;
    }
    const auto limit = static_cast<std::uint32_t>(limit_);
    const EnqueuedBurst got = way_ == Way::bursts ? enqueue_burst(*contender_, Burst(burst), limit)
                                                  : enqueue_burst_on_owner(*contender_, Burst(burst), limit);
    return got.admitted == expected.admitted && got.scheduled == expected.scheduled;
  }

  bool same_poll() {
    if (!awake_) return true;  // nobody polls a backlog that is asleep
    const std::int32_t quota = quotas[random_() % std::size(quotas)];
    Sink got, expected;
    const Polled polled = contender_->poll(quota, got);
    const auto allowed = std::get<outcome::Polled>(reference_.step(op::ProcessBacklog{Cpu{}, quota, {}}));
    for (const Skb skb : allowed.delivered) expected(*packets_[skb.id - 1]);
    awake_ = !allowed.complete;
    return polled.work == allowed.work && polled.complete == allowed.complete && got.digest == expected.digest;
  }

  std::uint32_t reference_dropped() {
    return std::get<outcome::SoftnetRow>(reference_.step(op::SoftnetStat{Cpu{}})).dropped;
  }

  std::mt19937 random_;
  Way way_;
  std::int32_t limit_;
  std::unique_ptr<C> contender_ = std::make_unique<C>();
  HostOptions options_{.cpus = 1, .sysctl = {{Sysctl::netdev_max_backlog, limit_}}};
  model::Host<Concrete> reference_{*profile_from(C::profile), options_};
  std::vector<std::unique_ptr<Packet>> packets_;
  bool awake_ = false;
};

/// `histories` of them for each way in; the first difference, if there is one.
template <Contender C>
std::optional<std::string> difference_from_spec(std::uint32_t histories) {
  constexpr std::uint32_t operations = 400;  // several laps of the lock-free inbox, and larger rings
  for (std::uint32_t seed = 1; seed <= histories; ++seed)
    for (const Way way : {Way::shared, Way::owner, Way::bursts, Way::bursts_of_owner})
      if (auto found = Conformance<C>(seed, way).run(operations)) return found;
  return std::nullopt;
}

}  // namespace weir::bench
