// Clients of code that is wrong: the two ways to lose a wake-up that the inbox was built to avoid, and turns that are
// taken in two orders.
#include <array>
#include <cstdint>
#include <memory>

#include "proofs/memory/faults.hpp"

namespace weir::proofs::memory {
namespace {

struct Nothing {};

/// A bell of two words, where the inbox has one: a count of packets, and whether the owner was told.
template <bool looks_too_early>
class BellWorld {
 public:
  BellWorld(const Nothing&, Judgements&) {}

  void run(unsigned thread) {
    if (thread == 1) put();
    if (thread == 0) own();
  }
  void finish() { require(waiting_.load() == 0 || told_.load(), "no wake-up is lost"); }

 private:
  void put() {
    if (looks_too_early) {
      const bool told = told_.load();
      waiting_.fetch_add(1);
      if (!told) told_.store(true);
    } else {
      waiting_.fetch_add(1);
      told_.store(true);
    }
  }
  void own() {
    if (!told_.load()) return;
    if (looks_too_early) {
      told_.store(false);
      waiting_.exchange(0);
    } else {
      waiting_.exchange(0);
      if (waiting_.load() == 0) told_.store(false);
    }
  }

  Atomic<int> waiting_{1};
  Atomic<bool> told_{true};
};

class CrossedTurns {
 public:
  CrossedTurns(const Nothing&, Judgements&) {}

  void run(unsigned thread) {
    take(turns_[thread]);
    take(turns_[1 - thread]);
    for (Atomic<std::uint32_t>& each : turns_) each.store(0, Order::release);
  }
  void finish() {}

 private:
  static void take(Atomic<std::uint32_t>& turn) {
    std::uint32_t free = 0;
    while (!turn.compare_exchange_strong(free, 1, Order::acquire, Order::relaxed)) {
      free = 0;
      Modelled::wait();
    }
  }

  std::array<Atomic<std::uint32_t>, 2> turns_{};
};

template <class World>
Client client(std::string name, std::string sentence) {
  return {std::move(name),
          std::move(sentence),
          2,
          [] { return std::make_unique<ClientProgram<World, Nothing>>(Nothing{}, 2U); },
          {.spurious = 0}};
}

}  // namespace

std::vector<Client> flawed_clients() {
  return {client<CrossedTurns>("flawed.crossed_turns", "two threads take the same two turns"),
          client<BellWorld<true>>("flawed.checks_before_publishing", "a packet comes in while the owner polls"),
          client<BellWorld<false>>("flawed.empty_before_asleep", "a packet comes in while the owner polls")};
}

}  // namespace weir::proofs::memory
