// Random programs: the two engines count the same executions. They share no code but the programs' atomics, so what one
// of them misses or counts twice shows.
#include <gtest/gtest.h>

#include <ostream>
#include <random>
#include <sstream>
#include <string>

#include "proofs/memory/litmus.hpp"

namespace weir::proofs::memory {

/// GoogleTest prints what differs.
void PrintTo(const LitmusCount& count, std::ostream* out) {
  *out << count.rc11 << " under RC11, " << count.sc << " under SC" << (count.exhausted ? "" : ", not exhausted");
}

namespace {

enum class Op : std::uint8_t { load, store, copy, add, exchange, replace, fence, need };

struct Instruction {
  Op op;
  std::size_t cell;
  long value;
  Order order;
};
using Code = std::vector<Instruction>;

class Dice {
 public:
  explicit Dice(unsigned seed) : engine_(seed) {}
  unsigned roll(unsigned sides) { return static_cast<unsigned>(engine_() % sides); }

  Order order(Op op) {
    static constexpr Order loads[] = {Order::relaxed, Order::acquire, Order::seq_cst};
    static constexpr Order stores[] = {Order::relaxed, Order::release, Order::seq_cst};
    static constexpr Order all[] = {Order::relaxed, Order::acquire, Order::release, Order::acq_rel, Order::seq_cst};
    if (op == Op::load || op == Op::need) return loads[roll(3)];
    if (op == Op::store || op == Op::copy) return stores[roll(3)];
    return op == Op::fence ? all[1 + roll(4)] : all[roll(5)];
  }
  Instruction instruction() {
    static constexpr Op ops[] = {Op::load, Op::load,     Op::store,   Op::store, Op::copy,
                                 Op::add,  Op::exchange, Op::replace, Op::fence, Op::need};
    const Op op = ops[roll(10)];
    return {op, roll(2), 1 + static_cast<long>(roll(2)), order(op)};
  }

 private:
  std::mt19937 engine_;
};

Order on_failure(Order order) {
  if (order == Order::acq_rel) return Order::acquire;
  return order == Order::release ? Order::relaxed : order;
}

void run(const Code& code, Cells& cells) {
  long last = 0;
  for (const Instruction& each : code) {
    Atomic<long>& cell = cells.at[each.cell];
    switch (each.op) {
      case Op::load:
        last = cell.load(each.order);
        break;
      case Op::store:
        cell.store(each.value, each.order);
        break;
      case Op::copy:
        cell.store(last + 1, each.order);
        break;
      case Op::add:
        last = cell.fetch_add(1, each.order);
        break;
      case Op::exchange:
        last = cell.exchange(each.value, each.order);
        break;
      case Op::replace: {
        long expected = each.value - 1;
        cell.compare_exchange_strong(expected, each.value, each.order, on_failure(each.order));
        last = expected;
        break;
      }
      case Op::fence:
        fence(each.order);
        break;
      case Op::need:
        assume(cell.load(each.order) != 0);
        break;
    }
  }
}

std::string text(const std::vector<Code>& program) {
  static constexpr const char* names[] = {"load", "store", "copy", "add", "exchange", "replace", "fence", "need"};
  std::ostringstream out;
  for (const Code& code : program) {
    out << "\n ";
    for (const Instruction& each : code)
      out << ' ' << names[static_cast<int>(each.op)] << '(' << each.cell << ',' << each.value << ','
          << short_name(each.order) << ')';
  }
  return out.str();
}

void expect_agreement(unsigned seed, unsigned most_threads, unsigned most_steps) {
  Dice dice(seed);
  std::vector<Code> program(2 + dice.roll(most_threads - 1));
  for (unsigned i = 0; i < most_steps; ++i)
    program[dice.roll(static_cast<unsigned>(program.size()))].push_back(dice.instruction());
  Litmus test;
  test.name = "random";
  for (const Code& code : program) test.threads.emplace_back([&code](Cells& cells, Row&) { run(code, cells); });
  EXPECT_EQ(count_by_machine(test), count_by_axioms(test)) << "seed " << seed << text(program);
}

TEST(RandomPrograms, EnginesAgreeOnTwoThreads) {
  for (unsigned seed = 0; seed < 800; ++seed) expect_agreement(seed, 2, 6);
}

TEST(RandomPrograms, EnginesAgreeOnThreeThreads) {
  for (unsigned seed = 5000; seed < 5500; ++seed) expect_agreement(seed, 3, 6);
}

TEST(RandomPrograms, EnginesAgreeOnFourThreads) {
  for (unsigned seed = 9000; seed < 9250; ++seed) expect_agreement(seed, 4, 6);
}

}  // namespace

}  // namespace weir::proofs::memory
