// The twin of every tidy check: a tree that breaks the rule must be reported, the nearest one that keeps it must not.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <string>

#include "tests/tidy/checks.hpp"

namespace weir::tidy {
namespace {

Violations one(Violations (*rule)(const Tree&), std::string path, std::string_view text) {
  return rule({source_file(std::move(path), text)});
}

std::string repeat(std::string_view line, std::size_t times) {
  std::string out;
  while (times-- > 0) out += line;
  return out;
}

TEST(IncludeDirection, OnlyPointsDown) {
  EXPECT_EQ(one(include_direction, "model/a.hpp", "#include <vector>\n#include \"model/op.hpp\"\n"), Violations{});
  EXPECT_EQ(one(include_direction, "cli/a.cpp", "#include \"proofs/x.hpp\"\n#include <fmt/core.h>\n"), Violations{});
  EXPECT_EQ(one(include_direction, "model/a.hpp", "\n#include \"lockfree/host.hpp\"\n"),
            (Violations{{"model/a.hpp", 2, "include-direction", "lockfree/host.hpp: not below this folder"}}));
  for (const auto* path : {"oracle/a.cpp", "lockfree/a.hpp", "proofs/a.hpp", "fuzz/a.hpp", "bench/a.cpp"})
    EXPECT_EQ(one(include_direction, path, "#include \"cli/x.hpp\"\n").size(), 1U) << path;
  EXPECT_EQ(one(include_direction, "oracle/a.cpp", "#include \"fuzz/decoder.hpp\"\n").size(), 1U);
}

TEST(IncludeDirection, LockfreeSharesOnlyTheVocabulary) {
  EXPECT_EQ(
      one(include_direction, "lockfree/a.hpp", "#include \"model/op.hpp\"\n#include \"model/vocabulary/x.hpp\"\n"),
      Violations{});
  EXPECT_EQ(one(include_direction, "lockfree/a.hpp", "#include \"model/sysctl/number.hpp\"\n").size(), 1U);
  EXPECT_EQ(one(include_direction, "lockfree/a.hpp", "#include \"model/host.hpp\"\n").size(), 1U);
}

TEST(IncludeDirection, ModelAndLockfreeUseOnlyTheStandardLibrary) {
  for (const auto* path : {"model/a.hpp", "lockfree/a.hpp"})
    EXPECT_EQ(one(include_direction, path, "#include <fmt/core.h>\n").size(), 1U) << path;
}

TEST(IncludeDirection, OnlySymbolicSeesTheSolver) {
  EXPECT_EQ(one(include_direction, "proofs/symbolic/a.hpp", "#include <z3++.h>\n"), Violations{});
  for (const auto* path : {"proofs/theorems/a.cpp", "model/a.hpp", "cli/a.cpp", "tests/proofs/a.cpp"})
    EXPECT_EQ(one(include_direction, path, "#include <z3++.h>\n").size(), 1U) << path;
}

TEST(IncludeDirection, CommentsAreNotIncludes) {
  EXPECT_EQ(one(include_direction, "model/a.hpp", "/*\n#include \"cli/x.hpp\"\n*/\n"), Violations{});
}

TEST(PragmaOnce, EveryHeader) {
  EXPECT_EQ(one(pragma_once, "model/a.hpp", "// What it is.\n#pragma once\n"), Violations{});
  EXPECT_EQ(one(pragma_once, "cli/a.cpp", "int x;\n"), Violations{});
  EXPECT_EQ(one(pragma_once, "model/a.hpp", "// #pragma once\n").size(), 1U);
}

TEST(DeadHeaders, EveryHeaderIsIncludedByAnother) {
  EXPECT_EQ(dead_headers({source_file("a.cpp", "#include \"a.hpp\"\n"), source_file("a.hpp", "")}), Violations{});
  EXPECT_EQ(dead_headers({source_file("a.hpp", "#include \"a.hpp\"\n")}).size(), 1U);
}

TEST(DeadHeaders, PublicOnesAreIncludedByTheNameThatUsersKnow) {
  const auto header = source_file("include/weir/a.h", "");
  EXPECT_EQ(dead_headers({source_file("oracle/c/a.cpp", "#include <weir/a.h>\n"), header}), Violations{});
  EXPECT_EQ(dead_headers({source_file("oracle/c/a.cpp", "#include \"include/weir/a.h\"\n"), header}).size(), 1U);
}

TEST(IncludeDirection, PublicHeadersStandAlone) {
  EXPECT_EQ(one(include_direction, "include/weir/a.h", "#include <weir/b.h>\n#include <stdint.h>\n"), Violations{});
  EXPECT_EQ(one(include_direction, "include/weir/a.h", "#include \"oracle/a.hpp\"\n").size(), 1U);
}

TEST(FileLength, AtMostFourHundredLines) {
  EXPECT_EQ(one(file_length, "a.cpp", repeat("int f();\n", max_file_lines)), Violations{});
  EXPECT_EQ(one(file_length, "a.cpp", repeat("int f();\n", max_file_lines + 1)).size(), 1U);
}

/// A function of `lines` lines, head and closing brace included.
std::string function(std::string_view head, std::size_t lines) {
  return std::string(head) + " {\n" + repeat("  call();\n", lines - 2) + "}\n";
}

TEST(FunctionLength, AtMostSeventyLines) {
  for (const auto* head :
       {"void f()", "auto f(int a) -> int", "template <class T, class U = A<B<int>>>\nstatic int f(T x = {}, U y = 3)",
        "Thing::Thing(int a) : a_{a}, b_(a)", "bool operator==(const T& a, const T& b)", "TEST(A, b)",
        "const auto f = [](int x)", "struct S { int a; int f() const noexcept"}) {
    const auto extra = std::ranges::count(std::string_view(head), '\n');
    const auto longest = max_function_lines - static_cast<std::size_t>(extra);
    EXPECT_EQ(one(function_length, "a.cpp", function(head, longest)), Violations{}) << head;
    EXPECT_EQ(one(function_length, "a.cpp", function(head, longest + 1)).size(), 1U) << head;
  }
}

TEST(FunctionLength, FindsFunctionsInsideScopes) {
  const auto text =
      "namespace a {\nclass B : public C<int> {\n private:\n  struct D {\n" + function("  void f()", 71) + "};};}\n";
  EXPECT_EQ(one(function_length, "a.hpp", text), (Violations{{"a.hpp", 5, "function-length", "71 lines, at most 70"}}));
}

TEST(FunctionLength, TablesAndScopesMayBeLong) {
  EXPECT_EQ(one(function_length, "a.hpp", "namespace a {\n" + repeat("int f();\n", 100) + "}\n"), Violations{});
  EXPECT_EQ(one(function_length, "a.hpp", "struct A {\n" + repeat("int f() { return 1; }\n", 100) + "};\n"),
            Violations{});
  EXPECT_EQ(one(function_length, "a.hpp", "auto t = std::to_array<T>({\n" + repeat("{f(1), 2},\n", 100) + "});\n"),
            Violations{});
}

TEST(FunctionLength, BracesInCommentsAndLiteralsDoNotCount) {
  const auto text = "void f() { g('{', \"{\", R\"({)\", 1'000); /* { */ } // {\n" + repeat("int x;\n", 100) + "}\n";
  EXPECT_EQ(one(function_length, "a.cpp", text), Violations{});
}

TEST(Clauses, NamesAreUniqueAcrossTables) {
  const auto first = source_file("model/clauses/a.def", "CLAUSE(A_B, \"A.B\", \"f\", \"\", \"\", \"x\")\n");
  EXPECT_EQ(clause_names({first}), Violations{});
  const auto again = source_file("model/clauses/b.def", "// more\nCLAUSE(A_C, \"A.B\", \"f\", \"\", \"\", \"x\")\n");
  EXPECT_EQ(clause_names({first, again}), (Violations{{"model/clauses/b.def", 2, "clause-name", "A.B is taken"}}));
}

TEST(Clauses, EachIsNotedByTheSpec) {
  const auto table = source_file("model/clauses/a.def", "CLAUSE(A_B, \"A.B\", \"f\", \"\", \"\", \"x\")\n");
  EXPECT_EQ(dead_clauses({table, source_file("model/a.hpp", "D::clause(Clause::A_B);\n")}), Violations{});
  EXPECT_EQ(dead_clauses({table, source_file("model/a.hpp", "// A_B\nD::clause(Clause::A_B_C);\n")}).size(), 1U);
  EXPECT_EQ(dead_clauses({table, source_file("cli/a.cpp", "f(Clause::A_B);\n")}).size(), 1U);
}

TEST(Texts, NothingUnfinishedIsLeft) {
  for (const std::string marker : {"TO"
                                   "DO",
                                   "FIX"
                                   "ME",
                                   "XX"
                                   "X",
                                   "HA"
                                   "CK",
                                   "GTEST_"
                                   "SKIP",
                                   "Not imple"
                                   "mented"})
    EXPECT_EQ(one(leftover_markers, "docs/a.md", "fine\n// " + marker + ": later\n").size(), 1U) << marker;
  EXPECT_EQ(one(leftover_markers, "weir", "mktemp -d weir.XXXXXX\n"), Violations{});
}

TEST(Texts, NoPathOfSomebodysMachine) {
  EXPECT_EQ(one(machine_paths, "README.md",
                "cd /ho"
                "me/me/weir\n")
                .size(),
            1U);
  EXPECT_EQ(one(machine_paths, "README.md", "/usr/include, /proc/sys/net\n"), Violations{});
}

TEST(ReadTree, ReportsABrokenFileOnDisk) {
  const auto root = std::filesystem::path(testing::TempDir()) / "weir-tidy-tree";
  std::filesystem::remove_all(root);
  for (const auto* folder : {"model", "build/dev", "tests/oracle/data"})
    std::filesystem::create_directories(root / folder);
  for (const auto* file : {"model/a.hpp", "build/dev/b.hpp", "tests/oracle/data/c.txt"})
    std::ofstream(root / file) << "// FIX"
                                  "ME\n";
  const auto tree = read_tree(root);
  ASSERT_EQ(tree.size(), 1U) << "build directories and data are nobody's prose";
  EXPECT_EQ(leftover_markers(tree).size(), 1U);
  EXPECT_EQ(check(tree).size(), 3U) << "no #pragma once, included by nobody, unfinished";
  std::filesystem::remove_all(root);
}

}  // namespace
}  // namespace weir::tidy
