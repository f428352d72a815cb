// weir bench: runs the benchmark programs that lie beside this one and prints their tables.
#include <fmt/format.h>
#include <stdlib.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <map>
#include <optional>
#include <sstream>
#include <thread>
#include <vector>

#include "cli/common.hpp"

namespace weir::cli {
namespace {

constexpr std::size_t full_rounds = 101;
constexpr std::size_t quick_rounds = 15;
constexpr unsigned threads_of_a_cell = 2;

/// One line of a benchmark program.
struct Row {
  std::string name;
  double nanoseconds = 0;
  double items_per_second = 0;
};

/// where, burst, quota
using CellName = std::tuple<std::string, int, int>;
/// ns a packet of each round, by contender
using Samples = std::map<std::string, std::vector<double>>;
using DrainTable = std::map<CellName, Samples>;

std::string program(const std::string& name) {
  std::error_code error;
  return (std::filesystem::read_symlink("/proc/self/exe", error).parent_path() / name).string();
}

std::vector<std::string> split(const std::string& text, char at) {
  std::vector<std::string> parts;
  std::istringstream stream(text);
  for (std::string part; std::getline(stream, part, at);) parts.push_back(part);
  return parts;
}

/// The columns of Google Benchmark's CSV: name, iterations, real_time, cpu_time, time_unit, bytes/s, items/s, ...
std::optional<Row> row_of(const std::string& line) {
  const std::vector<std::string> columns = split(line, ',');
  if (columns.size() < 7 || !columns[0].starts_with('"')) return std::nullopt;
  return Row{.name = columns[0].substr(1, columns[0].size() - 2),
             .nanoseconds = std::atof(columns[2].c_str()),
             .items_per_second = std::atof(columns[6].c_str())};
}

/// Nothing if the program failed; it has said why on standard error.
std::optional<std::vector<Row>> run(const std::string& name, const std::string& options) {
  const std::string command = "'" + program(name) + "' --benchmark_format=csv " + options;
  std::FILE* const pipe = popen(command.c_str(), "r");
  if (pipe == nullptr) return std::nullopt;
  std::string text;
  char buffer[4096];
  for (std::size_t got = 0; (got = std::fread(buffer, 1, sizeof buffer, pipe)) > 0;) text.append(buffer, got);
  if (pclose(pipe) != 0) return std::nullopt;
  std::vector<Row> rows;
  for (const std::string& line : split(text, '\n'))
    if (auto row = row_of(line)) rows.push_back(*row);
  return rows;
}

void add_round(const std::vector<Row>& rows, DrainTable& table) {
  for (const Row& row : rows) {
    const std::vector<std::string> parts = split(row.name, '/');  // where/burst/quota/contender/...
    if (parts.size() >= 4)
      table[{parts[0], std::atoi(parts[1].c_str()), std::atoi(parts[2].c_str())}][parts[3]].push_back(row.nanoseconds);
  }
}

double median(std::vector<double> samples) {
  const auto middle = samples.begin() + static_cast<std::ptrdiff_t>(samples.size() / 2);
  std::nth_element(samples.begin(), middle, samples.end());
  return *middle;
}

struct CellResult {
  double lock_free = 0;
  double one_at_a_time = 0;
  double splice = 0;
  bool won() const { return lock_free < one_at_a_time && lock_free < splice; }
};

CellResult result_of(const Samples& samples) {
  return {median(samples.at("lock-free")), median(samples.at("2.6.32-shaped")), median(samples.at("splice-shaped"))};
}

void print_drain(const DrainTable& table, std::size_t rounds) {
  print(bold(fmt::format("Draining the backlog, nanoseconds a packet (median of {} rounds)\n", rounds)));
  print(fmt::format("{:<11}{:>6}{:>7}{:>12}{:>15}{:>15}{:>18}\n", "", "burst", "quota", "lock-free", "2.6.32-shaped",
                    "splice-shaped", "times as fast"));
  std::size_t won = 0;
  for (const auto& [cell, samples] : table) {
    const auto& [where, burst, quota] = cell;
    const CellResult ns = result_of(samples);
    won += ns.won() ? 1 : 0;
    const std::string ratios =
        fmt::format("{:>11.2f}{:>7.2f}", ns.one_at_a_time / ns.lock_free, ns.splice / ns.lock_free);
    print(fmt::format("{:<11}{:>6}{:>7}{:>12.1f}{:>15.1f}{:>15.1f}{}\n", where, burst, quota, ns.lock_free,
                      ns.one_at_a_time, ns.splice, ns.won() ? green(ratios) : red(ratios)));
  }
  const std::string verdict = fmt::format("lock-free is faster than both in {} of {} cells\n", won, table.size());
  print(won == table.size() ? green(verdict) : red(verdict));
}

void print_oracle(const std::vector<Row>& rows) {
  print(bold("\nThe oracle, one core\n"));
  for (const Row& row : rows)
    print(fmt::format("{:<18}{:>8.1f} million operations a second\n", row.name, row.items_per_second / 1e6));
}

/// What about this machine spoils the figures.
void print_caveats() {
  const unsigned cores = std::thread::hardware_concurrency();
  if (cores < threads_of_a_cell)
    print(fmt::format("This machine has {} core and a cross-core cell {} threads: those cells are not measured.\n",
                      cores, threads_of_a_cell));
  double load = 0;
  if (getloadavg(&load, 1) == 1 && load > 0.5)
    print(fmt::format("Other work was running (load {:.1f} on {} cores): figures wander.\n", load, cores));
}

bool write_json(const std::string& path, const DrainTable& table, const std::vector<Row>& oracle) {
  std::ofstream file(path);
  file << "{\"drain_ns_per_packet\":[";
  const char* separator = "\n";
  for (const auto& [cell, samples] : table) {
    const auto& [where, burst, quota] = cell;
    const CellResult ns = result_of(samples);
    file << separator
         << fmt::format(
                R"({{"where":"{}","burst":{},"quota":{},"lock_free":{:.2f},"one_at_a_time":{:.2f},"splice":{:.2f}}})",
                where, burst, quota, ns.lock_free, ns.one_at_a_time, ns.splice);
    separator = ",\n";
  }
  file << "\n],\"oracle_operations_per_second\":{";
  separator = "\n";
  for (const Row& row : oracle) {
    file << separator << fmt::format("\"{}\":{:.0f}", row.name, row.items_per_second);
    separator = ",\n";
  }
  file << "\n}}\n";
  return static_cast<bool>(file.flush());
}

int bench(bool quick, const std::string& json) {
  for (const char* name : {"bench_drain", "bench_oracle"})
    if (!std::filesystem::exists(program(name))) {
      complain(fmt::format("weir: {} is not there: Google Benchmark was missing when weir was built\n", program(name)));
      return not_available;
    }
  print_caveats();
  const std::size_t rounds = quick ? quick_rounds : full_rounds;
  DrainTable table;
  for (std::size_t round = 1; round <= rounds; ++round) {
    complain(fmt::format("\rround {} of {} ", round, rounds));
    const auto rows = run("bench_drain", "");
    if (!rows) return diverged;
    add_round(*rows, table);
  }
  complain("\n");
  const auto oracle = run("bench_oracle", quick ? "--benchmark_min_time=0.1" : "");
  if (!oracle) return diverged;
  print_drain(table, rounds);
  print_oracle(*oracle);
  if (!json.empty() && !write_json(json, table, *oracle)) {
    complain(fmt::format("weir: cannot write {}\n", json));
    return malformed;
  }
  return agreed;
}

}  // namespace

void add_bench(CLI::App& app, int& exit_code) {
  CLI::App* const command = app.add_subcommand("bench", "Time the backlog against locked rivals, and the oracle");
  struct Options {
    bool quick = false;
    std::string json;
  };
  const auto options = std::make_shared<Options>();
  command->add_flag("--quick", options->quick, "Fewer rounds: seconds instead of minutes, rougher figures");
  command->add_option("--json", options->json, "Write the figures to this file as well")->type_name("FILE");
  command->footer(
      "A contender that does not answer like the spec is not timed: exit 1.\nExample:\n  weir bench --quick\n");
  command->callback([options, &exit_code] { exit_code = bench(options->quick, options->json); });
}

}  // namespace weir::cli
