// A CPU mask as text: groups of up to eight hexadecimal digits, 32 bits each, with commas between, highest first.
// Source: lib/bitmap.c, lib/bitmap-str.c (bitmap_parse, before 5.6 __bitmap_parse), net/core/sysctl_net_core.c
// (dump_cpumask).
//
// The mask has as many bits as the host has CPUs: so from 6.3 on, and before where CPUMASK_OFFSTACK is set, as in every
// kernel for large machines.
#pragma once
#include <bit>
#include <string>

#include "model/sysctl/proc_dointvec.hpp"

namespace weir::model {

/// Bit i: CPU i. A host has at most 64.
using CpuMask = std::uint64_t;

inline constexpr std::uint32_t bits_a_group = 32;

/// One character of a mask as the parsers classify it.
template <Domain D>
struct MaskCharacter {
  bool blank, comma, end, digit;
  std::uint32_t value;  ///< of a digit

  /// \param c  the character
  explicit MaskCharacter(U8<D> c)
      : blank(is_space<D>(c)),
        comma(c == byte<D>(',')),
        end(c == byte<D>(0)),
        digit(is_hex_digit<D>(c)),
        value(digit ? static_cast<std::uint32_t>(digit_value<D>(c)) : 0) {}
};

/// .. 5.5: from the start, group by group. Blanks may only stand before and after all else, and no group is empty.
template <Domain D>
class MaskFromTheStart {
 public:
  MaskFromTheStart(Bytes<D> text, std::uint32_t cpus) : text_(text), cpus_(cpus) {}

  Errno parse(CpuMask& mask) {
    mask = 0;
    for (bool more = true; more;) {
      std::uint32_t group = 0;
      if (const Errno error = read_group(group, more); error != Errno::none) return error;
      if (groups_ == 0 && group == 0) continue;  // leading zeros are no part of the number
      mask = mask << bits_a_group | group;
      bits_ += groups_++ == 0 ? static_cast<std::uint32_t>(std::bit_width(group)) : bits_a_group;
      if (bits_ > cpus_) {
        D::clause(Clause::CPUMASK_TOO_MANY);
        return Errno::eoverflow;
      }
    }
    return Errno::none;
  }

 private:
  /// \param more  out: a comma followed, and something after it
  Errno read_group(std::uint32_t& group, bool& more) {
    bool digits = false, comma = false;
    while (at_ < text_.size()) {
      const MaskCharacter<D> c(text_[at_++]);
      const bool after_blank = std::exchange(was_blank_, c.blank);
      if (c.blank) continue;
      if (any_digit_ && !c.end && after_blank) return refuse();
      comma = c.comma;
      if (c.end || c.comma) break;
      if (!c.digit) {
        D::clause(Clause::CPUMASK_CHARACTER);
        return Errno::einval;
      }
      if (group >> (bits_a_group - 4) != 0) {
        D::clause(Clause::CPUMASK_GROUP_LONG);
        return Errno::eoverflow;
      }
      group = group << 4 | c.value;
      digits = any_digit_ = true;
    }
    if (!digits) return refuse();
    more = comma && at_ < text_.size();
    return Errno::none;
  }
  static Errno refuse() {
    D::clause(Clause::CPUMASK_GROUPING);
    return Errno::einval;
  }

  Bytes<D> text_;
  std::uint32_t cpus_;
  std::size_t at_ = 0;
  std::uint32_t groups_ = 0;  ///< from the first that is not 0
  std::uint32_t bits_ = 0;
  bool any_digit_ = false, was_blank_ = false;
};

/// 5.6 ..: from the end of the line, group by group. Any number of blanks and commas may stand anywhere between groups,
/// and nothing at all is the empty mask.
template <Domain D>
class MaskFromTheEnd {
 public:
  MaskFromTheEnd(Bytes<D> text, std::uint32_t cpus) : text_(text), cpus_(cpus) {
    while (left_ < text.size() && text[left_] != byte<D>('\n') && text[left_] != byte<D>(0)) ++left_;
  }

  Errno parse(CpuMask& mask) {
    mask = 0;
    const std::uint32_t most = (cpus_ + bits_a_group - 1) / bits_a_group;
    for (std::uint32_t group = 0; skip_separators(); ++group) {
      if (group == most) return too_many();
      std::uint32_t value = 0;
      if (const Errno error = read_group(value); error != Errno::none) return error;
      mask |= CpuMask{value} << group * bits_a_group;
    }
    const bool fits = cpus_ >= 64 || mask >> cpus_ == 0;
    return fits ? Errno::none : too_many();
  }

 private:
  bool separator_before() const {
    const MaskCharacter<D> c(text_[left_ - 1]);
    return c.blank || c.comma;
  }
  bool skip_separators() {
    while (left_ > 0 && separator_before()) --left_;
    return left_ > 0;
  }
  /// \pre left_ > 0, and no separator ends there
  Errno read_group(std::uint32_t& value) {
    for (std::uint32_t shift = 0; shift < bits_a_group; shift += 4) {
      const MaskCharacter<D> c(text_[--left_]);
      if (!c.digit) {
        D::clause(Clause::CPUMASK_CHARACTER);
        return Errno::einval;
      }
      value |= c.value << shift;
      if (left_ == 0 || separator_before()) return Errno::none;
    }
    // The ninth character is looked at only to refuse a digit: anything else is taken for a separator.
    if (MaskCharacter<D>(text_[--left_]).digit) {
      D::clause(Clause::CPUMASK_GROUP_LONG);
      return Errno::eoverflow;
    }
    D::clause(Clause::CPUMASK_NINTH);
    return Errno::none;
  }
  static Errno too_many() {
    D::clause(Clause::CPUMASK_TOO_MANY);
    return Errno::eoverflow;
  }

  Bytes<D> text_;
  std::uint32_t cpus_;
  std::size_t left_ = 0;  ///< bytes not yet read
};

/// \param mask  out: what was read; meaningless on an error
/// \return none, einval or eoverflow
template <Domain D>
Errno cpumask_parse(const Profile& kernel, Bytes<D> text, std::uint32_t cpus, CpuMask& mask) {
  return kernel.cpumask_from_the_end ? MaskFromTheEnd<D>(text, cpus).parse(mask)
                                     : MaskFromTheStart<D>(text, cpus).parse(mask);
}

/// A read of the mask: its digits and a newline, the digits cut where `io.count` leaves no room.
/// \param io  in: the buffer's length and the offset; out: bytes read and the new offset
template <Domain D>
std::string dump_cpumask(CpuMask mask, std::uint32_t cpus, Transfer& io) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string text;
  if (io.count == 0 || io.pos != 0) {
    D::clause(io.pos != 0 ? Clause::SYSCTL_READ_AT_OFFSET : Clause::SYSCTL_NOTHING_ASKED);
    io.count = 0;
    return text;
  }
  for (std::uint32_t nibble = (cpus + 3) / 4; nibble > 0; --nibble) {
    if (!text.empty() && nibble % 8 == 0) text += ',';
    text += digits[mask >> 4 * (nibble - 1) & 0xf];
  }
  const bool cut = text.size() >= io.count;
  D::clause(cut ? Clause::CPUMASK_READ_CUT : Clause::CPUMASK_READ);
  if (cut) text.resize(io.count - 1);
  if (!text.empty()) text += '\n';
  io.count = text.size();
  io.pos += static_cast<std::int64_t>(io.count);
  return text;
}

}  // namespace weir::model
