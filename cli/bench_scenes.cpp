#include "cli/bench_scenes.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <optional>

#include "cli/bench_contenders.hpp"
#include "cli/common.hpp"

namespace weir::cli {
namespace {

struct Heading {
  const char* scene;
  const char* text;
};
constexpr Heading headings[] = {
    {"crowd", "Several producers, nanoseconds a packet: producers/burst"},
    {"overload", "More than can be drained, nanoseconds a delivered packet: limit/burst"},
    {"bursty", "Trains of 256 packets that find the backlog asleep, nanoseconds a packet: burst"},
    {"latency", "From arrival to delivery, nanoseconds, the median: load in percent"},
    {"growth", "One thread fills and drains, nanoseconds a packet: lane/payload/packets that wait"},
};

std::string figure(const std::string& name, const std::vector<double>& samples) {
  const double middle = median(samples);
  return name == "refused" ? fmt::format("{:.0f} %", middle * 100) : fmt::format("{:.0f}", middle);
}

}  // namespace

SceneTables::Cell& SceneTables::cell_of(const BenchRow& row, std::string& contender) {
  const std::size_t first = row.name.find('/'), last = row.name.rfind('/');
  const std::string scene = row.name.substr(0, first), name = row.name.substr(first + 1, last - first - 1);
  contender = row.name.substr(last + 1);
  const auto known = std::find_if(cells_.begin(), cells_.end(),
                                  [&](const Cell& cell) { return cell.scene == scene && cell.name == name; });
  if (known != cells_.end()) return *known;
  cells_.push_back({.scene = scene, .name = name, .contenders = {}});
  return cells_.back();
}

void SceneTables::add(const std::vector<BenchRow>& rows) {
  for (const BenchRow& row : rows) {
    const auto is_scene = [&](const Heading& each) { return row.name.starts_with(std::string(each.scene) + "/"); };
    if (!std::any_of(std::begin(headings), std::end(headings), is_scene)) continue;
    std::string contender;
    Cell& cell = cell_of(row, contender);
    Samples& samples = cell.contenders[contender];
    samples["ns"].push_back(row.nanoseconds);
    for (const auto& [name, value] : row.more)
      if (name == "needs_threads")
        cell.threads = static_cast<unsigned>(value);
      else if (name != "disturbed" && name != "each")
        samples[name].push_back(value);
  }
}

std::string SceneTables::line(const Cell& cell, const std::string& rival) const {
  const Samples &mine = cell.contenders.at(ours), &best = cell.contenders.at(rival);
  const double ns = median(mine.at("ns")), rivals = median(best.at("ns"));
  std::string text = fmt::format("  {:<18}{:>11.1f}{:>13.1f}  {:<18}", cell.name, ns, rivals, rival);
  const std::string times = fmt::format("{:>7.2f}", rivals / ns);
  text += !is_compared(cell) ? times + fmt::format("  not compared: {} threads on {} cores", cell.threads, cores_)
          : ns <= rivals     ? green(times)
                             : red(times);
  for (const auto& [name, samples] : mine)
    if (name != "ns" && best.contains(name))
      text += fmt::format("  {} {} ({})", name, figure(name, samples), figure(name, best.at(name)));
  const auto floor = cell.contenders.find(the_floor);
  if (floor != cell.contenders.end()) text += fmt::format("  floor {:.2f}", median(floor->second.at("ns")));
  return text + "\n";
}

/// What the longest queue of each payload takes beside the shortest.
std::string SceneTables::flatness() const {
  std::map<std::string, std::pair<const Cell*, const Cell*>> ends;  // by lane and payload
  for (const Cell& cell : cells_)
    if (cell.scene == "growth") {
      auto& [shortest, longest] = ends[cell.name.substr(0, cell.name.rfind('/'))];
      if (shortest == nullptr) shortest = &cell;
      longest = &cell;
    }
  std::string text;
  for (const auto& [cells, both] : ends)
    for (const char* each : {ours, the_floor}) {
      const auto ns = [&](const Cell* cell) { return median(cell->contenders.at(each).at("ns")); };
      if (both.first->contenders.contains(each) && both.second->contenders.contains(each))
        text += fmt::format("  {:<18}{:<11}{:>6.2f} times the cost of the shortest when the longest waits\n", cells,
                            each, ns(both.second) / ns(both.first));
    }
  return text;
}

std::string SceneTables::text() const {
  std::string text;
  std::size_t compared = 0, won = 0;
  for (const Heading& heading : headings) {
    std::string lines;
    for (const Cell& cell : cells_) {
      const auto rival = best_rival(cell.contenders, [](const Samples& each) { return median(each.at("ns")); });
      if (cell.scene != heading.scene || !rival || !cell.contenders.contains(ours)) continue;
      lines += line(cell, *rival);
      if (!is_compared(cell)) continue;
      ++compared;
      won += median(cell.contenders.at(ours).at("ns")) <= median(cell.contenders.at(*rival).at("ns")) ? 1 : 0;
    }
    if (lines.empty()) continue;
    text += bold(fmt::format("\n{}\n  {:<18}{:>11}{:>13}  {:<18}{:>7}  other figures (the best rival's)\n",
                             heading.text, "", ours, "best rival", "", "times")) +
            lines;
  }
  if (text.empty()) return text;
  return text + flatness() +
         fmt::format("lock-free is as fast as the best rival or faster in {} of {} cells that are compared\n", won,
                     compared);
}

std::string SceneTables::json() const {
  std::string text;
  for (const Cell& cell : cells_) {
    std::string contenders;
    for (const auto& [name, samples] : cell.contenders) {
      std::string figures;
      for (const auto& [figure, values] : samples)
        figures += fmt::format("{}\"{}\":[{:.2f}]", figures.empty() ? "" : ",", figure, fmt::join(values, ","));
      contenders += fmt::format("{}\"{}\":{{{}}}", contenders.empty() ? "" : ",", name, figures);
    }
    text += fmt::format("{}\n{{\"scene\":\"{}\",\"cell\":\"{}\",\"threads\":{},\"contenders\":{{{}}}}}",
                        text.empty() ? "" : ",", cell.scene, cell.name, cell.threads, contenders);
  }
  return text;
}

}  // namespace weir::cli
