// The campaign of a report: its targets, how they grew, and the rules that they reached.
#include <fmt/format.h>
#include <simdjson.h>

#include <algorithm>
#include <map>
#include <optional>
#include <sstream>
#include <vector>

#include "cli/common.hpp"
#include "cli/report.hpp"
#include "fuzz/folder.hpp"
#include "fuzz/reachable.hpp"
#include "oracle/profile/names.hpp"
#include "oracle/text/whole_file.hpp"

namespace weir::cli {
namespace {

namespace fs = std::filesystem;

#define CLAUSE(id, name, function, since, until, sentence) Clause::id,
constexpr auto sysctl_clauses = std::to_array<Clause>({
#include "model/clauses/sysctl.def"
});
constexpr auto listen_clauses = std::to_array<Clause>({
#include "model/clauses/connection.def"
#include "model/clauses/listen.def"
#include "model/clauses/remote.def"
#include "model/clauses/time.def"
});
constexpr auto softnet_clauses = std::to_array<Clause>({
#include "model/clauses/softnet.def"
});
#undef CLAUSE
static_assert(sysctl_clauses.size() + listen_clauses.size() + softnet_clauses.size() == clause_count);

template <std::size_t N>
std::string plane(std::string_view name, const std::array<Clause, N>& list) {
  JsonList rows;
  for (const Clause each : list) {
    const ClauseInfo& row = info(each);
    rows.add(fmt::format(R"({{"id":{},"name":{},"function":{},"since":{},"until":{},"sentence":{}}})",
                         static_cast<unsigned>(each), json_string(row.name), json_string(row.function),
                         json_string(row.since), json_string(row.until), json_string(row.sentence)));
  }
  return fmt::format("{{\"name\":\"{}\",\"clauses\":{}}}", name, rows.array());
}

/// What a start of a worker wrote down about its target.
struct Start {
  std::string target, compared_with;
  ClauseSet reachable;
  std::string cannot = "{}";  ///< JSON: the number of a clause, and why it cannot be reached
};

Start start_from(simdjson::dom::object line) {
  Start start;
  const auto text = [&](std::string_view name) {
    std::string_view value;
    return line[name].get(value) == simdjson::SUCCESS ? std::string(value) : std::string();
  };
  start.target = text("target");
  start.compared_with = text("compared_with");
  std::vector<const Profile*> kernels;
  if (simdjson::dom::array names; line["profiles"].get(names) == simdjson::SUCCESS)
    for (const simdjson::dom::element each : names)
      if (std::string_view name; each.get(name) == simdjson::SUCCESS)
        if (const auto choice = oracle::profile_named(name); choice.profile != nullptr)
          kernels.push_back(choice.profile);
  start.reachable = fuzz::clauses_of(kernels);
  JsonList reasons;
  if (simdjson::dom::object cannot; line["cannot"].get(cannot) == simdjson::SUCCESS)
    for (const auto& [name, value] : cannot)
      if (std::string_view reason; value.get(reason) == simdjson::SUCCESS)
        if (const auto clause = clause_from(name))
          reasons.add(fmt::format("\"{}\":{}", static_cast<unsigned>(*clause), json_string(reason)));
  start.cannot = reasons.object();
  return start;
}

/// A history as it is on disk. Half a line, or a strange one, is left out.
struct GrownHistory {
  std::optional<Start> start;  ///< the last one
  JsonList points;
};

GrownHistory history_from(const fs::path& file) {
  GrownHistory history;
  std::istringstream lines(oracle::read_whole(file));
  simdjson::dom::parser parser;
  for (std::string line; std::getline(lines, line);) {
    simdjson::dom::object object;
    if (parser.parse(line).get(object)) continue;
    if (object["target"].error() == simdjson::SUCCESS)
      history.start = start_from(object);
    else if (object["operations"].error() == simdjson::SUCCESS)
      history.points.add(line);
  }
  return history;
}

/// All workers of a target.
struct TargetSum {
  fuzz::Progress progress;
  std::optional<Start> start;
  std::uint64_t workers = 0;
};

}  // namespace

std::string numbers_of(const ClauseSet& set) {
  JsonList numbers;
  set.for_each([&](Clause each) { numbers.add(std::to_string(static_cast<unsigned>(each))); });
  return numbers.array();
}

std::vector<fs::path> files_in(const fs::path& folder, std::string_view extension) {
  std::vector<fs::path> files;
  std::error_code not_there;
  for (const auto& each : fs::directory_iterator(folder, not_there))
    if (each.path().extension() == extension && !each.path().filename().string().starts_with('.'))
      files.push_back(each.path());
  std::sort(files.begin(), files.end());
  return files;
}

/// One for each target.
std::vector<fs::path> folders_in(const fs::path& folder) {
  std::vector<fs::path> folders;
  std::error_code not_there;
  for (const auto& each : fs::directory_iterator(folder, not_there))
    if (each.is_directory()) folders.push_back(each.path());
  std::sort(folders.begin(), folders.end());
  return folders;
}

std::string planes_as_json() {
  JsonList planes;
  planes.add(plane("sysctl", sysctl_clauses));
  planes.add(plane("listen", listen_clauses));
  planes.add(plane("softnet", softnet_clauses));
  return planes.array();
}

std::string targets_as_json(const fs::path& folder) {
  std::map<std::string, TargetSum> sums;
  for (const fs::path& target : folders_in(folder / "state"))
    for (const fs::path& file : files_in(target, ".json")) {
      const std::string key = target.filename().string();
      auto history = history_from(folder / "history" / key / (file.stem().string() + ".jsonl"));
      TargetSum& sum = sums[key];
      sum.progress += fuzz::progress_in(file);
      ++sum.workers;
      if (history.start) sum.start = std::move(history.start);
    }
  JsonList targets;
  for (const auto& [key, sum] : sums) {
    const auto& done = sum.progress;
    // A campaign that kept no history is compared with what there is.
    const Start start =
        sum.start.value_or(Start{key, "", fuzz::clauses_of({releases::all.begin(), releases::all.end()})});
    targets.add(fmt::format(
        R"({{"key":{},"name":{},"compared_with":{},"workers":{},"starts":{},"inputs":{},"operations":{},"probes":{},)"
        R"("divergences":{},"unconfirmed":{},"seconds":{:.3f},"reached":{},"reachable":{},"cannot":{}}})",
        json_string(key), json_string(start.target), json_string(start.compared_with), sum.workers, done.starts,
        done.inputs, done.operations, done.probes, done.divergences, done.unconfirmed, done.seconds,
        numbers_of(done.covered), numbers_of(start.reachable), start.cannot));
  }
  return targets.array();
}

std::string history_as_json(const fs::path& folder) {
  JsonList all;
  for (const fs::path& target : folders_in(folder / "history"))
    for (const fs::path& file : files_in(target, ".jsonl"))
      all.add(fmt::format(R"({{"target":{},"worker":{},"points":{}}})", json_string(target.filename().string()),
                          json_string(file.stem().string()), history_from(file).points.array()));
  return all.array();
}

}  // namespace weir::cli
