#include "proofs/run.hpp"

#include <fnmatch.h>

#include <algorithm>
#include <chrono>
#include <fstream>
#include <map>
#include <thread>

#include "proofs/cache.hpp"
#include "proofs/pool.hpp"
#include "proofs/theorems/planes.hpp"

namespace weir::proofs {
namespace {

struct Job {
  const Theorem* theorem;
  std::string_view file;
  std::vector<const Profile*> kernels;
  std::vector<Family> before;  ///< from the cache
  std::vector<Family> families;
};

bool wants(const std::vector<std::string>& wanted, const auto& matches) {
  return wanted.empty() || std::any_of(wanted.begin(), wanted.end(), matches);
}

std::vector<Job> jobs_of(const std::vector<Plane>& planes, const Options& options) {
  std::vector<Job> jobs;
  for (const Plane& plane : planes)
    for (const Theorem& theorem : plane.theorems) {
      if (!wants(options.theorems, [&](const auto& name) { return selects(name, theorem.name); })) continue;
      Job job{&theorem, plane.file, {}, {}, {}};
      for (const Profile* kernel : theorem.profiles)
        if (wants(options.profiles, [&](const auto& name) { return name == kernel->name; }))
          job.kernels.push_back(kernel);
      if (!job.kernels.empty()) jobs.push_back(std::move(job));
    }
  return jobs;
}

bool is_member(const Family& family, const Profile& kernel) {
  return std::find(family.members.begin(), family.members.end(), kernel.name) != family.members.end();
}

/// The families of a job that this very program has found before; nothing if one of the kernels is in none.
std::optional<std::vector<Family>> known_already(const Job& job, std::uint64_t stamp) {
  std::vector<Family> known;
  std::size_t members = 0;
  for (const Family& family : job.before) {
    if (family.stamp != stamp) continue;
    Family part = family;
    std::erase_if(part.members, [&](const std::string& name) {
      return std::none_of(job.kernels.begin(), job.kernels.end(), [&](auto* kernel) { return kernel->name == name; });
    });
    part.cached = true;
    members += part.members.size();
    if (!part.members.empty()) known.push_back(std::move(part));
  }
  if (members != job.kernels.size()) return std::nullopt;
  return known;
}

/// What the cache shall hold after a run: what was found, and what was kept of kernels that this run was not about.
std::vector<Family> to_be_kept(const Job& job, std::uint64_t stamp) {
  std::vector<Family> kept = job.families;
  for (Family& each : kept) each.stamp = stamp;
  for (const Family& family : job.before) {
    Family part = family;
    std::erase_if(part.members, [&](const std::string& name) {
      return std::any_of(job.kernels.begin(), job.kernels.end(), [&](auto* kernel) { return kernel->name == name; });
    });
    if (!part.members.empty()) kept.push_back(std::move(part));
  }
  return kept;
}

std::string file_name(const Job& job, const Family& family) {
  return std::string(job.theorem->name) + "@" + family.members.front() + ".smt2";
}

/// What another solver, and its reader, have to know.
std::string smt2_heading(const Job& job, const Family& family) {
  std::vector<std::string_view> members(family.members.begin(), family.members.end());
  std::string text = "(set-info :smt-lib-version 2.6)\n(set-logic QF_BV)\n(set-info :source |weir, theorem " +
                     std::string(job.theorem->name) + ": " + std::string(job.theorem->sentence) + "\nLinux " +
                     spans_of(members) + "; " + std::string(job.file) + "\nClauses:";
  family.attempt.clauses.for_each([&](Clause each) { text += " " + std::string(info(each).name); });
  return text +
         "\nUnsatisfiable exactly if no path reaches a claim that is false.|)\n(set-info :category \"industrial\")\n";
}

void write_smt2(const std::filesystem::path& path, const std::string& text) {
  std::ofstream file(path);
  file << text;
  if (!file.flush()) throw std::runtime_error("cannot write " + path.string());
}

/// Runs the operations, or the story, of a counterexample. \return false where the host does not show it
bool show(const Theorem& theorem, const Family& family, std::vector<Step>& trace) {
  const Profile& kernel = *profile_from(family.members.front());
  model::Host<Concrete> host(kernel);
  const auto run = [&](const std::vector<Op>& operations) {
    for (const Op& each : operations) trace.push_back({each, host.step(each)});
  };
  if (!theorem.story) {
    run(program_of(theorem, kernel, Claims::goals, family.attempt.counterexample));
    return true;
  }
  const Story story = theorem.story(kernel, InputValues(family.attempt.counterexample));
  run(story.ops);
  return !trace.empty() && story.shows(host, trace.back().outcome);
}

Result result_of(const Job& job, const Family& family, const Options& options, Claims claims) {
  const Attempt& attempt = family.attempt;
  Result result;
  result.theorem = job.theorem->name;
  result.file = job.file;
  for (const Profile* kernel : job.kernels)
    if (is_member(family, *kernel)) result.profiles.push_back(kernel->name);
  result.verdict = attempt.verdict;
  result.good = family.good(claims);
  result.expected_counterexample = claims == Claims::twins || family.expected == Expected::counterexample;
  result.detail = attempt.detail;
  for (const Input& input : attempt.counterexample) result.counterexample.push_back({input.name, input.text()});
  result.clauses = attempt.clauses;
  result.cached = family.cached;
  result.paths = attempt.paths;
  result.queries = attempt.queries;
  result.rlimit = attempt.rlimit;
  result.seconds = family.seconds;
  if (!options.smt2.empty()) result.smt2 = options.smt2 / file_name(job, family);
  const bool refuted = attempt.verdict == Verdict::counterexample && claims == Claims::goals;
  if (refuted && !show(*job.theorem, family, result.trace)) {
    result.verdict = Verdict::error;
    result.good = false;
    result.detail = "a host does not show the counterexample to: " + attempt.detail;
  }
  return result;
}

/// The whole of a worker's work on one theorem.
std::string prove(const Job& job, const Options& options, Claims claims, const Budget& budget) {
  auto families = find_families(*job.theorem, job.kernels, claims, budget, !options.smt2.empty(), job.before);
  RecordWriter record;
  for (Family& each : families) {
    if (!options.smt2.empty())
      write_smt2(options.smt2 / file_name(job, each), smt2_heading(job, each) + std::exchange(each.attempt.smt2, {}));
    put(record, each);
  }
  return record.take();
}

std::vector<Family> families_in(const Job& job, const std::optional<std::string>& answer) {
  std::vector<Family> families;
  if (answer) {
    RecordReader record(*answer);
    while (!record.empty()) families.push_back(get_family(record));
    return families;
  }
  Family& lost = families.emplace_back();
  for (const Profile* kernel : job.kernels) lost.members.emplace_back(kernel->name);
  lost.expected = job.theorem->expected(*job.kernels.front());
  lost.attempt.detail = "the process that had it has died";
  return families;
}

}  // namespace

std::vector<Entry> catalogue() {
  std::vector<Entry> entries;
  for (const Plane& plane : all_planes())
    for (const Theorem& theorem : plane.theorems) {
      Entry entry{theorem.name, theorem.sentence, plane.file, {}, {}, theorem.facts, theorem.no_story};
      for (const Profile* kernel : theorem.profiles) {
        entry.profiles.push_back(kernel->name);
        if (theorem.expected(*kernel) == Expected::counterexample) entry.refuted.push_back(kernel->name);
      }
      entries.push_back(std::move(entry));
    }
  return entries;
}

bool selects(std::string_view wanted, std::string_view theorem) {
  if (wanted.ends_with('.')) return theorem.starts_with(wanted);
  return ::fnmatch(std::string(wanted).c_str(), std::string(theorem).c_str(), 0) == 0;
}

std::string Result::kernels() const { return spans_of(profiles); }

bool Summary::all_good() const {
  return std::all_of(results.begin(), results.end(), [](const Result& each) { return each.good; });
}

int Summary::exit_code() const {
  if (all_good()) return 0;
  const bool decided = std::all_of(results.begin(), results.end(), [](const Result& each) {
    return each.good || each.verdict == Verdict::counterexample || each.verdict == Verdict::proved;
  });
  return decided ? 1 : 3;
}

Summary run_all(const Options& options, const std::function<void(const Result&)>& on_result) {
  const auto start = std::chrono::steady_clock::now();
  const Claims claims = options.must_fail ? Claims::twins : Claims::goals;
  Budget budget;
  if (options.rlimit != 0) budget.rlimit = options.rlimit;
  if (!options.smt2.empty()) std::filesystem::create_directories(options.smt2);
  const Cache cache(options.smt2.empty() ? options.cache : std::filesystem::path(), claims, budget);
  const std::vector<Plane> planes = all_planes();
  std::vector<Job> jobs = jobs_of(planes, options);
  std::vector<std::vector<Result>> results(jobs.size());
  std::vector<std::size_t> open;
  const auto finish = [&](std::size_t index, std::vector<Family> families) {
    jobs[index].families = std::move(families);
    for (const Family& each : jobs[index].families)
      results[index].push_back(result_of(jobs[index], each, options, claims));
    for (const Result& each : results[index])
      if (on_result) on_result(each);
  };
  for (std::size_t i = 0; i < jobs.size(); ++i) {
    jobs[i].before = cache.load(jobs[i].theorem->name);
    if (auto known = known_already(jobs[i], cache.stamp()))
      finish(i, std::move(*known));
    else
      open.push_back(i);
  }
  run_in_processes(
      open.size(), options.processes != 0 ? options.processes : std::max(1U, std::thread::hardware_concurrency()),
      [&](std::size_t job) { return prove(jobs[open[job]], options, claims, budget); },
      [&](std::size_t job, const std::optional<std::string>& answer) {
        finish(open[job], families_in(jobs[open[job]], answer));
        cache.store(jobs[open[job]].theorem->name, to_be_kept(jobs[open[job]], cache.stamp()));
      });
  Summary summary;
  for (auto& each : results) std::move(each.begin(), each.end(), std::back_inserter(summary.results));
  summary.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  return summary;
}

}  // namespace weir::proofs
