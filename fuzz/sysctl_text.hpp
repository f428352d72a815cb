// What a generator writes to a sysctl: mostly small limits that queues can reach, then the values at which some release
// changed its mind, then text shaped like a number that is not quite one, rarely a text longer than a page.
#pragma once
#include <array>
#include <string>
#include <string_view>

#include "fuzz/pools.hpp"
#include "fuzz/rng.hpp"

namespace weir::fuzz {
namespace detail {

inline constexpr auto landmark_texts = std::to_array<std::string_view>({"-1",
                                                                        "-0",
                                                                        "0x10",
                                                                        "010",
                                                                        "08",
                                                                        "0x",
                                                                        "127",
                                                                        "128",
                                                                        "129",
                                                                        "255",
                                                                        "256",
                                                                        "300",
                                                                        "1000",
                                                                        "4095",
                                                                        "4096",
                                                                        "7999",
                                                                        "8000",
                                                                        "20000",
                                                                        "65534",
                                                                        "65535",
                                                                        "65536",
                                                                        "65537",
                                                                        "196602",
                                                                        "0x7fffffff",
                                                                        "0xffffffff",
                                                                        "2147483647",
                                                                        "2147483648",
                                                                        "-2147483648",
                                                                        "-2147483649",
                                                                        "4294967295",
                                                                        "4294967296",
                                                                        "4294967301",
                                                                        "9223372036854775808",
                                                                        "18446744073709551615",
                                                                        "18446744073709551616",
                                                                        "99999999999999999999",
                                                                        "00000000000000000005",
                                                                        "000000000000000000005",
                                                                        "5 6",
                                                                        "5 6 7",
                                                                        "5 6 7 8",
                                                                        "5 x",
                                                                        "5 6 0",
                                                                        "5 -1",
                                                                        "64",
                                                                        "16777216",
                                                                        "16777217",
                                                                        "100000",
                                                                        "5\n6\n",
                                                                        "5,6",
                                                                        "5abc",
                                                                        "5.0",
                                                                        "+5",
                                                                        "- 5",
                                                                        "--5",
                                                                        ""});

/// blanks? '-'? prefix? digits end?, each part allowed to go wrong.
inline void append_near_number(Rng& rng, std::string& text) {
  static constexpr auto blanks = std::to_array<char>({' ', '\t', '\n', '\v', '\f', '\r', '\xA0', '\0'});
  static constexpr auto prefixes =
      std::to_array<std::string_view>({"", "", "", "-", "0", "0x", "0X", "-0x", "+", "--"});
  while (rng.chance(1, 4)) text += rng.pick(blanks);
  text += rng.pick(prefixes);
  for (auto digits = rng.chance(1, 8) ? 15 + rng.below(10) : rng.below(6); digits > 0; --digits)
    text += static_cast<char>('0' + rng.below(10));
  while (rng.chance(1, 3)) text += rng.pick(pool<char>);
}

/// Around PAGE_SIZE - 1, where releases from 2.6.35 stop reading.
inline void append_long_run(Rng& rng, std::string& text) {
  static constexpr auto lengths = std::to_array<std::size_t>({19, 20, 21, 22, 4093, 4094, 4095, 4096, 5000});
  text.append(rng.pick(lengths), rng.pick(pool<char>));
}

/// Groups of digits, a few too long, and what parts them, some of it wrongly.
inline void append_mask(Rng& rng, std::string& text) {
  static constexpr auto digits = std::to_array<std::string_view>(
      {"1", "2", "3", "0", "00000003", "000000002", "4", "ffffffff", "123456789", "A", "", "g00000001"});
  static constexpr auto ends =
      std::to_array<std::string_view>({",", ",", ",,", " ", "\n", " , ", "\xA0", "g", "x", std::string_view("\0", 1)});
  do {
    if (rng.chance(1, 8)) text += rng.pick(ends);
    text += rng.pick(digits);
    if (rng.chance(1, 3)) text += rng.pick(ends);
  } while (rng.chance(1, 4));
}

}  // namespace detail

/// What is written to flow_limit_cpu_bitmap: mostly a set of two CPUs.
inline void draw_mask_text(Rng& rng, std::string& text) {
  text.clear();
  if (rng.chance(1, 2))
    text += static_cast<char>('0' + rng.below(4));
  else
    detail::append_mask(rng, text);
}

/// What is written to flow_limit_table_len: mostly a power of two, of which 1 is the strangest.
inline void draw_table_len_text(Rng& rng, std::string& text) {
  static constexpr auto lengths = std::to_array<std::string_view>(
      {"1", "2", "2", "4", "64", "128", "4096", "65536", "131072", "4194304", "-2147483648", "0", "3", "-1"});
  text.assign(rng.pick(lengths));
}

/// Values of tcp_fastopen: what a client and a server may do, and how a listener gets its queue without the option.
inline void draw_fastopen_text(Rng& rng, std::string& text) {
  static constexpr auto texts = std::to_array<std::string_view>(
      {"0x402", "0x403", "1026", "0x802", "0x50802", "0x10c02", "0xffff0802", "2", "1", "0x400", "0", "-1"});
  text = rng.pick(texts);
}

inline void draw_sysctl_text(Rng& rng, std::string& text) {
  text.clear();
  const auto kind = rng.below(64);
  if (kind < 36) {
    text += static_cast<char>('0' + rng.below(10));
    if (rng.chance(1, 4)) text += '\n';
  } else if (kind < 48) {
    text += rng.pick(detail::landmark_texts);
  } else if (kind < 63) {
    detail::append_near_number(rng, text);
    if (rng.chance(1, 8)) detail::append_near_number(rng, text);
  } else {
    detail::append_long_run(rng, text);
    detail::append_near_number(rng, text);
    if (rng.chance(1, 4)) detail::append_long_run(rng, text);
  }
}

}  // namespace weir::fuzz
