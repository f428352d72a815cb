// The machine's settings come back, whatever becomes of who has changed them.
#include "oracle/softnet/knobs.hpp"

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>
#include <thread>

namespace weir::oracle {
namespace {

std::string now(Sysctl knob) {
  std::ifstream file(sysctl_path(name_of_enum(knob)));
  return {std::istreambuf_iterator<char>(file), {}};
}

/// Nothing where they cannot be had, and then that must have been said.
std::unique_ptr<SoftnetKnobs> knobs_if_allowed() {
  try {
    return std::make_unique<SoftnetKnobs>();
  } catch (const std::runtime_error& error) {
    EXPECT_NE(std::string(error.what()), "");
    return nullptr;
  }
}

/// Another weir may have the knobs next, so it need not be so at once.
bool becomes(Sysctl knob, const Outcome& initial) {
  const std::string text = std::get<outcome::ReadBack>(initial).data;
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(10);
  while (now(knob) != text && std::chrono::steady_clock::now() < deadline)
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  return now(knob) == text;
}

TEST(SoftnetKnobs, AreRestored) {
  auto knobs = knobs_if_allowed();
  if (!knobs) return;
  const Outcome before = knobs->read(Sysctl::netdev_budget);
  EXPECT_EQ(knobs->write(Sysctl::netdev_budget, "299"), Outcome(returned(3)));
  EXPECT_EQ(now(Sysctl::netdev_budget), "299\n");
  knobs->restore();
  EXPECT_EQ(knobs->read(Sysctl::netdev_budget), before);
  knobs->write(Sysctl::netdev_budget, "298");
  knobs.reset();
  EXPECT_TRUE(becomes(Sysctl::netdev_budget, before));
}

/// Killed, it cannot put anything back itself.
TEST(SoftnetKnobs, AreRestoredWhenTheirProcessIsKilled) {
  auto knobs = knobs_if_allowed();
  if (!knobs) return;
  const Outcome before = knobs->read(Sysctl::netdev_budget), also = knobs->read(Sysctl::netdev_max_backlog);
  knobs.reset();
  int ready[2];
  ASSERT_EQ(::pipe(ready), 0);
  const pid_t victim = ::fork();
  if (victim == 0) {
    SoftnetKnobs its;
    its.write(Sysctl::netdev_budget, "297");
    its.write(Sysctl::netdev_max_backlog, "997");
    const bool told = ::write(ready[1], "", 1) == 1;
    while (told) ::pause();
    ::_exit(1);
  }
  char nothing = 0;
  ASSERT_EQ(::read(ready[0], &nothing, 1), 1);
  EXPECT_EQ(now(Sysctl::netdev_budget), "297\n");
  ::kill(victim, SIGKILL);
  ::waitpid(victim, nullptr, 0);
  EXPECT_TRUE(becomes(Sysctl::netdev_budget, before));
  EXPECT_TRUE(becomes(Sysctl::netdev_max_backlog, also));
  EXPECT_TRUE(knobs_if_allowed()) << "the guardian is gone, and has given them up";
  for (const int end : ready) ::close(end);
}

bool harmless(Sysctl knob, std::string text) {
  return SoftnetKnobs::is_harmless(op::SysctlWrite{{}, knob, std::move(text)});
}

TEST(SoftnetKnobs, WhatCouldDoHarmIsNotWritten) {
  EXPECT_TRUE(harmless(Sysctl::netdev_max_backlog, "-1"));
  EXPECT_TRUE(harmless(Sysctl::netdev_budget, "0"));
  EXPECT_TRUE(harmless(Sysctl::dev_weight, "1"));
  EXPECT_TRUE(harmless(Sysctl::flow_limit_cpu_bitmap, "g"));
  EXPECT_TRUE(harmless(Sysctl::flow_limit_table_len, "2"));
  EXPECT_FALSE(harmless(Sysctl::flow_limit_table_len, "1")) << "hash_32 then leaves the table";
  EXPECT_FALSE(harmless(Sysctl::flow_limit_table_len, "01"));
  EXPECT_FALSE(harmless(Sysctl::flow_limit_table_len, " 1"));
  EXPECT_FALSE(harmless(Sysctl::flow_limit_table_len, "0x1"));
  EXPECT_FALSE(harmless(Sysctl::dev_weight, "65536")) << "times itself that is 0";
  EXPECT_FALSE(harmless(Sysctl::dev_weight_rx_bias, "65536"));
  EXPECT_FALSE(harmless(Sysctl::netdev_budget_usecs, "2000000000"));
  EXPECT_FALSE(harmless(Sysctl::somaxconn, "1"));
  EXPECT_FALSE(SoftnetKnobs::is_harmless(op::SysctlWrite{{1}, Sysctl::dev_weight, "1"}));
}

}  // namespace
}  // namespace weir::oracle
