// What a long queue costs: growth/<lane>/<payload>/<packets that wait>. One thread puts in bursts of 32 until so many
// wait, which is the limit as well, then polls until none does; as the owner, or the way that is open to every thread.
// Flat is what the hardware allows; beside the floor one sees where it is the packets themselves that no longer fit a
// cache. `bytes` is the memory that each waiting packet takes in a backlog that is new, its own first line apart.
#pragma once
#include <malloc.h>

#include <memory>

#include "bench/scenes/scene.hpp"

namespace weir::bench {

/// As many packets as wait, in the random order of a busy allocator.
class Crate {
 public:
  explicit Crate(std::uint32_t packets) : packets_(packets) {
    for (Packet& each : packets_) order_.push_back(&each);
    std::shuffle(order_.begin(), order_.end(), std::mt19937(1));
  }
  Burst all() const { return order_; }
  Burst burst(std::size_t from) const { return all().subspan(from, std::min<std::size_t>(32, order_.size() - from)); }
  void write(Burst burst, Payload payload) {
    if (payload == Payload::untouched) return;
    for (Packet* packet : burst) packet->id = ++written_;
  }

 private:
  std::vector<Packet> packets_;
  std::vector<Packet*> order_;
  std::uint32_t written_ = 0;
};

/// Times `rounds` fillings and drainings, after one to warm.
template <class Fill, class Drain>
Figures time_rounds(std::uint32_t waiting, Fill fill, Drain drain) {
  const std::uint32_t rounds = std::max(65536 / waiting, 1U);
  fill();
  drain();
  const long before = preemptions();
  const auto start = Clock::now();
  for (std::uint32_t n = 0; n < rounds; ++n) {
    fill();
    drain();
  }
  const double ns = ns_since(start);
  return {.ns = ns / (std::uint64_t{rounds} * waiting), .disturbed = preemptions() != before};
}

/// Who puts the packets in.
enum class Lane : bool { owner, shared };

template <Contender C>
Figures grow(C& contender, Crate& crate, Lane lane, Payload payload) {
  const auto waiting = static_cast<std::uint32_t>(crate.all().size());
  Sink sink{.payload = payload};
  bool awake = false;
  return time_rounds(
      waiting,
      [&] {
        for (std::size_t at = 0; at < waiting; at += 32) {
          const Burst burst = crate.burst(at);
          crate.write(burst, payload);
          const bool wakes = lane == Lane::owner ? enqueue_burst_on_owner(contender, burst, waiting).scheduled
                                                 : enqueue_burst(contender, burst, waiting).scheduled;
          awake = awake || wakes;
        }
      },
      [&] {
        while (awake) awake = !contender.poll(64, sink).complete;
      });
}

/// Bytes from the allocator for each of so many packets, the backlog itself included.
template <Contender C>
double bytes_of_waiting(Crate& crate) {
  const auto in_use = [] {
    const struct mallinfo2 info = mallinfo2();
    return static_cast<double>(info.uordblks + info.hblkhd);
  };
  const double before = in_use();
  const auto contender = std::make_unique<C>();
  const auto waiting = static_cast<std::uint32_t>(crate.all().size());
  for (std::size_t at = 0; at < waiting; at += 32) enqueue_burst(*contender, crate.burst(at), waiting);
  const double bytes = (in_use() - before) / waiting;
  Sink sink;
  while (!contender->poll(64, sink).complete) {
  }
  return bytes;
}

inline constexpr std::uint32_t lengths[] = {64, 1000, 16384, 65536};

/// For each lane, payload and length; `add` gets the cell's name besides.
template <class Add>
void for_each_growth(Add add) {
  for (const Lane lane : {Lane::owner, Lane::shared})
    for (const Payload payload : {Payload::untouched, Payload::read})
      for (const std::uint32_t waiting : lengths)
        add(lane, payload, waiting,
            std::string("growth/") + (lane == Lane::owner ? "owner" : "shared") +
                (payload == Payload::read ? "/read/" : "/untouched/") + std::to_string(waiting));
}

template <Contender C>
void add_growth(Producers producers) {
  for_each_growth([=](Lane lane, Payload payload, std::uint32_t waiting, const std::string& cell) {
    if (lane == Lane::shared && producers == Producers::one) return;  // it has no way that is open to all
    scenes().push_back(
        {.cell = cell, .contender = std::string(C::name), .threads = 1, .measure = [=](const std::vector<int>&) {
           Crate crate(waiting);
           Figures figures = undisturbed([&] { return grow(the_contender<C>(), crate, lane, payload); });
           if (waiting == std::end(lengths)[-1]) figures.more["bytes"] = bytes_of_waiting<C>(crate);
           return figures;
         }});
  });
}

}  // namespace weir::bench
