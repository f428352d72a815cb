#include "cli/bench_compare.hpp"

#include <fmt/format.h>
#include <simdjson.h>

#include <map>
#include <optional>
#include <stdexcept>
#include <string_view>
#include <utility>
#include <vector>

#include "cli/bench_contenders.hpp"
#include "cli/common.hpp"

namespace weir::cli {
namespace {

constexpr double alpha = 0.05;

/// Samples by cell and contender.
using Run = std::map<std::pair<std::string, std::string>, std::vector<double>>;

void read_cell(const simdjson::dom::element& cell, Run& run) {
  const auto text = [&](const char* key) { return std::string(std::string_view(cell[key])); };
  const std::string name = fmt::format("{:<11}{:<11}{:>4}{:>5}", text("where"), text("payload"),
                                       std::int64_t(cell["burst"]), std::int64_t(cell["quota"]));
  for (const auto field : simdjson::dom::object(cell["ns_per_packet"])) {
    std::vector<double>& samples = run[{name, std::string(field.key)}];
    for (const double each : simdjson::dom::array(field.value)) samples.push_back(each);
    if (samples.empty()) throw std::invalid_argument("a contender without samples");
  }
}

void read_scene(const simdjson::dom::element& scene, Run& run) {
  const std::string name =
      fmt::format("{:<11}{:<20}", std::string_view(scene["scene"]), std::string_view(scene["cell"]));
  for (const auto field : simdjson::dom::object(scene["contenders"])) {
    std::vector<double>& samples = run[{name, std::string(field.key)}];
    for (const double each : simdjson::dom::array(field.value["ns"])) samples.push_back(each);
    if (samples.empty()) throw std::invalid_argument("a contender without samples");
  }
}

std::optional<Run> read_run(const std::string& path) {
  try {
    simdjson::dom::parser parser;
    Run run;
    const simdjson::dom::element written = parser.load(path);
    for (const auto cell : simdjson::dom::array(written["drain"])) read_cell(cell, run);
    simdjson::dom::array scenes;  // not there in runs of old
    if (written["scenes"].get(scenes) == simdjson::SUCCESS)
      for (const auto scene : scenes) read_scene(scene, run);
    return run;
  } catch (const std::exception& error) {
    complain(fmt::format("weir: {}: not written by `weir bench --json`: {}\n", path, error.what()));
    return std::nullopt;
  }
}

std::string row(const std::string& cell, const std::string& contender, double before, double after, double p) {
  const std::string change = fmt::format("{:>+8.1f} %", (after / before - 1) * 100);
  const std::string marked = p >= alpha ? change : after < before ? green(change) : red(change);
  return fmt::format("{}  {:<18}{:>9.2f}{:>9.2f}{}{:>10.4f}\n", cell, contender, before, after, marked, p);
}

}  // namespace

int compare_benches(const std::string& before, const std::string& after, bool all) {
  const auto first = read_run(before), second = read_run(after);
  if (!first || !second) return malformed;
  std::size_t compared = 0, faster = 0, slower = 0;
  double least = 1;  // the p of a cell in which the backlog is slower
  print(bold(
      fmt::format("{:<33}{:<18}{:>9}{:>9}{:>10}{:>10}\n", "cell, burst, quota", "", "before", "after", "change", "p")));
  for (const auto& [key, old_samples] : *first) {
    const auto& [cell, contender] = key;
    const auto found = second->find(key);
    if (found == second->end() || (!all && contender != "lock-free")) continue;
    const double then = median(old_samples), now = median(found->second);
    const double p = mann_whitney(old_samples, found->second);
    print(row(cell, contender, then, now, p));
    if (contender != "lock-free") continue;
    ++compared;
    if (p < alpha) ++(now < then ? faster : slower);
    if (now > then) least = std::min(least, p);
  }
  if (compared == 0) {
    complain("weir: the two runs have no cell in common\n");
    return malformed;
  }
  // Of many cells some differ by chance: what counts is a p that is small for all of them together.
  const bool is_slower = least * static_cast<double>(compared) < alpha;
  print(fmt::format("lock-free: {} of {} cells faster, {} slower (Mann-Whitney U, two-sided, p < {})\n", faster,
                    compared, slower, alpha));
  print(is_slower
            ? red(fmt::format("slower, by more than chance in {} cells allows (smallest p {:.2g})\n", compared, least))
            : std::string("not slower by more than chance allows\n"));
  return is_slower ? diverged : agreed;
}

}  // namespace weir::cli
