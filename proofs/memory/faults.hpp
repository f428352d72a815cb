// Faults in the shipped code, planted from outside: which must be found.
//
// An access is known by file, function and part; several of one kind in a function are counted in the order of their
// lines. A fault is what the access does instead: with a weaker order, or torn in two, or comparing fewer bits.
#pragma once
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "proofs/memory/clients/client.hpp"
#include "proofs/memory/machine.hpp"

namespace weir::proofs::memory {

/// An access of the source, as some client makes it.
struct SourceSite {
  std::string file, function;
  int line = 0;
  Weakening::Part part{};
  Order order{};

  auto key() const { return std::tie(file, line, part, order); }
  friend bool operator<(const SourceSite& a, const SourceSite& b) { return a.key() < b.key(); }
};
std::string_view name_of(Weakening::Part part);

/// The accesses of lockfree/ that a client makes, as far as its first executions show.
std::set<SourceSite> sites_of(const Client& client);

/// The orders next below `order` that the access may have; a fence below all others is none.
std::vector<Order> next_weaker(Weakening::Part part, Order order);

struct Killed {
  SourceSite site;
  Order to{};
  std::string client;  ///< that has found a counterexample; empty: the weakening survives
  std::string why;
};
/// Weakens each access of all clients one step at a time.
std::vector<Killed> weaken_all(const std::vector<Client>& clients, unsigned workers,
                               const std::function<void(const Killed&)>& each);

/// A planted bug and the client that must find it.
struct Planted {
  enum class How : std::uint8_t { weaker, torn, low_half, code } how = How::weaker;
  std::string_view name, sentence;
  std::string_view client;  ///< of clients(); or, where the code is flawed, of flawed_clients()
  std::string_view file{}, function{};
  Weakening::Part part{};
  unsigned number = 0;  ///< among those in the function, by line
  Order to{};
};
const std::vector<Planted>& planted_bugs();
std::vector<Client> flawed_clients();

/// Explores the client with the bug. The verdict is `incomplete` if the access is not there to be spoilt.
Report explore_planted(const Planted& bug, Plan plan);

}  // namespace weir::proofs::memory
