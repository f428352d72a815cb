// The parts of `weir campaign`: what was asked for, what each part found, and the verdict as text.
#pragma once
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "cli/campaign_history.hpp"
#include "cli/reports/report.hpp"
#include "fuzz/engine.hpp"
#include "fuzz/folder.hpp"
#include "fuzz/linux_target.hpp"
#include "fuzz/slow_lane.hpp"
#include "fuzz/softnet_target.hpp"
#include "fuzz/stack_target.hpp"
#include "fuzz/unreached.hpp"
#include "oracle/targets/stacks.hpp"

namespace weir::cli {

/// What came of one target.
struct TargetReport {
  std::string name;
  std::string folder_name;  ///< of what it leaves behind, where that is not the first word of its name
  fuzz::CampaignStats stats;
  ClauseSet reachable;                                        ///< clauses of the releases it is compared with
  std::string_view (*why_not)(Clause) = fuzz::why_unreached;  ///< why one is not reached; "" if it should be
  std::uint64_t late = 0;                ///< cases thrown away because the kernel's timers may have fired
  std::uint64_t unsteady = 0;            ///< cases thrown away because a stack answered otherwise when asked again
  std::uint64_t disturbed = 0;           ///< cases of the softirq thrown away because others had a part in them
  std::uint64_t packets = 0;             ///< that arrived in those that were compared
  std::optional<fuzz::SlowEffort> slow;  ///< of the lane in which time passes; its figures are part of `stats`
  double per_second_of_one_core = 0;     ///< operations; 0 where that is not measured
  std::string compared_with;             ///< profile names
  std::string left_out;                  ///< what could not be asked of it here, and why; empty if all could
  std::string not_available;             ///< why it was not held against the model; empty if it was
  std::string failure;                   ///< why it ended early; empty if it did not
  std::shared_ptr<fuzz::CampaignFolder> folder;  ///< where what is found stays
  std::shared_ptr<CampaignHistory> history;      ///< how it grew
  std::vector<fuzz::Finding> known;              ///< findings of the campaign that this one goes on with
  fuzz::Progress in_all = {};                    ///< of this worker, with what was before
};

/// The receive softirq of a kernel, beside what else its kernel is asked or alone.
struct SoftnetPlane {
  fuzz::CampaignOptions options;
  fuzz::Target target;
  std::shared_ptr<fuzz::SoftnetEffort> effort;
};

/// A target that is ready to run.
struct Job {
  TargetReport report;
  std::size_t number = 1;  ///< of the worker; those after the first stand behind it, and are on its target
  fuzz::CampaignOptions options;
  fuzz::Target target = {};  ///< none: the softirq is all that is asked
  std::shared_ptr<fuzz::LinuxEffort> linux_effort = {};
  std::shared_ptr<fuzz::SlowLane> slow_lane = {};  ///< runs beside it
  bool slow_lane_takes_turns = false;              ///< it does not: they have one guest
  std::optional<SoftnetPlane> softnet = {};
  std::shared_ptr<fuzz::StackEffort> stack_effort = {};
};

/// A stack held against one release; `not_available` says why it cannot be.
Job stack_job(const oracle::StackChoice& stack, const Profile& release, const oracle::Comparison& comparison);
Job plugin_job(const std::vector<std::string>& command, const Profile& release, const oracle::Comparison& comparison);

/// Guests: user-mode Linux, and QEMU with the kernel of each release that is asked for. Each is started, and held
/// against its own profile.
/// \param profiles  as asked for; empty: whichever the guest has, and 6.12 for QEMU
/// \param seed  of the lane in which time passes
Job uml_job(const std::vector<const Profile*>& profiles, std::chrono::milliseconds time);
std::vector<Job> qemu_jobs(const std::vector<const Profile*>& profiles, std::chrono::milliseconds time,
                           std::uint64_t seed);

/// Adds to what was not asked, and why.
void leave_out(TargetReport& report, const std::string& what);

/// What is drawn for the softirq of a kernel, and what it is held against.
SoftnetPlane softnet_plane(std::shared_ptr<oracle::SoftnetTarget> kernel);

/// How many inputs the model explores for a target that is slow: a tenth of the time or less, on most machines.
std::uint64_t inputs_to_explore(std::chrono::milliseconds time);
/// This machine's kernel, held against its own profile; `not_available` says why it cannot be. The first has the planes
/// of the second as well, where the machine allows it, and says so where it does not.
/// \param profiles  those that were asked for
/// \param seed  of the lane in which time passes
Job linux_job(const std::vector<const Profile*>& profiles, std::chrono::milliseconds time, std::uint64_t seed);
Job softnet_job(const std::vector<const Profile*>& profiles);

/// Runs whatever planes the job has until the deadline; its report has the rest.
void run_linux_job(Job& job, fuzz::Campaign::Clock::time_point deadline, const fuzz::Campaign::OnProgress& on_progress);

/// The modes of comparison, each with what it means.
std::string comparisons_text();

/// From "ignore-counters,errno-class". Throws CLI::ValidationError naming the modes that there are.
oracle::Comparison comparison_from(const std::string& text);

/// A command line without quotes, at its blanks.
std::vector<std::string> words_of(const std::string& text);

/// What came of the proofs.
struct ProofReport {
  bool ran = false;
  std::size_t obligations = 0, good = 0;
  int exit_code = 0;
  double seconds = 0;
  std::vector<std::string> bad;  ///< one line for each obligation without the right verdict
};

/// The table, and a line for each thing that is wrong. Without proofs no line is about them.
std::string verdict_table(const std::optional<ProofReport>& proofs, const std::vector<TargetReport>& targets);

/// The clauses that a target should have reached and has not, and those that it cannot reach, with the reasons.
std::string clauses_text(const TargetReport& target);

/// How a campaign is stopped and gone on with.
struct Keeping {
  std::filesystem::path out = "weir-findings";
  std::string worker = "0";
  bool resume = false;
  bool emit_tests = false;
  std::optional<std::chrono::milliseconds> until_quiet = {};
  bool until_clauses = false;
};

/// What each leaves its files under: no two have one name.
std::vector<std::string> folder_names(const std::vector<Job>& jobs);

/// Whether an input or a finding is of a release and a host that is asked now. The second looks at all planes of a job.
bool concerns(const fuzz::CampaignOptions& options, const fuzz::Input& input);
bool concerns(const Job& job, const fuzz::Input& input);

/// Makes one folder of several: inputs that take no new way are dropped, findings of one kind and shape are one, and
/// each is asked again; those that are seen no more are named and left out. Figures and histories of all workers go
/// along. \param from  not keeping.out, whose inputs and figures are forgotten \return a line on each job
std::string merge(std::vector<Job>& jobs, const std::vector<std::filesystem::path>& from, const Keeping& keeping);

/// Gives each job its folder, and what is there of a campaign to go on with. Before any of them runs: what one drops
/// must not be what another has just kept. \return those campaigns' figures
std::vector<fuzz::Progress> take_up(std::vector<Job>& jobs, const Keeping& keeping);

/// Shows what one worker keeps to the others on its target. After take_up.
void connect(std::vector<Job>& jobs);

/// The reports of all targets, each with what all of its workers have done.
std::vector<TargetReport> put_together(std::vector<Job>& jobs);

/// Says on progress what is on disk: now and then, and at the end.
class Keeper {
 public:
  Keeper(const TargetReport& report, fuzz::Progress before)
      : folder_(*report.folder), history_(*report.history), before_(before) {}
  void note(const fuzz::CampaignStats& stats);
  fuzz::Progress end(const fuzz::CampaignStats& stats);

 private:
  fuzz::Progress save(const fuzz::CampaignStats& stats, bool last);

  fuzz::CampaignFolder& folder_;
  CampaignHistory& history_;
  const fuzz::Progress before_;
  std::chrono::steady_clock::time_point next_;
};

/// A finding, and its file.
struct Kept {
  const fuzz::Finding* finding;
  std::filesystem::path file;
  bool from_before;
};
/// Those of a target, the ones from before first, each once. What is not on disk yet is written.
std::vector<Kept> kept_findings(const TargetReport& target);

/// A paragraph on each; what cannot be written is told in full.
std::string findings_text(const TargetReport& target, const std::vector<Kept>& findings, const Keeping& keeping);

/// For CI: the theorems and each target as a case, a finding as a problem whose file is its trace.
ReportCase case_of(const ProofReport& proofs);
ReportCase case_of(const TargetReport& target, const std::vector<Kept>& findings);

}  // namespace weir::cli
