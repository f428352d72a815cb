#include "proofs/run.hpp"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <fstream>
#include <mutex>
#include <stdexcept>
#include <thread>

#include "proofs/symbolic/attempt.hpp"
#include "proofs/theorems/planes.hpp"

namespace weir::proofs {
namespace {

struct Job {
  const Theorem* theorem;
  const Profile* kernel;
};

bool wants(const std::vector<std::string>& wanted, const auto& matches) {
  return wanted.empty() || std::any_of(wanted.begin(), wanted.end(), matches);
}

std::vector<Job> jobs_of(const std::vector<Plane>& planes, const Options& options) {
  std::vector<Job> jobs;
  for (const Plane& plane : planes)
    for (const Theorem& theorem : plane.theorems)
      for (const Profile* kernel : theorem.profiles)
        if (wants(options.theorems, [&](const auto& name) { return selects(name, theorem.name); }) &&
            wants(options.profiles, [&](const auto& name) { return name == kernel->name; }))
          jobs.push_back({&theorem, kernel});
  return jobs;
}

void write_smt2(const std::filesystem::path& folder, const Job& job, const std::string& text) {
  const auto path = folder / (std::string(job.theorem->name) + "." + std::string(job.kernel->name) + ".smt2");
  std::ofstream file(path);
  file << text;
  if (!file.flush()) throw std::runtime_error("cannot write " + path.string());
}

Result run(const Job& job, const Options& options) {
  const auto start = std::chrono::steady_clock::now();
  Budget budget;
  if (options.rlimit != 0) budget.rlimit = options.rlimit;
  const Claims claims = options.must_fail ? Claims::twins : Claims::goals;
  const Attempt found = attempt(*job.theorem, *job.kernel, claims, budget, !options.smt2.empty());
  const bool to_be_refuted = options.must_fail || job.theorem->expected == Expected::counterexample;
  Result result{.theorem = job.theorem->name,
                .profile = job.kernel->name,
                .verdict = found.verdict,
                .good = found.verdict == (to_be_refuted ? Verdict::counterexample : Verdict::proved),
                .expected_counterexample = to_be_refuted,
                .detail = found.detail,
                .counterexample = {},
                .paths = found.paths};
  for (const Input& input : found.counterexample) result.counterexample.push_back({input.name, input.text()});
  if (!options.smt2.empty()) write_smt2(options.smt2, job, found.smt2);
  result.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  return result;
}

}  // namespace

std::vector<Entry> catalogue() {
  std::vector<Entry> entries;
  for (const Plane& plane : all_planes())
    for (const Theorem& theorem : plane.theorems) {
      Entry entry{theorem.name, theorem.sentence, plane.file, {}, theorem.expected == Expected::counterexample};
      for (const Profile* kernel : theorem.profiles) entry.profiles.push_back(kernel->name);
      entries.push_back(std::move(entry));
    }
  return entries;
}

bool selects(std::string_view wanted, std::string_view theorem) {
  return wanted == theorem || (wanted.ends_with('.') && theorem.starts_with(wanted));
}

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
  const std::vector<Plane> planes = all_planes();
  const std::vector<Job> jobs = jobs_of(planes, options);
  if (!options.smt2.empty()) std::filesystem::create_directories(options.smt2);
  Summary summary;
  summary.results.resize(jobs.size());
  std::atomic<std::size_t> next = 0;
  std::mutex reporting;
  const auto work = [&] {
    for (std::size_t index; (index = next.fetch_add(1, std::memory_order_relaxed)) < jobs.size();) {
      summary.results[index] = run(jobs[index], options);
      const std::lock_guard lock(reporting);
      if (on_result) on_result(summary.results[index]);
    }
  };
  const unsigned threads = options.threads != 0 ? options.threads : std::max(1U, std::thread::hardware_concurrency());
  std::vector<std::jthread> helpers;
  for (unsigned i = 1; i < threads; ++i) helpers.emplace_back(work);
  work();
  helpers.clear();  // joins
  summary.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  return summary;
}

}  // namespace weir::proofs
