// The table of releases. Included by model/profile.hpp; each value is the fact, its reason stands at the field.
#pragma once
#include "model/profile.hpp"

namespace weir {
namespace releases {

inline constexpr std::int32_t int_max = std::numeric_limits<std::int32_t>::max();

/// 2.6.32: all plain proc_dointvec ints; only somaxconn belongs to the namespace (b8e1f9b5c37e, 2.6.25).
inline constexpr auto sysctls_2_6_32 = std::to_array<SysctlSpec>({
    {.id = Sysctl::somaxconn, .handler = Handler::dointvec, .scope = Scope::per_netns, .initial = 128},
    {.id = Sysctl::netdev_max_backlog, .handler = Handler::dointvec, .scope = Scope::global, .initial = 1000},
    {.id = Sysctl::dev_weight, .handler = Handler::dointvec, .scope = Scope::global, .initial = 64},
    {.id = Sysctl::netdev_budget, .handler = Handler::dointvec, .scope = Scope::global, .initial = 300},
    {.id = Sysctl::tcp_max_syn_backlog, .handler = Handler::dointvec, .scope = Scope::global, .initial = 1024},
    {.id = Sysctl::tcp_syncookies, .handler = Handler::dointvec, .scope = Scope::global, .initial = 0},
    {.id = Sysctl::tcp_abort_on_overflow, .handler = Handler::dointvec, .scope = Scope::global, .initial = 0},
    {.id = Sysctl::tcp_synack_retries, .handler = Handler::dointvec, .scope = Scope::global, .initial = 5},
});

/// 6.18: dev_weight and its biases are at least 1 (d1f9f79fa2af, 6.14); the time budget at least two jiffies
/// (c180188ec022, 6.14), 8000 us at HZ 250; the tcp_* switches are u8 (4ecc1baf362c, 5.13).
inline constexpr auto sysctls_6_18 = std::to_array<SysctlSpec>({
    {.id = Sysctl::somaxconn,
     .handler = Handler::dointvec_minmax,
     .scope = Scope::per_netns,
     .minimum = 0,
     .initial = 4096},
    {.id = Sysctl::netdev_max_backlog, .handler = Handler::dointvec, .scope = Scope::global, .initial = 1000},
    {.id = Sysctl::dev_weight, .handler = Handler::dev_weight, .scope = Scope::global, .minimum = 1, .initial = 64},
    {.id = Sysctl::dev_weight_rx_bias,
     .handler = Handler::dev_weight,
     .scope = Scope::global,
     .minimum = 1,
     .initial = 1},
    {.id = Sysctl::dev_weight_tx_bias,
     .handler = Handler::dev_weight,
     .scope = Scope::global,
     .minimum = 1,
     .initial = 1},
    {.id = Sysctl::netdev_budget, .handler = Handler::dointvec, .scope = Scope::global, .initial = 300},
    {.id = Sysctl::netdev_budget_usecs,
     .handler = Handler::dointvec_minmax,
     .scope = Scope::global,
     .minimum = 8000,
     .initial = 8000},
    {.id = Sysctl::tcp_max_syn_backlog, .handler = Handler::dointvec, .scope = Scope::per_netns, .initial = 2048},
    {.id = Sysctl::tcp_syncookies,
     .handler = Handler::dou8vec_minmax,
     .scope = Scope::per_netns,
     .minimum = 0,
     .maximum = 255,
     .initial = 1},
    {.id = Sysctl::tcp_abort_on_overflow,
     .handler = Handler::dou8vec_minmax,
     .scope = Scope::per_netns,
     .minimum = 0,
     .maximum = 255,
     .initial = 0},
    {.id = Sysctl::tcp_synack_retries,
     .handler = Handler::dou8vec_minmax,
     .scope = Scope::per_netns,
     .minimum = 0,
     .maximum = 255,
     .initial = 5},
    {.id = Sysctl::sysctl_writes_strict,
     .handler = Handler::dointvec_minmax,
     .scope = Scope::global,
     .minimum = -1,
     .maximum = 1,
     .initial = 1},
});

inline constexpr Profile linux_2_6_32{
    .name = "linux-2.6.32",
    .release = "2.6.32",
    .sysctls = sysctls_2_6_32,
    .token_split = true,
    .page_cap = false,
    .isspace_or_nul_ends_number = true,
    .ulong_overflow_rejected = false,
    .int_overflow_rejected = false,
    .later_token_error_returned = false,
    .has_writes_strict = false,
    .write_copied_first = false,
    .globals_absent_in_netns = false,
    .backlog_is_u16 = true,
    .backlog_stored_first = false,
    .syn_queue = SynQueue::table,
    .young_spares_syn = true,
    .syn_drops_counted = false,
    .syn_flood_counters = false,
    .defer_drop_counted = false,
    .syncookies_always = false,
    .first_synack_timeout_s = 3,
    .has_reuseport = false,
    .fastreuse_cached = true,
    .has_fastopen = false,
    .process_queue = false,
    .poll_stops_on_tick = true,
    .one_poll_per_run = false,
    .budget_in_usecs = false,
    .time_limit_inclusive = false,
    .counts_enqueue_in_total = true,
    .softnet_columns = 9,
    .hz = 250,
    .has_weight_bias = false,
};

inline constexpr Profile linux_6_18{
    .name = "linux-6.18",
    .release = "6.18",
    .sysctls = sysctls_6_18,
    .token_split = false,
    .page_cap = true,
    .isspace_or_nul_ends_number = false,
    .ulong_overflow_rejected = true,
    .int_overflow_rejected = true,
    .later_token_error_returned = true,
    .has_writes_strict = true,
    .write_copied_first = true,
    .globals_absent_in_netns = true,
    .backlog_is_u16 = false,
    .backlog_stored_first = true,
    .syn_queue = SynQueue::max_ack_above,
    .young_spares_syn = false,
    .syn_drops_counted = true,
    .syn_flood_counters = true,
    .defer_drop_counted = true,
    .syncookies_always = true,
    .first_synack_timeout_s = 1,
    .has_reuseport = true,
    .fastreuse_cached = false,
    .has_fastopen = true,
    .process_queue = true,
    .poll_stops_on_tick = false,
    .one_poll_per_run = true,
    .budget_in_usecs = true,
    .time_limit_inclusive = true,
    .counts_enqueue_in_total = false,
    .softnet_columns = 15,
    .hz = 250,
    .has_weight_bias = true,
};

inline constexpr std::array<const Profile*, 2> all{&linux_2_6_32, &linux_6_18};

}  // namespace releases

/// nullptr for a name that is not in the table.
constexpr const Profile* profile_from(std::string_view name) {
  for (const Profile* each : releases::all)
    if (each->name == name) return each;
  return nullptr;
}

}  // namespace weir
