// Which kernel: one field for each behaviour that changed between releases, and a table of releases.
//
// A profile is data; rules read it, never a version number. Every field names the release or commit at which it
// changed. Part of the vocabulary: lockfree/ reads profiles too (the same data, its own rules).
#pragma once
#include <array>
#include <cstdint>
#include <limits>
#include <optional>
#include <string_view>

#include "model/vocabulary/names.hpp"

namespace weir {

/// The function that reads and writes a sysctl.
enum class Handler : std::uint8_t {
  dointvec,          ///< proc_dointvec: any int
  dointvec_minmax,   ///< proc_dointvec_minmax: minimum <= value <= maximum
  dev_weight,        ///< proc_dointvec or _minmax, then dev_rx_weight and dev_tx_weight are recomputed
  dou8vec_minmax,    ///< proc_dou8vec_minmax (5.13, cb9444130662): 0..255, full count returned
  douintvec_minmax,  ///< proc_douintvec_minmax (61d9b56a8920): minimum <= value <= maximum, full count returned
  power_of_two,      ///< flow_limit_table_len_sysctl: proc_dointvec, then EINVAL unless it is a power of two
  cpumask,           ///< flow_limit_cpu_sysctl: groups of hexadecimal digits, one bit a CPU
};

enum class Scope : std::uint8_t { global, per_netns };

inline constexpr std::size_t max_sysctl_elements = 3;

struct SysctlSpec {
  Sysctl id{};
  Handler handler{};
  Scope scope{};
  std::uint16_t mode = 0644;
  std::int32_t minimum = std::numeric_limits<std::int32_t>::min();
  std::int32_t maximum = std::numeric_limits<std::int32_t>::max();
  std::int32_t initial = 0;                    ///< what the kernel, or a new network namespace, starts with
  std::uint32_t elements = 1;                  ///< ints of a vector, 1 .. max_sysctl_elements
  std::array<std::int32_t, 2> more_initial{};  ///< of a vector: what the others start with
  bool from_first = false;  ///< per namespace: a new one starts with what the first one has at that moment

  friend bool operator==(const SysctlSpec&, const SysctlSpec&) = default;
};

/// The sysctls of a release, in enum order; a value, so that a profile can be copied and changed.
class SysctlTable {
 public:
  constexpr const SysctlSpec* begin() const { return rows_.data(); }
  constexpr const SysctlSpec* end() const { return rows_.data() + count_; }
  constexpr std::size_t size() const { return count_; }
  constexpr const SysctlSpec& operator[](std::size_t row) const { return rows_[row]; }

  /// nullptr where this release has no such sysctl.
  constexpr const SysctlSpec* find(Sysctl id) const {
    const std::size_t place = place_of_[static_cast<std::size_t>(id)];
    return place == 0 ? nullptr : &rows_[place - 1];
  }

  /// \pre the release has it
  constexpr SysctlSpec& edit(Sysctl id) { return rows_[static_cast<std::size_t>(find(id) - begin())]; }

  /// Adds the row, or replaces the one of the same id.
  constexpr void set(const SysctlSpec& spec) {
    std::size_t at = 0;
    while (at < count_ && rows_[at].id < spec.id) ++at;
    if (at == count_ || rows_[at].id != spec.id) {
      for (std::size_t row = count_++; row > at; --row) rows_[row] = rows_[row - 1];
    }
    rows_[at] = spec;
    for (std::size_t row = at; row < count_; ++row)
      place_of_[static_cast<std::size_t>(rows_[row].id)] = static_cast<std::uint8_t>(row + 1);
  }

 private:
  std::array<SysctlSpec, sysctl_count> rows_{};
  std::size_t count_ = 0;
  std::array<std::uint8_t, sysctl_count> place_of_{};  ///< by id: 1 + its row, or 0; asked with every transfer
};

/// How the SYN queue of a listener says that it is full.
enum class SynQueue : std::uint8_t {
  table,            ///< .. 4.3: qlen >= N, N a power of two fixed when the socket began to listen
  max_ack_reached,  ///< 4.4 .. 6.12: qlen >= sk_max_ack_backlog (ef547f2ac16b)
  max_ack_above,    ///< 6.13 ..: qlen > sk_max_ack_backlog (3479c7549fb1)
};

/// When listen(2) stores the backlog.
enum class BacklogStored : std::uint8_t {
  last,      ///< .. 4.3: when the socket listens; a SYN that comes before finds 0
  in_start,  ///< 4.4 .. 4.20: while it begins to listen, so that a port that is taken leaves it behind
  first,     ///< 5.0 ..: before it begins to listen (1295e2cf3065)
};

/// What listen(2) does about TCP Fast Open when a socket begins to listen.
enum class ListenFastopen : std::uint8_t {
  nothing,      ///< .. 3.6
  makes_queue,  ///< 3.7 .. 4.3: makes the queue of a socket that has none, with tcp_fastopen 0x400 or 0x800
                ///< (8336886f786f)
  tunes_queue,  ///< 4.4 .. 4.8: the same for a queue of length 0, at most somaxconn long (0536fcc039a8)
  one_flag,     ///< 4.9 ..: the same without 0x800, which is retired
};

struct Profile {
  std::string_view name;     ///< "linux-6.18"
  std::string_view release;  ///< "6.18"

  // --- sysctl -------------------------------------------------------------------------------------------------------
  SysctlTable sysctls;              ///< those that exist in this release
  bool token_split;                 ///< .. 2.6.34: a token over 20 bytes is cut and accepted (00b7c3395aec, 2.6.35)
  bool page_cap;                    ///< 2.6.35 ..: only PAGE_SIZE - 1 bytes are looked at
  bool isspace_or_nul_ends_number;  ///< .. 2.6.34: any isspace byte or NUL; later: space, tab, newline only
  bool ulong_overflow_rejected;     ///< 5.1 ..: EINVAL (7f2923c4f73f); before: modulo 2^64
  bool int_overflow_rejected;       ///< 4.1 ..: proc_dointvec answers EINVAL (230633d109e3); before: low 32 bits
  bool minmax_overflow_rejected;    ///< 5.1 ..: proc_dointvec_minmax does (8cf7630b2970); before: low 32 bits
  bool later_token_error_returned;  ///< 2.6.35 ..: a bad token after a stored one makes the call fail; before: short
                                    ///< write
  bool has_writes_strict;           ///< 3.16 ..: kernel.sysctl_writes_strict governs offset writes (f4aacea2f5d1)
  bool write_copied_first;  ///< 5.8 ..: the whole write is copied in before parsing, ENOMEM from 4 MiB (32927393dc1c)
  bool globals_absent_in_netns;  ///< 3.5 ..: the global knobs of net.core and net.ipv4 belong to the first namespace:
                                 ///< ENOENT in others, and CAP_NET_ADMIN opens them as it does the rest (4344475797a1);
                                 ///< before: those of net.core are read-only in others (EACCES, d5a4502e9efa)
  bool has_user_netns;           ///< 3.8 ..: unshare(2) makes user namespaces, which own network namespaces
                                 ///< (b2e0d98705e6); before: EINVAL
  bool somaxconn_hidden_from_users;  ///< 3.8 .. 6.2: no file in a namespace that another user namespace owns
                                     ///< (464dc801c76a, 6b754d7bd007)

  // --- listen -------------------------------------------------------------------------------------------------------
  bool backlog_is_u16;  ///< .. 4.0: sk_ack_backlog and sk_max_ack_backlog are unsigned short (becb74f0acca, 4.1)
  BacklogStored backlog_stored;
  SynQueue syn_queue;
  bool young_spares_syn;    ///< .. 4.9: a full accept queue drops a SYN only if more than one request is young
                            ///< (5ea8ea2cb7f1, 4.10)
  bool syn_drops_counted;   ///< 3.8 ..: ListenOverflows and ListenDrops also count in the SYN path (848bf15f361c)
  bool syn_flood_counters;  ///< 3.2 ..: TCPReqQFullDoCookies, TCPReqQFullDrop
  bool defer_drop_counted;  ///< 2.6.34 ..: TCPDeferAcceptDrop (907cdda52050)
  bool oow_rate_limited;    ///< 4.0 ..: repeated SYNs and the like are answered once in 500 ms (032ee4236954)
  bool synack_repeat_restarts_timer;  ///< 3.13 ..: answering a repeated SYN restarts the SYN-ACK timer (cd75eff64dae)
  std::uint32_t cookie_minutes;       ///< 4 .. 3.12, 2 from 3.13: minutes in which a cookie is good (8c27bd75f04f)
  bool overflow_remembered_long;      ///< 4.2 ..: an overflow lets cookies in for 120 s, and is noted once a second
                                      ///< (264ea103a747); before: 3 s
  bool syncookies_always;             ///< 3.13 ..: tcp_syncookies 2 answers every SYN with a cookie (5ad37d5deee1)
  std::uint32_t first_synack_timeout_s;  ///< 3 .. 3.0; 1 from 3.1 (9ad7c049f0f7): the unit of TCP_DEFER_ACCEPT
  std::uint32_t syn_retries;  ///< how often a SYN is sent again: 2 .. 2.6.35, where 5 were reckoned in the time that as
                              ///< many of data take; 5 from 2.6.36 (4d22f7d372f5), 6 from 3.7 (6c9ff979d192)
  std::uint32_t syn_linear_timeouts;  ///< 0 .. 6.4, 4 from 6.5 (ccce324dabfe): that many more, all as long apart as the
                                      ///< first
  bool syn_hurried_by_bad_ack;        ///< 5.6 ..: an ACK that cannot be right has the SYN sent again after two jiffies
                                      ///< (9603d47bad46)
  bool has_loss_probe;          ///< 3.10 ..: what is last is sent once more before its timeout doubles (6ba8a3b19e76)
  bool newest_timer_first;      ///< 4.8 ..: of timers in one slot of the wheel the last set fires first (500462a9de65);
                                ///< before: the first set
  bool has_reuseport;           ///< 3.9 .. (055dc21a1d1d)
  bool reuseport_inet_only;     ///< 6.13 ..: for other families EOPNOTSUPP (5b0af621c3f6, CVE-2024-57903)
  bool fastreuseport_by_claim;  ///< 4.11 ..: a bind bucket remembers the claim of its last SO_REUSEPORT owner
                                ///< (637bc8bbe6c0); before: only that all its owners joined with SO_REUSEPORT
  bool fastreuse_cached;  ///< .. 6.0: a bind bucket remembers that all its owners had SO_REUSEADDR (lost with bhash2,
                          ///< 28044fc1d495, 6.1; seen absent on 6.18)
  bool has_fastopen;      ///< 3.7 ..: TCP_FASTOPEN on a server (8336886f786f)
  ListenFastopen listen_fastopen;
  bool ulp_must_clone;           ///< 6.2 ..: listen refuses an upper layer protocol without clone (2c02d41d71f9)
  bool get_port_error_returned;  ///< 6.2 ..: listen returns the error that get_port has; before: EADDRINUSE
                                 ///< (7a7160edf1bf)

  // --- softnet ------------------------------------------------------------------------------------------------------
  bool process_queue;    ///< 2.6.35 ..: the input queue is spliced to a private queue and drained without the lock
                         ///< (6e7676c1a76a)
  bool completes_early;  ///< 2.6.35 .. 3.15: process_backlog clears SCHED before it delivers what fits the quota, and
                         ///< does nothing for a quota of 0 or less (11ef7a8996d5, 3.16)
  bool poll_stops_on_tick;       ///< .. 2.6.34: process_backlog ends when jiffies moves (9958da0501fc, 2.6.35)
  bool one_poll_per_run;         ///< 3.19 ..: a NAPI is polled at most once in a run; limits are checked after the poll
                                 ///< (d75b1ade567f)
  bool budget_in_usecs;          ///< 4.12 ..: the time limit is netdev_budget_usecs (7acf8a1e8a28); before: two jiffies
  bool time_limit_inclusive;     ///< 3.9 ..: jiffies >= limit ends the run (d1f41b67ff77); before: jiffies > limit
  bool counts_enqueue_in_total;  ///< .. 2.6.34: `processed` rises at enqueue and again at delivery
  std::uint32_t softnet_columns;  ///< 9 .. 2.6.34, 10 from 2.6.35, 11 from 3.11 (99bbc7074190), 13 from 5.10, 15 from
                                  ///< 6.4
  std::uint32_t hz;               ///< ticks a second (CONFIG_HZ); 250, the kernel's own default
  bool has_weight_bias;           ///< 4.11 ..: dev_rx_weight = dev_weight * dev_weight_rx_bias (3d48b53fb2ae)
  bool has_rps;                   ///< 2.6.35 ..: a packet may go to the backlog of another CPU (0a9627f2649a)
  bool has_flow_limit;            ///< 3.11 ..: a flow with too large a share of a long queue is dropped (99bbc7074190)
  bool flow_limit_hash_32;        ///< 6.16 ..: hash_32() chooses a flow's bucket (c3025e94daa9); before: the low bits
  bool cpumask_from_the_end;      ///< 5.6 ..: a CPU mask is read from its end, and laxly (2d6261583be0)
  bool drops_if_not_running;      ///< 4.2 ..: packets of a device that is down are dropped (e9e4dd3267d0)
  bool not_running_is_overload;   ///< .. 6.9: those count in `dropped` too (95e48d862ada)
  bool has_drop_reasons;          ///< 5.17 ..: kfree_skb_reason (c504e5c2f964)
  bool has_backlog_drop_reason;   ///< 5.18 ..: CPU_BACKLOG (44f0bd40803c); before: NOT_SPECIFIED
  bool has_backlog_threads;       ///< 6.10 ..: thread_backlog_napi (dad6b9770263)
  bool counts_cpu_collision;      ///< .. 4.6: column 9 of softnet_stat counts; later it is always 0
};

/// nullptr where this release has no such sysctl.
constexpr const SysctlSpec* spec_of(const Profile& kernel, Sysctl id) { return kernel.sysctls.find(id); }

}  // namespace weir

#include "model/profile/releases.hpp"
