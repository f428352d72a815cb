// Names of profiles: releases, the releases between, and settings behind '+'.
#include "oracle/profile/names.hpp"

#include <gtest/gtest.h>

#include "model/host.hpp"
#include "oracle/profile/fields.hpp"

namespace weir::oracle {
namespace {

TEST(ProfileNames, AReleaseIsTheOneOfTheTable) {
  EXPECT_EQ(profile_named("linux-5.10").profile, profile_from("linux-5.10"));
  EXPECT_EQ(profile_named("linux-5.11").profile, profile_from("linux-5.10"));
}

TEST(ProfileNames, SettingsChangeOneFieldEach) {
  const auto choice = profile_named("linux-3.10+syn_queue=max_ack_above+first_synack_timeout_s=7+has_reuseport=no");
  ASSERT_NE(choice.profile, nullptr) << choice.error;
  EXPECT_EQ(choice.profile->name, "linux-3.10+syn_queue=max_ack_above+first_synack_timeout_s=7+has_reuseport=no");
  const Profile& base = *profile_from("linux-3.10");
  for (const auto& field : profile_fields) {
    const bool set =
        field.name == "syn_queue" || field.name == "first_synack_timeout_s" || field.name == "has_reuseport";
    EXPECT_EQ(value_text(*choice.profile, field) != value_text(base, field), set) << field.name;
  }
  EXPECT_EQ(profile_named(choice.profile->name).profile, choice.profile) << "the same text is the same profile";
}

TEST(ProfileNames, ASysctlCanBeSetToo) {
  const auto choice =
      profile_named("linux-3.10+net.core.somaxconn.minimum=0+net.core.somaxconn.handler=proc_dointvec_minmax");
  ASSERT_NE(choice.profile, nullptr) << choice.error;
  model::Host<Concrete> host(*choice.profile);
  EXPECT_EQ(host.step(op::SysctlWrite{{}, Sysctl::somaxconn, "-1"}), Outcome(failed(Errno::einval)));
  EXPECT_EQ(host.step(op::SysctlWrite{{}, Sysctl::somaxconn, "7"}), Outcome(returned(1)));
}

TEST(ProfileNames, EveryPropertyOfASysctlCanBeSet) {
  const std::string name = "net.core.netdev_budget.";
  const auto choice = profile_named("linux-3.10+" + name + "initial=5+" + name + "minimum=-6+" + name + "maximum=7+" +
                                    name + "handler=proc_dointvec_minmax+" + name + "scope=per namespace");
  ASSERT_NE(choice.profile, nullptr) << choice.error;
  EXPECT_EQ(*spec_of(*choice.profile, Sysctl::netdev_budget), (SysctlSpec{.id = Sysctl::netdev_budget,
                                                                          .handler = Handler::dointvec_minmax,
                                                                          .scope = Scope::per_netns,
                                                                          .minimum = -6,
                                                                          .maximum = 7,
                                                                          .initial = 5}));
}

TEST(ProfileNames, WhatIsWrongIsSaid) {
  const auto error = [](std::string_view text) { return profile_named(text).error; };
  EXPECT_TRUE(error("linux-9.9").starts_with("there is no profile linux-9.9; known: linux-2.6.32, "));
  EXPECT_EQ(error("linux-5.4+"), "expected field=value, found ");
  EXPECT_EQ(error("linux-5.4+backlog_is_u16"), "expected field=value, found backlog_is_u16");
  EXPECT_EQ(error("linux-5.4+backlog_is_u16=7"), "backlog_is_u16 takes yes or no, found 7");
  EXPECT_EQ(error("linux-5.4+syn_queue=big"),
            "syn_queue takes one of table, max_ack_reached, max_ack_above, found big");
  EXPECT_EQ(error("linux-5.4+hz=fast"), "hz takes a number, found fast");
  EXPECT_EQ(error("linux-5.4+hz=100x"), "hz takes a number, found 100x");
  EXPECT_EQ(error("linux-5.4+backlog_is_u61=no"),
            "a profile has no field backlog_is_u61; did you mean backlog_is_u16?");
  EXPECT_EQ(error("linux-3.10+net.core.dev_weight_rx_bias.initial=2"),
            "net.core.dev_weight_rx_bias does not exist in that release");
  EXPECT_EQ(error("linux-5.4+net.core.somaxconn.default=2"),
            "net.core.somaxconn.default=2: expected one of the properties initial, minimum, maximum, handler, scope");
}

}  // namespace
}  // namespace weir::oracle
