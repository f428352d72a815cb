// A campaign against this kernel that is killed at any moment leaves nothing behind.
#include <gtest/gtest.h>
#include <sched.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <set>
#include <string>
#include <system_error>
#include <thread>
#include <vector>

#include "fuzz/linux_target.hpp"
#include "fuzz/slow_lane.hpp"
#include "oracle/targets/linux_namespaces.hpp"

namespace weir::fuzz {
namespace {

namespace files = std::filesystem;
using std::chrono::milliseconds;
using Names = std::set<std::string>;

std::string contents(const files::path& path) {
  std::ifstream stream(path);
  return {std::istreambuf_iterator<char>(stream), {}};
}

/// The folders of /proc that are processes, of that session or, 0, of any. A dead one that nobody has waited for is
/// none.
std::vector<files::path> processes_of(pid_t session) {
  std::vector<files::path> found;
  for (const auto& entry : files::directory_iterator("/proc")) {
    if (entry.path().filename().string().find_first_not_of("0123456789") != std::string::npos) continue;
    const std::string stat = contents(entry.path() / "stat");
    char state = 0;
    int parent = 0, group = 0, its_session = 0;
    const std::size_t behind_name = stat.rfind(')');
    if (behind_name == std::string::npos) continue;
    if (std::sscanf(stat.c_str() + behind_name + 1, " %c %d %d %d", &state, &parent, &group, &its_session) != 4)
      continue;
    if (state != 'Z' && state != 'X' && (session == 0 || its_session == session)) found.push_back(entry.path());
  }
  return found;
}

/// The namespaces that those processes are in or hold by a descriptor, and no device or file keeps one otherwise.
Names namespaces_of(const std::vector<files::path>& processes) {
  Names found;
  const auto note = [&](const files::path& link) {
    std::error_code gone;
    const std::string name = files::read_symlink(link, gone).string();
    if (name.starts_with("net:[") || name.starts_with("user:[")) found.insert(name);
  };
  for (const auto& process : processes) {
    note(process / "ns/net");
    note(process / "ns/user");
    std::error_code gone;
    for (auto at = files::directory_iterator(process / "fd", gone); !gone && at != files::directory_iterator();
         at.increment(gone))
      note(at->path());
  }
  return found;
}

Names devices() {
  Names found;
  for (const auto& entry : files::directory_iterator("/sys/class/net")) found.insert(entry.path().filename());
  return found;
}

/// The settings of this machine that a case writes in namespaces of its own.
std::vector<std::string> settings() {
  std::vector<std::string> values;
  for (const SysctlSpec& each : releases::linux_6_18.sysctls)
    if (each.scope == weir::Scope::per_netns) values.push_back(contents(oracle::sysctl_path(name_of_enum(each.id))));
  return values;
}

/// What a session and its namespaces have left, once the dead have had time to go.
Names left_of(pid_t session, const Names& namespaces) {
  Names left;
  for (int patience = 0; patience < 20; ++patience) {
    left.clear();
    for (const auto& process : processes_of(session)) left.insert(process);
    for (const std::string& each : namespaces_of(processes_of(0)))
      if (namespaces.contains(each)) left.insert(each);
    if (left.empty()) break;
    std::this_thread::sleep_for(milliseconds(50));
  }
  return left;
}

/// In a process and session of its own.
template <class Work>
pid_t begin(Work work) {
  const pid_t process = ::fork();
  if (process != 0) return process;
  ::setsid();
  work();
  ::_exit(0);
}

void hold_campaigns() {
  SlowLane lane(4, {.profile = &releases::linux_6_18});
  LinuxEffort effort;
  const auto end = Campaign::Clock::now() + std::chrono::minutes(1);
  Campaign campaign({.generator = linux_cases(), .profiles = {&releases::linux_6_18}}, linux_target(effort));
  const std::jthread beside([&] { lane.run(end); });
  campaign.run(end);
}

/// The namespaces that are the session's own.
Names new_namespaces(pid_t session, const Names& before) {
  Names found;
  for (const std::string& each : namespaces_of(processes_of(session)))
    if (!before.contains(each)) found.insert(each);
  return found;
}

void kill_and_wait(pid_t process) {
  ::kill(process, SIGKILL);
  ::waitpid(process, nullptr, 0);
}

TEST(KilledCampaign, LeavesNothingBehind) {
  const Names devices_before = devices();
  const auto settings_before = settings();
  std::mt19937 random(std::random_device{}());
  std::size_t namespaces_seen = 0;
  for (int moment = 0; moment < 5; ++moment) {
    const Names before = namespaces_of(processes_of(0));
    const pid_t process = begin(hold_campaigns);
    std::this_thread::sleep_for(milliseconds(std::uniform_int_distribution(0, 1000)(random)));
    const Names namespaces = new_namespaces(process, before);
    namespaces_seen += namespaces.size();
    kill_and_wait(process);
    EXPECT_EQ(left_of(process, namespaces), Names{});
  }
  EXPECT_GT(namespaces_seen, 5U) << "none of them had begun";
  EXPECT_EQ(devices(), devices_before);
  EXPECT_EQ(settings(), settings_before);
}

/// The twin: a process, and a namespace, that outlive the one that is killed.
TEST(KilledCampaign, WhatIsLeftIsNoticed) {
  const Names before = namespaces_of(processes_of(0));
  const pid_t process = begin([] {
    if (::fork() == 0) ::unshare(CLONE_NEWUSER | CLONE_NEWNET);
    for (;;) ::pause();
  });
  Names namespaces;
  while (namespaces.size() < 2) namespaces = new_namespaces(process, before);
  kill_and_wait(process);
  const Names left = left_of(process, namespaces);
  EXPECT_EQ(left.size(), 3U) << "a process, its user namespace and its network namespace";
  for (const auto& each : processes_of(process)) ::kill(std::stoi(each.filename()), SIGKILL);
  EXPECT_EQ(left_of(process, namespaces), Names{});
}

}  // namespace
}  // namespace weir::fuzz
