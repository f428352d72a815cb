// Whatever ends weir, nothing of a guest is left.
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <string>
#include <thread>
#include <vector>

#include "oracle/targets/guests.hpp"
#include "tests/guests/campaign.hpp"

namespace weir::guests {
namespace {

/// Processes whose command line has the mark; one that has ended has none.
std::vector<pid_t> marked(const std::string& mark) {
  std::vector<pid_t> found;
  for (const auto& each : std::filesystem::directory_iterator("/proc")) {
    std::ifstream file(each.path() / "cmdline", std::ios::binary);
    const std::string line{std::istreambuf_iterator<char>(file), {}};
    if (line.find(mark) != std::string::npos) found.push_back(std::atoi(each.path().filename().c_str()));
  }
  return found;
}

std::size_t processes_marked(const std::string& mark) { return marked(mark).size(); }

/// \param guest  whose command holds the mark
void expect_nothing_is_left(const std::function<oracle::GuestCommand(const std::string& mark)>& guest) {
  const std::string mark = "WEIR_TEST=" + std::to_string(::getpid());
  int ready[2];
  ASSERT_EQ(::pipe(ready), 0);
  const pid_t weir = ::fork();
  if (weir == 0) {
    const oracle::LinuxTarget running(guest(mark));
    (void)!::write(ready[1], "r", 1);
    for (;;) ::pause();
  }
  char byte = 0;
  ::close(ready[1]);
  ASSERT_EQ(::read(ready[0], &byte, 1), 1) << "no guest";
  EXPECT_GT(processes_marked(mark), 0U);
  ::kill(weir, SIGKILL);
  ::waitpid(weir, nullptr, 0);
  for (int tries = 0; tries < 100 && processes_marked(mark) > 0; ++tries)
    std::this_thread::sleep_for(std::chrono::milliseconds{50});
  EXPECT_EQ(processes_marked(mark), 0U);
}

#ifdef WEIR_HAVE_UML
TEST(Leftovers, NoneOfUserModeLinuxWhoseWeirIsKilled) {
  expect_nothing_is_left([](const std::string& mark) {
    oracle::GuestCommand command = oracle::uml_guest(files());
    command.words.push_back(mark);
    return command;
  });
}
#endif

#ifdef WEIR_HAVE_QEMU
TEST(Leftovers, NoneOfQemuWhoseWeirIsKilled) {
  expect_nothing_is_left([](const std::string& mark) {
    oracle::GuestCommand command = oracle::qemu_guest(files(), *profile_from("linux-6.12"));
    for (std::string& each : command.words)
      if (each.find("WEIR_CHANNEL") != std::string::npos) each += " " + mark;
    return command;
  });
}
#endif

/// The twin: a process that outlives its parent is seen.
TEST(Leftovers, WhatIsLeftIsSeen) {
  const std::string mark = "WEIR_TWIN=" + std::to_string(::getpid());
  const pid_t parent = ::fork();
  if (parent == 0) {
    const pid_t child = ::fork();
    if (child == 0) ::execlp("sh", "sh", "-c", "sleep 30", mark.c_str(), nullptr);
    ::_exit(child > 0 ? 0 : 1);
  }
  ::waitpid(parent, nullptr, 0);
  // The shell, and not for long its child that is not sleep yet.
  for (int tries = 0; tries < 100 && processes_marked(mark) != 1; ++tries)
    std::this_thread::sleep_for(std::chrono::milliseconds{50});
  EXPECT_EQ(processes_marked(mark), 1U);
  for (const auto& each : marked(mark)) ::kill(each, SIGKILL);
}

}  // namespace
}  // namespace weir::guests
