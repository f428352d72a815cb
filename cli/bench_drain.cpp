#include "cli/bench_drain.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cstddef>
#include <cstdlib>
#include <sstream>
#include <utility>

#include "cli/bench_contenders.hpp"
#include "cli/common.hpp"

namespace weir::cli {
namespace {

/// What a contender takes compared with ours: the median over the cells, and in how many it is faster.
struct Rank {
  std::string contender;
  std::vector<double> times_ours;
  std::size_t faster = 0;
};

std::string ranks_text(std::vector<Rank> ranks) {
  std::sort(ranks.begin(), ranks.end(),
            [](const Rank& a, const Rank& b) { return median(a.times_ours) < median(b.times_ours); });
  std::string text =
      bold(fmt::format("\n{:<20}{:>26}{:>26}\n", "", "times lock-free's (median)", "cells in which faster"));
  for (const Rank& each : ranks)
    text += fmt::format("{:<20}{:>26.2f}{:>26}\n", each.contender, median(each.times_ours), each.faster);
  return text;
}

}  // namespace

void DrainTable::add(const std::vector<BenchRow>& rows) {
  ++rounds_;
  for (const BenchRow& row : rows) {
    std::istringstream name(row.name);
    std::string where, payload, burst, quota, contender;
    for (std::string* part : {&where, &payload, &burst, &quota, &contender}) std::getline(name, *part, '/');
    if (!contender.empty() && (where == "same-core" || where == "cross-core"))
      samples_[{where, payload, std::atoi(burst.c_str()), std::atoi(quota.c_str())}][contender].push_back(
          row.nanoseconds);
  }
}

std::map<DrainTable::Cell, DrainTable::Medians> DrainTable::medians() const {
  std::map<Cell, Medians> all;
  for (const auto& [cell, contenders] : samples_)
    for (const auto& [contender, samples] : contenders) all[cell][contender] = median(samples);
  return all;
}

std::string DrainTable::text() const {
  std::string text = bold(fmt::format("Draining the backlog, nanoseconds a packet (median of {} rounds)\n", rounds_)) +
                     fmt::format("{:<11}{:<11}{:>6}{:>7}{:>11}{:>13}  {:<18}{:>7}{:>10}{:>10}\n", "", "payload",
                                 "burst", "quota", ours, "best rival", "", "times", the_floor, "of floor");
  std::size_t won = 0;
  std::map<std::string, Rank> ranks;
  const auto cells = medians();
  for (const auto& [cell, ns] : cells) {
    const auto& [where, payload, burst, quota] = cell;
    const double mine = ns.at(ours), floor = ns.at(the_floor);
    const std::string rival = best_rival(ns, [](double each) { return each; }).value_or("");
    const double rivals_ns = rival.empty() ? 0 : ns.at(rival);
    const bool is_won = mine <= rivals_ns;
    won += is_won ? 1 : 0;
    const std::string times = fmt::format("{:>7.2f}", rivals_ns / mine);
    text += fmt::format("{:<11}{:<11}{:>6}{:>7}{:>11.1f}{:>13.1f}  {:<18}{}{:>10.1f}{:>10.1f}\n", where, payload, burst,
                        quota, mine, rivals_ns, rival, is_won ? green(times) : red(times), floor, mine / floor);
    for (const auto& [contender, each] : ns) {
      Rank& rank = ranks[contender];
      rank.contender = contender;
      rank.times_ours.push_back(each / mine);
      rank.faster += each < mine ? 1 : 0;
    }
  }
  std::vector<Rank> ranked;
  for (auto& [contender, rank] : ranks) ranked.push_back(std::move(rank));
  const std::string verdict = fmt::format("lock-free is as fast as the best of {} rivals or faster in {} of {} cells\n",
                                          ranks.size() - 2, won, cells.size());
  return text + (won == cells.size() ? green(verdict) : red(verdict)) + ranks_text(std::move(ranked));
}

std::string DrainTable::json() const {
  std::string text;
  for (const auto& [cell, contenders] : samples_) {
    const auto& [where, payload, burst, quota] = cell;
    std::string all;
    for (const auto& [contender, samples] : contenders)
      all += fmt::format("{}\"{}\":[{:.2f}]", all.empty() ? "" : ",", contender, fmt::join(samples, ","));
    text +=
        fmt::format("{}\n{{\"where\":\"{}\",\"payload\":\"{}\",\"burst\":{},\"quota\":{},\"ns_per_packet\":{{{}}}}}",
                    text.empty() ? "" : ",", where, payload, burst, quota, all);
  }
  return text;
}

}  // namespace weir::cli
