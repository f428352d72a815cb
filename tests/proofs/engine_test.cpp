// The prover, tried on bodies whose verdict is known.
#include <gtest/gtest.h>

#include <set>
#include <stdexcept>

#include "proofs/symbolic/attempt.hpp"

namespace weir::proofs {
namespace {

template <class Body>
Attempt try_it(Body body, const Budget& budget = {}, Claims claims = Claims::goals, bool keep_smt2 = false) {
  const Theorem it = theorem("test", "", {}, body);
  return attempt(it, releases::linux_6_18, claims, budget, keep_smt2);
}

/// Factoring is hard for any solver: it takes more than a small budget.
const auto hard = [](auto& c, const Profile&) {
  using D = DomainOf<decltype(c)>;
  const auto a = as<U64<D>>(c.u32("a")), b = as<U64<D>>(c.u32("b"));
  const U64<D> product(std::uint64_t{4294967291} * std::uint64_t{4294967279}), one(1);
  c.goal("a product of two primes has no factors", a == one || b == one || wrapping_mul(a, b) != product);
};

TEST(Prover, ProvesWhatIsTrue) {
  const auto found = try_it([](auto& c, const Profile&) {
    const auto x = c.u32("x"), y = c.u32("y");
    c.goal("a mask adds nothing", (x & y) <= x);
  });
  EXPECT_EQ(found.verdict, Verdict::proved);
  EXPECT_EQ(found.paths, 1U);
}

TEST(Prover, RefutesWhatIsFalseAndNamesTheInputs) {
  const auto found = try_it([](auto& c, const Profile&) {
    using D = DomainOf<decltype(c)>;
    const I32<D> x = c.i32("x");
    c.goal("never -7", x != I32<D>(-7));
  });
  EXPECT_EQ(found.verdict, Verdict::counterexample);
  EXPECT_EQ(found.detail, "never -7");
  ASSERT_EQ(found.counterexample.size(), 1U);
  EXPECT_EQ(found.counterexample[0].name, "x");
  EXPECT_EQ(found.counterexample[0].text(), "-7");
}

TEST(Prover, ExploresBothSidesOfEveryBranch) {
  std::set<int> seen;
  const auto found = try_it([&](auto& c, const Profile&) {
    using D = DomainOf<decltype(c)>;
    const U32<D> x = c.u32("x");
    int path = 0;
    if (x < U32<D>(10)) path += 1;
    if (x > U32<D>(5)) path += 2;
    if (x < U32<D>(10)) path += 4;  // decided already
    seen.insert(path);
    c.goal("no other", path != 0);
  });
  EXPECT_EQ(found.verdict, Verdict::proved);
  EXPECT_EQ(found.paths, 3U);
  EXPECT_EQ(seen, (std::set<int>{2, 5, 7}));
}

TEST(Prover, AClaimIsMadeUnderTheConditionsOfItsPath) {
  const auto found = try_it([](auto& c, const Profile&) {
    using D = DomainOf<decltype(c)>;
    const U32<D> x = c.u32("x");
    if (x < U32<D>(10))
      c.goal("it is small", x < U32<D>(20));
    else
      c.goal("it is not", x > U32<D>(9));
  });
  EXPECT_EQ(found.verdict, Verdict::proved);
  EXPECT_EQ(found.paths, 2U);
}

TEST(Prover, RefutesAGoalOnALaterPath) {
  const auto found = try_it([](auto& c, const Profile&) {
    using D = DomainOf<decltype(c)>;
    const U32<D> x = c.u32("x"), y = c.u32("y");
    if (x == U32<D>(123456)) {
      if (y == U32<D>(654321)) c.goal("unreachable", false);
    }
    c.goal("fine", true);
  });
  EXPECT_EQ(found.verdict, Verdict::counterexample);
  ASSERT_EQ(found.counterexample.size(), 2U);
  EXPECT_EQ(found.counterexample[0].bits, 123456U);
  EXPECT_EQ(found.counterexample[1].bits, 654321U);
}

TEST(Prover, EveryNumberBelowABoundHasItsPaths) {
  std::set<std::size_t> seen;
  const auto found = try_it([&](auto& c, const Profile&) {
    seen.insert(c.below(4, "n"));
    c.goal("fine", true);
  });
  EXPECT_EQ(found.verdict, Verdict::proved);
  EXPECT_EQ(seen, (std::set<std::size_t>{0, 1, 2, 3}));
}

TEST(Prover, AnAssumptionThatCannotBeMetIsVacuous) {
  const auto found = try_it([](auto& c, const Profile&) {
    using D = DomainOf<decltype(c)>;
    const U32<D> x = c.u32("x");
    c.assume("small", x < U32<D>(10));
    c.assume("large", x > U32<D>(20));
    c.goal("anything", false);
  });
  EXPECT_EQ(found.verdict, Verdict::vacuous);
  EXPECT_NE(found.detail.find("large"), std::string::npos);
}

TEST(Prover, ACoverThatIsNeverReachedIsVacuous) {
  const auto found = try_it([](auto& c, const Profile&) {
    using D = DomainOf<decltype(c)>;
    const U32<D> x = c.u32("x");
    c.cover("x is both", x < U32<D>(1) && x > U32<D>(1));
    c.goal("fine", x == x);
  });
  EXPECT_EQ(found.verdict, Verdict::vacuous);
}

TEST(Prover, NoGoalIsVacuous) {
  EXPECT_EQ(try_it([](auto& c, const Profile&) { c.u32("x"); }).verdict, Verdict::vacuous);
  EXPECT_EQ(try_it([](auto& c, const Profile&) { c.goal("fine", true); }, {}, Claims::twins).verdict, Verdict::vacuous);
}

TEST(Prover, ATwinIsCheckedInsteadOfTheGoal) {
  const auto body = [](auto& c, const Profile&) {
    using D = DomainOf<decltype(c)>;
    const U32<D> x = c.u32("x");
    c.goal("x <= the largest", x <= U32<D>(0xffffffffU));
    c.twin("x < the largest", x < U32<D>(0xffffffffU));
  };
  EXPECT_EQ(try_it(body).verdict, Verdict::proved);
  const auto twin = try_it(body, {}, Claims::twins);
  EXPECT_EQ(twin.verdict, Verdict::counterexample);
  EXPECT_EQ(twin.counterexample.at(0).bits, 0xffffffffU);
}

TEST(Prover, WhatIsKnownIsNotAsked) {
  const auto known = try_it([](auto& c, const Profile&) {
    for (int i = 0; i < 1000; ++i) c.goal("it is", true);
  });
  EXPECT_EQ(known.verdict, Verdict::proved);
  EXPECT_TRUE(known.transcript.events.empty());
  const auto wrong = try_it([](auto& c, const Profile&) {
    for (int i = 0; i < 1000; ++i) c.goal("it is not the last", i != 999);
  });
  EXPECT_EQ(wrong.verdict, Verdict::counterexample);
}

TEST(Prover, TheOperationsOfACounterexampleAreThoseThatRanThen) {
  const auto body = [](auto& c, const Profile&) {
    for (const std::uint32_t ms : {1U, 2U, 3U}) {
      const std::vector<Op> running{op::Tick{}, op::Advance{Millis{ms}}};
      c.running(running);
      c.goal("less than two", ms < 2);
    }
  };
  const Theorem it = theorem("test", "", {}, body);
  const std::vector<Op> expected{op::Tick{}, op::Advance{Millis{2}}};
  EXPECT_EQ(program_of(it, releases::linux_6_18, Claims::goals, {}), expected);
  EXPECT_TRUE(program_of(it, releases::linux_6_18, Claims::twins, {}).empty());
}

TEST(Prover, ABudgetOfResourcesThatRunsOutIsATimeout) {
  Budget budget;
  budget.rlimit = 1000;
  EXPECT_EQ(try_it(hard, budget).verdict, Verdict::timeout);
}

TEST(Prover, ABudgetOfQueriesThatRunsOutIsATimeout) {
  Budget budget;
  budget.queries = 3;
  const auto found = try_it(
      [](auto& c, const Profile&) {
        c.below(100, "n");
        c.goal("fine", true);
      },
      budget);
  EXPECT_EQ(found.verdict, Verdict::timeout);
}

TEST(Prover, WallTimeThatRunsOutIsATimeout) {
  Budget budget;
  budget.wall = std::chrono::seconds(0);
  EXPECT_EQ(try_it(hard, budget).verdict, Verdict::timeout);
}

TEST(Prover, ACounterexampleThatRunningDoesNotConfirmIsAnError) {
  const auto found = try_it([](auto& c, const Profile&) {
    using D = DomainOf<decltype(c)>;
    const bool symbolic = std::is_same_v<D, Symbolic>;
    c.goal("differs between the readings", c.u32("x") == U32<D>(0) || Bool<D>(!symbolic));
  });
  EXPECT_EQ(found.verdict, Verdict::error);
}

/// A goal that what the processor makes of it would meet: so what is undefined is all that can be wrong with it.
template <class Computes>
Attempt with_numbers(Computes computes) {
  return try_it([computes](auto& c, const Profile&) {
    if constexpr (std::is_same_v<DomainOf<decltype(c)>, Symbolic>) {
      using Int = Symbolic::I32;
      const Int x = c.i32("x");
      c.goal("it is itself", computes(x, Int(1)) == computes(x, Int(1)));
    }
  });
}

void expect_undefined(const Attempt& found) {
  EXPECT_EQ(found.verdict, Verdict::error);
  EXPECT_EQ(found.detail, "the spec can reach arithmetic that C++ leaves undefined");
}

TEST(Prover, UndefinedArithmeticIsAnError) {
  expect_undefined(with_numbers([](auto x, auto one) { return x + one; }));
  expect_undefined(with_numbers([](auto x, auto one) { return x - one; }));
  expect_undefined(with_numbers([](auto x, auto one) { return one << x; }));
  expect_undefined(with_numbers([](auto x, auto one) { return one >> x; }));
  expect_undefined(with_numbers([](auto x, auto) { return Symbolic::U32(1) / as<Symbolic::U32>(x); }));
  expect_undefined(with_numbers([](auto x, auto) { return Symbolic::U32(1) % as<Symbolic::U32>(x); }));
  EXPECT_EQ(with_numbers([](auto x, auto one) { return wrapping_add(x, one); }).verdict, Verdict::proved);
  EXPECT_EQ(with_numbers([](auto x, auto one) { return (x & one) + one; }).verdict, Verdict::proved);
}

TEST(Prover, AnExceptionOfTheBodyIsAnError) {
  const auto found = try_it([](auto&, const Profile&) { throw std::runtime_error("broken"); });
  EXPECT_EQ(found.verdict, Verdict::error);
  EXPECT_EQ(found.detail, "broken");
}

/// Decided again from the text, by a solver that knows nothing of the exploration.
z3::check_result decide_again(const std::string& smt2) {
  z3::context context;
  z3::solver solver(context);
  solver.from_string(smt2.c_str());
  return solver.check();
}

TEST(Prover, TheObligationIsUnsatisfiableExactlyWhereTheGoalIsProved) {
  const auto bounded = [](std::uint32_t bound) {
    return [bound](auto& c, const Profile&) {
      using D = DomainOf<decltype(c)>;
      const U32<D> x = c.u32("x");
      c.assume("x < 100", x < U32<D>(100));
      if (x > U32<D>(50)) c.goal("x is below the bound", x < U32<D>(bound));
      c.goal("fine", x == x);
    };
  };
  const auto proved = try_it(bounded(100), {}, Claims::goals, true),
             refuted = try_it(bounded(99), {}, Claims::goals, true);
  ASSERT_EQ(proved.verdict, Verdict::proved);
  ASSERT_EQ(refuted.verdict, Verdict::counterexample);
  EXPECT_EQ(decide_again(proved.smt2), z3::unsat);
  EXPECT_EQ(decide_again(refuted.smt2), z3::sat);
  const auto known = try_it([](auto& c, const Profile&) { c.goal("it is", true); }, {}, Claims::goals, true);
  EXPECT_EQ(decide_again(known.smt2), z3::unsat);
  EXPECT_NE(known.smt2.find("false"), std::string::npos) << "an empty disjunction is no term to other solvers";
}

/// Whether an attempt about one kernel stands for another, too.
template <class Body>
bool stands_for(const Profile& first, const Profile& second, Body body) {
  const Theorem it = theorem("test", "", {}, body);
  Prover prover(it, Claims::goals, {}, false);
  const Attempt found = prover.attempt(first);
  ClauseSet clauses;
  return prover.is_as_before(second, found, clauses);
}

const Profile& middle = *profile_from("linux-5.0");

TEST(Families, TheSameQuestionsAreTheSameProof) {
  const auto body = [](auto& c, const Profile& kernel) {
    using D = DomainOf<decltype(c)>;
    const U32<D> x = c.u32("x"), mask(kernel.backlog_is_u16 ? 0xffffU : 0xffffffffU);
    if (x > U32<D>(100)) c.goal("a mask adds nothing", (x & mask) <= x);
    c.goal("fine", x == x);
  };
  EXPECT_TRUE(stands_for(releases::linux_6_18, middle, body));
  EXPECT_FALSE(stands_for(releases::linux_6_18, releases::linux_2_6_32, body));
  EXPECT_FALSE(stands_for(releases::linux_2_6_32, releases::linux_6_18, body));
}

TEST(Families, OneQuestionMoreOrFewerIsAnotherProof) {
  const auto body = [](auto& c, const Profile& kernel) {
    using D = DomainOf<decltype(c)>;
    const U32<D> x = c.u32("x");
    c.goal("fine", (x & U32<D>(1)) <= x);
    if (kernel.backlog_is_u16) c.goal("one more, and wrong", x < U32<D>(1000));
  };
  EXPECT_FALSE(stands_for(releases::linux_6_18, releases::linux_2_6_32, body));
  EXPECT_FALSE(stands_for(releases::linux_2_6_32, releases::linux_6_18, body));
  EXPECT_TRUE(stands_for(releases::linux_2_6_32, *profile_from("linux-3.10"), body));
}

TEST(Families, ACounterexampleMustRunForTheOtherToo) {
  const auto body = [](auto& c, const Profile& kernel) {
    using D = DomainOf<decltype(c)>;
    const bool differs_when_run = std::is_same_v<D, Replay> && kernel.backlog_is_u16;
    c.goal("never 7", c.u32("x") != U32<D>(7) || Bool<D>(differs_when_run));
  };
  EXPECT_TRUE(stands_for(releases::linux_6_18, middle, body));
  EXPECT_FALSE(stands_for(releases::linux_6_18, releases::linux_2_6_32, body));
}

TEST(Digests, TellTermsApartAndNothingElse) {
  const auto digest_of = [](bool others_first, auto make) {
    z3::context context;
    if (others_first) (context.bv_const("b", 32) + context.bv_const("a", 32)).simplify();
    TermDigests digests;
    const Digest found = digests.of(make(context));
    digests.clear();
    return found;
  };
  const auto sum = [](z3::context& c) { return (c.bv_const("a", 32) + c.bv_const("b", 32)).simplify(); };
  const auto difference = [](z3::context& c) { return c.bv_const("a", 32) - c.bv_const("b", 32); };
  const auto swapped = [](z3::context& c) { return c.bv_const("b", 32) - c.bv_const("a", 32); };
  const auto narrow = [](z3::context& c) { return c.bv_const("a", 16) - c.bv_const("b", 16); };
  const auto low = [](z3::context& c) { return c.bv_const("a", 32).extract(7, 0); };
  const auto high = [](z3::context& c) { return c.bv_const("a", 32).extract(15, 8); };
  EXPECT_EQ(digest_of(false, sum), digest_of(true, sum)) << "whatever was made before";
  EXPECT_NE(digest_of(false, difference), digest_of(false, swapped));
  EXPECT_NE(digest_of(false, difference), digest_of(false, narrow));
  EXPECT_NE(digest_of(false, low), digest_of(false, high));
}

}  // namespace
}  // namespace weir::proofs
