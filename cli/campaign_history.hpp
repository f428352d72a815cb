// How a campaign grew: DIR/history/TARGET/WORKER.jsonl, a JSON object a line, to which lines are only added.
//
//   {"at":SECONDS,"target":NAME,"compared_with":TEXT,"profiles":[…],"cannot":{CLAUSE:REASON,…}}   a start
//   {"at":SECONDS,"seconds":…,"operations":…,"clauses":…,"divergences":…}                         how far it had come
//
// `at` is the time of day, `seconds` what this worker has worked in all. A line comes when a clause is new, something
// differs, or a tenth more has been done: a night leaves some hundred lines. Whoever reads it leaves out what is no
// whole line: a campaign may have been killed in the middle of one. Not thread-safe; one object a worker.
#pragma once
#include <cstdint>
#include <filesystem>
#include <string>

#include "fuzz/folder.hpp"

namespace weir::cli {

struct TargetReport;

class CampaignHistory {
 public:
  /// \param anew  forget those of all workers on this target
  CampaignHistory(const std::filesystem::path& folder, const std::string& target, const std::string& worker, bool anew);

  void start(const TargetReport& report, const std::vector<const Profile*>& profiles);
  /// \param last  of this start: it is written down whatever it says
  void note(const fuzz::Progress& progress, bool last);

 private:
  void add(const std::string& line) const;

  std::filesystem::path file_;
  std::uint64_t operations_ = 0, divergences_ = 0;
  std::size_t clauses_ = 0;
  bool noted_ = false;
};

}  // namespace weir::cli
