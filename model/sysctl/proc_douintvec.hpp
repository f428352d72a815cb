// proc_douintvec, proc_douintvec_minmax and proc_dou8vec_minmax: one unsigned number as text. All three read and write
// through the same function; they differ in the numbers that they take. A vector is refused when it is registered.
// Source: kernel/sysctl.c (do_proc_douintvec_w, do_proc_douintvec_r, do_proc_douintvec_minmax_conv), 4.13 and later.
#pragma once
#include "model/sysctl/proc_dointvec.hpp"

namespace weir::model {

/// What an unsigned table accepts. No sysctl of the operations is a plain proc_douintvec, which has no limits but those
/// of its type; it is here for the one that has.
struct UintRange {
  std::uint32_t minimum = 0;
  std::uint32_t maximum = std::numeric_limits<std::uint32_t>::max();
  bool byte_wide = false;  ///< proc_dou8vec_minmax
};

/// Writes text into an unsigned value. On success the count stays as asked and the offset does not move.
/// \return Errno::none or einval (nothing stored)
template <Domain D>
Errno proc_douintvec_write(const Profile& kernel, UintRange range, U32<D>& data, Bytes<D> buffer, Transfer& io,
                           I32<D> writes_strict) {
  if (write_ends_unread<D>(kernel, buffer.empty(), io, writes_strict)) return Errno::none;
  Bytes<D> left = examined<D>(kernel, buffer);
  left = left.subspan(leading_blanks<D>(left));
  if (left.empty()) {
    D::clause(Clause::DOINTVEC_BLANK);
    return Errno::einval;
  }
  const auto number = proc_get_long<D>(kernel, left);
  if (!number) return Errno::einval;
  if (number->negative) {
    D::clause(Clause::DOU8_NEGATIVE);
    return Errno::einval;
  }
  if (number->magnitude < U64<D>(range.minimum) || number->magnitude > U64<D>(range.maximum)) {
    D::clause(range.byte_wide ? Clause::DOU8_RANGE : Clause::DOUINT_RANGE);
    return Errno::einval;
  }
  D::clause(range.byte_wide ? Clause::DOU8_STORED : Clause::DOUINT_STORED);
  data = as<U32<D>>(number->magnitude);
  return Errno::none;
}

/// Reads an unsigned value as text: digits, a newline, cut at the asked length.
/// \param io  in: the buffer's length and the offset; out: bytes read and the new offset
template <Domain D>
std::vector<U8<D>> proc_douintvec_read(U32<D> data, Transfer& io) {
  std::vector<U8<D>> text;
  if (read_ends_at_once<D>(io.count == 0, io)) return text;
  put_digits<D>(data, text);
  end_read<D>(text, io);
  return text;
}

}  // namespace weir::model
