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
  auto folder = std::make_shared<fuzz::CampaignFolder>(keeping.out, name, keeping.worker);
  if (keeping.resume)
    options.corpus = folder->corpus();
  else
    folder->begin_anew();
  options.kept = [folder](const fuzz::Input& each) { folder->save(each); };
  if (keeping.until_quiet) options.until_quiet = std::chrono::duration<double>(*keeping.until_quiet).count();
  return folder;
}

/// What is found goes into one folder, whichever plane it is of.
void share_findings(fuzz::CampaignOptions& options, const TargetReport& report) {
  options.known = report.known;
  options.found = [folder = report.folder](const fuzz::Finding& each) { folder->save(each); };
}

}  // namespace

fuzz::Progress take_up(Job& job, const Keeping& keeping) {
  TargetReport& report = job.report;
  report.folder = open_folder(job.options, first_word(report.name), keeping);
  if (keeping.resume) report.known = report.folder->findings();
  share_findings(job.options, report);
  if (job.softnet) {
    open_folder(job.softnet->options, first_word(report.name) + "-softnet", keeping);
    share_findings(job.softnet->options, report);
  }
  report.history =
      std::make_shared<CampaignHistory>(keeping.out, first_word(report.name), keeping.worker, !keeping.resume);
  report.history->start(
      report, job.softnet && job.options.profiles.empty() ? job.softnet->options.profiles : job.options.profiles);
  for (const auto& each : report.folder->strange())
    complain(fmt::format("weir: {} is left out: it is no trace\n", each.string()));
  fuzz::Progress before = report.folder->progress();
  if (before.starts == 0) before.seed = job.options.seed;
  // The same seed would draw the same inputs again.
  constexpr std::uint64_t golden = 0x9e3779b97f4a7c15;
  job.options.seed += golden * before.starts++;
  if (keeping.until_clauses && !job.linux_effort && !job.stack_effort)
    job.options.enough = [wanted = should_reach(report), reached = before.covered](const fuzz::CampaignStats& stats) {
      ClauseSet all = reached;
      return (all |= stats.covered).contains_all(wanted);
    };
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
