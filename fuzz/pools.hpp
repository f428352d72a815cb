// Interesting values, by the type of the field. Decoder, generator, mutator and minimiser all take from here; an
// operation that reuses these field types needs no code of its own.
#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <type_traits>

#include "model/op.hpp"

namespace weir::fuzz {

/// `pool<T>`: values of T worth trying. The first is the simplest; one that stands twice is drawn twice as often.
template <class T>
inline constexpr std::array<T, 0> pool{};

/// Labels begin at 3 and a case opens few, so low labels hit. 0..2 are open but no sockets; -1 and max_fd are EBADF.
template <>
inline constexpr auto pool<Fd> = std::to_array<Fd>({{3}, {4},  {5},  {6},  {7}, {8}, {3},  {4},
                                                    {5}, {6},  {3},  {4},  {3}, {4}, {7},  {8},
                                                    {9}, {10}, {11}, {12}, {0}, {2}, {-1}, {max_fd}});

template <>
inline constexpr auto pool<NsId> = std::to_array<NsId>({{0}, {0}, {1}, {1}, {2}, {3}});

/// Those of a host with default options: a trace cannot name a CPU that its host lacks.
template <>
inline constexpr auto pool<Cpu> = std::to_array<Cpu>({{0}, {0}, {0}, {1}, {1}});

/// Half of the packets that are steered at all go to another CPU than their own.
template <>
inline constexpr auto pool<Steered> = std::to_array<Steered>({std::nullopt, Cpu{1}, Cpu{0}, Cpu{1}, Cpu{0}});

/// Flows that share a bucket of a small table, and of one with 65,536 and of none; one is drawn most.
template <>
inline constexpr auto pool<FlowHash> =
    std::to_array<FlowHash>({{0}, {1}, {1}, {1}, {2}, {5}, {65537}, {0x80000000}, {0xffffffff}});

/// Whether a device is running, and what else is mostly so.
template <>
inline constexpr auto pool<bool> = std::to_array<bool>({true, false, true});

template <>
inline constexpr auto pool<Skb> =
    std::to_array<Skb>({{0}, {1}, {2}, {3}, {4}, {5}, {6}, {7}, {8}, {9}, {10}, {11}, {12}, {13}, {14}, {15}});

/// 192.0.2.1 is nobody's; then broadcasts, of the loopback network and of all, a multicast address, and AF_UNIX.
template <>
inline constexpr auto pool<Address> = std::to_array<Address>(
    {any_address, loopback, loopback, loopback, loopback, any_address, v4_address(0x7f000002), loopback6, loopback6,
     v4_address(0xc0000201), v4_address(0x7fffffff), v4_address(0xffffffff), v4_address(0xe0000001), abstract_names});

/// Remote peers, and the host's end of their connections: the ports that listeners have (see below), a second address,
/// and one that no peer can have.
template <>
inline constexpr auto pool<End> = std::to_array<End>({{0xc000020a, 1000},
                                                      {0xc0000201, 8080},
                                                      {0xc000020a, 1001},
                                                      {0xc0000201, 8080},
                                                      {0xc000020b, 1000},
                                                      {0xc0000201, 8081},
                                                      {0xc0000202, 8080},
                                                      {0x7f000001, 8080}});

/// Both sides of every timer: half a second, a second and its doublings, a minute, and the two of TIME_WAIT; a jiffy
/// and two, the delays of an ACK, the first two timeouts of a FIN and its last, and that of a SYN; a millisecond past
/// what a listener remembers of an overflow, then and now.
template <>
inline constexpr auto pool<Millis> = std::to_array<Millis>(
    {{1000},  {0},      {499}, {500}, {1},  {999}, {2000}, {3000}, {4000}, {7000},   {60000},  {59999}, {120000},
     {31000}, {600000}, {4},   {8},   {40}, {200}, {204},  {408},  {800},  {104448}, {131000}, {3001},  {120001}});

/// Ports. 0 asks for any free one.
template <>
inline constexpr auto pool<std::uint16_t> = std::to_array<std::uint16_t>({0, 8080, 8080, 8081, 8082, 65535, 1});

/// Backlogs, quotas and option values: both sides of every limit that a release had (16 bits, somaxconn 128 and 4096,
/// the sign), 196602 = 3 * 65534, and 0x402, which lets TCP fast open.
template <>
inline constexpr auto pool<std::int32_t> =
    std::to_array<std::int32_t>({0,     1,
                                 2,     5,
                                 127,   128,
                                 1,     2,
                                 3,     4,
                                 0x402, 4095,
                                 4096,  4097,
                                 65535, 65536,
                                 65537, 64,
                                 300,   -1,
                                 7,     std::numeric_limits<std::int32_t>::max(),
                                 8,     16,
                                 29887, 196602,
                                 -5,    std::numeric_limits<std::int32_t>::min()});

/// Read lengths: around the longest number ("-2147483648\n", 12 bytes) and none at all.
template <>
inline constexpr auto pool<std::uint32_t> = std::to_array<std::uint32_t>({4096, 0, 1, 2, 4, 5, 6, 11, 12, 100});

/// File positions.
template <>
inline constexpr auto pool<std::int64_t> = std::to_array<std::int64_t>({0, 0, 0, 0, 0, 1, 2, 4095, 4096, 100000, -1,
                                                                        std::numeric_limits<std::int64_t>::max()});

template <>
inline constexpr auto pool<TickAfter> = std::to_array<TickAfter>({std::nullopt, std::nullopt, 1U, 2U, 0U, 3U, 4U, 7U,
                                                                  64U});

/// What a sysctl write is made of: digits and prefixes, every kind of blank, what ends a number and what must not.
template <>
inline constexpr auto pool<char> = std::to_array<char>({'0', '1',  '2',  '5',  '7',  '8',  '9',  'a',   'f',
                                                        'x', 'X',  '-',  '+',  ' ',  '0',  '1',  '9',   '-',
                                                        ' ', '\t', '\n', '\v', '\f', '\r', '\0', '\xA0'});

/// An enum, by default: each of its values.
template <class T>
concept Enumerated = std::is_enum_v<T>;

template <Enumerated T>
inline constexpr auto pool<T> = [] {
  std::array<T, names<T>.size()> values{};
  for (std::size_t i = 0; i < values.size(); ++i) values[i] = names<T>[i].value;
  return values;
}();

/// The limits that sockets and packets meet come first; the others are there to be left alone.
template <>
inline constexpr auto pool<Sysctl> = std::to_array<Sysctl>({Sysctl::somaxconn,
                                                            Sysctl::netdev_max_backlog,
                                                            Sysctl::dev_weight,
                                                            Sysctl::netdev_budget,
                                                            Sysctl::somaxconn,
                                                            Sysctl::netdev_max_backlog,
                                                            Sysctl::dev_weight,
                                                            Sysctl::netdev_budget,
                                                            Sysctl::dev_weight_rx_bias,
                                                            Sysctl::dev_weight_tx_bias,
                                                            Sysctl::netdev_budget_usecs,
                                                            Sysctl::tcp_max_syn_backlog,
                                                            Sysctl::tcp_syncookies,
                                                            Sysctl::tcp_syncookies,
                                                            Sysctl::tcp_syncookies,
                                                            Sysctl::tcp_abort_on_overflow,
                                                            Sysctl::tcp_abort_on_overflow,
                                                            Sysctl::tcp_synack_retries,
                                                            Sysctl::sysctl_writes_strict,
                                                            Sysctl::flow_limit_cpu_bitmap,
                                                            Sysctl::flow_limit_cpu_bitmap,
                                                            Sysctl::flow_limit_table_len,
                                                            Sysctl::tcp_fastopen,
                                                            Sysctl::tcp_fastopen,
                                                            Sysctl::tcp_child_ehash_entries,
                                                            Sysctl::tcp_wmem,
                                                            Sysctl::tcp_wmem});

/// What changes the handshake comes first.
template <>
inline constexpr auto pool<SockOpt> = std::to_array<SockOpt>({SockOpt::tcp_defer_accept, SockOpt::tcp_defer_accept,
                                                              SockOpt::tcp_defer_accept, SockOpt::so_reuseaddr,
                                                              SockOpt::so_reuseport, SockOpt::so_acceptconn,
                                                              SockOpt::tcp_fastopen});

template <>
inline constexpr auto pool<Family> = std::to_array<Family>({Family::inet, Family::inet, Family::inet, Family::inet,
                                                            Family::inet, Family::inet6, Family::inet6, Family::unix_,
                                                            Family::unix_, Family::netlink});

template <>
inline constexpr auto pool<SockType> = std::to_array<SockType>({SockType::stream, SockType::stream, SockType::stream,
                                                                SockType::stream, SockType::stream, SockType::stream,
                                                                SockType::dgram, SockType::seqpacket});

template <>
inline constexpr auto pool<Cred> = std::to_array<Cred>({Cred::root, Cred::root, Cred::root, Cred::user, Cred::net_admin,
                                                        Cred::net_admin});

}  // namespace weir::fuzz
