#include "proofs/memory/psc.hpp"

#include <algorithm>
#include <array>
#include <bitset>
#include <cstddef>

namespace weir::proofs::memory {
namespace {

constexpr std::size_t most = 256;
using Set = std::bitset<most>;
using Relation = std::array<Set, most>;

/// The events with their relations, each as the set of those that it leads to.
class Graph {
 public:
  explicit Graph(const std::vector<Event>& trail) : trail_(trail), size_(trail.size()) {
    for (std::size_t a = 0; a < size_; ++a)
      for (std::size_t b = 0; b < size_; ++b) relate(a, b);
    for (std::size_t a = 0; a < size_; ++a) {
      const Set& next = communicates_at_once_[a];
      communicates_[a] = next;
      for (std::size_t b = 0; b < size_; ++b)
        if (next[b]) communicates_[a] |= reads_from_[b];
    }
    for (std::size_t a = 0; a < size_; ++a) scb_[a] = in_between(a) | scb_directly_[a];
  }

  bool psc_has_cycle() const {
    std::vector<std::size_t> sc;
    for (std::size_t a = 0; a < size_; ++a)
      if (trail_[a].order == Order::seq_cst && trail_[a].kind != Kind::choice) sc.push_back(a);
    std::vector<std::size_t> left(sc.size(), 0);
    std::vector<Set> edges(sc.size());
    for (std::size_t i = 0; i < sc.size(); ++i) {
      const Set base = image(scb_, begins(sc[i]));
      const bool fence = is_fence(sc[i]);
      const Set through = fence ? before_[sc[i]] | image(before_or_same_, image(communicates_, before_[sc[i]])) : Set{};
      for (std::size_t j = 0; j < sc.size(); ++j)
        if ((base & ends(sc[j])).any() || (is_fence(sc[j]) && through[sc[j]])) edges[i].set(j);
    }
    return has_cycle(edges);
  }

 private:
  bool is_fence(std::size_t a) const { return trail_[a].kind == Kind::fence; }
  bool same_place(std::size_t a, std::size_t b) const {
    return !is_fence(a) && !is_fence(b) && trail_[a].location == trail_[b].location;
  }
  std::int32_t read_stamp(const Event& event) const {
    if (event.source == initial_write) return 0;
    for (const Event& each : trail_)
      if (each.id() == event.source) return each.stamp;
    return 0;
  }

  void relate(std::size_t a, std::size_t b) {
    const Event& first = trail_[a];
    const Event& second = trail_[b];
    if (a == b) {
      before_or_same_[a].set(b);
      return;
    }
    if (first.kind == Kind::choice || second.kind == Kind::choice) return;
    const bool program = first.thread == second.thread && first.index < second.index;
    const bool happens = first.index < second.before[first.thread];
    const bool same = same_place(a, b);
    if (happens) before_[a].set(b), before_or_same_[a].set(b);
    if (program && !same) elsewhere_[a].set(b);
    const bool reads = first.is_write() && second.is_read() && second.source == first.id();
    if (reads) reads_from_[a].set(b);
    const bool overwrites =
        same && second.is_write() &&
        ((first.is_write() && first.stamp < second.stamp) || (first.is_read() && read_stamp(first) < second.stamp));
    if (reads || overwrites) communicates_at_once_[a].set(b);
    if (program || (happens && same) || overwrites) scb_directly_[a].set(b);
  }

  Set image(const Relation& relation, const Set& from) const {
    Set to;
    for (std::size_t a = 0; a < size_; ++a)
      if (from[a]) to |= relation[a];
    return to;
  }
  /// sb to another location, then happens-before, then again sb to another location.
  Set in_between(std::size_t a) const { return image(elsewhere_, image(before_, elsewhere_[a])); }
  Set begins(std::size_t a) const {
    Set set = is_fence(a) ? before_[a] : Set{};
    return set.set(a);
  }
  Set ends(std::size_t b) const {
    Set set;
    set.set(b);
    for (std::size_t a = 0; a < size_ && is_fence(b); ++a)
      if (before_[a][b]) set.set(a);
    return set;
  }
  static bool has_cycle(const std::vector<Set>& edges) {
    Set gone;
    for (std::size_t removed = 0; removed < edges.size();) {
      std::size_t now = removed;
      for (std::size_t i = 0; i < edges.size(); ++i) {
        if (gone[i] || (edges[i] & ~gone).any()) continue;
        gone.set(i);
        ++removed;
      }
      if (now == removed) return true;
    }
    return false;
  }

  const std::vector<Event>& trail_;
  const std::size_t size_;
  Relation before_{}, before_or_same_{}, elsewhere_{}, reads_from_{}, communicates_at_once_{}, communicates_{};
  Relation scb_directly_{}, scb_{};
};

/// The writes of each location in modification order.
std::size_t sort_writes(const std::vector<Event>& trail, std::array<std::uint16_t, most>& sorted) {
  std::size_t count = 0;
  for (std::size_t i = 0; i < trail.size(); ++i)
    if (trail[i].is_write() && !trail[i].stuck) sorted[count++] = static_cast<std::uint16_t>(i);
  std::sort(sorted.begin(), sorted.begin() + static_cast<std::ptrdiff_t>(count), [&](auto a, auto b) {
    return trail[a].location != trail[b].location ? trail[a].location < trail[b].location
                                                  : trail[a].stamp < trail[b].stamp;
  });
  return count;
}

}  // namespace

bool sequentially_consistent(const std::vector<Event>& trail) {
  // An interleaving is sought greedily: whoever can go on without being too early goes on. Reads must come before the
  // next write of their location, writes after the one before.
  std::array<std::uint16_t, most> sorted;
  const std::size_t writes = sort_writes(trail, sorted);
  std::array<std::int32_t, max_locations> stamp{};
  std::array<std::uint16_t, max_threads> done{};
  for (std::size_t left = trail.size(); left > 0;) {
    const std::size_t before = left;
    for (std::size_t i = 0; i < trail.size(); ++i) {
      const Event& event = trail[i];
      if (event.index != done[event.thread]) continue;
      if (event.is_read()) {
        std::int32_t reads = 0;
        for (std::size_t w = 0; w < writes && event.source != initial_write; ++w)
          if (trail[sorted[w]].id() == event.source) reads = trail[sorted[w]].stamp;
        if (stamp[event.location] != reads) continue;
      }
      if (event.is_write()) {
        std::int32_t below = 0;
        for (std::size_t w = 0; w < writes; ++w) {
          const Event& other = trail[sorted[w]];
          if (other.location == event.location && other.stamp < event.stamp) below = other.stamp;
        }
        if (stamp[event.location] != below) continue;
        bool too_early = false;
        for (const Event& other : trail) {
          if (!other.is_read() || other.location != event.location || other.index < done[other.thread]) continue;
          std::int32_t reads = 0;
          for (std::size_t w = 0; w < writes && other.source != initial_write; ++w)
            if (trail[sorted[w]].id() == other.source) reads = trail[sorted[w]].stamp;
          if (reads == below) too_early = true;
        }
        if (too_early) continue;
        stamp[event.location] = event.stamp;
      }
      ++done[event.thread];
      --left;
    }
    if (left == before) return false;
  }
  return true;
}

bool seq_cst_consistent(const std::vector<Event>& trail) {
  const auto count = std::count_if(trail.begin(), trail.end(), [](const Event& event) {
    return event.order == Order::seq_cst && event.kind != Kind::choice;
  });
  if (count < 2) return true;
  return !Graph(trail).psc_has_cycle();
}

}  // namespace weir::proofs::memory
