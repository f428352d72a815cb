// weir campaign, the main job: prove the theorems, then hold every target against the model until the time is up.
#include "cli/campaign.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <mutex>
#include <numeric>
#include <random>
#include <thread>

#include "cli/common.hpp"
#include "fuzz/reachable.hpp"
#include "fuzz/targets.hpp"
#include "oracle/profile/names.hpp"
#ifdef WEIR_HAVE_PROVE
#include "cli/prove.hpp"
#endif

namespace weir::cli {
namespace {

using Clock = std::chrono::steady_clock;

struct Arguments {
  std::chrono::milliseconds time = std::chrono::seconds(60);
  std::vector<std::string> targets;   ///< as asked; empty: lockfree and linux, where it is available here
  std::vector<std::string> profiles;  ///< as asked; empty: all
  std::vector<std::string> plugin;    ///< a driver and its arguments
  oracle::Comparison comparison;      ///< of other stacks
  std::uint64_t seed = 0;
  Keeping keeping;
  std::size_t workers = 1;         ///< at once on lockfree, and on each stack
  std::vector<std::string> merge;  ///< folders of other campaigns; empty: it is run
  bool proofs = true;
  bool clauses = false;
  ReportFiles files_for_ci;
};

std::vector<const Profile*> profiles_of(const Arguments& given) {
  if (given.profiles.empty()) return {releases::all.begin(), releases::all.end()};
  std::vector<const Profile*> chosen;
  for (const auto& name : given.profiles) chosen.push_back(oracle::profile_named(name).profile);
  return chosen;
}

std::string names_of(const std::vector<const Profile*>& profiles) {
  if (profiles.size() > 4)
    return fmt::format("{} releases, {} to {}", profiles.size(), profiles.front()->name, profiles.back()->name);
  std::string text;
  for (const Profile* each : profiles) text += (text.empty() ? "" : ", ") + std::string(each->name);
  return text;
}

std::string clock_text(Clock::duration left) {
  const auto seconds = std::max<std::int64_t>(0, std::chrono::duration_cast<std::chrono::seconds>(left).count());
  return fmt::format("{}:{:02}", seconds / 60, seconds % 60);
}

#ifdef WEIR_HAVE_PROVE
ProofReport prove(const Arguments& given, StatusLine& status) {
  ProofReport report{.ran = true, .obligations = 0, .good = 0, .exit_code = 0, .seconds = 0, .bad = {}};
  proofs::Options options;
  options.cache = default_proof_cache();
  for (const Profile* each : profiles_of(given)) options.profiles.emplace_back(each->name);
  const auto summary = proofs::run_all(options, [&](const proofs::Result& result) {
    ++report.obligations;
    report.good += result.good ? 1 : 0;
    if (!result.good)
      report.bad.push_back(fmt::format("{} on {}: {}", result.theorem, result.kernels(), name_of_enum(result.verdict)));
    status.show(fmt::format("proving: {} done", report.obligations));
  });
  report.exit_code = summary.exit_code();
  report.seconds = summary.seconds;
  return report;
}
#else
ProofReport prove(const Arguments&, StatusLine&) { return {}; }
#endif

/// Where every running worker says how far it is; one of them at a time shows the status line.
class Progress {
 public:
  Progress(StatusLine& status, std::size_t workers, Clock::time_point deadline)
      : status_(status), far_(workers), deadline_(deadline) {}

  void report(std::size_t worker, const std::string& name, const fuzz::CampaignStats& stats) {
    const std::scoped_lock lock(mutex_);
    far_[worker] = {name, stats.effort.operations, stats.operations_per_second(), stats.findings.size(), stats.covered};
    std::string line;
    for (auto from = far_.begin(); from != far_.end();) {
      const auto to = std::find_if(from, far_.end(), [&](const Far& each) { return each.name != from->name; });
      const Far all = std::accumulate(from, to, Far{from->name, 0, 0, 0, {}});
      if (!all.name.empty())
        line += fmt::format("{}: {} operations, {:.0f}/s, {} clauses, {} findings · ", all.name, all.operations,
                            all.rate, all.covered.size(), all.findings);
      from = to;
    }
    status_.show(line + clock_text(deadline_ - Clock::now()) + " left");
  }

 private:
  struct Far {
    std::string name;
    std::uint64_t operations = 0;
    double rate = 0;
    std::size_t findings = 0;
    ClauseSet covered;

    Far operator+(const Far& other) const {
      ClauseSet all = covered;
      return {name, operations + other.operations, rate + other.rate, findings + other.findings, all |= other.covered};
    }
  };

  StatusLine& status_;
  std::mutex mutex_;
  std::vector<Far> far_;  ///< those on one target stand together
  Clock::time_point deadline_;
};

Job lockfree_job(const Arguments& given) {
  Job job;
  job.report.name = "lockfree";
  job.options.profiles = profiles_of(given);
  job.options.generator.floods = true;
  job.report.compared_with = names_of(job.options.profiles);
  job.report.reachable = fuzz::clauses_of(job.options.profiles);
  job.target = fuzz::lockfree_target();
  return job;
}

std::vector<Job> jobs_for(const Arguments& given) {
  const auto wanted = [&](const char* name) {
    if (given.targets.empty()) return given.plugin.empty();
    return std::find(given.targets.begin(), given.targets.end(), name) != given.targets.end();
  };
  std::vector<Job> jobs;
  const auto add = [&](auto place, const auto& make) {
    for (std::size_t number = 1; number <= given.workers; ++number) {
      place = std::next(jobs.insert(place, make()));
      std::prev(place)->number = number;
    }
  };
  const Profile* const release = profiles_of(given).back();
  for (const oracle::StackChoice& each : oracle::stacks)
    if (!given.targets.empty() && wanted(each.name.data()))
      add(jobs.end(), [&] { return stack_job(each, *release, given.comparison); });
  if (!given.plugin.empty()) add(jobs.end(), [&] { return plugin_job(given.plugin, *release, given.comparison); });
  // Drivers are forked, so before any thread starts.
  if (wanted("linux")) jobs.push_back(linux_job(profiles_of(given), given.time, given.seed));
  if (!given.targets.empty() && wanted("softnet") && !wanted("linux")) jobs.push_back(softnet_job(profiles_of(given)));
  if (wanted("lockfree")) add(jobs.begin(), [&] { return lockfree_job(given); });
  return jobs;
}

/// Guests are started when their turn comes, so that they do not wait for the proofs.
void add_guest_jobs(const Arguments& given, std::vector<Job>& jobs) {
  const auto profiles = given.profiles.empty() ? std::vector<const Profile*>{} : profiles_of(given);
  for (const std::string& each : given.targets) {
    if (each == "uml") jobs.push_back(uml_job(profiles, given.time));
    if (each != "qemu") continue;
    for (Job& guest : qemu_jobs(profiles, given.time, given.seed)) jobs.push_back(std::move(guest));
  }
  for (Job& each : jobs) {
    each.options.seed = given.seed;
    if (each.softnet) each.softnet->options.seed = given.seed;
  }
}

/// Whatever ends it, its report has what was done.
void run_campaign(Job& job, Clock::time_point deadline, const fuzz::Campaign::OnProgress& on_progress) {
  fuzz::Campaign campaign(job.options, job.target);
  job.report.folder->keep_only(campaign.corpus());
  try {
    campaign.run(deadline, on_progress);
  } catch (...) {
    job.report.stats = campaign.stats();
    throw;
  }
  job.report.stats = campaign.stats();
}

void run_job(Job& job, std::size_t number, const fuzz::Progress& before, Clock::time_point deadline,
             Progress& progress) {
  Keeper keeper(job.report, before);
  const auto on_progress = [&](const fuzz::CampaignStats& so_far) {
    progress.report(number, job.report.name, so_far);
    keeper.note(so_far);
  };
  try {
    if (job.linux_effort || job.softnet) {
      run_linux_job(job, deadline, on_progress);
    } else {
      run_campaign(job, deadline, on_progress);
    }
  } catch (const std::exception& error) {
    job.report.failure = error.what();
  }
  job.report.in_all = keeper.end(job.report.stats);
  if (job.report.failure.empty() && job.report.stats.effort.operations == 0)
    job.report.failure = "not one operation was compared in the time given";
  if (job.stack_effort) {
    job.report.unsteady = job.stack_effort->unsteady + job.report.stats.unconfirmed;
    job.report.stats.covered = job.stack_effort->covered;
  }
}

int exit_code_of(const Arguments& given, const ProofReport& proofs, const std::vector<TargetReport>& targets) {
  int code = proofs.exit_code;
  const bool asked_for = !given.targets.empty() || !given.plugin.empty();
  for (const TargetReport& each : targets) {
    if (!each.stats.findings.empty() || !each.known.empty()) return diverged;
    if (!each.failure.empty()) code = std::max(code, undecided);
    if (!each.not_available.empty() && asked_for) code = code == agreed ? not_available : code;
  }
  return code;
}

/// Findings as files and as text, and all of it for CI. \return false, with a complaint, where a report cannot be
/// written
bool tell_findings(const Arguments& given, const ProofReport& proofs, const std::vector<TargetReport>& targets) {
  Report report{.tool = "weir campaign", .summary = "", .cases = {}};
  if (given.proofs) report.cases.push_back(case_of(proofs));
  std::size_t operations = 0, findings = 0;
  for (const TargetReport& each : targets) {
    const auto kept = kept_findings(each);
    print(findings_text(each, kept, given.keeping));
    report.cases.push_back(case_of(each, kept));
    operations += each.stats.effort.operations;
    findings += kept.size();
  }
  report.summary = findings == 0 ? fmt::format("{:.1f} million operations agree", static_cast<double>(operations) / 1e6)
                                 : fmt::format("{} findings", findings);
  return given.files_for_ci.write(report);
}

int campaign(const Arguments& given) {
  const auto started = Clock::now();
  StatusLine status;
  std::vector<Job> jobs = jobs_for(given);
  print(fmt::format("seed {} · {} s\n", given.seed, std::chrono::duration<double>(given.time).count()));
  const ProofReport proofs = given.proofs ? prove(given, status) : ProofReport{};
  add_guest_jobs(given, jobs);

  // The proofs count towards the time, but never take more than half of it from the targets.
  const auto deadline = std::max(started + given.time, Clock::now() + given.time / 2);
  Progress progress(status, jobs.size(), deadline);
  const std::vector<fuzz::Progress> before = take_up(jobs, given.keeping);
  connect(jobs);
  {
    std::vector<std::jthread> threads;
    for (std::size_t i = 0; i < jobs.size(); ++i)
      if (jobs[i].report.not_available.empty())
        threads.emplace_back([&, i] { run_job(jobs[i], i, before[i], deadline, progress); });
  }
  status.show("");

  const std::vector<TargetReport> reports = put_together(jobs);
  print(verdict_table(given.proofs ? std::optional(proofs) : std::nullopt, reports));
  const bool told = tell_findings(given, proofs, reports);
  if (given.clauses)
    for (const TargetReport& each : reports)
      if (each.not_available.empty()) print(clauses_text(each));
  return told ? exit_code_of(given, proofs, reports) : malformed;
}

int merge_campaigns(const Arguments& given) {
  for (const std::string& each : given.merge)
    if (std::error_code not_there; std::filesystem::equivalent(each, given.keeping.out, not_there)) {
      complain("weir: --merge: " + each + " is --out itself, whose inputs would be forgotten\n");
      return malformed;
    }
  std::vector<Job> jobs = jobs_for(given);
  add_guest_jobs(given, jobs);
  print(merge(jobs, {given.merge.begin(), given.merge.end()}, given.keeping));
  const std::vector<TargetReport> reports = put_together(jobs);
  Arguments without_proofs = given;
  without_proofs.proofs = false;
  const bool told = tell_findings(without_proofs, {}, reports);
  return told ? exit_code_of(given, {}, reports) : malformed;
}

/// Part of a file's name.
CLI::Validator worker_name() {
  return CLI::Validator(
      [](const std::string& text) {
        const bool well = !text.empty() && text.front() != '.' && std::all_of(text.begin(), text.end(), [](char c) {
          return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '.' || c == '_' || c == '-';
        });
        return well ? std::string() : "expected letters, digits, dots, dashes and underscores, found " + text;
      },
      "NAME");
}

/// Workers, and folders of several.
void add_options_for_several(CLI::App& command, Arguments& given) {
  command
      .add_option("--worker", given.keeping.worker, "a name of its own for each of several campaigns with one folder")
      ->check(worker_name())
      ->default_str("0");
  CLI::Option* const workers =
      command
          .add_option("--jobs", given.workers,
                      "workers at once on lockfree, and on each stack; what one finds is shown to the others")
          ->check(CLI::Range(1, 1024))
          ->default_str("1");
  command
      .add_option(
          "--merge", given.merge,
          "run nothing: make one folder, --out, of those of campaigns on the same targets; findings are asked again")
      ->check(CLI::ExistingDirectory)
      ->excludes(workers)
      ->option_text("DIR ...");
}

}  // namespace

void add_campaign(CLI::App& app, int& exit_code) {
  const auto given = std::make_shared<Arguments>();
  given->seed = std::random_device{}();
  CLI::App* const command =
      app.add_subcommand("campaign", "Prove the theorems and hold implementations against the model");
  command
      ->add_option_function<std::string>(
          "--time", [given](const std::string& text) { given->time = duration_from(text); },
          "how long, e.g. 60s, 10m, 2h")
      ->default_str("60s");
  command
      ->add_option("--target", given->targets,
                   "lockfree, linux (softnet: its receive softirq alone), uml, qemu, gvisor, lwip; default: the first\n"
                   "two, linux where it can be had")
      ->check(CLI::IsMember({"lockfree", "linux", "softnet", "uml", "qemu", "gvisor", "lwip"}))
      ->option_text("NAME ...");
  command
      ->add_option_function<std::string>(
          "--plugin", [given](const std::string& text) { given->plugin = words_of(text); },
          "a program that speaks the driver protocol, with its arguments (docs/driver.md)")
      ->option_text("COMMAND");
  command
      ->add_option_function<std::string>(
          "--compare", [given](const std::string& text) { given->comparison = comparison_from(text); },
          "how exactly other stacks are compared, some with commas: " + comparisons_text())
      ->default_str("exact");
  command->add_option("--profile", given->profiles, "releases to compare with; default: all")
      ->check(profile_name())
      ->option_text("NAME ...");
  command->add_option("--seed", given->seed,
                      "the same seed draws the same inputs; default: a new one, which is printed");
  command
      ->add_option("--out", given->keeping.out,
                   "where findings go, each as a minimal trace, the inputs kept, and how far it has come")
      ->default_str("weir-findings");
  command->add_flag("--resume", given->keeping.resume, "go on with the campaign that is there");
  add_options_for_several(*command, *given);
  command
      ->add_option_function<std::string>(
          "--until-quiet", [given](const std::string& text) { given->keeping.until_quiet = duration_from(text); },
          "end sooner: when a target has shown nothing new for so long, e.g. 30s")
      ->option_text("TIME");
  command->add_flag("--until-clauses", given->keeping.until_clauses,
                    "end sooner: when lockfree has reached every clause that it can");
  command->add_flag("--emit-test", given->keeping.emit_tests,
                    "write into tests/ beside each finding what the model answers instead");
  command->add_flag("!--no-proofs", given->proofs, "leave the theorems to others");
  command->add_flag("--clauses", given->clauses, "list the clauses that were not reached, and why");
  given->files_for_ci.add_options(*command);
  command->footer(
      "Exit codes: 0 no difference · 1 a difference or a counterexample · 3 undecided · 4 a target that was\n"
      "asked for is not available here. Examples:\n"
      "  weir campaign --time 60s\n"
      "  weir campaign --target lockfree --profile linux-2.6.32 --seed 7 --out findings\n");
  command->callback(
      [given, &exit_code] { exit_code = given->merge.empty() ? campaign(*given) : merge_campaigns(*given); });
}

}  // namespace weir::cli
