// weir-mutants: the program behind `weir mutants`, which starts it.
#include <fmt/format.h>
#include <fnmatch.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <exception>
#include <fstream>
#include <functional>
#include <thread>

#include "proofs/mutants/report.hpp"
#include "proofs/symbolic/digest.hpp"

namespace {

using namespace weir;
using namespace weir::mutants;

struct Given {
  std::vector<std::string> wanted;
  std::vector<std::string> kinds, theorems;
  std::string argued = WEIR_ARGUED;
  std::filesystem::path kept;
  unsigned jobs = std::max(1U, std::thread::hardware_concurrency());
  Limits limits;
  double within = 0;
  std::filesystem::path page;
  bool list = false, json = false, markdown = false;
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

/// By a hash of their names: what has been judged whenever a run is stopped is a sample of every header and kind, and
/// the same one after a change of some rules, but for theirs.
std::vector<int> spread(std::vector<int> numbers) {
  const auto place = [](int number) {
    proofs::Digest digest;
    digest.put(std::string_view(all_mutants()[static_cast<std::size_t>(number) - 1].id));
    return digest.low;
  };
  std::sort(numbers.begin(), numbers.end(), [&](int a, int b) { return place(a) < place(b); });
  return numbers;
}

/// Judges the mutants a few at a time, so that one learns from another, until the time is up. \param seconds  0: never
void judge_within(double seconds, const std::vector<int>& numbers, const std::function<void(std::vector<int>)>& judge) {
  constexpr std::size_t few = 40;
  const auto start = std::chrono::steady_clock::now();
  for (std::size_t at = 0; at < numbers.size(); at += few) {
    if (seconds > 0 && std::chrono::steady_clock::now() - start > std::chrono::duration<double>(seconds)) return;
    const auto begin = numbers.begin() + static_cast<std::ptrdiff_t>(at);
    judge({begin, begin + static_cast<std::ptrdiff_t>(std::min(few, numbers.size() - at))});
  }
}

void write_page(const std::filesystem::path& path, const std::string& page) {
  std::ofstream file(path, std::ios::trunc);
  file << page;
  if (!file.flush()) throw std::runtime_error("cannot write " + path.string());
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
  Judge judge(planes(given), given.limits);
  judge.learn(given.jobs, given.kept);
  for (const std::string& each : judge.unproved())
    fmt::print(stderr, "weir: {} is not proved without a mutant, and so kills none\n", each);
  std::size_t done = 0;
  const auto on_fate = [&](int number, const Fate& fate) {
    report.add({number, fate});
    if (given.json) {  // at once: whoever reads it need not wait for the last
      fmt::print("{}", report.as_json(report.last()));
      std::fflush(stdout);
    }
    if (progress) fmt::print(stderr, "\r\x1b[K{} of {}", ++done, numbers.size());
  };
  judge_within(given.within, given.within > 0 ? spread(numbers) : numbers,
               [&](const auto& few) { judge.judge(few, given.jobs, on_fate); });
  if (progress) fmt::print(stderr, "\r\x1b[K");
  report.sort();
  if (!given.page.empty()) write_page(given.page, report.as_page());
  if (!given.json) fmt::print("{}", given.markdown ? report.as_page() : report.as_text());
  return judge.unproved().empty() ? report.exit_code() : std::max(report.exit_code(), 3);
}

}  // namespace

int main(int argc, char** argv) {
  Given given;
  CLI::App app("Mutants of the rules, and the theorems that kill them");
  app.add_flag("--spec")->description("the rules of model/: the only ones there are, so that it may be left out");
  app.add_option("--mutant", given.wanted, "names, patterns like \"queues.*\", or a header; nothing: all of them");
  app.add_option("--kind", given.kinds,
                 "relational, arithmetic, constant, conjunct, condition, statement, order, cast");
  app.add_option("--theorem", given.theorems, "only these judge: names, or patterns like \"queues.*\"; nothing: all");
  app.add_flag("--list", given.list, "list them, one JSON object a line");
  app.add_flag("--json", given.json, "one JSON object a line");
  app.add_flag("--markdown", given.markdown, "the page docs/MUTANTS.md");
  app.add_option("--page", given.page, "write that page to a file, whatever else is shown");
  app.add_option("--within", given.within,
                 "seconds after which no more are begun; what is judged until then is a sample")
      ->check(CLI::PositiveNumber);
  app.add_option("--jobs", given.jobs, "processes at once; default: one for each processor")
      ->check(CLI::PositiveNumber);
  app.add_option("--patience", given.limits.patience,
                 "seconds of a processor for a mutant, before it is left undecided");
  app.add_option("--memory", given.limits.bytes, "bytes of address space for a process; what needs more is undecided");
  app.add_option("--argued", given.argued, "the file of arguments");
  app.add_option("--keep", given.kept, "a file for what is proved without a mutant, for the next time");
  CLI11_PARSE(app, argc, argv);
  try {
    return run(given);
  } catch (const std::exception& failure) {
    return fmt::print(stderr, "weir: {}\n", failure.what()), 3;
  }
}
