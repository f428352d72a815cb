// Every field of a Profile with its meaning, and the commits that changed it: the source of `weir profiles` and of the
// docs. The releases of a change are those of model/profile/history.hpp.
#pragma once
#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

#include "model/profile.hpp"

namespace weir {

template <>
inline constexpr auto names<SynQueue> = std::to_array<Named<SynQueue>>({{SynQueue::table, "table"},
                                                                        {SynQueue::max_ack_reached, "max_ack_reached"},
                                                                        {SynQueue::max_ack_above, "max_ack_above"}});

template <>
inline constexpr auto names<BacklogStored> = std::to_array<Named<BacklogStored>>({{BacklogStored::last, "last"},
                                                                                  {BacklogStored::in_start, "in_start"},
                                                                                  {BacklogStored::first, "first"}});

template <>
inline constexpr auto names<ListenFastopen> =
    std::to_array<Named<ListenFastopen>>({{ListenFastopen::nothing, "nothing"},
                                          {ListenFastopen::makes_queue, "makes_queue"},
                                          {ListenFastopen::tunes_queue, "tunes_queue"},
                                          {ListenFastopen::one_flag, "one_flag"}});

template <>
inline constexpr auto names<Handler> =
    std::to_array<Named<Handler>>({{Handler::dointvec, "proc_dointvec"},
                                   {Handler::dointvec_minmax, "proc_dointvec_minmax"},
                                   {Handler::dev_weight, "proc_do_dev_weight"},
                                   {Handler::dou8vec_minmax, "proc_dou8vec_minmax"},
                                   {Handler::power_of_two, "flow_limit_table_len_sysctl"},
                                   {Handler::cpumask, "flow_limit_cpu_sysctl"},
                                   {Handler::douintvec_minmax, "proc_douintvec_minmax"}});

template <>
inline constexpr auto names<Scope> = std::to_array<Named<Scope>>({{Scope::global, "global"},
                                                                  {Scope::per_netns, "per namespace"}});

namespace oracle {
/// The plane whose behaviour a field decides.
enum class Plane : std::uint8_t { sysctl, listen, softnet };
}  // namespace oracle

template <>
inline constexpr auto names<oracle::Plane> = std::to_array<Named<oracle::Plane>>({{oracle::Plane::sysctl, "sysctl"},
                                                                                  {oracle::Plane::listen, "listen"},
                                                                                  {oracle::Plane::softnet, "softnet"}});

namespace oracle {

struct ProfileField {
  Plane plane;
  std::string_view name;
  std::variant<bool Profile::*, std::uint32_t Profile::*, SynQueue Profile::*, BacklogStored Profile::*,
               ListenFastopen Profile::*>
      member;
  std::string_view meaning;
  std::string_view commits;  ///< a word for each change, in order of time: its commit, "-" where that is not known
};

/// All but `name`, `release` and `sysctls`, in the order of the struct.
inline constexpr auto profile_fields = std::to_array<ProfileField>({
    {Plane::sysctl, "token_split", &Profile::token_split, "a number of more than 20 characters is cut and accepted",
     "00b7c3395aec"},
    {Plane::sysctl, "page_cap", &Profile::page_cap, "only the first 4095 bytes of a write are looked at", "-"},
    {Plane::sysctl, "isspace_or_nul_ends_number", &Profile::isspace_or_nul_ends_number,
     "any isspace byte or NUL ends a number; otherwise space, tab and newline only", "-"},
    {Plane::sysctl, "ulong_overflow_rejected", &Profile::ulong_overflow_rejected,
     "a number of more than 64 bits is EINVAL; otherwise it counts modulo 2^64", "7f2923c4f73f"},
    {Plane::sysctl, "int_overflow_rejected", &Profile::int_overflow_rejected,
     "a number of more than 32 bits is EINVAL; otherwise its low 32 bits count", "230633d109e3"},
    {Plane::sysctl, "minmax_overflow_rejected", &Profile::minmax_overflow_rejected,
     "the same where a setting has limits; otherwise the low 32 bits are held against them", "8cf7630b2970"},
    {Plane::sysctl, "later_token_error_returned", &Profile::later_token_error_returned,
     "a bad number behind a stored one makes the call fail; otherwise the write is short", "-"},
    {Plane::sysctl, "has_writes_strict", &Profile::has_writes_strict,
     "kernel.sysctl_writes_strict governs writes at an offset", "f4aacea2f5d1"},
    {Plane::sysctl, "write_copied_first", &Profile::write_copied_first,
     "the whole write is copied in before it is parsed, ENOMEM from 4 MiB on", "32927393dc1c"},
    {Plane::sysctl, "globals_absent_in_netns", &Profile::globals_absent_in_netns,
     "global settings of net.* do not exist in other namespaces (ENOENT), and CAP_NET_ADMIN opens them; otherwise "
     "those "
     "of net.core are read-only there (EACCES)",
     "4344475797a1"},
    {Plane::sysctl, "has_user_netns", &Profile::has_user_netns,
     "a new user namespace may own a new network namespace; otherwise EINVAL", "b2e0d98705e6"},
    {Plane::sysctl, "somaxconn_hidden_from_users", &Profile::somaxconn_hidden_from_users,
     "somaxconn has no file in a namespace that another user namespace owns (ENOENT)", "464dc801c76a 6b754d7bd007"},
    {Plane::listen, "backlog_is_u16", &Profile::backlog_is_u16, "sk_ack_backlog and sk_max_ack_backlog have 16 bits",
     "becb74f0acca"},
    {Plane::listen, "backlog_stored", &Profile::backlog_stored,
     "when listen stores the backlog: last, if all went well; while it starts to listen; or first of all",
     "- 1295e2cf3065"},
    {Plane::listen, "syn_queue", &Profile::syn_queue,
     "what says that the SYN queue is full: a table of fixed size, as many requests as sk_max_ack_backlog, or more",
     "ef547f2ac16b 3479c7549fb1"},
    {Plane::listen, "young_spares_syn", &Profile::young_spares_syn,
     "a full accept queue drops a SYN only if more than one request is young", "5ea8ea2cb7f1"},
    {Plane::listen, "syn_drops_counted", &Profile::syn_drops_counted,
     "ListenOverflows and ListenDrops count dropped SYNs as well", "848bf15f361c"},
    {Plane::listen, "syn_flood_counters", &Profile::syn_flood_counters,
     "TCPReqQFullDoCookies and TCPReqQFullDrop exist", "-"},
    {Plane::listen, "defer_drop_counted", &Profile::defer_drop_counted, "TCPDeferAcceptDrop exists", "907cdda52050"},
    {Plane::listen, "oow_rate_limited", &Profile::oow_rate_limited,
     "segments out of order, as a repeated SYN, are answered once in 500 ms", "032ee4236954"},
    {Plane::listen, "synack_repeat_restarts_timer", &Profile::synack_repeat_restarts_timer,
     "answering a repeated SYN restarts the SYN-ACK timer", "cd75eff64dae"},
    {Plane::listen, "cookie_minutes", &Profile::cookie_minutes, "minutes in which a SYN cookie is good",
     "8c27bd75f04f"},
    {Plane::listen, "overflow_remembered_long", &Profile::overflow_remembered_long,
     "an overflow of the SYN queue lets cookies in for 120 s; otherwise for 3 s", "264ea103a747"},
    {Plane::listen, "syncookies_always", &Profile::syncookies_always,
     "tcp_syncookies 2 answers every SYN with a cookie", "5ad37d5deee1"},
    {Plane::listen, "first_synack_timeout_s", &Profile::first_synack_timeout_s,
     "seconds until the first SYN-ACK is repeated: the unit of TCP_DEFER_ACCEPT", "9ad7c049f0f7"},
    {Plane::listen, "syn_retries", &Profile::syn_retries, "how often a SYN without an answer is sent again",
     "4d22f7d372f5 6c9ff979d192"},
    {Plane::listen, "syn_linear_timeouts", &Profile::syn_linear_timeouts,
     "how often before that the wait stays as long as the first", "ccce324dabfe"},
    {Plane::listen, "syn_hurried_by_bad_ack", &Profile::syn_hurried_by_bad_ack,
     "an ACK that cannot be right has the SYN sent again after two jiffies", "9603d47bad46"},
    {Plane::listen, "has_loss_probe", &Profile::has_loss_probe,
     "a FIN that nobody took is sent once more before its timeout doubles", "6ba8a3b19e76"},
    {Plane::listen, "newest_timer_first", &Profile::newest_timer_first,
     "of timers that are due together the last set fires first; otherwise the first set", "500462a9de65"},
    {Plane::listen, "has_reuseport", &Profile::has_reuseport, "SO_REUSEPORT exists", "055dc21a1d1d"},
    {Plane::listen, "reuseport_inet_only", &Profile::reuseport_inet_only,
     "SO_REUSEPORT is for inet sockets: EOPNOTSUPP elsewhere", "5b0af621c3f6"},
    {Plane::listen, "fastreuseport_by_claim", &Profile::fastreuseport_by_claim,
     "a port remembers the address of its last SO_REUSEPORT holder; otherwise only that all holders had SO_REUSEPORT",
     "637bc8bbe6c0"},
    {Plane::listen, "fastreuse_cached", &Profile::fastreuse_cached,
     "the holders of a port remember that all of them had SO_REUSEADDR, and let another such one join unchecked",
     "28044fc1d495"},
    {Plane::listen, "has_fastopen", &Profile::has_fastopen, "TCP_FASTOPEN exists for servers", "8336886f786f"},
    {Plane::listen, "listen_fastopen", &Profile::listen_fastopen,
     "what listen does by tcp_fastopen: nothing, make a queue, set the length of one that is 0, or that with 0x400 "
     "only",
     "8336886f786f 0536fcc039a8 -"},
    {Plane::listen, "ulp_must_clone", &Profile::ulp_must_clone,
     "a socket whose upper layer protocol (TCP_ULP) cannot be cloned must not listen; otherwise its children share it",
     "2c02d41d71f9"},
    {Plane::listen, "get_port_error_returned", &Profile::get_port_error_returned,
     "listen returns the error of get_port; otherwise EADDRINUSE whatever that was", "7a7160edf1bf"},
    {Plane::softnet, "process_queue", &Profile::process_queue,
     "the input queue is spliced to a private one and drained without the lock", "6e7676c1a76a"},
    {Plane::softnet, "completes_early", &Profile::completes_early,
     "process_backlog clears SCHED before it delivers what fits the quota, and does nothing for a quota of 0 or less",
     "- 11ef7a8996d5"},
    {Plane::softnet, "poll_stops_on_tick", &Profile::poll_stops_on_tick, "process_backlog ends when jiffies moves",
     "9958da0501fc"},
    {Plane::softnet, "one_poll_per_run", &Profile::one_poll_per_run,
     "a NAPI is polled at most once in a run, and the limits are looked at after the poll", "d75b1ade567f"},
    {Plane::softnet, "budget_in_usecs", &Profile::budget_in_usecs,
     "netdev_budget_usecs limits a run; otherwise two jiffies do", "7acf8a1e8a28"},
    {Plane::softnet, "time_limit_inclusive", &Profile::time_limit_inclusive,
     "a run ends when jiffies reaches the limit; otherwise when it has passed it", "d1f41b67ff77"},
    {Plane::softnet, "counts_enqueue_in_total", &Profile::counts_enqueue_in_total,
     "the column `processed` rises when a packet is queued and again when it is delivered", "-"},
    {Plane::softnet, "softnet_columns", &Profile::softnet_columns, "columns of /proc/net/softnet_stat",
     "- 99bbc7074190 - -"},
    {Plane::softnet, "hz", &Profile::hz, "ticks a second: CONFIG_HZ, the kernel's own default", ""},
    {Plane::softnet, "has_weight_bias", &Profile::has_weight_bias,
     "the weight of a poll is dev_weight * dev_weight_rx_bias", "3d48b53fb2ae"},
    {Plane::softnet, "has_rps", &Profile::has_rps, "a packet may go to the backlog of another CPU", "0a9627f2649a"},
    {Plane::softnet, "has_flow_limit", &Profile::has_flow_limit,
     "a flow with too large a share of a long queue is dropped, on CPUs that ask for it", "99bbc7074190"},
    {Plane::softnet, "flow_limit_hash_32", &Profile::flow_limit_hash_32,
     "hash_32 of a packet's hash chooses the bucket of its flow; otherwise its low bits do", "c3025e94daa9"},
    {Plane::softnet, "cpumask_from_the_end", &Profile::cpumask_from_the_end,
     "a CPU mask is read from its end, with empty groups and any blanks; otherwise from its start, strictly",
     "2d6261583be0"},
    {Plane::softnet, "drops_if_not_running", &Profile::drops_if_not_running,
     "packets of a device that is down are dropped; otherwise they are queued", "e9e4dd3267d0"},
    {Plane::softnet, "not_running_is_overload", &Profile::not_running_is_overload,
     "packets dropped because their device is down count in the column `dropped`", "95e48d862ada"},
    {Plane::softnet, "has_drop_reasons", &Profile::has_drop_reasons, "drops have a reason", "c504e5c2f964"},
    {Plane::softnet, "has_backlog_drop_reason", &Profile::has_backlog_drop_reason,
     "a full backlog's reason is CPU_BACKLOG; otherwise NOT_SPECIFIED", "44f0bd40803c"},
    {Plane::softnet, "has_backlog_threads", &Profile::has_backlog_threads,
     "with the boot argument thread_backlog_napi a backlog that another CPU schedules is polled by its thread",
     "dad6b9770263"},
    {Plane::softnet, "counts_cpu_collision", &Profile::counts_cpu_collision,
     "column 9 of /proc/net/softnet_stat counts; otherwise it is always 0", "-"},
});

/// "yes", "no", a number or a name.
inline std::string value_text(const Profile& profile, const ProfileField& field) {
  return std::visit(
      [&]<class T>(T Profile::*member) -> std::string {
        const T value = profile.*member;
        if constexpr (std::is_same_v<T, bool>)
          return value ? "yes" : "no";
        else if constexpr (std::is_enum_v<T>)
          return std::string(name_of_enum(value));
        else
          return std::to_string(value);
      },
      field.member);
}

/// When the field changed, as words: "from 4.1 (230633d109e3)", "before 2.6.35", "3 at first, 1 from 3.1
/// (9ad7c049f0f7)".
/// "" where it never did.
std::string changes_of(const ProfileField& field);

}  // namespace oracle
}  // namespace weir
