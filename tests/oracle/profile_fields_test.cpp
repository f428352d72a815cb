// The table of profile fields has them all.
#include "oracle/profile/fields.hpp"

#include <gtest/gtest.h>

#include <set>
#include <sstream>
#include <utility>

namespace weir::oracle {
namespace {

struct Anything {
  template <class T>
  constexpr operator T() const;
};

template <class T, class... Members>
constexpr std::size_t member_count() {
  if constexpr (requires { T{Members{}..., Anything{}}; })
    return member_count<T, Members..., Anything>();
  else
    return sizeof...(Members);
}

constexpr std::size_t others = 3;  // name, release, sysctls
static_assert(member_count<Profile>() == profile_fields.size() + others,
              "a field of Profile is missing in oracle/profile/fields.hpp");

TEST(ProfileFields, AreDistinctAndExplained) {
  std::set<std::string_view> seen;
  for (const auto& field : profile_fields) {
    EXPECT_TRUE(seen.insert(field.name).second) << field.name;
    EXPECT_FALSE(field.meaning.empty()) << field.name;
    EXPECT_FALSE(value_text(releases::linux_2_6_32, field).empty()) << field.name;
  }
}

std::size_t changes(const ProfileField& field) {
  std::size_t count = 0;
  for (std::size_t i = 1; i < releases::all.size(); ++i)
    count += value_text(*releases::all[i - 1], field) != value_text(*releases::all[i], field) ? 1 : 0;
  return count;
}

TEST(ProfileFields, HaveOneCommitAChange) {
  for (const auto& field : profile_fields) {
    std::istringstream words{std::string(field.commits)};
    std::size_t count = 0;
    for (std::string word; words >> word; ++count)
      EXPECT_TRUE(word == "-" || (word.size() == 12 && word.find_first_not_of("0123456789abcdef") == word.npos))
          << field.name << " " << word;
    EXPECT_EQ(count, changes(field)) << field.name;
  }
}

TEST(ProfileFields, SayWhenTheyChanged) {
  const auto text = [](std::string_view name) {
    for (const auto& field : profile_fields)
      if (field.name == name) return changes_of(field);
    return std::string("no such field");
  };
  EXPECT_EQ(text("page_cap"), "from 2.6.35");
  EXPECT_EQ(text("backlog_is_u16"), "before 4.1 (becb74f0acca)");
  EXPECT_EQ(text("completes_early"), "from 2.6.35, before 3.16 (11ef7a8996d5)");
  EXPECT_EQ(text("first_synack_timeout_s"), "3 at first, 1 from 3.1 (9ad7c049f0f7)");
  EXPECT_EQ(text("hz"), "");
}

}  // namespace
}  // namespace weir::oracle
