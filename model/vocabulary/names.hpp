// The closed sets of names that operations and outcomes use, each with its text form.
#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace weir {

/// A name table: `names<E>` pairs every enumerator of E with its text. One table an enum; all readers and writers use
/// it.
template <class E>
struct Named {
  E value;
  std::string_view text;
};

template <class E>
inline constexpr std::array<Named<E>, 0> names{};

template <class E>
constexpr std::string_view name_of_enum(E value) {
  // Where the enumerators count from 0 the row stands at its own number.
  const auto index = static_cast<std::size_t>(value);
  if (index < names<E>.size() && names<E>[index].value == value) return names<E>[index].text;
  for (const auto& row : names<E>)
    if (row.value == value) return row.text;
  return {};
}

template <class E>
constexpr std::optional<E> enum_from(std::string_view text) {
  for (const auto& row : names<E>)
    if (row.text == text) return row.value;
  return std::nullopt;
}

/// The sysctls of the model, by the name under /proc/sys with dots for slashes.
enum class Sysctl : std::uint8_t {
  somaxconn,
  netdev_max_backlog,
  dev_weight,
  dev_weight_rx_bias,
  dev_weight_tx_bias,
  netdev_budget,
  netdev_budget_usecs,
  tcp_max_syn_backlog,
  tcp_syncookies,
  tcp_abort_on_overflow,
  tcp_synack_retries,
  sysctl_writes_strict,
  flow_limit_cpu_bitmap,
  flow_limit_table_len,
  tcp_fastopen,
  tcp_child_ehash_entries,
  tcp_wmem,
};

template <>
inline constexpr auto names<Sysctl> = std::to_array<Named<Sysctl>>({
    {Sysctl::somaxconn, "net.core.somaxconn"},
    {Sysctl::netdev_max_backlog, "net.core.netdev_max_backlog"},
    {Sysctl::dev_weight, "net.core.dev_weight"},
    {Sysctl::dev_weight_rx_bias, "net.core.dev_weight_rx_bias"},
    {Sysctl::dev_weight_tx_bias, "net.core.dev_weight_tx_bias"},
    {Sysctl::netdev_budget, "net.core.netdev_budget"},
    {Sysctl::netdev_budget_usecs, "net.core.netdev_budget_usecs"},
    {Sysctl::tcp_max_syn_backlog, "net.ipv4.tcp_max_syn_backlog"},
    {Sysctl::tcp_syncookies, "net.ipv4.tcp_syncookies"},
    {Sysctl::tcp_abort_on_overflow, "net.ipv4.tcp_abort_on_overflow"},
    {Sysctl::tcp_synack_retries, "net.ipv4.tcp_synack_retries"},
    {Sysctl::sysctl_writes_strict, "kernel.sysctl_writes_strict"},
    {Sysctl::flow_limit_cpu_bitmap, "net.core.flow_limit_cpu_bitmap"},
    {Sysctl::flow_limit_table_len, "net.core.flow_limit_table_len"},
    {Sysctl::tcp_fastopen, "net.ipv4.tcp_fastopen"},
    {Sysctl::tcp_child_ehash_entries, "net.ipv4.tcp_child_ehash_entries"},
    {Sysctl::tcp_wmem, "net.ipv4.tcp_wmem"},
});
inline constexpr std::size_t sysctl_count = names<Sysctl>.size();

/// Whose credentials open the sysctl file: root of the user namespace that owns the network namespace, an ordinary user
/// there without capabilities, or one with nothing but CAP_NET_ADMIN.
enum class Cred : std::uint8_t { root, user, net_admin };
template <>
inline constexpr auto names<Cred> =
    std::to_array<Named<Cred>>({{Cred::root, "root"}, {Cred::user, "user"}, {Cred::net_admin, "net_admin"}});

/// Which user namespace owns a network namespace: the initial one, or one that an ordinary user made, whose root is
/// nobody outside.
enum class Owner : std::uint8_t { init, user };
template <>
inline constexpr auto names<Owner> = std::to_array<Named<Owner>>({{Owner::init, "init"}, {Owner::user, "user"}});

enum class Family : std::uint8_t { inet, inet6, unix_, netlink };
template <>
inline constexpr auto names<Family> = std::to_array<Named<Family>>(
    {{Family::inet, "inet"}, {Family::inet6, "inet6"}, {Family::unix_, "unix"}, {Family::netlink, "netlink"}});

enum class SockType : std::uint8_t { stream, dgram, seqpacket };
template <>
inline constexpr auto names<SockType> = std::to_array<Named<SockType>>({{SockType::stream, "stream"},
                                                                        {SockType::dgram, "dgram"},
                                                                        {SockType::seqpacket, "seqpacket"}});

enum class SockOpt : std::uint8_t { tcp_defer_accept, so_reuseaddr, so_reuseport, so_acceptconn, tcp_fastopen };
template <>
inline constexpr auto names<SockOpt> = std::to_array<Named<SockOpt>>({
    {SockOpt::tcp_defer_accept, "TCP_DEFER_ACCEPT"},
    {SockOpt::so_reuseaddr, "SO_REUSEADDR"},
    {SockOpt::so_reuseport, "SO_REUSEPORT"},
    {SockOpt::so_acceptconn, "SO_ACCEPTCONN"},
    {SockOpt::tcp_fastopen, "TCP_FASTOPEN"},
});

enum class How : std::uint8_t { rd, wr, rdwr };
template <>
inline constexpr auto names<How> = std::to_array<Named<How>>({{How::rd, "rd"}, {How::wr, "wr"}, {How::rdwr, "rdwr"}});

/// TCP states by the kernel's numbers (include/net/tcp_states.h).
enum class TcpState : std::uint8_t {
  established = 1,
  syn_sent,
  syn_recv,
  fin_wait1,
  fin_wait2,
  time_wait,
  close,
  close_wait,
  last_ack,
  listen,
  closing,
};
template <>
inline constexpr auto names<TcpState> = std::to_array<Named<TcpState>>({
    {TcpState::established, "ESTABLISHED"},
    {TcpState::syn_sent, "SYN_SENT"},
    {TcpState::syn_recv, "SYN_RECV"},
    {TcpState::fin_wait1, "FIN_WAIT1"},
    {TcpState::fin_wait2, "FIN_WAIT2"},
    {TcpState::time_wait, "TIME_WAIT"},
    {TcpState::close, "CLOSE"},
    {TcpState::close_wait, "CLOSE_WAIT"},
    {TcpState::last_ack, "LAST_ACK"},
    {TcpState::listen, "LISTEN"},
    {TcpState::closing, "CLOSING"},
});

/// The flags of a segment, as far as they are told apart: PSH says nothing to these rules but is what data carries. As
/// a reply, "R" is any reset, with ACK or without.
enum class Flags : std::uint8_t { none, s, sa, a, pa, f, fa, r, ra };
template <>
inline constexpr auto names<Flags> = std::to_array<Named<Flags>>({
    {Flags::none, ""},
    {Flags::s, "S"},
    {Flags::sa, "SA"},
    {Flags::a, "A"},
    {Flags::pa, "PA"},
    {Flags::f, "F"},
    {Flags::fa, "FA"},
    {Flags::r, "R"},
    {Flags::ra, "RA"},
});
constexpr bool has_syn(Flags flags) { return flags == Flags::s || flags == Flags::sa; }
constexpr bool has_rst(Flags flags) { return flags == Flags::r || flags == Flags::ra; }
constexpr bool has_fin(Flags flags) { return flags == Flags::f || flags == Flags::fa; }
constexpr bool has_ack(Flags flags) {
  return flags == Flags::sa || flags == Flags::a || flags == Flags::pa || flags == Flags::fa || flags == Flags::ra;
}

enum class NetRx : std::uint8_t { success, drop };
template <>
inline constexpr auto names<NetRx> = std::to_array<Named<NetRx>>({{NetRx::success, "NET_RX_SUCCESS"},
                                                                  {NetRx::drop, "NET_RX_DROP"}});

/// Why kfree_skb_reason was called (enum skb_drop_reason), as far as a backlog gives reasons.
enum class DropReason : std::uint8_t { not_specified, cpu_backlog, dev_ready };
template <>
inline constexpr auto names<DropReason> = std::to_array<Named<DropReason>>({{DropReason::not_specified,
                                                                             "NOT_SPECIFIED"},
                                                                            {DropReason::cpu_backlog, "CPU_BACKLOG"},
                                                                            {DropReason::dev_ready, "DEV_READY"}});

}  // namespace weir
