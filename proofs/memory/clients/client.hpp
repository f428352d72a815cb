// A client: a small program over one structure of lockfree/, with all that must hold of it.
#pragma once
#include <memory>
#include <new>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "proofs/memory/atomic.hpp"
#include "proofs/memory/explorer.hpp"

namespace weir::proofs::memory {

struct Client {
  std::string name;
  std::string sentence;  ///< what the threads do
  unsigned threads = 0;
  Factory factory;
  Limits limits{};
  bool too_large = false;  ///< to be explored to its end: for weakenings, and for whoever names it
};

std::vector<Client> queue_clients();
std::vector<Client> pool_clients();
std::vector<Client> table_clients();
std::vector<Client> plane_clients();
std::vector<Client> socket_clients();
/// All of them.
const std::vector<Client>& clients();

/// What was found out about outcomes, kept from one execution to the next.
using Judgements = std::unordered_map<std::string, bool>;

/// Makes a Program of a World, which has `run(thread)`, `finish()` and a constructor from a Script and Judgements.
template <class World, class Script>
class ClientProgram final : public Program {
 public:
  ClientProgram(const Script& script, unsigned threads) : script_(script), threads_(threads) {}

  unsigned threads() const override { return threads_; }
  void set_up() override { world_ = new (storage_) World(script_, judgements_); }
  void run(unsigned thread) override { world_->run(thread); }
  void tear_down() override {
    world_->finish();
    world_->~World();
  }
  void forget() override {}

 private:
  const Script script_;
  const unsigned threads_;
  Judgements judgements_;
  World* world_ = nullptr;
  alignas(World) std::byte storage_[sizeof(World)];
};

/// The script of a world that needs none.
struct Nothing {};

template <class World>
Client client(std::string name, std::string sentence, unsigned threads, unsigned spurious = 0) {
  return {std::move(name),
          std::move(sentence),
          threads,
          [=] { return std::make_unique<ClientProgram<World, Nothing>>(Nothing{}, threads); },
          {.spurious = spurious}};
}

}  // namespace weir::proofs::memory
