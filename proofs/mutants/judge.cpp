#include "proofs/mutants/judge.hpp"

#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <fstream>
#include <iterator>
#include <stdexcept>

#include "proofs/mutants/active.hpp"
#include "proofs/pool.hpp"

namespace weir::mutants {
namespace {

using proofs::Claims;
using proofs::Family;
using proofs::Theorem;
using proofs::Verdict;

/// A mutant that takes many times what the rule takes is given up, not waited for.
constexpr proofs::Budget budget{4'000'000, 20'000, std::chrono::seconds{30}};
constexpr unsigned most_seconds = 60;                 // of one theorem, in case no loop of the rules is at fault
constexpr std::uint64_t most_bytes = 3'000'000'000;   // of a process, which a mutant may fill
constexpr std::uint64_t turns_before_it_hangs = 100;  // times what it took unmutated
constexpr std::uint64_t turns_at_least = 1'000'000;

double seconds_since(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

bool compares_with_lockfree(const Theorem& theorem) { return theorem.name.starts_with("refinement."); }

std::string contents(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

std::uint64_t digest_of(std::string_view bytes) {
  proofs::Digest digest;
  digest.put(bytes);
  return digest.low;
}

}  // namespace

/// Lies in memory that is shared with the process that reads it.
struct Judge::About {
  std::size_t theorem;
  std::size_t run;
  std::size_t gives_up_on;  ///< theorems before this one have been gone through by a process that had to be stopped
  bool late;
};

namespace {

bool* late_now = nullptr;

void stop_late(int) {
  *late_now = true;
  ::_exit(1);
}

}  // namespace

Judge::Judge(std::vector<proofs::Plane> planes) : planes_(std::move(planes)) {}

std::string Judge::learn_one(const Theorem& theorem) const {
  proofs::Prover prover(theorem, Claims::goals, {}, false);
  std::vector<Family> families;
  proofs::RecordWriter record;
  proofs::RecordWriter runs;
  for (const Profile* kernel : theorem.profiles) {
    mutant::state = {};
    std::size_t at = families.size();
    while (at > 0 && !(families[at - 1].expected == theorem.expected(*kernel) &&
                       prover.is_as_before(*kernel, families[at - 1].attempt, families[at - 1].attempt.clauses)))
      --at;
    if (at == 0) {
      const auto start = std::chrono::steady_clock::now();
      mutant::state = {};
      families.push_back({{}, theorem.expected(*kernel), prover.attempt(*kernel)});
      families.back().seconds = seconds_since(start);
      at = families.size();
    }
    families[at - 1].members.emplace_back(kernel->name);
    runs.put(at - 1);
    runs.put(mutant::state.turns);
    runs.put(std::string_view(mutant::state.passed.data(), mutant::state.passed.size()));
  }
  record.put(families.size());
  for (const Family& each : families) put(record, each);
  return record.take() + runs.take();
}

void Judge::take_in(Learnt& learnt, const std::string& record) {
  proofs::RecordReader from(record);
  for (auto count = from.get<std::size_t>(); count > 0; --count) {
    learnt.families.push_back(proofs::get_family(from));
    learnt.seconds = std::max(learnt.seconds, learnt.families.back().seconds);
    if (!learnt.families.back().good(Claims::goals))
      throw std::runtime_error(std::string(learnt.theorem->name) +
                               " is not proved without a mutant: " + learnt.families.back().attempt.detail);
  }
  while (!from.empty()) {
    Run& run = learnt.runs.emplace_back();
    run.family = from.get<std::size_t>();
    run.turns = from.get<std::uint64_t>();
    const std::string passed = from.get_text();
    run.passed.assign(passed.begin(), passed.end());
    run.passed.resize(all_mutants().size() + 1);
  }
}

void Judge::learn(unsigned processes, const std::filesystem::path& kept) {
  std::vector<const Theorem*> theorems;
  for (const proofs::Plane& plane : planes_)
    for (const Theorem& each : plane.theorems) theorems.push_back(&each);
  std::vector<std::string> records(theorems.size());
  const std::uint64_t program = digest_of(contents("/proc/self/exe"));
  try {
    const std::string bytes = kept.empty() ? std::string() : contents(kept);
    proofs::RecordReader from(bytes);
    if (from.get<std::uint64_t>() == program)
      for (std::string& each : records) each = from.get_text();
  } catch (const std::runtime_error&) {  // not there, or of another format: as if of another program
  }
  std::vector<std::size_t> open;
  for (std::size_t i = 0; i < theorems.size(); ++i)
    if (records[i].empty()) open.push_back(i);
  proofs::run_in_processes(
      open.size(), processes, [&](std::size_t job) { return learn_one(*theorems[open[job]]); },
      [&](std::size_t job, std::optional<std::string> answer) {
        if (!answer) throw std::runtime_error("a process died at " + std::string(theorems[open[job]]->name));
        records[open[job]] = std::move(*answer);
      });
  for (std::size_t i = 0; i < theorems.size(); ++i) {
    learnt_.push_back({theorems[i], {}, {}, 0});
    take_in(learnt_.back(), records[i]);
  }
  std::stable_sort(learnt_.begin(), learnt_.end(), [](const Learnt& a, const Learnt& b) {
    const bool last_a = compares_with_lockfree(*a.theorem), last_b = compares_with_lockfree(*b.theorem);
    return last_a != last_b ? last_b : a.seconds < b.seconds;
  });
  if (kept.empty() || open.empty()) return;
  proofs::RecordWriter to;
  to.put(program);
  for (const std::string& each : records) to.put(std::string_view(each));
  std::ofstream(kept, std::ios::binary | std::ios::trunc) << to.take();
}

bool Judge::is_passed(int mutant) const {
  return std::any_of(learnt_.begin(), learnt_.end(), [&](const Learnt& each) {
    return std::any_of(each.runs.begin(), each.runs.end(),
                       [&](const Run& run) { return run.passed[static_cast<std::size_t>(mutant)] != 0; });
  });
}

/// \return whether the theorem kills it
bool Judge::held_against(int mutant, const Learnt& learnt, About& about, Fate& fate) const {
  const Theorem& theorem = *learnt.theorem;
  std::optional<proofs::Prover> prover;
  for (std::size_t i = 0; i < learnt.runs.size(); ++i) {
    const Run& run = learnt.runs[i];
    if (run.passed[static_cast<std::size_t>(mutant)] == 0) continue;
    if (!prover) prover.emplace(theorem, Claims::goals, budget, false);
    const Profile& kernel = *theorem.profiles[i];
    const Family& family = learnt.families[run.family];
    about.run = i;
    ::alarm(most_seconds);
    mutant::state.active = mutant;
    mutant::state.most_turns = std::max(turns_at_least, turns_before_it_hangs * run.turns);
    mutant::state.turns = 0;
    ClauseSet clauses = family.attempt.clauses;
    bool asks_the_same = false;
    proofs::Attempt attempt;
    if (prover->is_as_before(kernel, family.attempt, clauses)) {
      asks_the_same = true;
    } else {
      mutant::state.turns = 0;
      attempt = prover->attempt(kernel);
    }
    mutant::state.active = 0;
    ::alarm(0);
    if (asks_the_same) continue;
    Family mutated{{}, family.expected, std::move(attempt)};
    if (mutated.good(Claims::goals)) continue;
    fate.theorem = std::string(theorem.name) + "@" + std::string(kernel.name);
    fate.how = std::string(name_of_enum(mutated.attempt.verdict)) + ": " + mutated.attempt.detail;
    const bool gave_up = mutated.attempt.verdict == Verdict::timeout || mutated.attempt.verdict == Verdict::unknown;
    fate.end = gave_up ? End::undecided : End::killed;
    if (!gave_up) return true;
    break;  // the solver will hardly find it easier for the next release
  }
  return false;
}

Fate Judge::fate_of(int mutant, About& about) const {
  Fate fate;
  if (is_passed(mutant)) fate.end = End::survived;
  for (std::size_t i = about.gives_up_on; i < learnt_.size(); ++i) {
    about.theorem = i;
    if (held_against(mutant, learnt_[i], about, fate)) break;
  }
  return fate;
}

void Judge::judge(const std::vector<int>& mutants, unsigned processes,
                  const std::function<void(int mutant, const Fate&)>& on_fate) {
  void* const shared =
      ::mmap(nullptr, sizeof(About) * mutants.size(), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (shared == MAP_FAILED) throw std::runtime_error("no memory to share");
  About* const abouts = static_cast<About*>(shared);
  std::fill(abouts, abouts + mutants.size(), About{});
  std::vector<std::size_t> open;
  for (std::size_t i = 0; i < mutants.size(); ++i) {
    if (mutant::absent().contains(mutants[i]))
      on_fate(mutants[i], {End::absent, "", "", 0});
    else
      open.push_back(i);
  }
  const auto work = [&](std::size_t job) {
    const std::size_t at = open[job];
    const rlimit memory{most_bytes, most_bytes};
    ::setrlimit(RLIMIT_AS, &memory);
    late_now = &abouts[at].late;
    std::signal(SIGALRM, stop_late);
    const auto start = std::chrono::steady_clock::now();
    Fate fate = fate_of(mutants[at], abouts[at]);
    proofs::RecordWriter to;
    to.put(fate.end);
    to.put(std::string_view(fate.theorem));
    to.put(std::string_view(fate.how));
    to.put(seconds_since(start));
    return to.take();
  };
  while (!open.empty()) {
    std::vector<std::size_t> again;
    proofs::run_in_processes(open.size(), processes, work, [&](std::size_t job, std::optional<std::string> answer) {
      const std::size_t at = open[job];
      About& about = abouts[at];
      if (!answer && about.late) {  // goes on behind the theorem that took too long
        about.late = false;
        about.gives_up_on = about.theorem + 1;
        return again.push_back(at);
      }
      Fate fate;
      if (answer) {
        proofs::RecordReader from(*answer);
        fate.end = from.get<End>();
        fate.theorem = from.get_text();
        fate.how = from.get_text();
        fate.seconds = from.get<double>();
        if (fate.end == End::survived && about.gives_up_on > 0) fate.end = End::undecided;
      } else {
        const Learnt& learnt = learnt_[about.theorem];
        fate.end = End::killed;
        fate.theorem = std::string(learnt.theorem->name) + "@" + std::string(learnt.theorem->profiles[about.run]->name);
        fate.how = "error: the program dies";
      }
      on_fate(mutants[at], fate);
    });
    open = std::move(again);
  }
  ::munmap(shared, sizeof(About) * mutants.size());
}

}  // namespace weir::mutants
