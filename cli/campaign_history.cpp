#include "cli/campaign_history.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <ctime>

#include "cli/campaign.hpp"
#include "cli/common.hpp"

namespace weir::cli {

CampaignHistory::CampaignHistory(const std::filesystem::path& folder, const std::string& target,
                                 const std::string& worker, bool anew)
    : file_(folder / "history" / fuzz::file_name_of(target) / (fuzz::file_name_of(worker) + ".jsonl")) {
  std::error_code told_by_the_writing;
  if (anew) std::filesystem::remove_all(file_.parent_path(), told_by_the_writing);
  std::filesystem::create_directories(file_.parent_path(), told_by_the_writing);
}

void CampaignHistory::start(const TargetReport& report, const std::vector<const Profile*>& profiles) {
  std::string names, cannot;
  for (const Profile* each : profiles) names += (names.empty() ? "" : ",") + json_string(each->name);
  report.reachable.for_each([&](Clause each) {
    if (const auto reason = report.why_not(each); !reason.empty())
      cannot += fmt::format("{}{}:{}", cannot.empty() ? "" : ",", json_string(info(each).name), json_string(reason));
  });
  add(fmt::format(R"({{"at":{},"target":{},"compared_with":{},"profiles":[{}],"cannot":{{{}}}}})", std::time(nullptr),
                  json_string(report.name), json_string(report.compared_with), names, cannot));
}

void CampaignHistory::note(const fuzz::Progress& progress, bool last) {
  const bool grown = !noted_ || progress.covered.size() > clauses_ || progress.divergences > divergences_ ||
                     progress.operations > operations_ + operations_ / 10;
  if (!grown && !(last && progress.operations > operations_)) return;
  noted_ = true;
  clauses_ = progress.covered.size();
  divergences_ = progress.divergences;
  operations_ = progress.operations;
  add(fmt::format(R"({{"at":{},"seconds":{:.3f},"operations":{},"clauses":{},"divergences":{}}})", std::time(nullptr),
                  progress.seconds, operations_, clauses_, divergences_));
}

/// One write a line. What a killed start has left of a line is ended first, and where the disk is full nothing is left.
void CampaignHistory::add(const std::string& line) const {
  const int file = ::open(file_.c_str(), O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC, 0644);
  if (file < 0) return;
  const off_t before = ::lseek(file, 0, SEEK_END);
  char last = '\n';
  if (before > 0 && ::pread(file, &last, 1, before - 1) != 1) last = '\n';
  const std::string whole = (last == '\n' ? "" : "\n") + line + '\n';
  const bool whole_is_there = ::write(file, whole.data(), whole.size()) == static_cast<ssize_t>(whole.size());
  if (!whole_is_there && before == 0) ::unlink(file_.c_str());
  if (!whole_is_there && before > 0 && ::ftruncate(file, before) != 0)
    complain("weir: half a line is left of the history\n");
  ::close(file);
}

}  // namespace weir::cli
