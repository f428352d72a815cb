// The tables that everything else derives from.
#include <gtest/gtest.h>

#include <set>
#include <string>

#include "model/clause.hpp"
#include "model/errno.hpp"
#include "model/op.hpp"
#include "model/profile.hpp"

namespace weir {
namespace {

TEST(Vocabulary, ErrnoNamesAndNumbersGoBothWays) {
  for (const auto& row : errno_names) {
    EXPECT_EQ(errno_from(row.name), row.value);
    EXPECT_EQ(errno_from_number(static_cast<int>(row.value)), row.value);
  }
  EXPECT_FALSE(errno_from("EWHATEVER"));
  EXPECT_FALSE(errno_from_number(0));
}

TEST(Vocabulary, AddressesGoBothWays) {
  for (const char* text : {"", "127.0.0.1", "255.255.255.255", "0.0.0.1", "::1"}) {
    const auto address = address_from(text);
    ASSERT_TRUE(address) << text;
    EXPECT_EQ(to_text(*address), text);
  }
  EXPECT_EQ(address_from("0.0.0.0"), any_address);
  for (const char* text :
       {"127.0.0", "127.0.0.1.", "127.0.0.256", "1.2.3.04", "a.b.c.d", "127.0.0.1 ", "::2", "1..2.3"})
    EXPECT_FALSE(address_from(text)) << text;
}

TEST(Vocabulary, ClausesAreUniqueAndFindable) {
  std::set<std::string_view> seen;
  for (const auto& row : clauses) {
    EXPECT_TRUE(seen.insert(row.name).second) << row.name;
    EXPECT_EQ(clause_from(row.name), row.clause);
    EXPECT_FALSE(row.sentence.empty()) << row.name;
    EXPECT_FALSE(row.function.empty()) << row.name;
  }
  EXPECT_FALSE(clause_from("LISTEN.NOTHING"));
}

TEST(Vocabulary, SysctlRowsAreInEnumOrderAndWithinTheirRange) {
  for (const Profile* kernel : releases::all) {
    int last = -1;
    for (const SysctlSpec& row : kernel->sysctls) {
      EXPECT_GT(static_cast<int>(row.id), last) << kernel->name;
      last = static_cast<int>(row.id);
      EXPECT_LE(row.minimum, row.initial) << kernel->name << " " << name_of_enum(row.id);
      EXPECT_GE(row.maximum, row.initial) << kernel->name << " " << name_of_enum(row.id);
      EXPECT_EQ(spec_of(*kernel, row.id), &row);
    }
  }
  EXPECT_EQ(spec_of(*profile_from("linux-2.6.32"), Sysctl::netdev_budget_usecs), nullptr);
}

}  // namespace
}  // namespace weir
