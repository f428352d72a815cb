// The kernel of this machine as a target of a campaign: system calls, segments of remote peers, the receive softirq.
#include <fmt/format.h>

#include <algorithm>
#include <exception>
#include <iterator>
#include <stdexcept>
#include <stop_token>
#include <thread>
#include <utility>

#include "cli/campaign.hpp"
#include "fuzz/linux_unreached.hpp"
#include "fuzz/reachable.hpp"
#include "fuzz/turns.hpp"
#include "oracle/softnet/target.hpp"
#include "oracle/targets/linux.hpp"
#include "oracle/targets/this_kernel.hpp"

namespace weir::cli {
namespace {

/// Another attempt at the softirq takes a case of milliseconds.
constexpr std::uint32_t softnet_shrink_attempts = 1000;

/// How many cases sleep beside each other. Each has a process and a namespace, and needs the processor for some
/// milliseconds of its seconds.
constexpr std::size_t slow_drivers = 32;

/// Empty where the running kernel may be compared with one of those profiles.
std::string not_asked_for(const std::vector<const Profile*>& profiles) {
  const Profile* const running = oracle::running_profile();
  if (running == nullptr || std::find(profiles.begin(), profiles.end(), running) != profiles.end()) return {};
  return fmt::format("a running kernel is compared with its own profile, here {}, which --profile leaves out",
                     running->name);
}

/// Adds what the slow lane has found to what the campaign has.
void add_slow_lane(TargetReport& report, fuzz::SlowEffort&& slow) {
  report.stats.effort.operations += slow.operations;
  report.stats.divergences += slow.divergences;
  report.stats.covered |= slow.covered;
  report.late += slow.late;
  report.unsteady += slow.unsteady;
  std::move(slow.findings.begin(), slow.findings.end(), std::back_inserter(report.stats.findings));
  report.slow = std::move(slow);
}

/// The lane in which time passes, on a thread of its own: stopped when the rest has ended.
class LaneBeside {
 public:
  LaneBeside(fuzz::SlowLane& lane, fuzz::Campaign::Clock::time_point deadline, fuzz::SlowEffort& effort)
      : thread_([this, &lane, deadline, &effort](const std::stop_token& stop) {
          try {
            lane.run(deadline, effort, stop);
          } catch (...) {
            failure_ = std::current_exception();
          }
        }) {}

  /// \param now  it need not go on until the deadline. \return what it threw
  std::exception_ptr end(bool now) {
    if (now) thread_.request_stop();
    thread_.join();
    return failure_;
  }

 private:
  std::exception_ptr failure_;
  std::jthread thread_;
};

/// The report has what was done, whether it ended well or not.
void take_stats(Job& job, const std::vector<fuzz::Campaign>& planes) {
  job.report.stats = fuzz::sum_of(planes);
  job.report.stats.covered = {};
  if (!job.linux_effort) return;
  const double busy = std::chrono::duration<double>(job.linux_effort->busy).count();
  const auto compared = static_cast<double>(planes.front().stats().effort.operations);
  if (busy > 0) job.report.per_second_of_one_core = compared / busy;
  job.report.late = job.linux_effort->late;
  job.report.unsteady = job.linux_effort->unsteady;
  job.report.stats.covered |= job.linux_effort->covered;
}

void take_softnet(Job& job) {
  const fuzz::SoftnetEffort& softnet = *job.softnet->effort;
  job.report.disturbed = softnet.thrown_away();
  job.report.packets = softnet.packets;
  job.report.unsteady += softnet.unsteady;
  softnet.covered.for_each([&](Clause each) {
    if (job.report.reachable.contains(each)) job.report.stats.covered.insert(each);
  });
}

}  // namespace

void leave_out(TargetReport& report, const std::string& what) {
  report.left_out += (report.left_out.empty() ? "" : "; ") + what;
}

SoftnetPlane softnet_plane(std::shared_ptr<oracle::SoftnetTarget> kernel) {
  SoftnetPlane plane;
  plane.options.generator = fuzz::softnet_cases();
  plane.options.profiles = {kernel->header().profile};
  plane.options.host = kernel->header().options;
  plane.options.shrink_attempts = softnet_shrink_attempts;
  plane.effort = std::make_shared<fuzz::SoftnetEffort>();
  plane.target = fuzz::softnet_target(std::move(kernel), *plane.effort);
  return plane;
}

Job linux_job(const std::vector<const Profile*>& profiles, std::chrono::milliseconds time, std::uint64_t seed) {
  Job job;
  job.report.name = "linux";
  if (const auto here = oracle::LinuxTarget::probe(); !here) {
    job.report.not_available = here.reason;
    return job;
  }
  job.report.not_available = not_asked_for(profiles);
  if (!job.report.not_available.empty()) return job;
  const Profile* const profile = oracle::running_profile();
  job.report.name = "linux " + oracle::running_release();
  job.options.generator = fuzz::linux_cases();
  job.options.profiles = {profile};
  job.options.explore = inputs_to_explore(time);
  job.report.compared_with = std::string(profile->name);
  job.report.reachable = fuzz::clauses_of({profile});
  job.report.why_not = fuzz::why_not_live;
  if (const auto peers = oracle::LinuxTarget::peers(); !peers)
    leave_out(job.report, "segments of remote peers: " + peers.reason);
  else
    job.slow_lane =
        std::make_shared<fuzz::SlowLane>(slow_drivers, fuzz::SlowLaneOptions{.seed = seed, .profile = profile});
  job.linux_effort = std::make_shared<fuzz::LinuxEffort>();
  job.target = fuzz::linux_target(*job.linux_effort);
  try {
    job.softnet = softnet_plane(std::make_shared<oracle::SoftnetTarget>());
  } catch (const std::runtime_error& refused) {
    leave_out(job.report, std::string("the receive softirq: ") + refused.what());
    job.report.why_not = fuzz::why_not_live_without_softirq;
  }
  return job;
}

Job softnet_job(const std::vector<const Profile*>& profiles) {
  Job job;
  job.report.name = "softnet";
  try {
    job.report.not_available = not_asked_for(profiles);
    if (job.report.not_available.empty()) job.softnet = softnet_plane(std::make_shared<oracle::SoftnetTarget>());
  } catch (const std::runtime_error& refused) {
    job.report.not_available = refused.what();
  }
  if (!job.softnet) return job;
  const auto& options = job.softnet->options;
  job.report.name = "softnet " + oracle::running_release();
  job.report.compared_with = std::string(options.profiles.front()->name);
  for (const Clause each : fuzz::softnet_clauses)
    if (fuzz::has_clause(*options.profiles.front(), each)) job.report.reachable.insert(each);
  job.report.why_not = fuzz::why_not_live;
  return job;
}

void run_linux_job(Job& job, fuzz::Campaign::Clock::time_point deadline,
                   const fuzz::Campaign::OnProgress& on_progress) {
  fuzz::SlowEffort slow;
  fuzz::OtherTurn other;
  std::optional<LaneBeside> beside;
  std::vector<fuzz::Campaign> planes;
  if (job.target.run) planes.emplace_back(job.options, job.target);
  if (job.target.run && job.report.folder) job.report.folder->keep_only(planes.front().corpus());
  if (job.softnet) planes.emplace_back(job.softnet->options, job.softnet->target);
  if (job.slow_lane_takes_turns)
    other = [&](fuzz::Campaign::Clock::time_point end) {
      if (slow.findings.empty()) job.slow_lane->run(end, slow, {});
    };
  else if (job.slow_lane)
    beside.emplace(*job.slow_lane, deadline, slow);
  std::exception_ptr failure;
  try {
    fuzz::run_in_turns(planes, deadline, on_progress, other);
  } catch (...) {
    failure = std::current_exception();
  }
  if (beside) {
    const auto lanes = beside->end(fuzz::Campaign::Clock::now() < deadline);
    if (!failure) failure = lanes;
  }
  take_stats(job, planes);
  if (job.slow_lane) add_slow_lane(job.report, std::move(slow));
  if (job.softnet) take_softnet(job);
  if (failure) std::rethrow_exception(failure);
}

}  // namespace weir::cli
