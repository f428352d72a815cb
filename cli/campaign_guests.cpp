// Guests as targets of a campaign: which are started, and what each is compared with.
#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <stdexcept>

#include "cli/campaign.hpp"
#include "fuzz/guest_unreached.hpp"
#include "fuzz/reachable.hpp"
#include "oracle/softnet/guest.hpp"
#include "oracle/targets/guests.hpp"

namespace weir::cli {
namespace {

/// Each attempt takes some tenths of a second where it still differs.
constexpr std::uint32_t guest_shrink_attempts = 200;

using oracle::LinuxAbilities;
using oracle::LinuxTarget;

/// What it is compared with: its own profile, or what was asked for, if that is its release with other settings.
const Profile& profile_for(const LinuxAbilities& guest, const std::vector<const Profile*>& asked) {
  const Profile* const own = oracle::profile_of_guest(guest);
  if (own == nullptr) throw std::runtime_error("no profile describes Linux " + guest.release);
  if (asked.empty()) return *own;
  const auto found =
      std::find_if(asked.begin(), asked.end(), [&](const Profile* each) { return each->release == own->release; });
  if (found == asked.end())
    throw std::runtime_error(
        fmt::format("it is compared with its own profile, here {}, which --profile leaves out", own->name));
  const bool plain = (*found)->name == fmt::format("linux-{}", (*found)->release);
  return plain ? *own : **found;
}

/// Everything that a guest may be without.
void leave_out_what_is_missing(TargetReport& report, const LinuxAbilities& guest) {
  if (!guest.no_peers.empty()) leave_out(report, "segments of remote peers: " + guest.no_peers);
  if (!guest.inet6) leave_out(report, "inet6 sockets, which it has not");
}

/// Where the guest can record it.
void add_softirq(Job& job, const std::shared_ptr<LinuxTarget>& guest, const Profile& profile) {
  try {
    job.softnet = softnet_plane(std::make_shared<oracle::SoftnetTarget>(oracle::softnet_of_guest(guest), profile));
  } catch (const std::runtime_error& refused) {
    leave_out(job.report, std::string("the receive softirq: ") + refused.what());
    job.report.why_not = fuzz::why_not_in_guest_without_softirq;
  }
}

/// \param command  throws where it cannot be had
/// \param timers  the seed of the cases in which time passes, where it costs nothing
template <class Command>
Job guest_job(std::string name, const Command& command, const std::vector<const Profile*>& asked,
              std::chrono::milliseconds time, std::optional<std::uint64_t> timers) {
  Job job;
  job.report.name = std::move(name);
  try {
    const auto kernel = std::make_shared<LinuxTarget>(command());
    const LinuxAbilities& guest = kernel->abilities();
    const Profile& profile = profile_for(guest, asked);
    const fuzz::LinuxQuestions questions(kernel, profile);
    job.report.name += " " + guest.release;
    job.options.generator = fuzz::guest_cases(questions);
    job.options.profiles = {&profile};
    job.options.shrink_attempts = guest_shrink_attempts;
    job.options.explore = inputs_to_explore(time);
    job.report.compared_with = std::string(profile.name);
    job.report.reachable = fuzz::clauses_of({&profile});
    job.report.why_not = fuzz::why_not_in_guest;
    leave_out_what_is_missing(job.report, guest);
    // User-mode Linux does not tell its types, so its softirq cannot be recorded.
    if (timers) add_softirq(job, kernel, profile);
    if (timers && guest.no_peers.empty()) {
      job.slow_lane = std::make_shared<fuzz::SlowLane>(
          kernel, fuzz::SlowLaneOptions{.seed = *timers, .profile = &profile, .supported = questions.also_in_time()});
      job.slow_lane_takes_turns = true;
    } else {
      job.report.why_not = fuzz::why_not_in_guest_at_once;
    }
    job.linux_effort = std::make_shared<fuzz::LinuxEffort>();
    job.target = fuzz::guest_target(questions, *job.linux_effort);
  } catch (const std::runtime_error& error) {  // std::system_error among them
    job.report.not_available = error.what();
  }
  return job;
}

}  // namespace

std::uint64_t inputs_to_explore(std::chrono::milliseconds time) {
  return 4000 * std::min<std::uint64_t>(100, static_cast<std::uint64_t>(time.count()) / 1000);
}

Job uml_job(const std::vector<const Profile*>& profiles, std::chrono::milliseconds time) {
  return guest_job(
      "uml", [] { return oracle::uml_guest(oracle::guest_files()); }, profiles, time, std::nullopt);
}

std::vector<Job> qemu_jobs(const std::vector<const Profile*>& profiles, std::chrono::milliseconds time,
                           std::uint64_t seed) {
  std::vector<const Profile*> wanted = profiles;
  if (wanted.empty()) wanted.push_back(profile_from("linux-6.12"));
  std::vector<Job> jobs;
  for (const Profile* each : wanted) {
    const auto command = [&] { return oracle::qemu_guest(oracle::guest_files(), *each); };
    jobs.push_back(guest_job("qemu", command, {each}, time, seed));
    // Several of them share a folder.
    jobs.back().report.folder_name = "qemu-" + std::string(each->name.substr(each->name.find('-') + 1));
  }
  return jobs;
}

}  // namespace weir::cli
