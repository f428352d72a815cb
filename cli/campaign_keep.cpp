// What a campaign leaves behind, and how the next one goes on with it.
#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <utility>

#include "cli/campaign.hpp"
#include "cli/common.hpp"
#include "fuzz/report.hpp"
#include "oracle/check/run.hpp"
#include "oracle/json/writer.hpp"
#include "oracle/text/fnv.hpp"
#include "oracle/text/whole_file.hpp"

namespace weir::cli {
namespace {

constexpr auto between_saves = std::chrono::seconds(2);

/// Of a target's name, which holds blanks.
std::string first_word(const std::string& name) { return name.substr(0, name.find(' ')); }

ClauseSet should_reach(const TargetReport& report) {
  ClauseSet wanted;
  report.reachable.for_each([&](Clause each) {
    if (report.why_not(each).empty()) wanted.insert(each);
  });
  return wanted;
}

/// The operations with the answers of the model: what a stack has to answer to be as the release.
std::string expected_trace(const fuzz::Finding& finding) {
  std::string text;
  oracle::TraceReader asked(oracle::read_text(fuzz::to_trace(finding.input, finding.difference)), "a finding");
  text += oracle::to_json(asked.header()) + '\n';
  oracle::run(asked, {}, [&](std::string_view line) { text += line, text += '\n'; });
  return text;
}

/// A folder from which a plane of a target takes its inputs, and to which it adds.
std::shared_ptr<fuzz::CampaignFolder> open_folder(fuzz::CampaignOptions& options, const std::string& name,
                                                  const Keeping& keeping) {
  const auto one_file = options.one_of_each_shape ? fuzz::OneFile::of_each_shape : fuzz::OneFile::of_each_case;
  auto folder = std::make_shared<fuzz::CampaignFolder>(keeping.out, name, keeping.worker, one_file);
  if (keeping.resume) options.corpus = folder->corpus([&](const fuzz::Input& each) { return concerns(options, each); });
  options.kept = [folder](const fuzz::Input& each) { folder->save(each); };
  if (keeping.until_quiet) options.until_quiet = std::chrono::duration<double>(*keeping.until_quiet).count();
  return folder;
}

/// What is found goes into one folder, whichever plane it is of.
void share_findings(fuzz::CampaignOptions& options, const TargetReport& report) {
  options.known = report.known;
  options.found = [folder = report.folder](const fuzz::Finding& each) { folder->save(each); };
}

/// The same seed would draw the same inputs again at each start, and for each of several workers.
void draw_other_inputs(Job& job, std::uint64_t starts, const std::string& worker) {
  constexpr std::uint64_t golden = 0x9e3779b97f4a7c15;
  const std::uint64_t whose = worker == Keeping{}.worker ? 0 : oracle::fnv(worker);
  const std::uint64_t seed = (job.options.seed ^ whose) + golden * starts;
  job.options.seed = seed;
  if (job.softnet) job.softnet->options.seed = seed;
  if (job.slow_lane) job.slow_lane->begin(seed, job.report.known, job.options.found);
}

/// What the first worker of a target does for all of them.
void begin(const std::string& name, const Keeping& keeping) {
  if (!keeping.resume) fuzz::CampaignFolder(keeping.out, name, keeping.worker).begin_anew();
}

void tell_what_is_left_out(const TargetReport& report, std::size_t left_alone) {
  if (left_alone != 0)
    complain(fmt::format("weir: {}: {} inputs and findings are of other releases or settings, and left alone\n",
                         report.name, left_alone));
  for (const auto& each : report.folder->strange())
    complain(fmt::format("weir: {} is left out: it is no trace\n", each.string()));
}

/// A name of its own for each worker of one campaign.
Keeping keeping_of(const Job& job, Keeping keeping) {
  if (job.number > 1) keeping.worker += fmt::format(".{}", job.number);
  return keeping;
}

fuzz::Progress take_up(Job& job, const std::string& name, const Keeping& keeping) {
  TargetReport& report = job.report;
  if (job.number == 1) begin(name, keeping);
  report.folder = open_folder(job.options, name, keeping);
  if (keeping.resume) report.known = report.folder->findings([&](const auto& each) { return concerns(job, each); });
  share_findings(job.options, report);
  std::size_t left_alone = report.folder->left_alone();
  if (job.softnet) {
    if (job.number == 1) begin(name + "-softnet", keeping);
    const auto inputs = open_folder(job.softnet->options, name + "-softnet", keeping);
    share_findings(job.softnet->options, report);
    left_alone += inputs->left_alone();
  }
  if (job.number == 1) tell_what_is_left_out(report, left_alone);
  report.history = std::make_shared<CampaignHistory>(keeping.out, name, keeping.worker, !keeping.resume);
  report.history->start(
      report, job.softnet && job.options.profiles.empty() ? job.softnet->options.profiles : job.options.profiles);
  fuzz::Progress before = report.folder->progress();
  if (before.starts == 0) before.seed = job.options.seed;
  draw_other_inputs(job, before.starts++, keeping.worker);
  if (keeping.until_clauses && !job.linux_effort && !job.stack_effort)
    job.options.enough = [wanted = should_reach(report), reached = before.covered](const fuzz::CampaignStats& stats) {
      ClauseSet all = reached;
      return (all |= stats.covered).contains_all(wanted);
    };
  return before;
}

}  // namespace

/// What others left behind may be about a release that is not asked for now, or a host with other settings.
bool concerns(const fuzz::CampaignOptions& options, const fuzz::Input& input) {
  const auto& asked = options.profiles;
  if (std::find(asked.begin(), asked.end(), input.profile) == asked.end()) return false;
  if (!options.host) return true;
  const oracle::Header wanted{input.profile, *options.host}, found{input.profile, input.options};
  return oracle::to_json(wanted) == oracle::to_json(found);
}

bool concerns(const Job& job, const fuzz::Input& input) {
  return (job.target.run && concerns(job.options, input)) || (job.softnet && concerns(job.softnet->options, input));
}

std::vector<std::string> folder_names(const std::vector<Job>& jobs) {
  std::vector<std::string> names;
  for (const Job& each : jobs) {
    if (each.number > 1) {
      names.push_back(names.back());
      continue;
    }
    const std::string own = each.report.folder_name.empty() ? first_word(each.report.name) : each.report.folder_name;
    std::string name = own;
    for (int number = 2; std::find(names.begin(), names.end(), name) != names.end(); ++number)
      name = fmt::format("{}-{}", own, number);
    names.push_back(std::move(name));
  }
  return names;
}

std::vector<fuzz::Progress> take_up(std::vector<Job>& jobs, const Keeping& keeping) {
  const auto names = folder_names(jobs);
  std::vector<fuzz::Progress> before(jobs.size());
  for (std::size_t i = 0; i < jobs.size(); ++i)
    if (jobs[i].report.not_available.empty()) before[i] = take_up(jobs[i], names[i], keeping_of(jobs[i], keeping));
  return before;
}

void Keeper::note(const fuzz::CampaignStats& stats) {
  const auto now = std::chrono::steady_clock::now();
  if (now < next_) return;
  save(stats, false);
  next_ = now + between_saves;
}

fuzz::Progress Keeper::end(const fuzz::CampaignStats& stats) { return save(stats, true); }

fuzz::Progress Keeper::save(const fuzz::CampaignStats& stats, bool last) {
  fuzz::Progress progress = before_;
  folder_.save(progress += stats);
  history_.note(progress, last);
  return progress;
}

std::vector<Kept> kept_findings(const TargetReport& target) {
  std::vector<Kept> kept;
  if (!target.folder) return kept;
  std::set<std::filesystem::path> seen;
  const auto take = [&](const fuzz::Finding& each, bool from_before) {
    const auto path = target.folder->path_of(each);
    if (!seen.insert(path).second) return;
    if (!std::filesystem::exists(path)) target.folder->save(each);
    kept.push_back({&each, path, from_before});
  };
  for (const fuzz::Finding& each : target.known) take(each, true);
  for (const fuzz::Finding& each : target.stats.findings) take(each, false);
  return kept;
}

std::string findings_text(const TargetReport& target, const std::vector<Kept>& findings, const Keeping& keeping) {
  std::string text;
  if (!target.folder) return text;
  for (const auto& [finding, file, from_before] : findings) {
    text += fmt::format("\n{} {}: {}\n  weir check {}\n", red(from_before ? "finding from before," : "finding"),
                        target.name, fuzz::to_sentence(finding->difference), file.string());
    if (!keeping.emit_tests) continue;
    const auto test = keeping.out / "tests" / file.filename();
    std::error_code told_by_the_writing;
    std::filesystem::create_directories(test.parent_path(), told_by_the_writing);
    const std::string trouble = oracle::write_whole(test, expected_trace(*finding), false);
    text += trouble.empty() ? fmt::format("  as it should be: {}\n", test.string()) : "  " + trouble + "\n";
  }
  for (const fuzz::Finding& each : target.folder->unwritten())
    text += fmt::format("\nnot on disk: {}\n{}", target.folder->path_of(each).filename().string(),
                        fuzz::to_trace(each.input, each.difference));
  if (!target.folder->trouble().empty()) text += fmt::format("\n{}\n", target.folder->trouble());
  return text;
}

}  // namespace weir::cli
