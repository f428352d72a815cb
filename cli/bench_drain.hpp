// The table of the drain benchmark: nanoseconds a packet of every contender in every cell, over rounds.
#pragma once
#include <map>
#include <string>
#include <tuple>
#include <vector>

#include "cli/bench_program.hpp"

namespace weir::cli {

class DrainTable {
 public:
  /// where, payload, burst, quota
  using Cell = std::tuple<std::string, std::string, int, int>;

  /// A round: rows named where/payload/burst/quota/contender. Other rows are passed over.
  void add(const std::vector<BenchRow>& rows);

  /// Each cell: ours, the best rival, the floor; then the contenders by rank.
  std::string text() const;
  /// All samples, as the members of a JSON array.
  std::string json() const;
  std::size_t rounds() const { return rounds_; }
  bool empty() const { return samples_.empty(); }

 private:
  using Medians = std::map<std::string, double>;
  std::map<Cell, Medians> medians() const;

  /// ns a packet of each round, by contender
  std::map<Cell, std::map<std::string, std::vector<double>>> samples_;
  std::size_t rounds_ = 0;
};

}  // namespace weir::cli
