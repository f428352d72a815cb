// Every clause has a test that reaches it on purpose, or a reason why not; and marks can fail.
#include <gtest/gtest-spi.h>

#include <fstream>
#include <iterator>

#include "tests/marks/report.hpp"

namespace weir::marks {
namespace {

std::vector<std::string_view> unaccounted(const std::vector<Mark>& marks) {
  std::vector<std::string_view> names;
  for (const Reached& each : coverage(marks, {}))
    if (!each.accounted_for()) names.push_back(info(each.clause).name);
  return names;
}

TEST(Marks, EveryClauseHasOneOrAReason) {
  for (const auto each : unaccounted(all_marks())) ADD_FAILURE() << each << " has no mark and no reason";
}

TEST(Marks, KeepToTheReleasesOfTheirClause) {
  for (const Mark& each : all_marks()) {
    const auto release = releases::version_from(profile_from(each.release)->release);
    const ClauseInfo& clause = info(each.clause);
    EXPECT_TRUE(clause.since.empty() || release >= releases::version_from(clause.since)) << clause.name;
    EXPECT_TRUE(clause.until.empty() || release <= releases::version_from(clause.until)) << clause.name;
  }
}

TEST(Marks, TheReportIsTextAndHtml) {
  const auto folder = std::filesystem::temp_directory_path() / "weir-marks-test";
  write_report(folder, coverage(all_marks(), campaign_of(500)));
  const auto text_of = [&](const char* name) {
    std::ifstream file(folder / name, std::ios::binary);
    return std::string{std::istreambuf_iterator<char>(file), {}};
  };
  const std::string text = text_of("clauses.txt"), html = text_of("clauses.html");
  for (const ClauseInfo& each : clauses) {
    EXPECT_NE(text.find("\n" + std::string(each.name) + " "), std::string::npos) << each.name;
    EXPECT_NE(html.find("<td id=\"" + std::string(each.name) + "\">"), std::string::npos) << each.name;
  }
  EXPECT_EQ(html.find("class=missing"), std::string::npos);
  EXPECT_EQ(html.find("http"), std::string::npos) << "one file, nothing from elsewhere";
  std::filesystem::remove_all(folder);
}

void nothing_at_all(Script&) {}

TEST(MarksMustFail, AMarkThatDoesNotReachItsClause) {
  EXPECT_NONFATAL_FAILURE(run(Clause::LISTEN_CLAMP, linux_6_18, nothing_at_all),
                          "LISTEN.CLAMP is not reached in linux-6.18");
  EXPECT_NONFATAL_FAILURE(run(Clause::LISTEN_CLAMP, linux_6_18,
                              [](Script& host) {
                                host.socket();
                                host.listen(3, 5);
                              }),
                          "LISTEN.CLAMP is not reached");
}

TEST(MarksMustFail, AClauseWithoutAMark) {
  auto marks = all_marks();
  std::erase_if(marks, [](const Mark& each) { return each.clause == Clause::LISTEN_CLAMP; });
  EXPECT_EQ(unaccounted(marks), std::vector<std::string_view>{"LISTEN.CLAMP"});
  EXPECT_NE(to_html(coverage(marks, {})).find("<tr class=missing><td id=\"LISTEN.CLAMP\">"), std::string::npos);
}

}  // namespace
}  // namespace weir::marks
