// The axioms of RC11 over one finished execution, as they stand in the paper: relations and closures, nothing else.
//
// This is the second opinion. It shares no code with the view machine: it gets events, reads-from and modification
// order, and says whether C++20 allows them. Release sequences are those of C++20: only read-modify-writes continue
// them.
#pragma once
#include <cstdint>
#include <vector>

#include "proofs/memory/order.hpp"

namespace weir::proofs::memory {

/// A relation between at most 64 events: for each, the set of those that it leads to.
class Relation {
 public:
  explicit Relation(std::size_t size) : rows_(size, 0) {}
  static Relation identity(std::size_t size, std::uint64_t of);

  std::size_t size() const { return rows_.size(); }
  bool has(std::size_t a, std::size_t b) const { return (rows_[a] >> b & 1) != 0; }
  void add(std::size_t a, std::size_t b) { rows_[a] |= std::uint64_t{1} << b; }

  Relation operator|(const Relation& other) const;
  Relation operator&(const Relation& other) const;
  Relation operator-(const Relation& other) const;
  Relation then(const Relation& next) const;  ///< composition
  Relation maybe() const;                     ///< reflexive closure
  Relation closure() const;                   ///< transitive closure
  Relation inverse() const;
  bool irreflexive() const;
  bool acyclic() const { return closure().irreflexive(); }
  bool empty() const;

 private:
  std::vector<std::uint64_t> rows_;
};

/// An execution. The initial writes are events of no thread (-1).
struct Candidate {
  enum class Type : std::uint8_t { read, write, fence };
  struct Item {
    int thread;
    Type type;
    Order order;
    int location;      ///< -1: a fence
    int updates = -1;  ///< of an update's write: the read half
  };
  std::vector<Item> items;              ///< of each thread in program order
  std::vector<int> source;              ///< of a read: the write; else -1
  std::vector<std::vector<int>> order;  ///< of each location: its writes in modification order, the initial one first
};

bool allowed_by_rc11(const Candidate& candidate);
bool allowed_by_sc(const Candidate& candidate);

}  // namespace weir::proofs::memory
