// Whatever ends weir, nothing of a guest is left.
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <thread>

#include "oracle/targets/guests.hpp"
#include "tests/guests/campaign.hpp"

namespace weir::guests {
namespace {

/// Processes whose command line has the mark; one that has ended has none.
int processes_marked(const std::string& mark) {
  int count = 0;
  for (const auto& each : std::filesystem::directory_iterator("/proc")) {
    std::ifstream file(each.path() / "cmdline", std::ios::binary);
    const std::string line{std::istreambuf_iterator<char>(file), {}};
    count += line.find(mark) != std::string::npos ? 1 : 0;
  }
  return count;
}

TEST(Leftovers, NoneOfAGuestWhoseWeirIsKilled) {
  const std::string mark = "WEIR_TEST=" + std::to_string(::getpid());
  int ready[2];
  ASSERT_EQ(::pipe(ready), 0);
  const pid_t weir = ::fork();
  if (weir == 0) {
    oracle::GuestCommand command = oracle::uml_guest(folders());
    command.words.push_back(mark);
    const oracle::LinuxTarget guest(command);
    (void)!::write(ready[1], "r", 1);
    for (;;) ::pause();
  }
  char byte = 0;
  ::close(ready[1]);
  ASSERT_EQ(::read(ready[0], &byte, 1), 1) << "no guest";
  EXPECT_GT(processes_marked(mark), 1);
  ::kill(weir, SIGKILL);
  ::waitpid(weir, nullptr, 0);
  for (int tries = 0; tries < 100 && processes_marked(mark) > 0; ++tries)
    std::this_thread::sleep_for(std::chrono::milliseconds{50});
  EXPECT_EQ(processes_marked(mark), 0);
}

}  // namespace
}  // namespace weir::guests
