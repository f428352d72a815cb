// Symbolic integers against the machine integers that they stand for.
#include <gtest/gtest.h>

#include <array>
#include <limits>

#include "proofs/symbolic/domain.hpp"

namespace weir::proofs {
namespace {

class SymbolicIntegers : public ::testing::Test {
 protected:
  Explorer explorer{Budget{}};
};

template <class T>
constexpr std::array<T, 8> interesting{
    0, 1, 2, 7, T(-1), T(-2), std::numeric_limits<T>::min(), std::numeric_limits<T>::max()};

/// Checks `symbolic` on constants, where it folds, and on variables bound to them, where the solver computes.
template <class T, class Symbol, class Machine>
void same(Symbol symbolic, Machine machine) {
  Explorer& explorer = Explorer::current();
  const SymbolicInt<T> x(explorer.context().bv_const("x", SymbolicInt<T>::width));
  const SymbolicInt<T> y(explorer.context().bv_const("y", SymbolicInt<T>::width));
  explorer.explore([&] {
    const auto computed = symbolic(x, y);
    using Result = std::remove_const_t<decltype(computed)>;
    for (const T a : interesting<T>)
      for (const T b : interesting<T>) {
        const SymbolicInt<T> known_a(a), known_b(b);
        const Result expected(machine(a, b)), folded = symbolic(known_a, known_b);
        ASSERT_TRUE(folded.known());
        ASSERT_TRUE(static_cast<bool>(folded == expected)) << +a << ' ' << +b;
        const auto bound = x == known_a && y == known_b;
        ASSERT_FALSE(explorer.refute((!bound || computed == expected).term())) << +a << ' ' << +b;
      }
  });
}

TEST_F(SymbolicIntegers, AddSubtractAndMultiplyModulo) {
  same<std::int32_t>([](auto a, auto b) { return wrapping_add(a, b); }, weir::wrapping_add<std::int32_t>);
  same<std::int32_t>([](auto a, auto b) { return wrapping_sub(a, b); }, weir::wrapping_sub<std::int32_t>);
  same<std::int32_t>([](auto a, auto b) { return wrapping_mul(a, b); }, weir::wrapping_mul<std::int32_t>);
  same<std::uint64_t>([](auto a, auto b) { return a + b; }, [](auto a, auto b) { return a + b; });
  same<std::uint64_t>([](auto a, auto b) { return a - b; }, [](auto a, auto b) { return a - b; });
}

TEST_F(SymbolicIntegers, CompareAsTheirSignSays) {
  const auto order = [](auto a, auto b) { return choose(a < b, decltype(a)(1), choose(a >= b, decltype(a)(2), a)); };
  const auto machine = [](auto a, auto b) { return a < b ? 1 : 2; };
  same<std::int32_t>(order, machine);
  same<std::uint32_t>(order, machine);
  same<std::uint8_t>(order, machine);
}

TEST_F(SymbolicIntegers, CombineBits) {
  same<std::uint32_t>([](auto a, auto b) { return (a & b) | (~a ^ b); },
                      [](std::uint32_t a, std::uint32_t b) { return (a & b) | (~a ^ b); });
}

TEST_F(SymbolicIntegers, ShiftBySmallAmounts) {
  same<std::int32_t>([](auto a, auto) { return a >> decltype(a)(2); }, [](auto a, auto) { return a >> 2; });
  same<std::uint32_t>([](auto a, auto) { return a >> decltype(a)(3); }, [](auto a, auto) { return a >> 3; });
  same<std::uint32_t>([](auto a, auto) { return a << decltype(a)(3); }, [](auto a, auto) { return a << 3; });
}

TEST_F(SymbolicIntegers, DivideByConstants) {
  same<std::uint64_t>([](auto a, auto) { return a / decltype(a)(10) + a % decltype(a)(10); },
                      [](auto a, auto) { return a / 10 + a % 10; });
}

TEST_F(SymbolicIntegers, ConvertAsCDoes) {
  same<std::int32_t>([](auto a, auto) { return as<Symbolic::U64>(a); },
                     [](auto a, auto) { return static_cast<std::uint64_t>(a); });
  same<std::uint32_t>([](auto a, auto) { return as<Symbolic::U64>(a); },
                      [](auto a, auto) { return static_cast<std::uint64_t>(a); });
  same<std::uint64_t>([](auto a, auto) { return as<Symbolic::I32>(a); },
                      [](auto a, auto) { return static_cast<std::int32_t>(a); });
  same<std::int32_t>([](auto a, auto) { return as<Symbolic::U16>(a); },
                     [](auto a, auto) { return static_cast<std::uint16_t>(a); });
}

TEST_F(SymbolicIntegers, TruthIsCombinedAsInC) {
  const z3::expr p = explorer.context().bool_const("p"), q = explorer.context().bool_const("q");
  explorer.explore([&] {
    for (const unsigned which : {0U, 1U, 2U, 3U, 4U, 5U, 6U, 7U, 8U, 9U, 10U, 11U, 12U, 13U, 14U, 15U}) {
      const bool a = (which & 1U) != 0, b = (which & 2U) != 0;
      const SymbolicBool left = (which & 4U) != 0 ? SymbolicBool(a) : SymbolicBool(p);
      const SymbolicBool right = (which & 8U) != 0 ? SymbolicBool(b) : SymbolicBool(q);
      const auto is = [&](const SymbolicBool& computed, bool expected) {
        const z3::expr truth = computed.term() == explorer.context().bool_val(expected);
        const z3::expr bound = (a ? p : !p) && (b ? q : !q);
        return !explorer.refute(z3::implies(bound, truth));
      };
      EXPECT_TRUE(is(left && right, a && b)) << which;
      EXPECT_TRUE(is(left || right, a || b)) << which;
      EXPECT_TRUE(is(left == right, a == b)) << which;
      EXPECT_TRUE(is(left != right, a != b)) << which;
      EXPECT_TRUE(is(!left, !a)) << which;
    }
  });
}

TEST_F(SymbolicIntegers, KnownValuesNeverReachTheSolver) {
  const Symbolic::U32 a(7), b(9);
  EXPECT_TRUE((a + b).known());
  EXPECT_TRUE((a < b).known());
  EXPECT_TRUE((a < b && !(a == b)).known());
  EXPECT_TRUE(choose(a < b, a, b).known());
  EXPECT_TRUE(as<Symbolic::U8>(a).known());
}

}  // namespace
}  // namespace weir::proofs
