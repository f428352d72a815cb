// Litmus tests whose executions GenMC counts (MPI-SWS/genmc, tests/correct/litmus at b03f01ed0f34): what each program
// does, restated. The counts are facts; tests/data/memory/genmc-counts.tsv has all of them, these too.
//
// Four kinds of source: the file of GenMC, of that commit or of an older one; the same test in Miri's collection
// (rust-lang/miri, tests/genmc/pass/litmus) or in fensying's (singhsanjana/fensying, tests/benchmarks/genmc_tests); or
// the name alone, where no file was to be had and the name says what the program is.
#include "proofs/memory/litmus.hpp"

namespace weir::proofs::memory {
namespace {

constexpr auto rlx = Order::relaxed, acq = Order::acquire, rel = Order::release, sc = Order::seq_cst;
constexpr std::string_view genmc = "GenMC", miri = "Miri", fensying = "fensying", name_alone = "its name";

using C = Cells;

void exchange_if(Atomic<long>& cell, long expected, long desired) {
  cell.compare_exchange_strong(expected, desired, rlx, rlx);
}

std::vector<Litmus> two_writers() {
  return {
      {"2+2W+3sc+rel1",
       miri,
       {[](C& m, Row&) { m.x.store(1, sc), m.y.store(2, sc); },
        [](C& m, Row&) { m.y.store(1, rel), m.x.store(2, sc); }},
       4,
       3},
      {"2+2W+4sc",
       miri,
       {[](C& m, Row&) { m.x.store(1, sc), m.y.store(2, sc); }, [](C& m, Row&) { m.y.store(1, sc), m.x.store(2, sc); }},
       3,
       3},
      {"2+2W",
       genmc,
       {[](C& m, Row&) { m.x.store(1, rel), m.y.store(2, rel); },
        [](C& m, Row&) { m.y.store(1, rel), m.x.store(2, rel); }},
       4,
       3},
      {"SB",
       genmc,
       {[](C& m, Row&) { m.x.store(1, rel), m.y.load(acq); }, [](C& m, Row&) { m.y.store(1, rel), m.x.load(acq); }},
       4,
       3},
      {"SB+3sc+acq",
       fensying,
       {[](C& m, Row&) { m.x.store(1, sc), m.y.load(sc); }, [](C& m, Row&) { m.y.store(1, sc), m.x.load(acq); }},
       4,
       3},
      {"SB+4sc",
       fensying,
       {[](C& m, Row&) { m.x.store(1, sc), m.y.load(sc); }, [](C& m, Row&) { m.y.store(1, sc), m.x.load(sc); }},
       3,
       3},
      {"SB+rfis",
       fensying,
       {[](C& m, Row&) { m.x.store(1, rel), m.x.load(sc), m.y.load(sc); },
        [](C& m, Row&) { m.y.store(1, rel), m.y.load(sc), m.x.load(sc); }},
       4,
       3},
      {"S",
       fensying,
       {[](C& m, Row&) { m.x.store(2, rlx), m.y.store(1, rlx); }, [](C& m, Row&) { m.y.load(rlx), m.x.store(1, rlx); }},
       4,
       3},
  };
}

std::vector<Litmus> one_location() {
  return {
      {"CoRR",
       genmc,
       {[](C& m, Row&) { m.x.store(1, rel), m.x.store(2, rel); }, [](C& m, Row&) { m.x.load(acq), m.x.load(acq); }},
       6,
       6},
      {"CoRR1",
       genmc,
       {[](C& m, Row&) { m.x.store(1, rel); }, [](C& m, Row&) { m.x.store(2, rel); },
        [](C& m, Row&) { m.x.load(acq), m.x.load(acq); }, [](C& m, Row&) { m.x.load(acq); }},
       36,
       36},
      {"CoRW",
       genmc,
       {[](C& m, Row&) { m.x.load(acq), m.x.store(1, rel); }, [](C& m, Row&) { m.x.store(2, rel); }},
       3,
       3},
      {"default",
       genmc,
       {[](C& m, Row&) { m.x.load(acq), m.x.load(acq); }, [](C& m, Row&) { m.x.store(1, rel); },
        [](C& m, Row&) { m.x.store(2, rel); }},
       12,
       12},
      {"MCP-rrw",
       fensying,
       {[](C& m, Row&) { m.x.store(1, rel); }, [](C& m, Row&) { m.x.store(2, rel); },
        [](C& m, Row&) { m.x.load(acq); }},
       6,
       6},
      {"W+RRR+W",
       fensying,
       {[](C& m, Row&) { m.x.store(1, rlx); }, [](C& m, Row&) { m.x.load(rlx), m.x.load(rlx), m.x.load(rlx); },
        [](C& m, Row&) { m.x.store(2, rlx); }},
       20,
       20},
      {"fr+w+w+w+reads",
       genmc,
       {[](C& m, Row&) { m.x.store(1, rlx); }, [](C& m, Row&) { m.x.store(2, rlx); },
        [](C& m, Row&) { m.x.store(3, rlx); },
        [](C& m, Row&) { m.x.load(rlx), m.x.load(rlx), m.x.load(rlx), m.x.load(rlx); }},
       210,
       210},
  };
}

std::vector<Litmus> updates_of_one_location() {
  return {
      {"cii",
       genmc,
       {[](C& m, Row&) { exchange_if(m.x, 1, 2); }, [](C& m, Row&) { m.x.fetch_add(1, rlx); },
        [](C& m, Row&) { m.x.fetch_add(1, rlx); }},
       6,
       6},
      {"wcii",
       fensying,
       {[](C& m, Row&) { m.x.store(5, rel); }, [](C& m, Row&) { exchange_if(m.x, 1, 2); },
        [](C& m, Row&) { m.x.fetch_add(1, rlx); }, [](C& m, Row&) { m.x.fetch_add(1, rlx); }},
       24,
       24},
      {"inc2w",
       miri,
       {[](C& m, Row&) { m.x.fetch_add(1, rlx); }, [](C& m, Row&) { m.x.store(4, rel); },
        [](C& m, Row&) { m.x.fetch_add(2, rlx); }},
       6,
       6},
      {"rii",
       fensying,
       {[](C& m, Row&) { m.x.load(rlx), m.x.fetch_add(1, rlx); }, [](C& m, Row&) { m.x.fetch_add(1, rlx); }},
       3,
       3},
      {"malloc-dep",
       genmc,
       {[](C& m, Row&) { m.x.fetch_add(1, rlx); }, [](C& m, Row&) { m.x.fetch_add(1, rlx); }},
       2,
       2},
  };
}

std::vector<Litmus> load_buffering() {
  return {
      {"LB+addr-fun",
       genmc,
       {[](C& m, Row&) {
          const auto a = static_cast<std::size_t>(m.x.load(rlx));
          m.at[1 + a].load(rlx), m.y.store(1, rlx);  // y[a], of an array of two
        },
        [](C& m, Row&) { m.x.store(m.y.load(rlx), rel); }},
       3,
       3},
      {"LB+addr",
       genmc,
       {[](C& m, Row&) { m.at[1 + static_cast<std::size_t>(m.x.load(rlx))].load(rlx), m.y.store(1, rlx); },
        [](C& m, Row&) { m.x.store(m.y.load(rlx), rel); }},
       3,
       3},
      {"LB+ctrl",
       genmc,
       {[](C& m, Row&) { m.y.store(m.x.load(rlx) == 0 ? 1 : 2, rlx); },
        [](C& m, Row&) { m.x.store(m.y.load(rlx) == 0 ? 1 : 2, rlx); }},
       3,
       3},
      {"LB+fr-fr-data+data",
       genmc,
       {[](C& m, Row&) { m.x.load(rlx), m.y.store(1, rlx); },
        [](C& m, Row&) { m.y.load(rlx), m.y.load(rlx), m.x.store(1, rlx); }, [](C& m, Row&) { m.y.store(2, rlx); }},
       18,
       16},
      {"LB+rel",
       genmc,
       {[](C& m, Row&) { m.x.load(rlx), m.y.store(1, rel); }, [](C& m, Row&) { m.y.load(rlx), m.x.store(1, rel); }},
       3,
       3},
      {"LB2",
       genmc,
       {[](C& m, Row&) { m.x.load(rlx), m.y.store(1, rlx); }, [](C& m, Row&) { m.y.load(rlx), m.x.store(1, rlx); }},
       3,
       3},
      {"TC2",
       name_alone,
       {[](C& m, Row&) {
          const long first = m.x.load(rlx), second = m.x.load(rlx);
          if (first == second) m.y.store(1, rlx);
        },
        [](C& m, Row&) { m.x.store(m.y.load(rlx), rlx); }},
       4,
       4},
      {"rel-pporf",
       genmc,
       {[](C& m, Row&) { m.x.load(rlx), m.z.exchange(1, rel), m.y.store(1, rel); },
        [](C& m, Row&) { m.y.load(rlx), m.x.store(1, rlx); }},
       3,
       3},
      {"riwi",
       genmc,
       {[](C& m, Row&) { m.y.load(rlx), m.x.fetch_add(1, rlx); },
        [](C& m, Row&) { m.x.fetch_add(1, rlx), m.y.store(1, rel); }},
       3,
       3},
  };
}

std::vector<Litmus> dependent_exchange() {
  return {
      {"casdep",
       genmc,
       {[](C& m, Row&) {
          long a = m.x.load(rlx);
          m.y.compare_exchange_strong(a, 1, rlx, rlx), m.z.store(a, rlx);
        },
        [](C& m, Row&) { m.y.store(2, rlx); }},
       2,
       2},
  };
}

/// The writer of the tests with a release sequence that C++20 no longer has: x, then y twice.
void writes_y_twice(C& m, Row&) { m.x.store(1, rlx), m.y.store(0, rel), m.y.store(1, rlx); }
void writes_data(C& m, Row&) { m.data = 1, m.y.store(1, rel); }
void writes_data_before_fence(C& m, Row&) { m.data = 1, fence(rel), m.y.store(1, rlx); }
void reads_data(C& m, Row&) {
  if (m.y.load(acq) != 0) m.data.get();
}
template <long above>
void writes_data_too(C& m, Row&) {
  if (m.y.load(acq) > above) m.data = 2;
}
template <long above>
void writes_x_too(C& m, Row&) {
  if (m.y.load(acq) > above) m.x.store(2, rlx);
}
void counts_up(C& m, Row&) { m.y.fetch_add(1, rlx); }
template <long from>
void moves_up(C& m, Row&) {
  exchange_if(m.y, from, from + 1);
}

std::vector<Litmus> message_passing() {
  return {
      {"MP",
       miri,
       {[](C& m, Row&) { m.x.store(1, rel), m.y.store(1, rel); }, [](C& m, Row&) { m.y.load(acq), m.x.load(acq); }},
       3,
       3},
      {"MP+rel+acq", fensying, {writes_data, reads_data}, 2, 2},
      {"MP+relf+acq", fensying, {writes_data_before_fence, reads_data}, 2, 2},
      {"MP+rels+acq",
       genmc,
       {writes_y_twice,
        [](C& m, Row&) {
          if (m.y.load(acq) != 0) m.x.load(rlx);
        }},
       4,
       3},
      {"MPU+rel+acq", genmc, {writes_data, counts_up, writes_data_too<1>}, 6, 6},
      {"MPU+relf+acq", genmc, {writes_data_before_fence, counts_up, writes_data_too<1>}, 6, 6},
      {"MPU+rels+acq", genmc, {writes_y_twice, counts_up, writes_x_too<1>}, 13, 12},
      {"MPU2+rel+acq", fensying, {writes_data, moves_up<2>, moves_up<1>, writes_data_too<2>}, 14, 14},
      {"MPU2+relf+acq", genmc, {writes_data_before_fence, moves_up<2>, moves_up<1>, writes_data_too<2>}, 14, 14},
      {"MPU2+rels+acq", genmc, {writes_y_twice, moves_up<2>, moves_up<1>, writes_x_too<2>}, 36, 35},
      {"S+rel+acq", genmc, {writes_data, writes_data_too<0>}, 2, 2},
      {"S+relf+acq", fensying, {writes_data_before_fence, writes_data_too<0>}, 2, 2},
      {"S+rels+acq", genmc, {writes_y_twice, writes_x_too<0>}, 4, 3},
      {"relseq",
       genmc,
       {[](C& m, Row&) { m.x.store(1, rlx), m.y.store(1, rel), m.y.store(2, rlx); },
        [](C& m, Row&) { m.y.exchange(3, rlx); },
        [](C& m, Row&) { m.y.load(rlx), fence(Order::acq_rel), m.x.load(rlx); }},
       20,
       16},
      {"JLT",
       genmc,
       {[](C& m, Row&) { m.x.store(1, rel), m.y.load(acq), m.x.load(acq); },
        [](C& m, Row&) { m.x.store(2, rel), m.x.load(acq); }, [](C& m, Row&) { m.y.store(3, rel); }},
       8,
       8},
      {"small1",
       genmc,
       {[](C& m, Row&) { m.y.load(acq), m.z.load(acq), m.x.load(acq); }, [](C& m, Row&) { m.x.store(1, rel); },
        [](C& m, Row&) { m.y.store(1, rel), m.z.store(1, rel); }},
       8,
       8},
      {"WRC+dep",
       name_alone,
       {[](C& m, Row&) { m.x.store(1, rlx); },
        [](C& m, Row&) {
          m.x.load(rlx), m.y.store(1, rlx);  // with a false dependency, which RC11 does not see
        },
        [](C& m, Row&) { m.y.load(rlx), m.x.load(rlx); }},
       8,
       7},
  };
}

std::vector<Litmus> fences_and_seq_cst() {
  return {
      {"IRIW-acq-sc",
       miri,
       {[](C& m, Row&) { m.x.store(1, sc); }, [](C& m, Row&) { m.x.load(acq), m.y.load(sc); },
        [](C& m, Row&) { m.y.load(acq), m.x.load(sc); }, [](C& m, Row&) { m.y.store(1, sc); }},
       16,
       15},
      {"RMWFix",
       genmc,
       {[](C& m, Row&) {
          if (m.y.load(sc) != 0) m.x.fetch_add(1, sc), m.x.fetch_add(1, sc);
        },
        [](C& m, Row&) { m.x.fetch_add(1, sc); }, [](C& m, Row&) { m.y.store(42, sc); }},
       4,
       4},
      {"Z6+acq",
       genmc,
       {[](C& m, Row&) { m.x.store(1, rlx), fence(sc), m.y.store(1, rlx); },
        [](C& m, Row&) { m.y.load(acq), m.z.store(1, rlx); },
        [](C& m, Row&) { m.z.store(2, rlx), fence(sc), m.x.load(rlx); }},
       7,
       7},
      {"peterZ",
       genmc,
       {[](C& m, Row&) { m.x.store(1, rlx), fence(sc), m.y.load(rlx); },
        [](C& m, Row&) { m.y.store(1, rlx), m.z.store(1, rel); },
        [](C& m, Row&) { m.z.load(acq), fence(sc), m.x.load(rlx); }},
       7,
       7},
      {"assume-ctrl",
       genmc,
       {[](C& m, Row&) { assume(2 > m.y.load(rlx) || m.y.load(rlx) > 3), m.x.store(1, rlx); },
        [](C& m, Row&) { assume(m.x.load(rlx) < 3), m.y.store(3, rlx), fence(sc), m.y.store(4, rlx); }},
       4,
       4},
      {"psc-ar",
       genmc,
       {[](C& m, Row&) { assume(m.y.load(rlx) == 1), fence(sc), assume(m.z.load(rlx) == 0); },
        [](C& m, Row&) { m.z.store(1, rlx), fence(sc), m.x.store(1, rlx); },
        [](C& m, Row&) {
          const long read = m.x.load(rlx);
          if (read == 1) m.y.store(1, rlx);
          assume(read == 1);
        }},
       1,
       0},
      {"psc-sbhbsb",
       genmc,
       {[](C& m, Row&) { m.x.store(1, sc), m.y.store(1, sc); },
        [](C& m, Row&) { assume(m.x.load(acq) == 1), assume(m.y.load(sc) == 0); }},
       1,
       1},
  };
}

}  // namespace

std::vector<Litmus> counted_litmus_tests() {
  std::vector<Litmus> tests;
  for (auto& group : {two_writers(), one_location(), updates_of_one_location(), load_buffering(), dependent_exchange(),
                      message_passing(), fences_and_seq_cst()})
    tests.insert(tests.end(), group.begin(), group.end());
  return tests;
}

}  // namespace weir::proofs::memory
