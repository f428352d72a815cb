#include "proofs/memory/psc.hpp"

#include <algorithm>
#include <array>
#include <bitset>
#include <cstddef>
#include <memory>

namespace weir::proofs::memory {
namespace {

constexpr std::size_t most = 512;
using Set = std::bitset<most>;
using Relation = std::array<Set, most>;

bool is_strong(const Event& event) { return event.order == Order::seq_cst && event.kind != Kind::choice; }

constexpr int nowhere = -1;
int location_of(const Event& event) { return event.is_read() || event.is_write() ? event.location : nowhere; }

bool has_cycle(const std::vector<Set>& edges) {
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

/// The events with their relations, each as the set of those that it leads to. One is kept a thread: clearing what is
/// in use is cheaper than making it.
class Graph {
 public:
  void load(const std::vector<Event>& trail) {
    size_ = trail.size();
    for (std::size_t a = 0; a < size_; ++a) {
      item_[a] = item_of(trail, a);
      for (Relation* each : {&before_, &before_or_same_, &elsewhere_, &reads_from_, &communicates_at_once_, &scb_})
        (*each)[a].reset();
    }
    for (std::size_t a = 0; a < size_; ++a)
      for (std::size_t b = 0; b < size_; ++b) relate(a, b);
    for (std::size_t a = 0; a < size_; ++a)
      communicates_[a] = communicates_at_once_[a] | image(reads_from_, communicates_at_once_[a]);
    for (std::size_t a = 0; a < size_; ++a) scb_[a] |= image(elsewhere_, image(before_, elsewhere_[a]));
  }

  bool psc_has_cycle() const {
    std::vector<std::size_t> sc;
    for (std::size_t a = 0; a < size_; ++a)
      if (item_[a].strong) sc.push_back(a);
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
  struct Item {
    std::uint8_t thread;
    Kind kind;
    bool strong, reads, writes;
    int location;
    std::uint16_t index;
    EventId id, source;
    std::int32_t stamp;
    Clocks before;
  };
  static Item item_of(const std::vector<Event>& trail, std::size_t at) {
    const Event& event = trail[at];
    return {event.thread, event.kind, is_strong(event), event.is_read(), event.is_write(), location_of(event),
            event.index,  event.id(), event.source,     event.stamp,     event.before};
  }
  bool is_fence(std::size_t a) const { return item_[a].kind == Kind::fence; }

  void relate(std::size_t a, std::size_t b) {
    const Item& first = item_[a];
    const Item& second = item_[b];
    if (a == b) {
      before_or_same_[a].set(b);
      return;
    }
    if (first.kind == Kind::choice || second.kind == Kind::choice) return;
    const bool program = first.thread == second.thread && first.index < second.index;
    const bool happens = first.index < second.before[first.thread];
    const bool same = first.location >= 0 && first.location == second.location;
    if (happens) before_[a].set(b), before_or_same_[a].set(b);
    if (program && !same) elsewhere_[a].set(b);
    const bool reads = first.writes && second.reads && second.source == first.id;
    if (reads) reads_from_[a].set(b);
    const bool overwrites = same && second.writes && first.stamp < second.stamp;
    if (reads || overwrites) communicates_at_once_[a].set(b);
    if (program || (happens && same) || overwrites) scb_[a].set(b);
  }

  Set image(const Relation& relation, const Set& from) const {
    Set to;
    for (std::size_t a = 0; a < size_; ++a)
      if (from[a]) to |= relation[a];
    return to;
  }
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
  std::size_t size_ = 0;
  std::array<Item, most> item_;
  Relation before_, before_or_same_, elsewhere_, reads_from_, communicates_at_once_, communicates_;
  Relation scb_;  // its part through other locations added last
};

/// The same without fences, where nothing but seq_cst accesses begins or ends psc. What leads from one of them through
/// other locations is decided by the first event after it, and the last before the other, that are elsewhere: whatever
/// else there is between the two happens after the one and before the other.
class Accesses {
 public:
  explicit Accesses(const std::vector<Event>& trail) {
    for (const Event& event : trail) {
      if (is_strong(event)) strong_.push_back(&event);
      by_thread_[event.thread][event.index] = &event;
      ++events_[event.thread];
    }
  }

  bool psc_has_cycle() const {
    std::vector<const Event*> after, before;
    for (const Event* each : strong_) after.push_back(elsewhere(*each, 1)), before.push_back(elsewhere(*each, -1));
    std::vector<Set> edges(strong_.size());
    for (std::size_t a = 0; a < strong_.size(); ++a)
      for (std::size_t b = 0; b < strong_.size(); ++b)
        if (a != b && (leads(*strong_[a], *strong_[b]) || happens(after[a], before[b]))) edges[a].set(b);
    return has_cycle(edges);
  }

 private:
  static bool happens(const Event* first, const Event* second) {
    return first != nullptr && second != nullptr && first != second && first->index < second->before[first->thread];
  }
  static bool leads(const Event& first, const Event& second) {
    const bool same = first.location == second.location;
    return (first.thread == second.thread && first.index < second.index) || (same && happens(&first, &second)) ||
           (same && second.is_write() && first.stamp < second.stamp);
  }
  /// The nearest access to another location, forwards (1) or backwards (-1) in the thread; nullptr: none.
  const Event* elsewhere(const Event& event, int step) const {
    for (int at = event.index + step; at >= 0 && at < events_[event.thread]; at += step) {
      const Event* const other = by_thread_[event.thread][static_cast<std::size_t>(at)];
      if (location_of(*other) != nowhere && other->location != event.location) return other;
    }
    return nullptr;
  }

  std::vector<const Event*> strong_;
  std::array<std::array<const Event*, most>, max_threads> by_thread_;
  std::array<int, max_threads> events_{};
};

/// Seeks an interleaving greedily: whoever can go on without being too early goes on. A read must come after its write
/// and before the next one of its location, a write right after the one before.
class Interleaving {
 public:
  explicit Interleaving(const std::vector<Event>& trail) : trail_(trail) {
    for (std::size_t i = 0; i < trail.size(); ++i) {
      next_of_[trail[i].thread][trail[i].index] = static_cast<std::uint16_t>(i);
      ++events_[trail[i].thread];
      if (trail[i].is_write()) writes_.push_back(&trail[i]);
    }
    std::sort(writes_.begin(), writes_.end(), [](const Event* a, const Event* b) {
      return a->location != b->location ? a->location < b->location : a->stamp < b->stamp;
    });
    std::array<std::uint16_t, max_locations> writes{};
    for (const Event* each : writes_) rank_[index(*each)] = ++writes[each->location];
    for (std::size_t i = 0; i < trail.size(); ++i) {
      if (!trail[i].is_read()) continue;
      rank_[i] = trail[i].source == initial_write
                     ? std::uint16_t{0}
                     : rank_[next_of_[thread_of(trail[i].source)][index_of(trail[i].source)]];
      ++readers(trail[i].location, rank_[i]);
    }
  }

  bool exists() {
    for (std::size_t left = trail_.size(); left > 0;) {
      const std::size_t before = left;
      for (unsigned thread = 0; thread < max_threads; ++thread)
        while (done_[thread] < events_[thread] && take(next_of_[thread][done_[thread]])) ++done_[thread], --left;
      if (left == before) return false;
    }
    return true;
  }

 private:
  std::size_t index(const Event& event) const { return static_cast<std::size_t>(&event - trail_.data()); }
  std::uint16_t& readers(std::size_t location, std::size_t rank) { return readers_[location][rank % most_writes]; }

  bool take(std::size_t at) {
    const Event& event = trail_[at];
    const std::size_t location = event.location;
    if (event.is_read()) {
      if (now_[location] != rank_[at]) return false;
      --readers(location, rank_[at]);
    } else if (event.is_write()) {
      if (now_[location] + 1 != rank_[at] || readers(location, now_[location]) != 0) return false;
      now_[location] = rank_[at];
    }
    return true;
  }

  static constexpr std::size_t most_writes = 48;
  const std::vector<Event>& trail_;
  std::vector<const Event*> writes_;
  std::array<std::array<std::uint16_t, most>, max_threads> next_of_;
  std::array<std::uint16_t, most> rank_{};
  std::array<std::uint16_t, max_threads> events_{}, done_{};
  std::array<std::uint16_t, max_locations> now_{};
  std::array<std::array<std::uint16_t, most_writes>, max_locations> readers_{};
};

}  // namespace

bool sequentially_consistent(const std::vector<Event>& trail) { return Interleaving(trail).exists(); }

bool seq_cst_consistent(const std::vector<Event>& trail) {
  if (std::count_if(trail.begin(), trail.end(), is_strong) < 2) return true;
  // What an interleaving explains is consistent under any order, and cheap to see.
  if (sequentially_consistent(trail)) return true;
  const bool fences = std::any_of(trail.begin(), trail.end(), [](const Event& e) { return e.kind == Kind::fence; });
  if (!fences) return !Accesses(trail).psc_has_cycle();
  thread_local const auto graph = std::make_unique<Graph>();
  graph->load(trail);
  return !graph->psc_has_cycle();
}

}  // namespace weir::proofs::memory
