// Every release and the one after it: each field of the profile is found where it changes, or stands here with a
// reason.
#include <gtest/gtest.h>

#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "tests/proofs/diff_support.hpp"

namespace weir::proofs::diff {
namespace {

struct NeverShown {
  std::string_view field;
  std::string_view reason;
};

constexpr auto never_shown = std::to_array<NeverShown>({
    {"ulp_must_clone", "no operation gives a socket an upper layer protocol"},
    {"get_port_error_returned", "of all that the search for a port may say only EADDRINUSE can come about"},
    {"has_flow_limit", "takes 65 packets of one flow in a queue that is half full: more than the bound"},
    {"syn_retries", "takes a SYN queue full of clients that wait: more than the bound"},
    {"has_backlog_threads", "takes a boot argument, and shapes have none"},
});

bool is_never_shown(std::string_view field) {
  return std::any_of(never_shown.begin(), never_shown.end(), [&](const auto& each) { return each.field == field; });
}

using Pair = std::pair<const Profile*, const Profile*>;

struct Seen {
  std::set<std::string> found;
  std::map<std::string, std::vector<Pair>> changed;  ///< a field, and where

  void look(Pair pair, std::chrono::seconds time) {
    const auto& [from, to] = pair;
    Options options;
    options.time = time;
    const Searched searched = search_between(*from, *to, {}, options);
    for (std::size_t i = 0; i < searched.changes.size(); ++i) {
      const Finding& finding = searched.findings[i];
      const std::string& name = searched.changes[i].name;
      changed[name].push_back(pair);
      EXPECT_EQ(finding.refused, 0U) << name << " in " << to->name;
      if (!finding.witness) continue;
      EXPECT_TRUE(replays(Kernels(*from, *to, searched.changes[i]), *finding.witness)) << name << " in " << to->name;
      found.insert(name);
    }
  }
};

TEST(DiffMatrix, EveryFieldIsFoundWhereItChanges) {
  Seen seen;
  for (std::size_t i = 1; i < releases::all.size(); ++i)
    seen.look({releases::all[i - 1], releases::all[i]}, std::chrono::seconds(5));
  const auto changed = seen.changed;
  for (const auto& [name, where] : changed) {
    if (seen.found.contains(name) || is_never_shown(name)) continue;
    // On a machine that has much else to do that time may go by without a result.
    for (const Pair& pair : where) seen.look(pair, std::chrono::seconds(40));
  }
  for (const auto& field : oracle::profile_fields) {
    const std::string name(field.name);
    if (!seen.changed.contains(name)) continue;  // the same in every release: see below
    EXPECT_NE(seen.found.contains(name), is_never_shown(name)) << name;
  }
}

TEST(DiffMatrix, TicksASecondAreFoundAmongOneRelease) {
  const Searched searched = search_between("linux-6.18", "linux-6.18+hz=1000");
  ASSERT_EQ(searched.findings.size(), 1U);
  EXPECT_TRUE(searched.findings[0].witness);
}

TEST(DiffMatrix, NoFieldIsForgotten) {
  std::set<std::string_view> changing{"hz"};
  for (std::size_t i = 1; i < releases::all.size(); ++i)
    for (const auto& field : oracle::profile_fields)
      if (oracle::value_text(*releases::all[i - 1], field) != oracle::value_text(*releases::all[i], field))
        changing.insert(field.name);
  for (const auto& field : oracle::profile_fields) EXPECT_TRUE(changing.contains(field.name)) << field.name;
}

}  // namespace
}  // namespace weir::proofs::diff
