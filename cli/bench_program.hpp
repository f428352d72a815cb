// Runs the benchmark programs that lie beside this one.
#pragma once
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace weir::cli {

/// One line of a benchmark program.
struct BenchRow {
  std::string name;
  double nanoseconds = 0;
  double items_per_second = 0;           ///< 0: it does not say
  std::map<std::string, double> more{};  ///< its other counters
};

/// Where the program of this name is, or would be.
std::string bench_program(const std::string& name);

/// What it measured. Nothing if it failed; it has said why on standard error.
std::optional<std::vector<BenchRow>> run_bench_program(const std::string& name, const std::string& options);

}  // namespace weir::cli
