#include "cli/bench_program.hpp"

#include <fmt/format.h>
#include <simdjson.h>
#include <unistd.h>

#include <cstdio>
#include <filesystem>

#include "cli/common.hpp"
#include "oracle/text/whole_file.hpp"

namespace weir::cli {
namespace {

/// What the program says beside its rows (the library describes the machine each time), shown if it fails.
class Aside {
 public:
  Aside() : path_(std::filesystem::temp_directory_path() / fmt::format("weir-bench-{}.log", ::getpid())) {}
  ~Aside() {
    std::error_code error;
    std::filesystem::remove(path_, error);
  }
  Aside(const Aside&) = delete;
  Aside& operator=(const Aside&) = delete;
  std::string path() const { return path_.string(); }
  void show() const { complain(oracle::read_whole(path_)); }

 private:
  std::filesystem::path path_;
};

/// The figures of a row that every row has, and that tell nothing here.
bool is_of_the_library(std::string_view name) {
  for (const char* each : {"family_index", "per_family_instance_index", "repetitions", "repetition_index", "threads",
                           "iterations", "real_time", "cpu_time"})
    if (name == each) return true;
  return false;
}

BenchRow row_of(simdjson::dom::object benchmark) {
  BenchRow row;
  for (const auto& [name, value] : benchmark) {
    double figure = 0;
    if (name == "name")
      row.name = std::string(std::string_view(value));
    else if (value.get(figure) != simdjson::SUCCESS)
      continue;
    else if (name == "real_time")
      row.nanoseconds = figure;
    else if (name == "items_per_second")
      row.items_per_second = figure;
    else if (!is_of_the_library(name))
      row.more.emplace(name, figure);
  }
  // Google Benchmark adds how it was run: ".../iterations:1/manual_time".
  row.name = row.name.substr(0, row.name.find("/iterations:"));
  return row;
}

}  // namespace

std::string bench_program(const std::string& name) {
  std::error_code error;
  return (std::filesystem::read_symlink("/proc/self/exe", error).parent_path() / name).string();
}

std::optional<std::vector<BenchRow>> run_bench_program(const std::string& name, const std::string& options) {
  const Aside aside;
  const std::string command =
      "'" + bench_program(name) + "' --benchmark_format=json " + options + " 2>'" + aside.path() + "'";
  std::FILE* const pipe = popen(command.c_str(), "r");
  if (pipe == nullptr) return std::nullopt;
  std::string text;
  char buffer[4096];
  for (std::size_t got = 0; (got = std::fread(buffer, 1, sizeof buffer, pipe)) > 0;) text.append(buffer, got);
  if (pclose(pipe) != 0) {
    aside.show();
    return std::nullopt;
  }
  std::vector<BenchRow> rows;
  if (text.empty()) return rows;  // no benchmark is named so
  simdjson::dom::parser parser;
  const simdjson::padded_string padded(text);
  for (const simdjson::dom::element each : simdjson::dom::array(parser.parse(padded)["benchmarks"]))
    rows.push_back(row_of(simdjson::dom::object(each)));
  return rows;
}

}  // namespace weir::cli
