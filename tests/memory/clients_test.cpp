// The clients of the shipped source, and the bugs that must be found in it.
#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <string>

#include "proofs/memory/clients/client.hpp"
#include "proofs/memory/clients/sockets.hpp"
#include "proofs/memory/faults.hpp"
#include "proofs/memory/report.hpp"

namespace weir::proofs::memory {
namespace {

/// Those with hundreds of thousands of executions are for `weir explore`.
const std::set<std::string> long_ones{"accept.help",
                                      "accept.pops",
                                      "accept.two_poppers",
                                      "pool.reuse",
                                      "queue.passed_on",
                                      "deferred.ack_and_shut",
                                      "listen.two_find_room",
                                      "ports.three_binds",
                                      "remote.two_fins",
                                      "time.syn_and_close",
                                      "time.syn_and_shut",
                                      "time.wait_ends",
                                      "turns.bind_bind_close",
                                      "turns.listen_listen_close",
                                      "turns.listen_shutdown_close"};

TEST(Clients, AreComplete) {
  for (const Client& client : clients()) {
    if (long_ones.contains(client.name)) continue;
    Plan plan;
    plan.limits = client.limits;
    const Report report = explore(client.factory, plan);
    EXPECT_EQ(report.verdict, Verdict::complete) << client.name << ": " << report.why << "\n"
                                                 << execution_table(report.execution);
    EXPECT_GT(report.executions, 1U) << client.name;
  }
}

TEST(Clients, LongOnesGoWellForAWhile) {
  for (const Client& client : clients()) {
    if (!long_ones.contains(client.name)) continue;
    Plan plan;
    plan.limits = client.limits;
    plan.max_executions = 10000;
    const Report report = explore(client.factory, plan);
    EXPECT_EQ(report.verdict, Verdict::incomplete) << client.name;
    EXPECT_EQ(report.why, "out of executions") << client.name;
  }
}

/// What is allowed beyond the spec is met, and nothing else is.
TEST(Clients, WhatIsAllowedBeyondTheSpecIsNeeded) {
  std::size_t allowed = 0;
  for (const NamedScript& named : socket_scripts()) {
    for (std::size_t i = 0; i < named.script.beyond.size(); ++i, ++allowed) {
      if (long_ones.contains(named.name)) continue;
      NamedScript without = named;
      without.script.beyond.erase(without.script.beyond.begin() + static_cast<std::ptrdiff_t>(i));
      Plan plan;
      plan.limits.spurious = 0;
      const Report report = explore(socket_client(without).factory, plan);
      EXPECT_EQ(report.verdict, Verdict::counterexample) << named.name;
      EXPECT_NE(report.why.find(named.script.beyond[i].outcome), std::string::npos) << named.name << ": " << report.why;
      EXPECT_FALSE(named.script.beyond[i].why.empty());
    }
  }
  EXPECT_GE(allowed, 10U);
}

TEST(Clients, NamesAreDistinct) {
  std::set<std::string> names;
  for (const Client& client : clients()) EXPECT_TRUE(names.insert(client.name).second) << client.name;
  for (const std::string& name : long_ones) EXPECT_TRUE(names.contains(name)) << name;
}

TEST(PlantedBugs, AreFound) {
  ASSERT_GE(planted_bugs().size(), 10U);
  for (const Planted& bug : planted_bugs()) {
    const Report report = explore_planted(bug, {});
    EXPECT_EQ(report.verdict, Verdict::counterexample) << bug.name << ": " << report.why;
    EXPECT_NE(execution_table(report.execution).find("thread 0"), std::string::npos) << bug.name;
  }
}

/// Without the bug the client is complete: what is found is the bug, not the plant.
TEST(PlantedBugs, AreNotThereUnplanted) {
  for (const Planted& bug : planted_bugs()) {
    if (bug.how == Planted::How::code || long_ones.contains(std::string(bug.client))) continue;
    Planted harmless = bug;
    harmless.how = Planted::How::weaker;
    harmless.to = Order::seq_cst;
    EXPECT_EQ(explore_planted(harmless, {}).verdict, Verdict::complete) << bug.name;
  }
}

TEST(PlantedBugs, AnAccessThatIsNotThereIsNotFound) {
  Planted bug = planted_bugs().front();
  bug.number = 17;
  EXPECT_EQ(explore_planted(bug, {}).verdict, Verdict::incomplete);
}

TEST(Weakening, OneStepAtATime) {
  using Part = Weakening::Part;
  EXPECT_EQ(next_weaker(Part::load, Order::seq_cst), std::vector{Order::acquire});
  EXPECT_EQ(next_weaker(Part::store, Order::seq_cst), std::vector{Order::release});
  EXPECT_EQ(next_weaker(Part::update, Order::acq_rel), (std::vector{Order::acquire, Order::release}));
  EXPECT_EQ(next_weaker(Part::fence, Order::acquire), std::vector{Order::relaxed});
  EXPECT_TRUE(next_weaker(Part::load, Order::relaxed).empty());
}

TEST(Weakening, TheFirstIsKilled) {
  std::vector<Client> one;
  std::copy_if(clients().begin(), clients().end(), std::back_inserter(one),
               [](const Client& each) { return each.name == "queue.put_put_poll"; });
  const auto table = weaken_all(one, 1, [](const Killed&) {});
  EXPECT_TRUE(std::any_of(table.begin(), table.end(), [](const Killed& row) {
    return row.site.function == "drain_line" && row.site.part == Weakening::Part::load && !row.client.empty();
  }));
}

}  // namespace
}  // namespace weir::proofs::memory
