// Processes that work: what becomes of jobs whose worker dies, and of a solver's answer that cannot be right.
#include "proofs/pool.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <map>

#include "proofs/recheck.hpp"

namespace weir::proofs {
namespace {

TEST(Pool, EveryJobIsDoneOnce) {
  for (const unsigned processes : {1U, 2U, 7U}) {
    std::map<std::size_t, std::string> answers;
    run_in_processes(
        20, processes, [](std::size_t job) { return std::string(job * 1000, 'x'); },
        [&](std::size_t job, std::optional<std::string> answer) { answers[job] += answer.value_or("died"); });
    ASSERT_EQ(answers.size(), 20U);
    for (const auto& [job, answer] : answers) EXPECT_EQ(answer.size(), job * 1000);
  }
}

TEST(Pool, AWorkerThatDiesLosesOneJob) {
  std::map<std::size_t, std::string> answers;
  run_in_processes(
      6, 2,
      [](std::size_t job) {
        if (job == 2 || job == 5) ::_exit(1);
        return std::to_string(job);
      },
      [&](std::size_t job, std::optional<std::string> answer) { answers[job] += answer.value_or("died"); });
  const std::map<std::size_t, std::string> expected{{0, "0"}, {1, "1"}, {2, "died"}, {3, "3"}, {4, "4"}, {5, "died"}};
  EXPECT_EQ(answers, expected);
}

TEST(Recheck, OnlyTheOppositeDisagrees) {
  EXPECT_EQ(opinion_of("unsat", Verdict::proved), Opinion::agrees);
  EXPECT_EQ(opinion_of("sat", Verdict::counterexample), Opinion::agrees);
  EXPECT_EQ(opinion_of("sat", Verdict::proved), Opinion::disagrees);
  EXPECT_EQ(opinion_of("unsat", Verdict::counterexample), Opinion::disagrees);
  EXPECT_EQ(opinion_of("unknown", Verdict::proved), Opinion::gave_up);
  EXPECT_EQ(opinion_of("unsat", Verdict::timeout), Opinion::gave_up) << "there is nothing to agree with";
  EXPECT_EQ(opinion_of("(error \"no such logic\")", Verdict::proved), Opinion::failed);
  EXPECT_EQ(opinion_of("", Verdict::proved), Opinion::failed);
}

}  // namespace
}  // namespace weir::proofs
