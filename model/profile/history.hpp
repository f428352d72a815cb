// What changed when: each release as the changes that it made to the one before. Included by
// model/profile/releases.hpp.
//
// A release without changes of its own stands here because it is a long-term one, or because it is asked for by name;
// reasons and commits stand at the fields of Profile. Where a limit depends on the machine it is that of one with 16
// GiB (tcp_max_syn_backlog is a share of the hash of connections, which has 262,144 slots there).
#pragma once
#include "model/profile.hpp"

namespace weir::releases {

inline constexpr std::int32_t int_max = std::numeric_limits<std::int32_t>::max();

/// All plain proc_dointvec ints; only somaxconn belongs to the namespace (b8e1f9b5c37e, 2.6.25).
constexpr void linux_2_6_32_sysctls(SysctlTable& table) {
  using enum Handler;
  using enum Scope;
  table.set({.id = Sysctl::somaxconn, .handler = dointvec, .scope = per_netns, .initial = 128});
  table.set({.id = Sysctl::netdev_max_backlog, .handler = dointvec, .scope = global, .initial = 1000});
  table.set({.id = Sysctl::dev_weight, .handler = dointvec, .scope = global, .initial = 64});
  table.set({.id = Sysctl::netdev_budget, .handler = dointvec, .scope = global, .initial = 300});
  table.set({.id = Sysctl::tcp_max_syn_backlog, .handler = dointvec, .scope = global, .initial = 1024});
  table.set({.id = Sysctl::tcp_syncookies, .handler = dointvec, .scope = global, .initial = 0});
  table.set({.id = Sysctl::tcp_abort_on_overflow, .handler = dointvec, .scope = global, .initial = 0});
  table.set({.id = Sysctl::tcp_synack_retries, .handler = dointvec, .scope = global, .initial = 5});
  table.set({.id = Sysctl::tcp_wmem,
             .handler = dointvec,
             .scope = global,
             .initial = 4096,
             .elements = 3,
             .more_initial = {16384, 4194304}});
}

/// Where the table begins.
constexpr Profile linux_2_6_32_profile() {
  Profile kernel{
      .name = {},
      .release = {},
      .sysctls = {},
      .token_split = true,
      .page_cap = false,
      .isspace_or_nul_ends_number = true,
      .ulong_overflow_rejected = false,
      .int_overflow_rejected = false,
      .minmax_overflow_rejected = false,
      .later_token_error_returned = false,
      .has_writes_strict = false,
      .write_copied_first = false,
      .globals_absent_in_netns = false,
      .has_user_netns = false,
      .somaxconn_hidden_from_users = false,
      .backlog_is_u16 = true,
      .backlog_stored = BacklogStored::last,
      .syn_queue = SynQueue::table,
      .young_spares_syn = true,
      .syn_drops_counted = false,
      .syn_flood_counters = false,
      .defer_drop_counted = false,
      .oow_rate_limited = false,
      .synack_repeat_restarts_timer = false,
      .cookie_minutes = 4,
      .overflow_remembered_long = false,
      .syncookies_always = false,
      .first_synack_timeout_s = 3,
      .syn_retries = 2,
      .syn_linear_timeouts = 0,
      .syn_hurried_by_bad_ack = false,
      .has_loss_probe = false,
      .newest_timer_first = false,
      .has_reuseport = false,
      .reuseport_inet_only = false,
      .fastreuseport_by_claim = false,
      .fastreuse_cached = true,
      .has_fastopen = false,
      .listen_fastopen = ListenFastopen::nothing,
      .ulp_must_clone = false,
      .get_port_error_returned = false,
      .process_queue = false,
      .completes_early = false,
      .poll_stops_on_tick = true,
      .one_poll_per_run = false,
      .budget_in_usecs = false,
      .time_limit_inclusive = false,
      .counts_enqueue_in_total = true,
      .softnet_columns = 9,
      .hz = 250,
      .has_weight_bias = false,
      .has_rps = false,
      .has_flow_limit = false,
      .flow_limit_hash_32 = false,
      .cpumask_from_the_end = false,
      .drops_if_not_running = false,
      .not_running_is_overload = true,
      .has_drop_reasons = false,
      .has_backlog_drop_reason = false,
      .has_backlog_threads = false,
      .counts_cpu_collision = true,
  };
  linux_2_6_32_sysctls(kernel.sysctls);
  return kernel;
}

constexpr void nothing(Profile&) {}

constexpr void linux_2_6_33(Profile& kernel) { kernel.sysctls.edit(Sysctl::tcp_syncookies).initial = 1; }

constexpr void linux_2_6_34(Profile& kernel) { kernel.defer_drop_counted = true; }

/// The integer parser was rewritten (00b7c3395aec); the backlog got its second queue (6e7676c1a76a), and RPS.
constexpr void linux_2_6_35(Profile& kernel) {
  kernel.token_split = false;
  kernel.page_cap = true;
  kernel.isspace_or_nul_ends_number = false;
  kernel.later_token_error_returned = true;
  kernel.process_queue = true;
  kernel.completes_early = true;
  kernel.poll_stops_on_tick = false;
  kernel.counts_enqueue_in_total = false;
  kernel.softnet_columns = 10;
  kernel.has_rps = true;
}

constexpr void linux_2_6_36(Profile& kernel) { kernel.syn_retries = 5; }

constexpr void linux_3_1(Profile& kernel) { kernel.first_synack_timeout_s = 1; }

constexpr void linux_3_2(Profile& kernel) { kernel.syn_flood_counters = true; }

constexpr void linux_3_5(Profile& kernel) { kernel.globals_absent_in_netns = true; }

/// Fast Open on servers (8336886f786f); its sysctl came with the client's half, in 3.6 (2100c8d2d9db).
constexpr void linux_3_7(Profile& kernel) {
  kernel.has_fastopen = true;
  kernel.listen_fastopen = ListenFastopen::makes_queue;
  kernel.syn_retries = 6;
  kernel.sysctls.set({.id = Sysctl::tcp_fastopen, .handler = Handler::dointvec, .scope = Scope::global, .initial = 0});
}

/// User namespaces for everybody (b2e0d98705e6), which are not shown somaxconn (464dc801c76a).
constexpr void linux_3_8(Profile& kernel) {
  kernel.syn_drops_counted = true;
  kernel.has_user_netns = true;
  kernel.somaxconn_hidden_from_users = true;
}

constexpr void linux_3_9(Profile& kernel) {
  kernel.has_reuseport = true;
  kernel.time_limit_inclusive = true;
}

/// tcp_wmem is at least 1 (cdda88912d62): any int in a tree of 3.8.13, at least 1 in one of 3.10.
constexpr void linux_3_10(Profile& kernel) {
  SysctlSpec& wmem = kernel.sysctls.edit(Sysctl::tcp_wmem);
  wmem.handler = Handler::dointvec_minmax;
  wmem.minimum = 1;
  kernel.has_loss_probe = true;
}

/// somaxconn has limits (5f671d6b4ec3); a flow limit with two sysctls and a column (99bbc7074190).
constexpr void linux_3_11(Profile& kernel) {
  SysctlSpec& somaxconn = kernel.sysctls.edit(Sysctl::somaxconn);
  somaxconn.handler = Handler::dointvec_minmax;
  somaxconn.minimum = 0;
  somaxconn.maximum = 65535;
  kernel.softnet_columns = 11;
  kernel.has_flow_limit = true;
  kernel.sysctls.set(
      {.id = Sysctl::flow_limit_cpu_bitmap, .handler = Handler::cpumask, .scope = Scope::global, .initial = 0});
  kernel.sysctls.set(
      {.id = Sysctl::flow_limit_table_len, .handler = Handler::power_of_two, .scope = Scope::global, .initial = 4096});
}

/// Clients may fast open by default (0d41cca490c2).
constexpr void linux_3_13(Profile& kernel) {
  kernel.syncookies_always = true;
  kernel.synack_repeat_restarts_timer = true;
  kernel.cookie_minutes = 2;
  kernel.sysctls.edit(Sysctl::tcp_fastopen).initial = 1;
}

/// kernel.sysctl_writes_strict: 0, a warning that changes nothing, was the default at first (f4aacea2f5d1).
constexpr void linux_3_16(Profile& kernel) {
  kernel.has_writes_strict = true;
  kernel.sysctls.set({.id = Sysctl::sysctl_writes_strict,
                      .handler = Handler::dointvec_minmax,
                      .scope = Scope::global,
                      .minimum = -1,
                      .maximum = 1,
                      .initial = 0});
  kernel.completes_early = false;
}

constexpr void linux_3_19(Profile& kernel) { kernel.one_poll_per_run = true; }

constexpr void linux_4_0(Profile& kernel) { kernel.oow_rate_limited = true; }

/// 32-bit backlogs (becb74f0acca), which lifted the limit of somaxconn.
constexpr void linux_4_1(Profile& kernel) {
  kernel.backlog_is_u16 = false;
  kernel.int_overflow_rejected = true;
  kernel.sysctls.edit(Sysctl::somaxconn).maximum = int_max;
}

constexpr void linux_4_2(Profile& kernel) {
  kernel.overflow_remembered_long = true;
  kernel.drops_if_not_running = true;
}

/// The listener's hash of requests is gone (079096f103fa).
constexpr void linux_4_4(Profile& kernel) {
  kernel.syn_queue = SynQueue::max_ack_reached;
  kernel.backlog_stored = BacklogStored::in_start;
  kernel.listen_fastopen = ListenFastopen::tunes_queue;
}

/// Strict by default (41662f5cc553).
constexpr void linux_4_5(Profile& kernel) { kernel.sysctls.edit(Sysctl::sysctl_writes_strict).initial = 1; }

/// Per namespace (12ed8244ed8b and its neighbours).
constexpr void linux_4_6(Profile& kernel) {
  kernel.sysctls.edit(Sysctl::tcp_syncookies).scope = Scope::per_netns;
  kernel.sysctls.edit(Sysctl::tcp_synack_retries).scope = Scope::per_netns;
}

constexpr void linux_4_7(Profile& kernel) { kernel.counts_cpu_collision = false; }

constexpr void linux_4_8(Profile& kernel) { kernel.newest_timer_first = true; }

constexpr void linux_4_9(Profile& kernel) { kernel.listen_fastopen = ListenFastopen::one_flag; }

constexpr void linux_4_10(Profile& kernel) { kernel.young_spares_syn = false; }

/// dev_weight and its biases, any int (3d48b53fb2ae); tcp_max_syn_backlog per namespace (fee83d097b16).
constexpr void linux_4_11(Profile& kernel) {
  using enum Handler;
  kernel.has_weight_bias = true;
  kernel.fastreuseport_by_claim = true;
  kernel.sysctls.edit(Sysctl::dev_weight).handler = dev_weight;
  for (const Sysctl bias : {Sysctl::dev_weight_rx_bias, Sysctl::dev_weight_tx_bias})
    kernel.sysctls.set({.id = bias, .handler = dev_weight, .scope = Scope::global, .initial = 1});
  kernel.sysctls.edit(Sysctl::tcp_max_syn_backlog).scope = Scope::per_netns;
}

constexpr void linux_4_12(Profile& kernel) {
  kernel.budget_in_usecs = true;
  kernel.sysctls.set({.id = Sysctl::netdev_budget_usecs,
                      .handler = Handler::dointvec_minmax,
                      .scope = Scope::global,
                      .minimum = 0,
                      .initial = 2000});
}

/// Per namespace (65c9410cf5d0, e1cfcbe82b45, 356d1833b638); only tcp_wmem starts with what the first namespace has.
constexpr void linux_4_15(Profile& kernel) {
  for (const Sysctl id : {Sysctl::tcp_abort_on_overflow, Sysctl::tcp_fastopen, Sysctl::tcp_wmem})
    kernel.sysctls.edit(id).scope = Scope::per_netns;
  kernel.sysctls.edit(Sysctl::tcp_wmem).from_first = true;
}

constexpr void linux_5_0(Profile& kernel) { kernel.backlog_stored = BacklogStored::first; }

constexpr void linux_5_1(Profile& kernel) {
  kernel.ulong_overflow_rejected = true;
  kernel.minmax_overflow_rejected = true;
}

/// SOMAXCONN 4096 (19f92a030ca6); twice the share of the hash for tcp_max_syn_backlog.
constexpr void linux_5_4(Profile& kernel) {
  kernel.sysctls.edit(Sysctl::somaxconn).initial = 4096;
  kernel.sysctls.edit(Sysctl::tcp_max_syn_backlog).initial = 2048;
}

constexpr void linux_5_6(Profile& kernel) {
  kernel.cpumask_from_the_end = true;
  kernel.syn_hurried_by_bad_ack = true;
}

/// Two jiffies, in microseconds (a4837980fd9f).
constexpr std::int32_t two_jiffies_usecs(const Profile& kernel) {
  return static_cast<std::int32_t>(2 * 1'000'000 / kernel.hz);
}

constexpr void linux_5_7(Profile& kernel) {
  kernel.sysctls.edit(Sysctl::netdev_budget_usecs).initial = two_jiffies_usecs(kernel);
}

constexpr void linux_5_8(Profile& kernel) { kernel.write_copied_first = true; }

constexpr void linux_5_10(Profile& kernel) { kernel.softnet_columns = 13; }

/// One byte each (4ecc1baf362c).
constexpr void linux_5_13(Profile& kernel) {
  for (const Sysctl id : {Sysctl::tcp_syncookies, Sysctl::tcp_abort_on_overflow, Sysctl::tcp_synack_retries}) {
    SysctlSpec& spec = kernel.sysctls.edit(id);
    spec.handler = Handler::dou8vec_minmax;
    spec.minimum = 0;
    spec.maximum = 255;
  }
}

constexpr void linux_5_17(Profile& kernel) { kernel.has_drop_reasons = true; }

constexpr void linux_5_18(Profile& kernel) { kernel.has_backlog_drop_reason = true; }

/// A namespace may have a hash of connections of its own (d1e5e6408b30).
constexpr void linux_6_1(Profile& kernel) {
  kernel.fastreuse_cached = false;
  kernel.sysctls.set({.id = Sysctl::tcp_child_ehash_entries,
                      .handler = Handler::douintvec_minmax,
                      .scope = Scope::per_netns,
                      .minimum = 0,
                      .maximum = 16 * 1024 * 1024,
                      .initial = 0});
}

constexpr void linux_6_2(Profile& kernel) {
  kernel.ulp_must_clone = true;
  kernel.get_port_error_returned = true;
}

constexpr void linux_6_3(Profile& kernel) { kernel.somaxconn_hidden_from_users = false; }

constexpr void linux_6_4(Profile& kernel) { kernel.softnet_columns = 15; }

constexpr void linux_6_5(Profile& kernel) { kernel.syn_linear_timeouts = 4; }

constexpr void linux_6_10(Profile& kernel) {
  kernel.not_running_is_overload = false;
  kernel.has_backlog_threads = true;
}

constexpr void linux_6_13(Profile& kernel) {
  kernel.syn_queue = SynQueue::max_ack_above;
  kernel.reuseport_inet_only = true;
}

/// Weights are at least 1 (d1f9f79fa2af), the time budget at least two jiffies (c180188ec022).
constexpr void linux_6_14(Profile& kernel) {
  for (const Sysctl id : {Sysctl::dev_weight, Sysctl::dev_weight_rx_bias, Sysctl::dev_weight_tx_bias})
    kernel.sysctls.edit(id).minimum = 1;
  kernel.sysctls.edit(Sysctl::netdev_budget_usecs).minimum = two_jiffies_usecs(kernel);
}

constexpr void linux_6_16(Profile& kernel) { kernel.flow_limit_hash_32 = true; }

struct Release {
  std::string_view name;
  void (*change)(Profile&);
};

/// In order of time.
inline constexpr auto history = std::to_array<Release>({
    {"linux-2.6.32", nothing},      {"linux-2.6.33", linux_2_6_33}, {"linux-2.6.34", linux_2_6_34},
    {"linux-2.6.35", linux_2_6_35}, {"linux-2.6.36", linux_2_6_36}, {"linux-3.1", linux_3_1},
    {"linux-3.2", linux_3_2},       {"linux-3.5", linux_3_5},       {"linux-3.7", linux_3_7},
    {"linux-3.8", linux_3_8},       {"linux-3.9", linux_3_9},       {"linux-3.10", linux_3_10},
    {"linux-3.11", linux_3_11},     {"linux-3.13", linux_3_13},     {"linux-3.16", linux_3_16},
    {"linux-3.19", linux_3_19},     {"linux-4.0", linux_4_0},       {"linux-4.1", linux_4_1},
    {"linux-4.2", linux_4_2},       {"linux-4.4", linux_4_4},       {"linux-4.5", linux_4_5},
    {"linux-4.6", linux_4_6},       {"linux-4.7", linux_4_7},       {"linux-4.8", linux_4_8},
    {"linux-4.9", linux_4_9},       {"linux-4.10", linux_4_10},     {"linux-4.11", linux_4_11},
    {"linux-4.12", linux_4_12},     {"linux-4.14", nothing},        {"linux-4.15", linux_4_15},
    {"linux-4.19", nothing},        {"linux-5.0", linux_5_0},       {"linux-5.1", linux_5_1},
    {"linux-5.4", linux_5_4},       {"linux-5.6", linux_5_6},       {"linux-5.7", linux_5_7},
    {"linux-5.8", linux_5_8},       {"linux-5.10", linux_5_10},     {"linux-5.13", linux_5_13},
    {"linux-5.15", nothing},        {"linux-5.17", linux_5_17},     {"linux-5.18", linux_5_18},
    {"linux-6.1", linux_6_1},       {"linux-6.2", linux_6_2},       {"linux-6.3", linux_6_3},
    {"linux-6.4", linux_6_4},       {"linux-6.5", linux_6_5},       {"linux-6.6", nothing},
    {"linux-6.10", linux_6_10},     {"linux-6.12", nothing},        {"linux-6.13", linux_6_13},
    {"linux-6.14", linux_6_14},     {"linux-6.16", linux_6_16},     {"linux-6.18", nothing},
    {"linux-6.19", nothing},        {"linux-7.1", nothing},
});

}  // namespace weir::releases
