// weir bench: runs the benchmark programs that lie beside this one and prints their tables.
#include <fmt/format.h>
#include <stdlib.h>

#include <algorithm>
#include <filesystem>
#include <optional>
#include <thread>
#include <vector>

#include "cli/bench_compare.hpp"
#include "cli/bench_drain.hpp"
#include "cli/bench_program.hpp"
#include "cli/bench_report.hpp"
#include "cli/bench_scenes.hpp"
#include "cli/common.hpp"
#include "cli/reports/page.hpp"
#include "cli/reports/report.hpp"

namespace weir::cli {
namespace {

constexpr std::size_t full_rounds = 101;
constexpr std::size_t quick_rounds = 15;
constexpr unsigned threads_of_a_cell = 2;

void print_oracle(const std::vector<BenchRow>& rows) {
  print(bold("\nThe oracle, one core\n"));
  for (const BenchRow& row : rows)
    print(fmt::format("{:<18}{:>8.1f} million operations a second, {:5.1f} ns each\n", row.name,
                      row.items_per_second / 1e6, 1e9 / row.items_per_second));
}

/// All rounds of the drain: its steady cells, and what else is measured.
struct DrainRun {
  DrainTable steady;
  SceneTables scenes{std::thread::hardware_concurrency()};
};

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

std::string json_of(const DrainRun& drain, const std::vector<BenchRow>& oracle) {
  std::string text = fmt::format("{{\"machine\":{{{}}},\n\"rounds\":{},\n\"drain\":[{}\n],\n\"scenes\":[{}\n],",
                                 machine_json(), drain.steady.rounds(), drain.steady.json(), drain.scenes.json());
  text += "\"oracle_operations_per_second\":{";
  const char* separator = "\n";
  for (const BenchRow& row : oracle) {
    text += fmt::format("{}\"{}\":{:.0f}", separator, row.name, row.items_per_second);
    separator = ",\n";
  }
  return text + "\n}}\n";
}

int write_report(const std::filesystem::path& folder, const std::string& json) {
  const auto page = bench_page(json);
  if (!page) {
    complain(no_charts);
    return not_available;
  }
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  return write_file(folder / "bench.json", json) && write_file(folder / "index.html", *page) ? agreed : malformed;
}

struct BenchOptions {
  bool quick = false;
  std::vector<std::string> suites{"drain", "oracle"};
  std::string json;
  std::string report;
  std::string cells;

  bool has(const char* suite) const { return std::find(suites.begin(), suites.end(), suite) != suites.end(); }
};

/// Nothing if a contender does not answer like the spec.
std::optional<DrainRun> run_drain(std::size_t rounds, const std::string& cells) {
  const std::string filter = cells.empty() ? "" : "--benchmark_filter='" + cells + "'";
  DrainRun drain;
  StatusLine status;
  for (std::size_t round = 1; round <= rounds; ++round) {
    status.show(fmt::format("round {} of {}", round, rounds));
    const auto rows = run_bench_program("bench_drain", filter);
    if (!rows) return std::nullopt;
    drain.steady.add(*rows);
    drain.scenes.add(*rows);
  }
  return drain;
}

int bench(const BenchOptions& options) {
  for (const char* name : {"bench_drain", "bench_oracle"})
    if (!std::filesystem::exists(bench_program(name))) {
      complain(fmt::format("weir: {} is not there; `./weir bench` builds it, and so does the target weir-benchmarks\n",
                           bench_program(name)));
      return not_available;
    }
  print_caveats();
  DrainRun drain;
  std::vector<BenchRow> oracle;
  if (options.has("drain")) {
    auto measured = run_drain(options.quick ? quick_rounds : full_rounds, options.cells);
    if (!measured) return diverged;
    if (measured->steady.empty() && measured->scenes.empty()) {
      complain(fmt::format("weir: no cell is named like {}\n", options.cells));
      return malformed;
    }
    drain = std::move(*measured);
    if (!drain.steady.empty()) print(drain.steady.text());
    print(drain.scenes.text());
  }
  if (options.has("oracle")) {
    auto rows = run_bench_program("bench_oracle", options.quick ? "--benchmark_min_time=0.1" : "");
    if (!rows) return diverged;
    oracle = std::move(*rows);
    print_oracle(oracle);
  }
  const std::string json = json_of(drain, oracle);
  if (!options.json.empty() && !write_file(options.json, json)) return malformed;
  return options.report.empty() ? agreed : write_report(options.report, json);
}

struct CompareOptions {
  std::string before, after;
  bool all = false;
};

void add_compare(CLI::App& bench, int& exit_code) {
  CLI::App* const command = bench.add_subcommand("compare", "Whether one run of the drain was faster than another");
  const auto options = std::make_shared<CompareOptions>();
  command->add_option("BEFORE", options->before, "As --json writes it")->required();
  command->add_option("AFTER", options->after, "Likewise")->required();
  command->add_flag("--all", options->all, "Every contender, not the backlog alone");
  command->footer("Exit code 1: slower in some cell, by more than chance allows.\n");
  command->callback(
      [options, &exit_code] { exit_code = compare_benches(options->before, options->after, options->all); });
}

}  // namespace

void add_bench(CLI::App& app, int& exit_code) {
  CLI::App* const command = app.add_subcommand("bench", "Time the backlog against its rivals, and the oracle");
  const auto options = std::make_shared<BenchOptions>();
  command->add_flag("--quick", options->quick, "Fewer rounds: seconds instead of minutes, rougher figures");
  command->add_option("--suite", options->suites, "What is timed: drain, oracle (default: both)")
      ->check(CLI::IsMember({"drain", "oracle"}));
  command->add_option("--cells", options->cells, "Only the cells of the drain whose names have this in them")
      ->type_name("REGEX")
      ->check([](const std::string& text) {
        return text.find('\'') == std::string::npos ? "" : "a cell's name has no quotation mark";
      });
  command->add_option("--json", options->json, "Write all samples to this file as well")->type_name("FILE");
  command->add_option("--report", options->report, "Write them, and a page with plots, to this folder")
      ->type_name("DIR");
  add_compare(*command, exit_code);
  command->footer(
      "A contender that does not answer like the spec is not timed: exit 1.\nExample:\n  weir bench --suite drain "
      "--quick\n  weir bench --suite drain --cells cross-core/read/64 --report DIR\n");
  command->callback([options, command, &exit_code] {
    if (command->get_subcommands().empty()) exit_code = bench(*options);
  });
}

}  // namespace weir::cli
