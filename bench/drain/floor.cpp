// What this machine cannot beat: packets change hands without a queue. One thread writes their addresses into cache
// lines and, once a burst, says how far it is; the other reads them. No limit, no count of what was dropped, nobody to
// wake.
#include <array>

#include "bench/drain/registry.hpp"

namespace weir::bench {
namespace {

class HandOff {
 public:
  HandOff(const Cell& cell, std::uint32_t packets) : cell_(cell), amount_(cell, packets) {}

  Measured across(int producer_core, Sink& sink) {
    std::thread producer([this, producer_core] {
      produce(cell_, producer_core, amount_.total, shared_, [this](auto burst) { write(burst); });
    });
    sink.return_to(shared_.delivered, cell_.burst);
    Measured measured = time_owner(amount_, shared_, [&](std::uint64_t goal) { read_until(goal, sink); });
    producer.join();
    measured.disturbed = measured.disturbed || shared_.producer_disturbed;
    return measured;
  }

  Measured here(Sink& sink) {
    PacketPool pool(cell_);
    shared_.ready.store(true, std::memory_order_relaxed);  // relaxed: it is the same thread's
    return time_owner(amount_, shared_, [&](std::uint64_t goal) {
      while (got_ < goal) {
        write(pool.fill());
        read_until(got_ + cell_.burst, sink);
      }
    });
  }

 private:
  void write(std::span<Packet* const> burst) {
    for (Packet* packet : burst) addresses_[place_++ % addresses_.size()] = packet;
    written_.store(place_, std::memory_order_release);  // of what stands before it
  }

  void read_until(std::uint64_t goal, Sink& sink) {
    while (got_ < goal) {
      const std::uint64_t there = std::min(written_.load(std::memory_order_acquire), goal);
      if (there == got_) continue;
      for (; got_ < there; ++got_) sink(*addresses_[got_ % addresses_.size()]);
    }
  }

  const Cell cell_;
  const Amount amount_;
  alignas(64) std::array<Packet*, 1024> addresses_{};
  alignas(64) std::uint64_t place_ = 0;  ///< the writer's
  alignas(64) std::uint64_t got_ = 0;    ///< the reader's
  alignas(64) std::atomic<std::uint64_t> written_{0};
  Shared shared_;
};

Measured measure_floor(const Cell& cell, std::uint32_t packets, const std::vector<int>& cores, Sink& sink) {
  return undisturbed([&] {
    HandOff hand_off(cell, packets);
    return cell.where == Where::same_core ? hand_off.here(sink) : hand_off.across(cores.front(), sink);
  });
}

/// A long queue's floor: its packets' addresses, written into an array and read again.
Figures measure_floor_of(std::uint32_t waiting, Payload payload) {
  Crate crate(waiting);
  std::vector<Packet*> addresses(waiting);
  Sink sink{.payload = payload};
  const auto fill = [&] {
    for (std::size_t at = 0; at < waiting; at += 32) {
      const Burst burst = crate.burst(at);
      crate.write(burst, payload);
      std::copy(burst.begin(), burst.end(), addresses.begin() + static_cast<std::ptrdiff_t>(at));
    }
  };
  const auto drain = [&] {
    for (Packet* packet : addresses) sink(*packet);
  };
  return undisturbed([&] { return time_rounds(waiting, fill, drain); });
}

[[maybe_unused]] const bool added = [] {
  for_each_growth([](Lane, Payload payload, std::uint32_t waiting, const std::string& cell) {
    scenes().push_back({.cell = cell, .contender = "floor", .threads = 1, .measure = [=](const std::vector<int>&) {
                          return measure_floor_of(waiting, payload);
                        }});
  });
  contenders().push_back({"floor", Producers::one, nullptr, measure_floor});
  return true;
}();

}  // namespace
}  // namespace weir::bench
