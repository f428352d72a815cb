// Several folders of campaigns become one.
#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <utility>
#include <variant>

#include "cli/campaign.hpp"
#include "cli/common.hpp"
#include "fuzz/kind.hpp"
#include "oracle/json/writer.hpp"

namespace weir::cli {
namespace {

namespace fs = std::filesystem;

bool takes_time(const fuzz::Finding& finding) {
  return std::any_of(finding.input.ops.begin(), finding.input.ops.end(),
                     [](const Op& each) { return std::holds_alternative<op::Advance>(each); });
}

/// Asked as often as a campaign that found it would ask.
bool is_seen(const fuzz::CampaignOptions& options, const fuzz::Target& target, const fuzz::Finding& finding) {
  // Not the kind: which way through the spec it took is in no file.
  const std::string shape = fuzz::shape_of(finding.input, finding.difference);
  fuzz::Effort repeating;
  for (std::uint32_t i = 0; i <= options.confirmations; ++i) {
    const auto difference = target.run(finding.input, repeating);
    if (!difference || fuzz::shape_of(finding.input, *difference) != shape) return false;
  }
  return true;
}

/// A stack's finding may lie behind others: its campaign had found those before, and looked past them. They are made
/// known, one after the other, and forgotten again: what lies before this one may be what another shows.
bool is_seen_behind_others(const fuzz::CampaignOptions& options, const fuzz::Target& target,
                           const fuzz::Finding& finding) {
  constexpr int most_before_it = 8;
  if (!target.reported) return false;
  target.forget();
  for (int i = 0; i < most_before_it; ++i) {
    fuzz::Effort looking;
    const auto before_it = target.run(finding.input, looking);
    if (!before_it) return false;
    target.reported(*before_it);
    if (is_seen(options, target, finding)) return true;
  }
  return false;
}

template <class Seen>
bool on_some_plane(const Job& job, const fuzz::Finding& finding, const Seen& seen) {
  return (job.target.run && concerns(job.options, finding.input) && seen(job.options, job.target, finding)) ||
         (job.softnet && concerns(job.softnet->options, finding.input) &&
          seen(job.softnet->options, job.softnet->target, finding));
}

/// Sorts out those that are not seen any more, and says which. Cases in which time passes have a lane of their own.
std::string ask_again(TargetReport& report, const Job& job, std::vector<fuzz::Finding> all) {
  std::string text;
  std::vector<fuzz::Finding> rest;
  const auto file_of = [&](const fuzz::Finding& each) { return report.folder->path_of(each).filename().string(); };
  for (fuzz::Finding& each : all) {
    const bool not_asked = job.slow_lane && takes_time(each);
    if (not_asked) text += fmt::format("  {}: {} was not asked again: it takes time\n", report.name, file_of(each));
    (not_asked || on_some_plane(job, each, is_seen) ? report.known : rest).push_back(std::move(each));
  }
  for (fuzz::Finding& each : rest)
    if (on_some_plane(job, each, is_seen_behind_others))
      report.known.push_back(std::move(each));
    else
      text += fmt::format("  {}: {} is not seen any more\n", report.name, file_of(each));
  return text;
}

/// One of each release, host, kind and shape.
std::vector<fuzz::Finding> one_of_each(std::vector<fuzz::Finding> all) {
  std::stable_sort(all.begin(), all.end(), [](const fuzz::Finding& a, const fuzz::Finding& b) {
    return a.input.ops.size() < b.input.ops.size();
  });
  std::set<std::string> shapes;
  std::erase_if(all, [&](const fuzz::Finding& each) {
    return !shapes
                .insert(oracle::to_json(oracle::Header{each.input.profile, each.input.options}) +
                        fuzz::shape_of(each.input, each.difference))
                .second;
  });
  return all;
}

/// Workers of several folders may have one name.
void add_files(const fs::path& from, const fs::path& to) {
  std::error_code not_there;
  for (const auto& each : fs::directory_iterator(from, not_there)) {
    if (!each.is_regular_file() || each.path().filename().string().starts_with('.')) continue;
    fs::create_directories(to);
    fs::path file = to / each.path().filename();
    for (int number = 2; fs::exists(file); ++number)
      file = to / fmt::format("{}-{}{}", each.path().stem().string(), number, each.path().extension().string());
    fs::copy_file(each.path(), file);
  }
}

struct Inputs {
  std::size_t found = 0, kept = 0;
};

/// The shortest of all folders first, as when one of them is resumed.
Inputs merge_inputs(const fuzz::CampaignOptions& options, const std::string& name, const std::vector<fs::path>& from,
                    const Keeping& keeping) {
  std::vector<fuzz::Input> all;
  for (const fs::path& each : from)
    for (fuzz::Input& input : fuzz::CampaignFolder(each, name, keeping.worker).corpus([&](const fuzz::Input& found) {
           return concerns(options, found);
         }))
      all.push_back(std::move(input));
  std::stable_sort(all.begin(), all.end(), [](const auto& a, const auto& b) { return a.ops.size() < b.ops.size(); });
  fuzz::CampaignOptions recording;
  recording.profiles = options.profiles;
  recording.corpus = all;
  const fuzz::Campaign campaign(std::move(recording), fuzz::Target{});
  fuzz::CampaignFolder into(keeping.out, name, keeping.worker);
  into.begin_anew();
  for (const fuzz::Input& each : campaign.corpus()) into.save(each);
  return {all.size(), campaign.corpus().size()};
}

std::string merge_job(Job& job, const std::string& name, const std::vector<fs::path>& from, const Keeping& keeping) {
  TargetReport& report = job.report;
  Inputs inputs = merge_inputs(job.options, name, from, keeping);
  if (job.softnet) {
    const Inputs more = merge_inputs(job.softnet->options, name + "-softnet", from, keeping);
    inputs = {inputs.found + more.found, inputs.kept + more.kept};
  }
  const auto one_file = job.options.one_of_each_shape ? fuzz::OneFile::of_each_shape : fuzz::OneFile::of_each_case;
  report.folder = std::make_shared<fuzz::CampaignFolder>(keeping.out, name, keeping.worker, one_file);
  std::vector<fuzz::Finding> all = report.folder->findings([&](const auto& each) { return concerns(job, each); });
  const std::string file_name = fuzz::file_name_of(name);
  std::error_code not_there;
  fs::remove_all(keeping.out / "history" / file_name, not_there);
  for (const fs::path& each : from) {
    fuzz::CampaignFolder folder(each, name, keeping.worker);
    for (fuzz::Finding& found : folder.findings([&](const auto& it) { return concerns(job, it); }))
      all.push_back(std::move(found));
    for (const auto& strange : folder.strange())
      complain(fmt::format("weir: {} is left out: it is no trace\n", strange.string()));
    for (const char* const kind : {"state", "history"})
      add_files(each / kind / file_name, keeping.out / kind / file_name);
  }
  const std::size_t found = all.size();
  const std::string text = ask_again(report, job, one_of_each(std::move(all)));
  return fmt::format("  {}: {} inputs, {} kept; {} findings, {} kept\n{}", report.name, inputs.found, inputs.kept,
                     found, report.known.size(), text);
}

}  // namespace

std::string merge(std::vector<Job>& jobs, const std::vector<fs::path>& from, const Keeping& keeping) {
  const auto names = folder_names(jobs);
  std::string text;
  for (std::size_t i = 0; i < jobs.size(); ++i) {
    TargetReport& report = jobs[i].report;
    if (report.not_available.empty())
      text += merge_job(jobs[i], names[i], from, keeping);
    else
      text += fmt::format("  {} not available here: {}\n", report.name, report.not_available);
  }
  return text;
}

}  // namespace weir::cli
