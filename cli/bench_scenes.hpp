// The tables of what the drain benchmark measures besides its steady cells: several producers, overload, trains of
// bursts, how long a packet waits, and long queues.
#pragma once
#include <map>
#include <string>
#include <vector>

#include "cli/bench_program.hpp"

namespace weir::cli {

class SceneTables {
 public:
  /// \param cores  that may be used: a cell with more threads is shown and marked, not compared
  explicit SceneTables(unsigned cores) : cores_(cores) {}

  /// A round: rows named scene/…/contender, with the scene's other figures.
  void add(const std::vector<BenchRow>& rows);

  /// Scene by scene: each cell with ours, the best rival, and both's other figures.
  std::string text() const;
  /// All samples, as the members of a JSON array.
  std::string json() const;
  bool empty() const { return cells_.empty(); }

 private:
  /// By name of the figure; "ns" is there always.
  using Samples = std::map<std::string, std::vector<double>>;
  struct Cell {
    std::string scene, name;
    unsigned threads = 1;
    std::map<std::string, Samples> contenders;
  };
  Cell& cell_of(const BenchRow& row, std::string& contender);
  bool is_compared(const Cell& cell) const { return cell.threads <= cores_; }
  std::string line(const Cell& cell, const std::string& rival) const;
  std::string flatness() const;

  unsigned cores_;
  std::vector<Cell> cells_;  ///< in the order in which they are measured
};

}  // namespace weir::cli
