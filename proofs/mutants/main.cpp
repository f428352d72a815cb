// weir-mutants: the program behind `weir mutants`, which starts it.
#include <fmt/format.h>
#include <fnmatch.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <exception>
#include <thread>

#include "proofs/mutants/report.hpp"

namespace {

using namespace weir;
using namespace weir::mutants;

struct Given {
  std::vector<std::string> wanted;
  std::vector<std::string> kinds, theorems;
  std::string argued = WEIR_ARGUED;
  std::filesystem::path kept;
  unsigned jobs = std::max(1U, std::thread::hardware_concurrency());
  double patience = 120;
  bool spec = false, list = false, json = false, markdown = false;
};

/// The theorems that are to judge.
std::vector<proofs::Plane> planes(const Given& given) {
  std::vector<proofs::Plane> planes = judging_planes();
  const auto wanted = [&](const proofs::Theorem& theorem) {
    return given.theorems.empty() || std::any_of(given.theorems.begin(), given.theorems.end(), [&](const auto& each) {
             return ::fnmatch(each.c_str(), std::string(theorem.name).c_str(), 0) == 0;
           });
  };
  for (proofs::Plane& plane : planes) std::erase_if(plane.theorems, [&](const auto& each) { return !wanted(each); });
  return planes;
}

std::vector<int> chosen(const Given& given) {
  std::vector<int> numbers;
  const auto all = all_mutants();
  for (std::size_t i = 0; i < all.size(); ++i) {
    const auto matches = [&](const std::string& each) {
      return ::fnmatch(each.c_str(), std::string(all[i].id).c_str(), 0) == 0 || all[i].file == each;
    };
    const bool kind = given.kinds.empty() || std::count(given.kinds.begin(), given.kinds.end(), all[i].kind) != 0;
    if (kind && (given.wanted.empty() || std::any_of(given.wanted.begin(), given.wanted.end(), matches)))
      numbers.push_back(static_cast<int>(i) + 1);
  }
  return numbers;
}

int run(const Given& given) {
  const std::vector<int> numbers = chosen(given);
  if (numbers.empty()) return fmt::print(stderr, "weir: there is no such mutant; --list lists them\n"), 2;
  if (given.list) {
    for (const int each : numbers) fmt::print("{}", as_json(all_mutants()[static_cast<std::size_t>(each) - 1]));
    return 0;
  }
  Report report(read_arguments(given.argued));
  const bool progress = ::isatty(STDERR_FILENO) != 0;
  if (progress) fmt::print(stderr, "proving all theorems without a mutant");
  Judge judge(planes(given), given.patience);
  judge.learn(given.jobs, given.kept);
  for (const std::string& each : judge.unproved())
    fmt::print(stderr, "weir: {} is not proved without a mutant, and so kills none\n", each);
  std::size_t done = 0;
  judge.judge(numbers, given.jobs, [&](int number, const Fate& fate) {
    report.add({number, fate});
    if (given.json) {  // at once: whoever reads it need not wait for the last
      fmt::print("{}", report.as_json(report.last()));
      std::fflush(stdout);
    }
    if (progress) fmt::print(stderr, "\r\x1b[K{} of {}", ++done, numbers.size());
  });
  if (progress) fmt::print(stderr, "\r\x1b[K");
  report.sort();
  if (!given.json) fmt::print("{}", given.markdown ? report.as_page() : report.as_text());
  return judge.unproved().empty() ? report.exit_code() : std::max(report.exit_code(), 3);
}

}  // namespace

int main(int argc, char** argv) {
  Given given;
  CLI::App app("Mutants of the rules, and the theorems that kill them");
  app.add_flag("--spec", given.spec, "the rules of model/ (the only ones there are)");
  app.add_option("--mutant", given.wanted, "names, patterns like \"queues.*\", or a header; nothing: all of them");
  app.add_option("--kind", given.kinds,
                 "relational, arithmetic, constant, conjunct, condition, statement, order, cast");
  app.add_option("--theorem", given.theorems, "only these judge: names, or patterns like \"queues.*\"; nothing: all");
  app.add_flag("--list", given.list, "list them, one JSON object a line");
  app.add_flag("--json", given.json, "one JSON object a line");
  app.add_flag("--markdown", given.markdown, "the page docs/MUTANTS.md");
  app.add_option("--jobs", given.jobs, "processes at once; default: one for each processor")
      ->check(CLI::PositiveNumber);
  app.add_option("--patience", given.patience, "seconds of a processor for a mutant, before it is left undecided");
  app.add_option("--argued", given.argued, "the file of arguments");
  app.add_option("--keep", given.kept, "a file for what is proved without a mutant, for the next time");
  CLI11_PARSE(app, argc, argv);
  try {
    return run(given);
  } catch (const std::exception& failure) {
    return fmt::print(stderr, "weir: {}\n", failure.what()), 3;
  }
}
