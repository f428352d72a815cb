#include "proofs/mutants/judge.hpp"

#include <fmt/format.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <csignal>
#include <ctime>
#include <fstream>
#include <iterator>
#include <map>
#include <new>
#include <stdexcept>
#include <tuple>

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
constexpr unsigned most_seconds = 10;                 // of one run, in case no loop of the rules is at fault
constexpr std::uint64_t turns_before_it_hangs = 100;  // times what it took unmutated
constexpr std::uint64_t turns_at_least = 1'000'000;
constexpr double next_to_nothing = 0.03;  // seconds of a run

double seconds_since(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

/// Of this process: how busy the machine is must not decide.
double processor_seconds() { return static_cast<double>(std::clock()) / CLOCKS_PER_SEC; }

/// Goes through plain choices, with nothing for a solver: a mutant that it kills it mostly kills soon.
bool runs_operations(const Theorem& theorem) {
  return theorem.name.starts_with("refinement.") || theorem.name.starts_with("programs.");
}

std::string contents(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

std::uint64_t digest_of(std::string_view bytes) {
  proofs::Digest digest;
  digest.put(bytes);
  return digest.low;
}

/// "listen/queues.sk_acceptq_is_full" of its first mutant.
std::string_view rule_of(int mutant) {
  const std::string_view id = all_mutants()[static_cast<std::size_t>(mutant) - 1].id;
  return id.substr(0, id.rfind('.'));
}

using Records = std::map<std::string, std::string, std::less<>>;  ///< what was learnt, by theorem

/// Empty for a file that is not there, or of another program.
Records read_kept(const std::filesystem::path& path) {
  Records records;
  if (path.empty()) return records;
  const std::string bytes = contents(path);
  try {
    proofs::RecordReader from(bytes);
    if (from.get<std::uint64_t>() != digest_of(contents("/proc/self/exe"))) return records;
    while (!from.empty()) {
      const std::string theorem = from.get_text();
      records[theorem] = from.get_text();
    }
  } catch (const std::runtime_error&) {
    records.clear();
  }
  return records;
}

void write_kept(const std::filesystem::path& path, const Records& records) {
  if (path.empty()) return;
  proofs::RecordWriter to;
  to.put(digest_of(contents("/proc/self/exe")));
  for (const auto& [theorem, record] : records) {
    to.put(std::string_view(theorem));
    to.put(std::string_view(record));
  }
  std::ofstream(path, std::ios::binary | std::ios::trunc) << to.take();
}

}  // namespace

/// Lies in memory that is shared with the process that reads it.
struct Judge::About {
  std::size_t candidate;
  std::size_t from;  ///< candidates before this one have been gone through by a process that had to be stopped
  bool late;
  bool crashed;     ///< by a signal that the program itself caused; any other death is not the mutant's
  bool full;        ///< memory did not suffice, whatever became of that
  const char* why;  ///< a process had to be stopped; nullptr: none
};

namespace {

constexpr const char* no_memory = "memory did not suffice";

// What a signal handler may set of the mutant that is judged.
bool *late_now = nullptr, *crashed_now = nullptr, *full_now = nullptr;

void stop_late(int) {
  *late_now = true;
  ::_exit(1);
}
/// Also of want of memory: where not even this much is to be had, who asked for less may have gone on without looking.
void note_crash(int) {
  constexpr std::size_t little = 1 << 20;
  if (::mmap(nullptr, little, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) == MAP_FAILED) *full_now = true;
  *crashed_now = true;
  ::_exit(1);
}
void note_full() {
  *full_now = true;
  throw std::bad_alloc();
}

/// On a stack of its own: a recursion without end has none left.
void note_crashes() {
  static std::array<char, 65'536> stack;
  const stack_t other{stack.data(), 0, stack.size()};
  ::sigaltstack(&other, nullptr);
  struct sigaction action {};
  action.sa_handler = note_crash;
  action.sa_flags = SA_ONSTACK;
  for (const int signal : {SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT}) ::sigaction(signal, &action, nullptr);
}

/// Of the processor's; 0: not at all any more.
void stop_after(unsigned seconds) {
  const itimerval timer{{0, 0}, {static_cast<time_t>(seconds), 0}};
  ::setitimer(ITIMER_PROF, &timer, nullptr);
}

}  // namespace

Judge::Judge(std::vector<proofs::Plane> planes, const Limits& limits) : planes_(std::move(planes)), limits_(limits) {}

std::string Judge::learn_one(const Theorem& theorem) const {
  proofs::Prover prover(theorem, Claims::goals, {}, false);
  std::vector<Family> families;
  proofs::RecordWriter record;
  proofs::RecordWriter runs;
  for (const Profile* kernel : theorem.profiles) {
    mutant::state.turns = 0;
    mutant::state.passed = {};
    std::size_t at = families.size();
    while (at > 0 && !(families[at - 1].expected == theorem.expected(*kernel) &&
                       prover.is_as_before(*kernel, families[at - 1].attempt, families[at - 1].attempt.clauses)))
      --at;
    if (at == 0) {
      const auto start = std::chrono::steady_clock::now();
      mutant::state.turns = 0;
      mutant::state.passed = {};
      families.push_back({{}, theorem.expected(*kernel), prover.attempt(*kernel)});
      families.back().seconds = seconds_since(start);
      at = families.size();
    }
    families[at - 1].members.emplace_back(kernel->name);
    runs.put(at - 1);
    runs.put(mutant::state.turns);
    for (std::size_t i = 0; i <= all_mutants().size(); ++i) runs.put(mutant::state.passed[i]);
  }
  record.put(families.size());
  for (const Family& each : families) put(record, each);
  return record.take() + runs.take();
}

void Judge::take_in(Learnt& learnt, const std::string& record) {
  proofs::RecordReader from(record);
  for (auto count = from.get<std::size_t>(); count > 0; --count) {
    learnt.families.push_back(proofs::get_family(from));
    if (!learnt.families.back().good(Claims::goals)) unproved_.emplace_back(learnt.theorem->name);
  }
  while (!from.empty()) {
    Run& run = learnt.runs.emplace_back();
    run.family = from.get<std::size_t>();
    run.turns = from.get<std::uint64_t>();
    for (std::size_t i = 0; i <= all_mutants().size(); ++i) run.passed.push_back(from.get<std::uint32_t>());
  }
}

void Judge::learn(unsigned processes, const std::filesystem::path& kept) {
  std::vector<const Theorem*> theorems, open;
  for (const proofs::Plane& plane : planes_)
    for (const Theorem& each : plane.theorems) theorems.push_back(&each);
  auto records = read_kept(kept);
  for (const Theorem* each : theorems)
    if (!records.contains(each->name)) open.push_back(each);
  proofs::run_in_processes(
      open.size(), processes, [&](std::size_t job) { return learn_one(*open[job]); },
      [&](std::size_t job, std::optional<std::string> answer) {
        if (!answer) throw std::runtime_error("a process died at " + std::string(open[job]->name));
        records[std::string(open[job]->name)] = std::move(*answer);
      });
  if (!open.empty()) write_kept(kept, records);
  for (const Theorem* each : theorems) {
    learnt_.push_back({each, {}, {}});
    take_in(learnt_.back(), records[std::string(each->name)]);
  }
  std::erase_if(learnt_, [&](const Learnt& each) {
    return std::find(unproved_.begin(), unproved_.end(), each.theorem->name) != unproved_.end();
  });
}

/// The order of their worth: first what has killed another mutant of the same rule, then what costs next to nothing,
/// then what goes through operations, then the rest; of each theorem the release that passes the place most often
/// first, and the others only after every theorem had its turn.
std::vector<Judge::Candidate> Judge::candidates(int mutant) const {
  struct Ranked {
    int tier;
    std::size_t turn;  ///< of this theorem
    double worth;
    Candidate candidate;
  };
  std::vector<Ranked> found;
  const auto place = static_cast<std::size_t>(mutant);
  for (const Learnt& learnt : learnt_) {
    std::vector<std::size_t> runs;
    for (std::size_t i = 0; i < learnt.runs.size(); ++i)
      if (learnt.runs[i].passed[place] != 0) runs.push_back(i);
    const auto founds_family = [&](std::size_t run) {
      return learnt.families[learnt.runs[run].family].members.front() == learnt.theorem->profiles[run]->name;
    };
    std::stable_sort(runs.begin(), runs.end(), [&](std::size_t a, std::size_t b) {
      return std::pair(founds_family(a), learnt.runs[a].passed[place]) >
             std::pair(founds_family(b), learnt.runs[b].passed[place]);
    });
    for (std::size_t turn = 0; turn < runs.size(); ++turn) {
      const Run& run = learnt.runs[runs[turn]];
      const double seconds = learnt.families[run.family].seconds;
      const int tier = seconds < next_to_nothing ? 0 : runs_operations(*learnt.theorem) ? 1 : 2;
      found.push_back({tier, turn, run.passed[place] / (seconds + next_to_nothing), {&learnt, runs[turn]}});
    }
  }
  std::stable_sort(found.begin(), found.end(), [](const Ranked& a, const Ranked& b) {
    const bool again_a = a.turn > 0, again_b = b.turn > 0;
    return std::tuple(again_a, a.tier, a.turn, -a.worth) < std::tuple(again_b, b.tier, b.turn, -b.worth);
  });
  std::vector<Candidate> ordered;
  for (const Ranked& each : found) ordered.push_back(each.candidate);
  if (const auto killer = killers_.find(rule_of(mutant)); killer != killers_.end()) {
    const auto at = std::find(ordered.begin(), ordered.end(), killer->second);
    if (at != ordered.end()) std::rotate(ordered.begin(), at, at + 1);
  }
  return ordered;
}

void Judge::hold_against(int mutant, const Candidate& candidate, Fate& fate) const {
  const Theorem& theorem = *candidate.learnt->theorem;
  const Run& run = candidate.learnt->runs[candidate.run];
  const Profile& kernel = *theorem.profiles[candidate.run];
  const Family& family = candidate.learnt->families[run.family];
  proofs::Prover prover(theorem, Claims::goals, budget, false);  // one at a time: it is the thread's explorer
  stop_after(most_seconds);
  *full_now = false;
  mutant::state.active = mutant;
  mutant::state.most_turns = std::max(turns_at_least, turns_before_it_hangs * run.turns);
  mutant::state.turns = 0;
  ClauseSet clauses = family.attempt.clauses;
  const bool asks_the_same = prover.is_as_before(kernel, family.attempt, clauses);
  mutant::state.turns = 0;
  Family mutated{{}, family.expected, asks_the_same ? family.attempt : prover.attempt(kernel)};
  mutant::state.active = 0;
  stop_after(0);
  if (mutated.good(Claims::goals)) return;
  fate.theorem = std::string(theorem.name) + "@" + std::string(kernel.name);
  fate.how = std::string(name_of_enum(mutated.attempt.verdict)) + ": " + mutated.attempt.detail;
  const bool full = *full_now || mutated.attempt.detail.find("out of memory") != std::string::npos;  // Z3's own words
  if (full) fate.how = no_memory;
  const bool gave_up =
      full || mutated.attempt.verdict == Verdict::timeout || mutated.attempt.verdict == Verdict::unknown;
  fate.end = gave_up ? End::undecided : End::killed;
}

Fate Judge::fate_of(int mutant, About& about) const {
  Fate fate;
  const std::vector<Candidate> all = candidates(mutant);
  if (!all.empty()) fate.end = End::survived;
  const double begin = processor_seconds();
  for (std::size_t i = about.from; i < all.size() && fate.end != End::killed; ++i) {
    if (processor_seconds() - begin > limits_.patience) {
      if (fate.end == End::survived) fate = {End::undecided, "", fmt::format("{} of {} runs", i, all.size()), 0};
      break;
    }
    about.candidate = i;
    hold_against(mutant, all[i], fate);
  }
  return fate;
}

namespace {

std::string record_of(const Fate& fate) {
  proofs::RecordWriter to;
  to.put(fate.end);
  to.put(std::string_view(fate.theorem));
  to.put(std::string_view(fate.how));
  to.put(fate.seconds);
  return to.take();
}

Fate told(std::string_view record) {
  proofs::RecordReader from(record);
  Fate fate;
  fate.end = from.get<End>();
  fate.theorem = from.get_text();
  fate.how = from.get_text();
  fate.seconds = from.get<double>();
  return fate;
}

}  // namespace

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
    const rlimit memory{limits_.bytes, limits_.bytes};
    ::setrlimit(RLIMIT_AS, &memory);
    late_now = &abouts[at].late;
    crashed_now = &abouts[at].crashed;
    full_now = &abouts[at].full;
    std::signal(SIGPROF, stop_late);
    note_crashes();
    std::set_new_handler(note_full);
    const auto start = std::chrono::steady_clock::now();
    Fate fate = fate_of(mutants[at], abouts[at]);
    fate.seconds = seconds_since(start);
    return record_of(fate);
  };
  std::map<std::string, Candidate, std::less<>> killers;
  while (!open.empty()) {
    std::vector<std::size_t> again;
    proofs::run_in_processes(open.size(), processes, work, [&](std::size_t job, std::optional<std::string> answer) {
      const std::size_t at = open[job];
      About& about = abouts[at];
      const bool dies = !answer && about.crashed && !about.full;
      if (!answer && !dies) {  // goes on behind the run that came to no end
        about.why = about.late ? "a run took too long" : about.full ? no_memory : "a process was killed from outside";
        about.late = about.full = about.crashed = false;
        about.from = about.candidate + 1;
        return again.push_back(at);
      }
      Fate fate = dies ? Fate{End::killed, "", "error: the program dies", 0} : told(*answer);
      if (fate.end == End::survived && about.why != nullptr) fate = {End::undecided, "", about.why, fate.seconds};
      if (fate.end == End::killed) {
        const Candidate killer = candidates(mutants[at])[about.candidate];
        fate.theorem = std::string(killer.learnt->theorem->name) + "@" +
                       std::string(killer.learnt->theorem->profiles[killer.run]->name);
        killers.insert_or_assign(std::string(rule_of(mutants[at])), killer);
      }
      on_fate(mutants[at], fate);
    });
    open = std::move(again);
  }
  killers.merge(killers_);  // which all processes have gone by until here
  killers_ = std::move(killers);
  ::munmap(shared, sizeof(About) * mutants.size());
}

}  // namespace weir::mutants
