// What is a mutant and what is none, by small rules.
#include <gtest/gtest.h>

#include "proofs/mutants/arguments.hpp"
#include "proofs/mutants/sites.hpp"

namespace weir::mutants {
namespace {

using Changes = std::vector<std::string>;

/// All changes of a function's body, as "kind: before => after".
Changes changes_of(const std::string& body) {
  Catalogue catalogue;
  with_mutants("model/listen/rule.hpp", "#pragma once\ninline int f(int a, int b) {\n" + body + "\n}\n", catalogue);
  Changes changes;
  for (const Mutant& each : catalogue.mutants) changes.push_back(each.kind + ": " + each.before + " => " + each.after);
  return changes;
}

TEST(Sites, AComparisonHasItsNeighbourAndItsNegation) {
  EXPECT_EQ(changes_of("return a < b;"), (Changes{"relational: a < b => a <= b", "relational: a < b => a >= b"}));
  EXPECT_EQ(changes_of("return a == b;"), (Changes{"relational: a == b => a != b"}));
}

TEST(Sites, TheSmallerOfTwoIsEitherWhereBothAreEqual) {
  const Changes negation{"relational: a < b => a >= b"};
  EXPECT_EQ(changes_of("return a < b ? a : b;"), negation);
  EXPECT_EQ(changes_of("return choose(a < b, b, a);"), negation);
  EXPECT_EQ(changes_of("return a < b ? a : f(b);").size(), 2U);
  EXPECT_EQ(changes_of("return f(a < b, a, b);").size(), 2U);
}

TEST(Sites, ABreakThatEndsASwitchChangesNothing) {
  EXPECT_EQ(changes_of("switch (a) { case f: g(); break; }"), Changes{"statement: g(); => "});
  EXPECT_EQ(changes_of("switch (a) { case f: g(); break; case h: break; }").size(), 2U);
  EXPECT_EQ(changes_of("while (f(a)) { g(); break; }").size(), 3U);
}

TEST(Sites, WhatWasComparedAsUnsignedIsComparedAsSigned) {
  EXPECT_EQ(changes_of("return as<U32<D>>(a) > b;"),
            (Changes{"cast: as<U32<D>>(a) => half the bits of as<U32<D>>(a)",
                     "relational: as<U32<D>>(a) > b => as<U32<D>>(a) >= b",
                     "relational: as<U32<D>>(a) > b => as<U32<D>>(a) <= b",
                     "cast: as<U32<D>>(a) > b => the same as signed: as<U32<D>>(a) > b"}));
}

TEST(Sites, OperandsReachAsFarAsTheOperatorBinds) {
  EXPECT_EQ(changes_of("return a + b * f(a, b) - a;"),
            (Changes{"arithmetic: a + b * f(a, b) => a - b * f(a, b)", "arithmetic: b * f(a, b) => b / f(a, b)",
                     "arithmetic: a + b * f(a, b) - a => a + b * f(a, b) + a"}));
}

TEST(Sites, AShiftIsNoEndOfATemplate) {
  EXPECT_EQ(changes_of("return a * b >> f<T<T>>(a);"),
            (Changes{"arithmetic: a * b => a / b", "arithmetic: a * b >> f<T<T>>(a) => a * b << f<T<T>>(a)"}));
}

TEST(Sites, EveryOperandOfAChainIsLeftOutOnce) {
  EXPECT_EQ(changes_of("return f(a) && f(b) && g();"),
            (Changes{"conjunct: f(a) && f(b) => f(b)", "conjunct: f(a) && f(b) => f(a)",
                     "conjunct: f(a) && f(b) && g() => f(a) && f(b)"}));
}

TEST(Sites, AConditionIsNegatedUnlessItIsOneComparison) {
  EXPECT_EQ(changes_of("return f(a) ? 0 : 0;")[0], "condition: f(a) => !(f(a))");
  EXPECT_EQ(changes_of("if (a < b) return g();").size(), 2U);
}

TEST(Sites, ConstantsStatementsAndTheirOrder) {
  EXPECT_EQ(changes_of("return 5;"), (Changes{"constant: 5 => 5 + 1", "constant: 5 => 5 - 1"}));
  EXPECT_EQ(changes_of("return 0;"), (Changes{"constant: 0 => 0 + 1"}));
  EXPECT_EQ(changes_of("a = b; b = a;"),
            (Changes{"statement: a = b; => ", "order: a = b; b = a; => b = a; a = b;", "statement: b = a; => "}));
  EXPECT_EQ(changes_of("a = g(); b = h();").size(), 2U);  // who shares nothing may change places: no mutant
}

TEST(Sites, WhatExplainsOrIsConstantIsNoRule) {
  EXPECT_EQ(changes_of("D::clause(a < b ? x : y);"), Changes{});
  EXPECT_EQ(changes_of("if (a < b) D::clause(x);"), Changes{});
  EXPECT_EQ(changes_of("if (a < b) { D::clause(x); }"), Changes{});
  EXPECT_EQ(changes_of("if (a < b) { D::clause(x); g(); }").size(), 3U);
  EXPECT_EQ(changes_of("constexpr int c = 5;"), Changes{});
  EXPECT_EQ(changes_of("std::array<int, 5> a;"), Changes{});
}

TEST(Sites, ANamedConstantIsMutatedWhereItIsUsed) {
  Catalogue catalogue;
  const std::string text = "#pragma once\ninline constexpr int most = 20;\ninline int f() { return most; }\n";
  add_constants("model/listen/rule.hpp", text, catalogue);
  ASSERT_EQ(catalogue.mutants.size(), 2U);
  EXPECT_EQ(catalogue.mutants[1].after, "most = 20 - 1");
  EXPECT_NE(with_mutants("model/listen/rule.hpp", text, catalogue).find("number<1>(most)"), std::string::npos);
}

TEST(Arguments, AreAboutMutantsThatAreThereAndAsTheyWere) {
  const Listed mutants[] = {{"rule.f.1", "relational", "model/listen/rule.hpp", 2, "a < b", "a <= b"}};
  EXPECT_EQ(complaints_about({}, mutants), Changes{});
  EXPECT_NE(complaints_about({{"rule.f.1", {"a < b", "a <= b", "reason"}}}, mutants)[0].find("more than one in"),
            std::string::npos);
  EXPECT_NE(complaints_about({{"rule.f.2", {"a < b", "a <= b", "reason"}}}, mutants)[0].find("no such mutant"),
            std::string::npos);
  EXPECT_NE(complaints_about({{"rule.f.1", {"a > b", "a >= b", "reason"}}}, mutants)[0].find("another by now"),
            std::string::npos);
}

}  // namespace
}  // namespace weir::mutants
