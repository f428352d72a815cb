// The table of profile fields has them all.
#include "oracle/profile/fields.hpp"

#include <gtest/gtest.h>

#include <set>
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

}  // namespace
}  // namespace weir::oracle
