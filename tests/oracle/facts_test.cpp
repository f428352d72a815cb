// The rows behind docs/COVERAGE-OF-FACTS.md: complete, none empty, and all their names exist.
#include "cli/facts/facts.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <sstream>
#include <vector>

#include "model/clause.hpp"
#include "oracle/profile/fields.hpp"

namespace weir::cli {
namespace {

using Lines = std::vector<std::string>;

std::vector<std::string> words_of(std::string_view text) {
  std::istringstream stream{std::string(text)};
  std::vector<std::string> words;
  for (std::string word; stream >> word;) words.push_back(word);
  return words;
}

bool is_field(const std::string& name) {
  return std::any_of(oracle::profile_fields.begin(), oracle::profile_fields.end(),
                     [&](const auto& each) { return each.name == name; });
}

bool exists(const std::string& name) { return clause_from(name) || enum_from<Sysctl>(name) || is_field(name); }

/// What is wrong with single rows.
Lines faults_of(const Fact& fact) {
  Lines faults;
  const std::string id(fact.id);
  if (fact.title.empty()) faults.push_back(id + " has no title");
  if (fact.where.empty() && fact.absent.empty()) faults.push_back(id + " is empty");
  if (!fact.absent.empty() && !fact.absent.starts_with("outside: ") && !fact.absent.starts_with("open: "))
    faults.push_back(id + " does not say whether it is outside or open");
  for (const std::string_view unfinished : {"pending", "TBD", "later, "})
    if (fact.absent.find(unfinished) != std::string_view::npos) faults.push_back(id + " is not finished");
  for (const auto& name : words_of(fact.where))
    if (!exists(name)) faults.push_back(id + " names " + name + ", which does not exist");
  return faults;
}

/// What is wrong with the list: rows that are missing, double or of no part.
Lines gaps_of(const std::vector<Fact>& rows) {
  Lines gaps;
  std::multiset<std::string_view> parts;
  std::set<std::string_view> ids;
  for (const Fact& each : rows) {
    parts.insert(part_of(each.id));
    if (!ids.insert(each.id).second) gaps.push_back(std::string(each.id) + " is there twice");
  }
  for (const Part& part : fact_parts) {
    if (parts.count(part.name) != part.rows) gaps.push_back(std::string(part.name) + " has another number of rows");
    const std::string dot = part.name == "C" ? "" : ".";
    std::size_t number = part.name == "B2" ? part.rows - 1 : part.rows;  // B2.10b was put in between
    for (; number > 0; --number)
      if (const std::string id = std::string(part.name) + dot + std::to_string(number); !ids.contains(id))
        gaps.push_back(id + " is missing");
  }
  if (!ids.contains("B2.10b")) gaps.emplace_back("B2.10b is missing");
  return gaps;
}

/// Clauses, fields and sysctls that no row names and no reason covers.
Lines unnamed(const std::vector<Fact>& rows, const std::vector<Beyond>& beyond) {
  std::set<std::string> named;
  std::vector<std::string> beginnings;
  for (const Fact& each : rows)
    for (const auto& word : words_of(each.where)) named.insert(word);
  for (const Beyond& each : beyond)
    for (const auto& word : words_of(each.where)) {
      if (word.back() == '.')
        beginnings.push_back(word);
      else
        named.insert(word);
    }
  Lines missing;
  const auto look_for = [&](std::string_view name) {
    const bool covered =
        std::any_of(beginnings.begin(), beginnings.end(), [&](const auto& each) { return name.starts_with(each); });
    if (!covered && !named.contains(std::string(name))) missing.emplace_back(name);
  };
  for (const auto& each : clauses) look_for(each.name);
  for (const auto& each : oracle::profile_fields) look_for(each.name);
  for (const auto& each : names<Sysctl>) look_for(each.text);
  return missing;
}

std::vector<Fact> all_facts() { return {facts.begin(), facts.end()}; }
std::vector<Beyond> all_beyond() { return {beyond_facts.begin(), beyond_facts.end()}; }

TEST(Facts, EachRowHasAPlaceOrAReason) {
  for (const Fact& each : facts)
    for (const auto& fault : faults_of(each)) ADD_FAILURE() << fault;
}

TEST(Facts, NoRowIsMissing) { EXPECT_EQ(gaps_of(all_facts()), Lines{}); }

TEST(Facts, EveryClauseFieldAndSysctlBelongsToARow) { EXPECT_EQ(unnamed(all_facts(), all_beyond()), Lines{}); }

TEST(Facts, ReasonsBeyondTheFactsNameSomething) {
  for (const Beyond& each : beyond_facts) {
    EXPECT_FALSE(each.reason.empty()) << each.where;
    for (const auto& word : words_of(each.where))
      EXPECT_TRUE(exists(word) ||
                  std::any_of(clauses.begin(), clauses.end(),
                              [&](const auto& clause) { return word.back() == '.' && clause.name.starts_with(word); }))
          << word;
  }
}

TEST(FactsMustFail, RowsWithoutSubstance) {
  EXPECT_EQ(faults_of({"C1", "t", "", ""}), Lines{"C1 is empty"});
  EXPECT_EQ(faults_of({"C1", "", "LISTEN.CLAMP", ""}), Lines{"C1 has no title"});
  EXPECT_EQ(faults_of({"C1", "t", "LISTEN.CLAMB syn_queue", ""}), Lines{"C1 names LISTEN.CLAMB, which does not exist"});
  EXPECT_EQ(faults_of({"C1", "t", "", "because"}), Lines{"C1 does not say whether it is outside or open"});
  EXPECT_EQ(faults_of({"C1", "t", "", "open: pending"}), Lines{"C1 is not finished"});
  EXPECT_EQ(faults_of({"C1", "t", "LISTEN.CLAMP syn_queue net.core.somaxconn", "outside: x"}), Lines{});
}

TEST(FactsMustFail, RowsThatAreMissingOrDouble) {
  auto rows = all_facts();
  std::erase_if(rows, [](const Fact& each) { return each.id == "A2.3"; });
  EXPECT_EQ(gaps_of(rows), (Lines{"A2 has another number of rows", "A2.3 is missing"}));
  rows = all_facts();
  rows.push_back({"C1", "t", "", ""});
  EXPECT_EQ(gaps_of(rows), (Lines{"C1 is there twice", "C has another number of rows"}));
}

TEST(FactsMustFail, AClauseWithoutARow) {
  auto rows = all_facts();
  for (Fact& each : rows)
    if (each.where.find("SYSCTL.TOO_LARGE") != each.where.npos) each.where = "write_copied_first";
  EXPECT_EQ(unnamed(rows, all_beyond()), Lines{"SYSCTL.TOO_LARGE"});
}

}  // namespace
}  // namespace weir::cli
