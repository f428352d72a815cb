// What a campaign leaves on disk and takes up again, and what ends it before its time.
#include <gtest/gtest.h>
#include <stdlib.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "fuzz/canary.hpp"
#include "fuzz/folder.hpp"
#include "fuzz/report.hpp"
#include "fuzz/targets.hpp"
#include "oracle/text/whole_file.hpp"

namespace weir::fuzz {
namespace {

constexpr auto backstop = std::chrono::minutes(5);

class Folder : public testing::Test {
 protected:
  Folder() {
    std::string name = (std::filesystem::temp_directory_path() / "weir-folder-XXXXXX").string();
    path = ::mkdtemp(name.data());
  }
  ~Folder() override { std::filesystem::remove_all(path); }

  CampaignFolder open(const std::string& worker = "0") const { return {path, "canary", worker}; }
  /// As the command runs it: what is kept and found is saved.
  CampaignStats run(CampaignFolder& folder, CampaignOptions options, Target target) const {
    options.found = [&](const Finding& each) { folder.save(each); };
    options.kept = [&](const Input& each) { folder.save(each); };
    Campaign campaign(std::move(options), std::move(target));
    folder.keep_only(campaign.corpus());
    return campaign.run(Campaign::Clock::now() + backstop);
  }
  std::size_t files(const std::string& below) const {
    std::error_code not_there;
    std::size_t count = 0;
    for (const auto& each : std::filesystem::directory_iterator(path / below, not_there))
      count += each.is_regular_file() ? 1U : 0U;
    return count;
  }

  std::filesystem::path path;
};

TEST_F(Folder, WhatIsKnownIsNotFoundAgain) {
  CampaignFolder first = open();
  const auto found = run(first, {.max_inputs = 200'000, .max_findings = 1}, canary_accept_queue());
  ASSERT_EQ(found.findings.size(), 1U);

  CampaignFolder second = open();
  CampaignOptions options{.seed = 2, .max_inputs = found.inputs * 4};
  options.known = second.findings();
  options.corpus = second.corpus();
  ASSERT_EQ(options.known.size(), 1U);
  const Finding& known = options.known.front();
  EXPECT_EQ(to_trace(known.input, known.difference), to_trace(found.findings[0].input, found.findings[0].difference));
  EXPECT_EQ(second.path_of(known), first.path_of(found.findings[0]));
  for (const Finding& each : run(second, options, canary_accept_queue()).findings)
    EXPECT_NE(second.path_of(each), second.path_of(known)) << to_sentence(each.difference);
}

TEST_F(Folder, InputsAreTakenUpAndThoseThatShowNothingNewAreForgotten) {
  CampaignFolder first = open();
  const auto stats = run(first, {.max_inputs = 3000}, lockfree_target());
  EXPECT_GE(files("corpus/canary"), stats.corpus / 2) << "some are replaced in memory, and equal ones are one file";
  const Input twice{&releases::linux_6_18, {}, {op::Netns{}, op::Netns{}}};
  first.save(twice);
  const std::size_t before = files("corpus/canary");

  CampaignFolder second = open("1");
  CampaignOptions options{.max_inputs = 0};
  options.corpus = second.corpus();
  EXPECT_EQ(options.corpus.size(), before);
  EXPECT_TRUE(std::is_sorted(options.corpus.begin(), options.corpus.end(),
                             [](const Input& a, const Input& b) { return a.ops.size() < b.ops.size(); }));
  CampaignOptions again = options;
  const auto taken = run(second, std::move(options), lockfree_target());
  EXPECT_LT(taken.corpus, before) << "the shortest first: longer ones show less that is new";
  EXPECT_EQ(files("corpus/canary"), taken.corpus);
  EXPECT_TRUE(taken.covered.contains_all(stats.covered)) << "all the ways are still there";
}

TEST_F(Folder, ProgressIsAddedUp) {
  CampaignFolder folder = open();
  EXPECT_EQ(folder.progress().starts, 0U);
  Progress progress;
  progress.seed = 7, progress.starts = 3;
  CampaignStats stats;
  stats.inputs = 5, stats.effort = {100, 20}, stats.divergences = 2, stats.seconds = 1.5;
  stats.covered.insert(Clause{3});
  folder.save(progress += stats);
  Progress read = folder.progress();
  EXPECT_EQ(read.seed, 7U);
  EXPECT_EQ(read.starts, 3U);
  EXPECT_EQ((read += stats).operations, 200U);
  EXPECT_EQ(read.seconds, 3.0);
  EXPECT_TRUE(read.covered.contains(Clause{3}));
  EXPECT_EQ(open("1").progress().starts, 0U) << "of another worker";
  folder.begin_anew();
  EXPECT_EQ(folder.progress().starts, 0U);
}

TEST_F(Folder, WhatIsNoTraceIsNamedAndLeftOut) {
  std::filesystem::create_directories(path / "corpus/canary");
  std::ofstream(path / "canary-linux-6.18-listen-00000000.jsonl")
      << "{\"weir\":1,\"profile\":\"linux-6.18\"}\n{\"op\":";
  std::ofstream(path / "corpus/canary/0.jsonl") << "what?";
  std::ofstream(path / "corpus/canary/.1.jsonl.4711") << "of a worker that was killed";
  CampaignFolder folder = open();
  EXPECT_TRUE(folder.findings().empty());
  EXPECT_TRUE(folder.corpus().empty());
  EXPECT_EQ(folder.strange().size(), 2U);
}

/// A driver says what it is called.
TEST_F(Folder, NoNameLeavesTheFolder) {
  std::filesystem::create_directories(path / "victim");
  std::ofstream(path / "victim" / "precious") << "";
  for (const std::string name : {"../../victim", "..", ".", "", "a/../../../victim", "../victim\0"}) {
    CampaignFolder folder(path / "out", name, name);
    Progress progress;
    progress.starts = 3;
    folder.save(progress);
    folder.save(Input{&releases::linux_6_18, {}, {op::Netns{}}});
    EXPECT_EQ(folder.progress().starts, 3U) << name;
    EXPECT_EQ(folder.corpus().size(), 1U) << name;
    folder.begin_anew();
    EXPECT_TRUE(folder.corpus().empty()) << name;
    EXPECT_TRUE(std::filesystem::exists(path / "victim" / "precious")) << name;
  }
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(path), {}), 2) << "out and victim";
  EXPECT_NE(file_name_of("a/b"), file_name_of("a%2Fb"));
  EXPECT_EQ(file_name_of("gVisor-1.0_a"), "gVisor-1.0_a");
}

/// Beginning one anew leaves another whose name begins as its own.
TEST_F(Folder, TargetsAreApart) {
  CampaignFolder one(path, "qemu", "0"), other(path, "qemu-6.1", "0");
  Progress progress;
  progress.starts = 3;
  other.save(progress);
  other.save(Input{&releases::linux_6_18, {}, {op::Netns{}}});
  one.begin_anew();
  EXPECT_EQ(other.progress().starts, 3U);
  EXPECT_EQ(other.corpus().size(), 1U);
}

TEST_F(Folder, WhatIsOfAnotherReleaseIsLeftAlone) {
  CampaignFolder first = open();
  first.save(Input{&releases::linux_6_18, {}, {op::Netns{}}});
  first.save(Input{&releases::linux_2_6_32, {}, {op::Netns{}}});
  const auto old = run(first, {.profiles = {&releases::linux_2_6_32}, .max_inputs = 200'000, .max_findings = 1},
                       canary_accept_queue());
  ASSERT_EQ(old.findings.size(), 1U);
  const std::size_t before = files("corpus/canary");

  CampaignFolder second = open();
  const auto new_ones = [](const Input& each) { return each.profile == &releases::linux_6_18; };
  EXPECT_TRUE(second.findings(new_ones).empty());
  EXPECT_EQ(second.corpus(new_ones).size(), 1U);
  EXPECT_EQ(second.left_alone(), before) << "all inputs but one, and a finding";
  second.keep_only({});
  EXPECT_EQ(files("corpus/canary"), before - 1) << "what it has not taken up is not for it to drop";
}

/// The same calls with other numbers are another finding, unless the campaign says that one is enough.
TEST_F(Folder, FindingsOfOneShapeAreOneFileWhereThatIsWanted) {
  const auto finding = [](std::int32_t backlog) {
    const Op listen = op::Listen{{3}, backlog};
    Difference difference;
    difference.operation = listen;
    difference.observed = outcome::Returned{0};
    return Finding{{&releases::linux_6_18, {}, {listen}}, difference};
  };
  CampaignFolder each = open();
  each.save(finding(1));
  each.save(finding(2));
  EXPECT_EQ(each.findings().size(), 2U);
  CampaignFolder shapes(path, "shapes", "0", OneFile::of_each_shape);
  shapes.save(finding(1));
  shapes.save(finding(2));
  ASSERT_EQ(shapes.findings().size(), 1U);
  EXPECT_EQ(shapes.findings()[0].input.ops, finding(1).input.ops) << "the first stays";
}

/// In two containers with one folder processes have the same number.
TEST_F(Folder, AProcessOfTheSameNumberIsNotInTheWay) {
  const auto taken = path / (".file." + std::to_string(::getpid()));
  std::filesystem::create_directory(taken);
  EXPECT_EQ(oracle::write_whole(path / "file", "text", true), "");
  EXPECT_EQ(oracle::read_whole(path / "file"), "text");
}

TEST_F(Folder, AFileThatCannotBeWrittenLeavesNothing) {
  std::ofstream(path / "in the way") << "";
  EXPECT_NE(oracle::write_whole(path / "in the way" / "file", "text", true), "");
  EXPECT_NE(oracle::write_whole(path / "not there" / "file", "text", true), "");
  EXPECT_EQ(files(""), 1U);
  EXPECT_EQ(oracle::write_whole(path / "file", "text", true), "");
  EXPECT_EQ(oracle::read_whole(path / "file"), "text");
  EXPECT_EQ(files(""), 2U);
}

TEST(CampaignEnds, WhenNothingIsNew) {
  CampaignOptions options{.profiles = {&releases::linux_6_18}};
  options.until_quiet = 0.0;
  EXPECT_LE(Campaign(options, lockfree_target()).run(Campaign::Clock::now() + backstop).inputs, 1U);
  options.max_inputs = 50;
  options.until_quiet = 3600.0;
  EXPECT_EQ(Campaign(options, lockfree_target()).run(Campaign::Clock::now() + backstop).inputs, 50U);
}

TEST(CampaignEnds, WhenItHasSeenEnough) {
  CampaignOptions options;
  options.enough = [](const CampaignStats& stats) { return stats.covered.size() >= 20; };
  const auto stats = Campaign(options, lockfree_target()).run(Campaign::Clock::now() + backstop);
  EXPECT_GE(stats.covered.size(), 20U);
  EXPECT_LT(stats.inputs, 10'000U);
}

}  // namespace
}  // namespace weir::fuzz
