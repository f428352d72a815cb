// The classical shapes, each with one outcome that RC11 allows or forbids: C++20 without values out of thin air. The
// shapes and their verdicts are folklore; the names are those of herd and of the papers on RC11. In one thing RC11
// forbids more than the standard: load buffering (LB+rlx), which no processor shows to code with dependencies.
#include "proofs/memory/litmus.hpp"

namespace weir::proofs::memory {
namespace {

constexpr auto rlx = Order::relaxed, acq = Order::acquire, rel = Order::release, sc = Order::seq_cst;
constexpr bool allowed = true, forbidden = false;
constexpr std::string_view classical = "classical";

using C = Cells;
using Is = const Outcome&;

template <Order write, Order read>
std::vector<Litmus::Body> store_buffering() {
  return {[](C& m, Row& r) { m.x.store(1, write), r[0] = m.y.load(read); },
          [](C& m, Row& r) { m.y.store(1, write), r[0] = m.x.load(read); }};
}
template <Order write, Order read>
std::vector<Litmus::Body> message_passing() {
  return {[](C& m, Row&) { m.x.store(1, rlx), m.y.store(1, write); },
          [](C& m, Row& r) { r[0] = m.y.load(read), r[1] = m.x.load(rlx); }};
}
template <Order read, Order write>
std::vector<Litmus::Body> load_buffering() {
  return {[](C& m, Row& r) { r[0] = m.x.load(read), m.y.store(1, write); },
          [](C& m, Row& r) { r[0] = m.y.load(read), m.x.store(1, write); }};
}
template <Order write>
std::vector<Litmus::Body> two_plus_two() {
  return {[](C& m, Row&) { m.x.store(1, write), m.y.store(2, write); },
          [](C& m, Row&) { m.y.store(1, write), m.x.store(2, write); }};
}
template <Order write, Order read>
std::vector<Litmus::Body> independent_reads() {
  return {[](C& m, Row&) { m.x.store(1, write); }, [](C& m, Row&) { m.y.store(1, write); },
          [](C& m, Row& r) { r[0] = m.x.load(read), r[1] = m.y.load(read); },
          [](C& m, Row& r) { r[0] = m.y.load(read), r[1] = m.x.load(read); }};
}
template <Order write, Order read>
std::vector<Litmus::Body> write_to_read_causality() {
  return {[](C& m, Row&) { m.x.store(1, rlx); }, [](C& m, Row& r) { r[0] = m.x.load(read), m.y.store(1, write); },
          [](C& m, Row& r) { r[0] = m.y.load(read), r[1] = m.x.load(rlx); }};
}
template <Order write, Order read>
std::vector<Litmus::Body> transitive() {
  return {[](C& m, Row&) { m.x.store(1, rlx), m.y.store(1, write); },
          [](C& m, Row& r) { r[0] = m.y.load(read), m.z.store(1, write); },
          [](C& m, Row& r) { r[0] = m.z.load(read), r[1] = m.x.load(rlx); }};
}
template <Order write, Order read>
std::vector<Litmus::Body> read_to_write_causality() {
  return {[](C& m, Row&) { m.x.store(1, write); }, [](C& m, Row& r) { r[0] = m.x.load(read), r[1] = m.y.load(read); },
          [](C& m, Row& r) { m.y.store(1, write), r[0] = m.x.load(read); }};
}
/// What leads from one seq_cst access to another is neither one thread nor one location.
template <Order write, Order read>
std::vector<Litmus::Body> write_and_read_to_write_causality() {
  return {[](C& m, Row&) { m.x.store(1, sc), m.y.store(1, write); },
          [](C& m, Row& r) { r[0] = m.y.load(read), r[1] = m.z.load(sc); },
          [](C& m, Row& r) { m.z.store(1, sc), r[0] = m.x.load(sc); }};
}

constexpr Litmus::Predicate both_zero = [](Is is) { return is.r[0][0] == 0 && is.r[1][0] == 0; };
constexpr Litmus::Predicate both_one = [](Is is) { return is.r[0][0] == 1 && is.r[1][0] == 1; };
constexpr Litmus::Predicate new_then_old = [](Is is) { return is.r[1][0] == 1 && is.r[1][1] == 0; };
constexpr Litmus::Predicate both_first_writes_last = [](Is is) { return is.last[0] == 1 && is.last[1] == 1; };
constexpr Litmus::Predicate readers_disagree = [](Is is) {
  return is.r[2][0] == 1 && is.r[2][1] == 0 && is.r[3][0] == 1 && is.r[3][1] == 0;
};
constexpr Litmus::Predicate chain_is_broken = [](Is is) {
  return is.r[1][0] == 1 && is.r[2][0] == 1 && is.r[2][1] == 0;
};
constexpr Litmus::Predicate reader_and_writer_disagree = [](Is is) {
  return is.r[1][0] == 1 && is.r[1][1] == 0 && is.r[2][0] == 0;
};

std::vector<Litmus> buffered_stores() {
  return {
      {"SB+rlx", classical, store_buffering<rlx, rlx>(), -1, -1, both_zero, allowed},
      {"SB+ra", classical, store_buffering<rel, acq>(), -1, -1, both_zero, allowed},
      {"SB+sc", classical, store_buffering<sc, sc>(), -1, -1, both_zero, forbidden},
      {"SB+fences",
       classical,
       {[](C& m, Row& r) { m.x.store(1, rlx), fence(sc), r[0] = m.y.load(rlx); },
        [](C& m, Row& r) { m.y.store(1, rlx), fence(sc), r[0] = m.x.load(rlx); }},
       -1,
       -1,
       both_zero,
       forbidden},
      {"SB+ar-fences",
       classical,
       {[](C& m, Row& r) { m.x.store(1, rlx), fence(Order::acq_rel), r[0] = m.y.load(rlx); },
        [](C& m, Row& r) { m.y.store(1, rlx), fence(Order::acq_rel), r[0] = m.x.load(rlx); }},
       -1,
       -1,
       both_zero,
       allowed},
      {"SB+updates",
       classical,
       {[](C& m, Row& r) { m.x.store(1, rlx), m.z.fetch_add(1, Order::acq_rel), r[0] = m.y.load(rlx); },
        [](C& m, Row& r) { m.y.store(1, rlx), m.z.fetch_add(1, Order::acq_rel), r[0] = m.x.load(rlx); }},
       -1,
       -1,
       both_zero,
       forbidden},
  };
}

std::vector<Litmus> passing_and_buffering() {
  return {
      {"MP+rlx", classical, message_passing<rlx, rlx>(), -1, -1, new_then_old, allowed},
      {"MP+ra", classical, message_passing<rel, acq>(), -1, -1, new_then_old, forbidden},
      {"MP+rel+rlx", classical, message_passing<rel, rlx>(), -1, -1, new_then_old, allowed},
      {"MP+rlx+acq", classical, message_passing<rlx, acq>(), -1, -1, new_then_old, allowed},
      {"MP+fences",
       classical,
       {[](C& m, Row&) { m.x.store(1, rlx), fence(rel), m.y.store(1, rlx); },
        [](C& m, Row& r) { r[0] = m.y.load(rlx), fence(acq), r[1] = m.x.load(rlx); }},
       -1,
       -1,
       new_then_old,
       forbidden},
      {"MP+relf+rlx",
       classical,
       {[](C& m, Row&) { m.x.store(1, rlx), fence(rel), m.y.store(1, rlx); },
        [](C& m, Row& r) { r[0] = m.y.load(rlx), r[1] = m.x.load(rlx); }},
       -1,
       -1,
       new_then_old,
       allowed},
      {"LB+rlx", classical, load_buffering<rlx, rlx>(), -1, -1, both_one, forbidden},
      {"LB+ra", classical, load_buffering<acq, rel>(), -1, -1, both_one, forbidden},
      {"2+2W+rlx", classical, two_plus_two<rlx>(), -1, -1, both_first_writes_last, allowed},
      {"2+2W+rel", classical, two_plus_two<rel>(), -1, -1, both_first_writes_last, allowed},
      {"2+2W+sc", classical, two_plus_two<sc>(), -1, -1, both_first_writes_last, forbidden},
      {"S+rlx",
       classical,
       {[](C& m, Row&) { m.x.store(2, rlx), m.y.store(1, rlx); },
        [](C& m, Row& r) { r[0] = m.y.load(rlx), m.x.store(1, rlx); }},
       -1,
       -1,
       [](Is is) { return is.r[1][0] == 1 && is.last[0] == 2; },
       allowed},
      {"S+ra",
       classical,
       {[](C& m, Row&) { m.x.store(2, rlx), m.y.store(1, rel); },
        [](C& m, Row& r) { r[0] = m.y.load(acq), m.x.store(1, rlx); }},
       -1,
       -1,
       [](Is is) { return is.r[1][0] == 1 && is.last[0] == 2; },
       forbidden},
      {"R+ra",
       classical,
       {[](C& m, Row&) { m.x.store(1, rel), m.y.store(1, rel); },
        [](C& m, Row& r) { m.y.store(2, rel), r[0] = m.x.load(acq); }},
       -1,
       -1,
       [](Is is) { return is.last[1] == 2 && is.r[1][0] == 0; },
       allowed},
      {"R+sc",
       classical,
       {[](C& m, Row&) { m.x.store(1, sc), m.y.store(1, sc); },
        [](C& m, Row& r) { m.y.store(2, sc), r[0] = m.x.load(sc); }},
       -1,
       -1,
       [](Is is) { return is.last[1] == 2 && is.r[1][0] == 0; },
       forbidden},
  };
}

std::vector<Litmus> more_threads() {
  return {
      {"IRIW+ra", classical, independent_reads<rel, acq>(), -1, -1, readers_disagree, allowed},
      {"IRIW+sc", classical, independent_reads<sc, sc>(), -1, -1, readers_disagree, forbidden},
      {"IRIW+fences",
       classical,
       {[](C& m, Row&) { m.x.store(1, rlx); }, [](C& m, Row&) { m.y.store(1, rlx); },
        [](C& m, Row& r) { r[0] = m.x.load(rlx), fence(sc), r[1] = m.y.load(rlx); },
        [](C& m, Row& r) { r[0] = m.y.load(rlx), fence(sc), r[1] = m.x.load(rlx); }},
       -1,
       -1,
       readers_disagree,
       forbidden},
      {"WRC+rlx", classical, write_to_read_causality<rlx, rlx>(), -1, -1, chain_is_broken, allowed},
      {"WRC+ra", classical, write_to_read_causality<rel, acq>(), -1, -1, chain_is_broken, forbidden},
      {"RWC+ra", classical, read_to_write_causality<rel, acq>(), -1, -1, reader_and_writer_disagree, allowed},
      {"RWC+sc", classical, read_to_write_causality<sc, sc>(), -1, -1, reader_and_writer_disagree, forbidden},
      {"W+RWC+rlx", classical, write_and_read_to_write_causality<rlx, rlx>(), -1, -1, reader_and_writer_disagree,
       allowed},
      {"W+RWC+ra", classical, write_and_read_to_write_causality<rel, acq>(), -1, -1, reader_and_writer_disagree,
       forbidden},
      {"ISA2+rlx", classical, transitive<rlx, rlx>(), -1, -1, chain_is_broken, allowed},
      {"ISA2+ra", classical, transitive<rel, acq>(), -1, -1, chain_is_broken, forbidden},
  };
}

std::vector<Litmus> coherence() {
  return {
      {"CoRR+rlx",
       classical,
       {[](C& m, Row&) { m.x.store(1, rlx); }, [](C& m, Row& r) { r[0] = m.x.load(rlx), r[1] = m.x.load(rlx); }},
       -1,
       -1,
       [](Is is) { return is.r[1][0] == 1 && is.r[1][1] == 0; },
       forbidden},
      {"CoWR+rlx",
       classical,
       {[](C& m, Row& r) { m.x.store(1, rlx), r[0] = m.x.load(rlx); }, [](C& m, Row&) { m.x.store(2, rlx); }},
       -1,
       -1,
       [](Is is) { return is.r[0][0] == 0; },
       forbidden},
      {"CoRW+rlx",
       classical,
       {[](C& m, Row& r) { r[0] = m.x.load(rlx), m.x.store(1, rlx); }, [](C& m, Row&) { m.x.store(2, rlx); }},
       -1,
       -1,
       [](Is is) { return is.r[0][0] == 2 && is.last[0] == 2; },
       forbidden},
      {"CoRW-own",
       classical,
       {[](C& m, Row& r) { r[0] = m.x.load(rlx), m.x.store(1, rlx); }, [](C& m, Row&) { m.x.store(2, rlx); }},
       -1,
       -1,
       [](Is is) { return is.r[0][0] == 1; },
       forbidden},
  };
}

std::vector<Litmus> release_sequences_and_updates() {
  return {
      {"RS+update",
       classical,  // an update of another thread continues a release sequence
       {[](C& m, Row&) { m.x.store(1, rlx), m.y.store(1, rel); }, [](C& m, Row&) { m.y.fetch_add(1, rlx); },
        [](C& m, Row& r) { r[0] = m.y.load(acq), r[1] = m.x.load(rlx); }},
       -1,
       -1,
       [](Is is) { return is.r[2][0] == 2 && is.r[2][1] == 0; },
       forbidden},
      {"RS+own-store",
       classical,  // a store of the same thread continued it up to C++17
       {[](C& m, Row&) { m.x.store(1, rlx), m.y.store(1, rel), m.y.store(2, rlx); },
        [](C& m, Row& r) { r[0] = m.y.load(acq), r[1] = m.x.load(rlx); }},
       -1,
       -1,
       [](Is is) { return is.r[1][0] == 2 && is.r[1][1] == 0; },
       allowed},
      {"RS+other-store",
       classical,
       {[](C& m, Row&) { m.x.store(1, rlx), m.y.store(1, rel); }, [](C& m, Row&) { m.y.store(2, rlx); },
        [](C& m, Row& r) { r[0] = m.y.load(acq), r[1] = m.x.load(rlx); }},
       -1,
       -1,
       [](Is is) { return is.r[2][0] == 2 && is.r[2][1] == 0; },
       allowed},
      {"updates-are-atomic",
       classical,
       {[](C& m, Row& r) { r[0] = m.x.fetch_add(1, rlx); }, [](C& m, Row& r) { r[0] = m.x.fetch_add(1, rlx); },
        [](C& m, Row& r) { r[0] = m.x.fetch_add(1, rlx); }},
       -1,
       -1,
       [](Is is) { return is.last[0] != 3; },
       forbidden},
      {"update-chain",
       classical,
       {[](C& m, Row&) { m.x.store(1, rlx), m.y.fetch_add(1, rel); },
        [](C& m, Row&) { m.y.fetch_add(1, rlx), m.y.fetch_add(1, rlx); },
        [](C& m, Row& r) { r[0] = m.y.load(acq), r[1] = m.x.load(rlx); }},
       -1,
       -1,
       [](Is is) { return is.r[2][0] == 3 && is.r[2][1] == 0; },
       forbidden},
  };
}

}  // namespace

std::vector<Litmus> judged_litmus_tests() {
  std::vector<Litmus> tests;
  for (auto& group :
       {buffered_stores(), passing_and_buffering(), more_threads(), coherence(), release_sequences_and_updates()})
    tests.insert(tests.end(), group.begin(), group.end());
  return tests;
}

}  // namespace weir::proofs::memory
