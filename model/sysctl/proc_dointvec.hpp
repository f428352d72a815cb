// proc_dointvec and proc_dointvec_minmax: vectors of ints as text.
// Source: kernel/sysctl.c (__do_proc_dointvec, do_proc_dointvec, do_proc_dointvec_conv, do_proc_dointvec_minmax_conv).
#pragma once
#include <span>
#include <vector>

#include "model/errno.hpp"
#include "model/sysctl/number.hpp"

namespace weir::model {

/// The count and offset of a transfer: as asked when the call begins, as done when it returns.
struct Transfer {
  std::size_t count;
  std::int64_t pos;
};

inline constexpr std::size_t page_size = 4096;

/// Bytes of blanks at the start of `text`.
template <Domain D>
std::size_t leading_blanks(Bytes<D> text) {
  std::size_t n = 0;
  while (n < text.size() && is_space<D>(text[n])) ++n;
  return n;
}

/// What a table accepts: proc_dointvec any int, proc_dointvec_minmax those within [minimum, maximum].
struct IntRange {
  std::int32_t minimum = std::numeric_limits<std::int32_t>::min();
  std::int32_t maximum = std::numeric_limits<std::int32_t>::max();
  bool minmax = false;  ///< proc_dointvec_minmax, whatever the limits
};

/// Puts a number into an int of the table.
/// \return false, and nothing stored, where the kernel answers EINVAL
template <Domain D>
bool store_int(const Profile& kernel, IntRange range, const Number<D>& number, I32<D>& into) {
  constexpr std::uint64_t int_max = 0x7fffffff;
  const Bool<D> fits = number.magnitude <= U64<D>(number.negative ? int_max + 1 : int_max);
  if (range.minmax ? kernel.minmax_overflow_rejected : kernel.int_overflow_rejected) {
    if (!fits) {
      D::clause(Clause::DOINTVEC_INT_RANGE);
      return false;
    }
  } else if (!fits) {
    D::clause(Clause::DOINTVEC_INT_TRUNCATED);
  }
  const I32<D> magnitude = as<I32<D>>(number.magnitude);
  const I32<D> value = number.negative ? wrapping_sub(I32<D>(0), magnitude) : magnitude;
  if (value < I32<D>(range.minimum) || value > I32<D>(range.maximum)) {
    D::clause(Clause::MINMAX_RANGE);
    return false;
  }
  D::clause(Clause::DOINTVEC_STORED);
  into = value;
  return true;
}

/// Whether a write at this offset is dropped unread (kernel.sysctl_writes_strict; 1 = strict).
template <Domain D>
bool write_is_ignored(const Profile& kernel, std::int64_t pos, I32<D> writes_strict) {
  if (pos == 0) return false;
  if (kernel.has_writes_strict && writes_strict == I32<D>(1)) {
    D::clause(Clause::DOINTVEC_STRICT_IGNORED);
    return true;
  }
  D::clause(Clause::DOINTVEC_OFFSET_LEGACY);
  return false;
}

/// Whether a write is over before its text is looked at; `io` then has what is reported.
template <Domain D>
bool write_ends_unread(const Profile& kernel, bool nothing_asked, Transfer& io, I32<D> writes_strict) {
  if (nothing_asked) {
    D::clause(Clause::SYSCTL_NOTHING_ASKED);
    io.count = 0;
    return true;
  }
  if (!write_is_ignored<D>(kernel, io.pos, writes_strict)) return false;
  io.pos += static_cast<std::int64_t>(io.count);
  return true;
}

/// The part of a write that is looked at.
template <Domain D>
Bytes<D> examined(const Profile& kernel, Bytes<D> buffer) {
  if (!kernel.page_cap || buffer.size() < page_size) return buffer;
  D::clause(Clause::DOINTVEC_PAGE_CAP);
  return buffer.first(page_size - 1);
}

/// Writes text into a vector of ints.
/// \param io  in: the buffer's length and the offset; out: bytes reported as written, new offset; unchanged on an error
/// \return Errno::none or einval; values before the one that fails are stored
template <Domain D>
Errno proc_dointvec_write(const Profile& kernel, IntRange range, std::span<I32<D>> data, Bytes<D> buffer, Transfer& io,
                          I32<D> writes_strict) {
  if (write_ends_unread<D>(kernel, data.empty() || buffer.empty(), io, writes_strict)) return Errno::none;
  Bytes<D> left = examined<D>(kernel, buffer);
  bool failed = false;
  std::size_t stored = 0;
  while (!left.empty() && stored < data.size()) {
    left = left.subspan(leading_blanks<D>(left));
    if (left.empty()) break;
    const auto number = proc_get_long<D>(kernel, left);
    failed = !number || !store_int<D>(kernel, range, *number, data[stored]);
    if (failed) break;
    left = left.subspan(number->length);
    ++stored;
  }
  if (stored == 0) {
    if (!failed) D::clause(Clause::DOINTVEC_BLANK);
    return Errno::einval;
  }
  if (failed) {
    D::clause(kernel.later_token_error_returned ? Clause::DOINTVEC_LATER_ERROR : Clause::DOINTVEC_LATER_SHORT);
    if (kernel.later_token_error_returned) return Errno::einval;
  }
  left = left.subspan(leading_blanks<D>(left));
  io.count -= left.size();
  io.pos += static_cast<std::int64_t>(io.count);
  return Errno::none;
}

/// Appends the decimal digits of `magnitude`.
template <Domain D>
void put_digits(U32<D> magnitude, std::vector<U8<D>>& text) {
  const std::size_t first = text.size();
  do {
    text.push_back(as<U8<D>>(magnitude % U32<D>(10) + U32<D>('0')));
    magnitude = magnitude / U32<D>(10);
  } while (magnitude != U32<D>(0));
  std::reverse(text.begin() + static_cast<std::ptrdiff_t>(first), text.end());
}

/// Appends the decimal digits of `value`, with '-' if it is negative.
template <Domain D>
void put_int(I32<D> value, std::vector<U8<D>>& text) {
  U32<D> magnitude = as<U32<D>>(value);
  if (value < I32<D>(0)) {
    text.push_back(byte<D>('-'));
    magnitude = wrapping_sub(U32<D>(0), magnitude);
  }
  put_digits<D>(magnitude, text);
}

/// Whether a read is over before there is any text; `io` then says so.
template <Domain D>
bool read_ends_at_once(bool nothing_asked, Transfer& io) {
  if (!nothing_asked && io.pos == 0) return false;
  D::clause(io.pos != 0 ? Clause::SYSCTL_READ_AT_OFFSET : Clause::SYSCTL_NOTHING_ASKED);
  io.count = 0;
  return true;
}

/// Ends the text of a read: a newline, and no more than was asked for.
template <Domain D>
void end_read(std::vector<U8<D>>& text, Transfer& io) {
  text.push_back(byte<D>('\n'));
  D::clause(text.size() > io.count ? Clause::SYSCTL_READ_CUT : Clause::SYSCTL_READ);
  if (text.size() > io.count) text.resize(io.count, byte<D>(0));
  io.count = text.size();
  io.pos += static_cast<std::int64_t>(io.count);
}

/// Reads a vector of ints as text: values separated by tabs, a newline at the end, cut at the asked length.
/// \param io  in: the buffer's length and the offset; out: bytes read and the new offset
template <Domain D>
std::vector<U8<D>> proc_dointvec_read(std::span<const I32<D>> data, Transfer& io) {
  std::vector<U8<D>> text;
  if (read_ends_at_once<D>(data.empty() || io.count == 0, io)) return text;
  text.reserve(data.size() * sizeof("-2147483648\n"));
  for (const I32<D>& value : data) {
    if (!text.empty()) text.push_back(byte<D>('\t'));
    put_int<D>(value, text);
  }
  end_read<D>(text, io);
  return text;
}

}  // namespace weir::model
